"""Training: what it promises whoever waits for it, watches it, stops it, or must trust it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")


from rootae.errors import ArgumentError, CorruptError, RootaeError  # noqa: E402
from rootae.planner.survey import survey  # noqa: E402
from rootae.schema.column import Column  # noqa: E402
from rootae.schema.tree import TreeSchema  # noqa: E402
from rootae.schema.values import Values  # noqa: E402
from rootae.training import data, families  # noqa: E402
from rootae.training.family import Setup  # noqa: E402
from rootae.training.loop import checkpoint, curve, run, schedule  # noqa: E402
from rootae.training.loop.budget import Budget  # noqa: E402
from rootae.training.loop.checkpoint import Checkpoint, State  # noqa: E402
from rootae.training.loop.curve import Point  # noqa: E402
from rootae.training.loop.history import History, curves_of  # noqa: E402
from rootae.training.loop.recipe import Recipe  # noqa: E402
from rootae.training.networks import Networks  # noqa: E402
from rootae.training.options import SCHEDULES  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from rootae.training.data import GroupData
    from rootae.training.family import Trained

ROWS = 2500


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def group() -> GroupData:
    """Return rows of four columns that say something of each other."""
    rng = np.random.default_rng(1)
    a = rng.integers(0, 60, ROWS)
    arrays = {"a": a, "b": a + rng.integers(0, 4, ROWS), "c": 60 - a, "d": rng.integers(0, 9, ROWS)}
    columns = tuple(Column(n, "int32") for n in arrays)
    schema = TreeSchema("t", "", columns, order=tuple(arrays))
    values = {n: Values(x.astype("i4")) for n, x in arrays.items()}
    tables: list[NDArray[np.int64]] = []
    plan = survey(schema, values, tables=tables)
    found = data.GroupData(plan.groups[0], values, tables, 0)
    found.prepare()
    return found


def train(
    group: GroupData, *, family: str = "predictor", steps: int = 40, seed: int = 3, **options: Any
) -> tuple[Networks, Trained, list[tuple[float, str]]]:
    """Train a family and return it with what training did."""
    torch.manual_seed(seed)
    model = families.load(family)(group, Setup())
    assert isinstance(model, Networks)
    told: list[tuple[float, str]] = []
    advance = options.pop("advance", lambda share, text: told.append((share, text)))
    budget = options.pop("budget", Budget(steps))
    trained = run.run(model, group, budget, seed=seed, advance=advance, **options)
    return model, trained, told


def weights(model: Networks) -> dict[str, bytes]:
    return {k: v.numpy().tobytes() for k, v in model.state_dict().items()}


class Killed(Exception):
    """Stands for a kill."""


def killed_after(steps: int) -> Callable[[float, str], None]:
    """Return an `advance` that stops training after some calls."""
    calls = iter(range(steps))

    def advance(_share: float, _text: str) -> None:
        if next(calls, None) is None:
            raise Killed

    return advance


# schedules and budgets


def test_options_and_training_know_the_same_schedules() -> None:
    assert schedule.names() == SCHEDULES


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_factor_is_positive_and_never_above_one(name: str) -> None:
    factors = [schedule.Schedule(name).factor(p) for p in np.linspace(0, 1, 101)]
    assert all(0 < f <= 1 for f in factors)
    assert max(factors) == pytest.approx(1, abs=1e-3)


def test_schedules_have_their_shapes() -> None:
    at = {n: [schedule.Schedule(n).factor(p) for p in (0, 0.1, 0.5, 1)] for n in SCHEDULES}
    assert at["one-cycle"][0] < at["one-cycle"][1] > at["one-cycle"][2] > at["one-cycle"][3]
    assert at["cosine"] == sorted(at["cosine"], reverse=True)
    assert at["constant"] == at["plateau"] == [1, 1, 1, 1]


def test_plateau_cuts_the_rate_after_three_checks_in_vain() -> None:
    found = schedule.Schedule("plateau")
    levels = []
    for improved in (True, False, False, False, False, True, False, False, False):
        found.observe(improved=improved)
        levels.append(found.factor(0.5))
    assert levels == pytest.approx([1, 1, 1, 0.3, 0.3, 0.3, 0.3, 0.3, 0.09])


def test_epochs_see_every_row_as_often_as_asked() -> None:
    budget = Budget.in_epochs(3, rows=1000, batch_size=64)
    assert budget.steps is not None
    assert (budget.steps - 1) * 64 < 3000 <= budget.steps * 64
    checks = [budget.checks(budget.progress(s, 0.0)) for s in range(budget.steps)]
    assert sorted(set(checks)) == [0, 1, 2]


# the split


@pytest.mark.parametrize("seed", range(5))
def test_rows_of_an_entry_are_never_split(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.choice([0.2, 1, 6]), 400)
    rows = int(counts.sum())
    held_out, seen = data.split(rows, counts, seed)
    entry = np.repeat(np.arange(400), counts)
    assert sorted([*held_out, *seen]) == list(range(rows))
    assert not {*entry[held_out]} & {*entry[seen]}
    assert 0.1 * rows - 1 <= len(held_out) <= 0.1 * rows + counts.max()


def test_an_entry_of_everything_is_split_by_row() -> None:
    held_out, seen = data.split(50, np.array([0, 50, 0]), 0)
    assert len(held_out) == 5
    assert len(seen) == 45


def test_two_entries_are_one_to_train_on_and_one_to_test() -> None:
    held_out, seen = data.split(100, np.array([50, 50]), 0)
    assert len(held_out) == len(seen) == 50


# progress, curves, early stopping


def test_progress_names_terms_and_bits_a_value(group: GroupData) -> None:
    _, _, told = train(group, family="ae", steps=30)
    assert sum(share for share, _ in told) == pytest.approx(1)
    assert all("codes " in t and "latents " in t and "bits/value" in t for _, t in told)


def test_a_curve_has_both_samples_and_the_rate(group: GroupData) -> None:
    points: list[Point] = []
    train(group, family="predictor", steps=120, curve=points)
    assert {p.phase for p in points} == {0, 1}
    assert points[0].step == 0
    assert points[0].training == {}
    assert all(set(p.validation) == {"codes"} for p in points)
    assert all(set(p.training) == {"codes"} for p in points if p.step)
    assert max(p.rate for p in points) == pytest.approx(Recipe().rate, rel=0.05)
    last = [p for p in points if p.phase == 1]
    assert last[-1].validation["codes"] < last[0].validation["codes"]


def test_looking_changes_nothing(group: GroupData) -> None:
    blind, _, _ = train(group)
    watched, _, _ = train(group, curve=[])
    assert weights(blind) == weights(watched)


def test_early_stopping_takes_the_best_weights(group: GroupData) -> None:
    """At a rate far too high, training gets worse and worse: the end must be the best it saw."""
    points: list[Point] = []
    recipe = Recipe(rate=0.3, schedule="constant", patience=4)
    _, trained, _ = train(group, family="ae", steps=200, curve=points, recipe=recipe)
    rates = [curve.rate_of(p.validation) for p in points]
    assert trained.steps[0] < 200
    assert sum(trained.end.values()) == pytest.approx(min(rates))
    assert int(np.argmin(rates)) <= len(rates) - 4


def test_patience_that_is_never_lost_changes_nothing_but_the_weights_taken(
    group: GroupData,
) -> None:
    _, free, _ = train(group, steps=60)
    _, patient, _ = train(group, steps=60, recipe=Recipe(patience=1000))
    assert free.steps == patient.steps


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_learns(group: GroupData, name: str) -> None:
    _, trained, _ = train(group, steps=80, recipe=Recipe(schedule=name))
    assert trained.end["codes"] < trained.start["codes"] - 0.5


def test_divergence_names_terms_and_gives_advice(
    group: GroupData, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = families.load("ae")(group, Setup())
    assert isinstance(model, Networks)
    broken = model.loss
    penalty = {"penalty": torch.tensor(math.nan)}
    monkeypatch.setattr(model, "loss", lambda batch: broken(batch) | penalty)
    with pytest.raises(RootaeError, match=r"step 0 .*codes [\d.]+.*penalty nan.*--lr below 0.006"):
        run.run(model, group, Budget(5), seed=0, advance=lambda *_: None)


# checkpoints


@pytest.mark.parametrize(("family", "stop"), [("ae", 7), ("predictor", 4), ("predictor", 14)])
def test_training_goes_on_as_if_it_had_not_stopped(
    group: GroupData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, family: str, stop: int
) -> None:
    """Stopped in mid-phase, in the first one and in a later one."""
    monkeypatch.setattr(checkpoint, "_SECONDS", 0.0)
    recipe = Recipe(schedule="plateau", patience=30)
    whole: list[Point] = []
    halves: list[Point] = []
    model, trained, _ = train(group, steps=20, family=family, recipe=recipe, curve=whole)
    path = tmp_path / "run.npz"
    options: dict[str, Any] = {"family": family, "recipe": recipe, "curve": halves}
    first = Checkpoint(path, {}, resume=False)
    with pytest.raises(Killed):
        train(group, steps=20, advance=killed_after(stop), checkpoint=first, **options)
    halves.clear()
    again = Checkpoint(path, {}, resume=True)
    assert again.state is not None
    assert again.state.meta["phase"]["steps"] > 0
    resumed, later, _ = train(group, steps=20, checkpoint=again, **options)
    assert weights(resumed) == weights(model)
    assert vars(later) == vars(trained)
    assert halves == whole


def test_a_finished_run_is_not_trained_again(group: GroupData, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    model, trained, _ = train(group, checkpoint=Checkpoint(path, {}, resume=False))
    again, later, told = train(group, checkpoint=Checkpoint(path, {}, resume=True))
    assert weights(again) == weights(model)
    assert vars(later) == vars(trained)
    assert {text for _, text in told} == {"trained before"}


def test_a_checkpoint_holds_no_pickle(group: GroupData, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    train(group, checkpoint=Checkpoint(path, {}, resume=False))
    with np.load(path, allow_pickle=False) as file:
        assert all(file[k].dtype != object for k in file.files)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    Checkpoint(path, {"lr": 0.1, "seed": 1}, resume=False).save(State())
    with pytest.raises(ArgumentError, match=r"its lr is 0\.1, here it is 0\.2"):
        Checkpoint(path, {"lr": 0.2, "seed": 1}, resume=True)
    with pytest.raises(ArgumentError, match="use --resume"):
        Checkpoint(path, {"lr": 0.1, "seed": 1}, resume=False)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    with pytest.raises(CorruptError, match=r"run\.npz is no checkpoint"):
        Checkpoint(path, {}, resume=True)


def test_a_checkpoint_with_pickled_objects_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    np.savez(path, meta=np.array([{"identity": {}}], dtype=object))
    with pytest.raises(CorruptError):
        Checkpoint(path, {}, resume=True)


def test_a_table_of_curves_is_read_back(tmp_path: Path) -> None:
    history = History(tmp_path / "curves.csv")
    points = history.begin("t", "", "vae")
    points.append(Point(0, 3, 0.5, {}, {"codes": 8.0, "kl": 2.0}))
    points.append(Point(1, 2, 0.25, {"codes": 7.0}, {"codes": 6.5}))
    history.write()
    (curve,) = curves_of(tmp_path / "curves.csv")
    assert curve == history.curves[0]
    assert curve.steps() == [3, 5]
    assert curves_of(tmp_path / "absent.csv") == []
