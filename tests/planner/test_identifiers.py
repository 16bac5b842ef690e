from __future__ import annotations

import pytest

from rootae.planner.identifiers import said_by

IDENTIFIERS = """
run event lumi luminosityBlock Run EVENT evt runNumber RunNumber run_number eventNumber EventNumber
event_id eventID evtNum evt_no EventInfoAuxDyn.runNumber EventInfoAuxDyn.eventNumber
EventInfoAuxDyn.lumiBlock EventInfoAuxDyn.bcid EventInfoAuxDyn.mcChannelNumber
TruthParticlesAuxDyn.pdgId TruthParticlesAuxDyn.barcode GenPart_pdgId GenPart_genPartIdxMother
Jet_genJetIdx Jet_jetId Muon_pfRelIso04_Id detID detId det_id trackID Track_ids hotStripID cellID
pdg pdgid PDG MC_PDGID mu_TRUEID mu_MC_MOTHER_ID mu_MC_MOTHER_KEY mu_ID BCID fRunNumber
fBunchCrossing fGlobalBC fPdgCode bx bunchCrossing orbit orbitNumber Generator_id1 id_2
lumiSection LumiNumber run2 uuid trackid eventid PFCand_trackIdx idx index number serialNumber
header_run MCParticles.PDG collectionID RUNNUMBER EVENTNUMBER
"""
TIMES = """
time evttime eventTime event_time GpsTime gpstime timestamp timeStamp fTimestamp tstamp stamp_ns
time_ns timeStampNSOffset EventInfoAuxDyn.timeStamp TIME hit_time time1 unixTime Event_timeHigh mjd
"""
PHYSICS = """
pt jet_width width valid_pt grid valid solid fluid rapidity centroid muon_PIDmu mu_ProbNNmu PIDK
Jet_puIdDisc event_weight eventShape Event_sphericity lumi_weight inst_lumi instLumi prompt trunk
run_avg runPt thrust refractive_index index_of_refraction pdg_mass lifetime B_lifetime LifeTime
halfTime centimeter sentiment wavenumber wave_number weights_per_event avg_number MET_sumEt Timing
ridge idle orbital Mbc M_bc B_M Bc_M identity dxy Jet_btagDeepFlavB hybrid covid pyramid toroid
averageInteractionsPerCrossing Photon_r9 x y _ 12
"""


@pytest.mark.parametrize("name", IDENTIFIERS.split())
def test_identifiers_say_so(name: str) -> None:
    assert said_by(name) == "identifier"


@pytest.mark.parametrize("name", TIMES.split())
def test_times_say_so(name: str) -> None:
    assert said_by(name) == "time"


@pytest.mark.parametrize("name", [*PHYSICS.split(), ""])
def test_no_quantity_of_physics_is_taken_for_either(name: str) -> None:
    assert said_by(name) == ""
