"""Where networks run: what may be asked for, and that it changes no value.

Most of this pretends: a machine without CUDA where there is one, or a CUDA that is the CPU where
there is none. What needs the real thing is marked `gpu` and skipped, by name, where it is not.
"""

from __future__ import annotations

import itertools
import pickle
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import onnxruntime
import pytest
import uproot
from samples import same, write_columns
from typer.testing import CliRunner

pytest.importorskip("onnx", reason="onnx is not installed")

import networks

import rootae
from rootae import training
from rootae.cli import app
from rootae.codec.contexts import network
from rootae.codec.contexts.device import DEVICES, chosen, settled
from rootae.codec.contexts.model import Model
from rootae.codec.contexts.network import Network
from rootae.errors import CorruptError, MissingDependency, NameNotFound, RootaeError
from rootae.planner.survey import survey
from rootae.source.source import Source
from rootae.training.freeze.onnx import decoder_onnx
from rootae.training.freeze.quantise import IntegerNetwork, Layer, quantise
from rootae.training.options import NETS, Options

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from rootae.codec.codec import Codec

compress = import_module("rootae.operations.compress")
NO_GPU = "there is no GPU in this test"
TROUBLE = network._trouble()
needs_cuda = pytest.mark.skipif(bool(TROUBLE), reason=f"no CUDA for onnxruntime: {TROUBLE}")


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROOTAE_DEVICE", raising=False)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take CUDA away from onnxruntime and from torch."""
    monkeypatch.setattr(network, "_trouble", lambda: NO_GPU)
    monkeypatch.setattr(training, "_trouble", lambda: NO_GPU)


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the CPU pass for CUDA; return the list of devices that networks ran on."""
    ran: list[str] = []
    run, bound = Network.run, network._run_bound
    monkeypatch.setenv("ROOTAE_DECODER", "python")  # on the CPU the native one has its own networks
    monkeypatch.setattr(network, "_trouble", lambda: "")
    monkeypatch.setattr(network, "_cuda_session", network._session)

    def on_the_cpu(session: Any, name: str, x: NDArray[Any]) -> NDArray[Any]:
        return bound(session, name, x, device="cpu")

    def noted(self: Network, x: NDArray[Any]) -> NDArray[Any]:
        ran.append(self.device)
        return run(self, x)

    monkeypatch.setattr(network, "_run_bound", on_the_cpu)
    monkeypatch.setattr(Network, "run", noted)
    return ran


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of two columns, one of which tells about the other."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 16, 30_000).astype("i4")
    b = (1000 * a + rng.integers(0, 9, len(a))).astype("i4")
    return write_columns(tmp_path_factory.mktemp("device") / "in.root", {"a": a, "b": b})


@pytest.fixture(scope="module")
def coder(original: Path) -> Codec:
    """Return a codec for it with a network."""
    with Source.open(original) as source:
        tree = source.tree("t")
        return networks.contexts_codec(tree.schema, tree.values(0, tree.entries), "a", "b")


@pytest.fixture(scope="module")
def coded(original: Path, coder: Codec) -> Path:
    """Return the file compressed by that codec."""
    rootae.compress(original, original.with_name("coded.root"), codec=coder)
    return original.with_name("coded.root")


def decoder(
    dtype: str, rows: int = 0, inputs: int = 6, seed: int = 0, net: str = "dense"
) -> tuple[IntegerNetwork, bytes, NDArray[np.float32]]:
    """Return an integer network that uses all bits of its float type, and inputs for it."""
    rng = np.random.default_rng(seed)
    layers = LAYERS[net](rng, inputs)
    one = np.ones(inputs)
    made = quantise(layers, 500 * one, 300 * one, 1023 * one, dtype=dtype, hidden_bits=12)
    x = rng.integers(0, 1024, (inputs, rows)).astype(np.float32)
    return made, decoder_onnx(made), x


def _dense(rng: np.random.Generator, inputs: int) -> list[Layer]:
    widths = [inputs, 32, 24, 8]
    return [
        Layer(rng.normal(size=(b, a)), rng.normal(size=b)) for a, b in itertools.pairwise(widths)
    ]


def _convolutional(rng: np.random.Generator, inputs: int) -> list[Layer]:
    """Four columns of eight channels; what lies before and behind them is the thirty-third."""
    taps = np.append(np.arange(32), [32] * 16).reshape(6, 8)[[-1, 0, 1, 2, 3, 4]]
    taps = np.concatenate([taps[k : k + 4] for k in range(3)], axis=1)
    own = np.arange(40).reshape(4, 10)
    return [
        Layer(rng.normal(size=(32, inputs)), rng.normal(size=32)),
        Layer(rng.normal(size=(10, 24)) / 5, np.tile(rng.normal(size=10), 4), taps),
        Layer(rng.normal(size=(4, 2, 10)), rng.normal(size=8), own),
    ]


LAYERS = {"dense": _dense, "conv": _convolutional}


# what may be asked for


@pytest.mark.parametrize("device", DEVICES)
def test_every_device_may_be_chosen(device: str) -> None:
    assert chosen(device) == device
    assert Options(device=device).device == device


def test_the_cpu_is_the_default_and_the_variable_goes_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert chosen() == "cpu"
    monkeypatch.setenv("ROOTAE_DEVICE", "")
    assert chosen() == "cpu"
    monkeypatch.setenv("ROOTAE_DEVICE", "auto")
    assert chosen() == "auto"
    assert chosen("cuda") == "cuda"


def test_a_device_that_does_not_exist_is_refused_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(NameNotFound, match="no device 'cudda' in rootae; did you mean 'cuda'"):
        Options(device="cudda")
    monkeypatch.setenv("ROOTAE_DEVICE", "gpu")
    with pytest.raises(NameNotFound, match=r"'gpu' in ROOTAE_DEVICE; .*cpu"):
        chosen()


def test_the_cpu_needs_nobody_to_look_for_cuda() -> None:
    assert settled("cpu", lambda: pytest.fail("it was looked for")) == "cpu"


@pytest.mark.parametrize(("device", "there", "found"), [
    ("auto", True, "cuda"), ("auto", False, "cpu"), ("cuda", True, "cuda"),
])  # fmt: skip
def test_what_is_asked_for_is_settled_once(device: str, there: bool, found: str) -> None:
    assert settled(device, lambda: "" if there else NO_GPU) == found


# what onnxruntime says


def test_a_package_without_cuda_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    monkeypatch.setattr(network, "_trouble", network._trouble.__wrapped__)
    with pytest.raises(MissingDependency, match="pip install onnxruntime-gpu; or take device cpu"):
        network.usable("cuda")
    assert network.usable("auto") == network.usable("cpu") == "cpu"


def test_a_machine_without_cuda_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        msg = "CUDA failure 100"
        raise RuntimeError(msg)

    both = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: both)
    monkeypatch.setattr(onnxruntime.OrtValue, "ortvalue_from_numpy", refuse)
    monkeypatch.setattr(network, "_trouble", network._trouble.__wrapped__)
    with pytest.raises(MissingDependency, match=r"no CUDA device .*CUDA failure 100"):
        network.usable("cuda")
    assert network.usable("auto") == "cpu"
    monkeypatch.setattr(onnxruntime.OrtValue, "ortvalue_from_numpy", lambda *_: None)
    assert network.usable("auto") == network.usable("cuda") == "cuda"


def test_a_session_that_silently_falls_back_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, make = {}, onnxruntime.InferenceSession

    def on_the_cpu(onnx: bytes, options: Any, **arguments: Any) -> Any:
        asked.update(arguments)
        return make(onnx, options, providers=["CPUExecutionProvider"])

    monkeypatch.setattr(onnxruntime, "InferenceSession", on_the_cpu)
    with pytest.raises(MissingDependency, match="it took the CPU"):
        Network(networks.linear([[1, 2]]), device="cuda").run(np.ones((2, 3)))
    first, second = asked["providers"]
    assert first == ("CUDAExecutionProvider", {"use_tf32": "0"})
    assert second == "CPUExecutionProvider"
    assert asked["enable_fallback"] is False


def test_a_session_that_cuda_refuses_is_an_error_and_a_damaged_network_is_damage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = onnxruntime.InferenceSession

    def refuse(onnx: bytes, options: Any, *, providers: list[Any], **arguments: Any) -> Any:
        if providers != ["CPUExecutionProvider"]:
            msg = "out of memory"
            raise RuntimeError(msg)
        return make(onnx, options, providers=providers, **arguments)

    monkeypatch.setattr(onnxruntime, "InferenceSession", refuse)
    whole = networks.linear([[1, 2]])
    known = Model.read(whole)
    with pytest.raises(MissingDependency, match=r"out of memory.*device cpu gives"):
        Network(whole, device="cuda").run(np.ones((2, 3)))
    monkeypatch.setattr(Model, "read", lambda _: known)  # as if its grammar had been looked at
    with pytest.raises(CorruptError, match="not a valid ONNX model"):
        Network(whole[:-4] + b"\0\0\0\0", device="cuda").run(np.ones((2, 3)))


@pytest.mark.parametrize("rows", [1, 8193, 3 * (1 << 17) + 5])
def test_bound_inputs_and_large_batches_give_the_same(pretended: list[str], rows: int) -> None:
    _, onnx, x = decoder("float32", rows)
    net = Network(onnx)
    assert net.on("cuda").run(x).tobytes() == net.run(x).tobytes()
    assert pretended == ["cuda", "cpu"]


def test_what_fails_on_cuda_is_not_called_damage(pretended: list[str]) -> None:
    with pytest.raises(RootaeError, match="does not run on CUDA") as caught:
        Network(networks.linear([[1, 2]]), device="cuda").run(np.ones((3, 3)))
    assert not isinstance(caught.value, CorruptError)


def test_a_network_takes_its_device_along_to_another_process(pretended: list[str]) -> None:
    assert pickle.loads(pickle.dumps(Network(networks.linear([[1]]), device="cuda"))).device == (
        "cuda"
    )


# without CUDA: one line, and nothing written


@pytest.mark.parametrize(
    "command",
    [
        ("compress", "in.root", "out.root"),
        ("train", "in.root", "-o", "out.root", "--steps", "1"),
        ("decompress", "coded.root", "out.root"),
        ("verify", "coded.root"),
    ],
)
def test_cuda_without_cuda_is_one_line(
    without: None, original: Path, coded: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    known = {"in.root": original, "coded.root": coded, "out.root": tmp_path / "out.root"}
    words = [str(known.get(w, w)) for w in command]
    done = CliRunner().invoke(app, [*words, "--device", "cuda"])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"rootae: device cuda cannot be used: {NO_GPU}")
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""
    done = CliRunner().invoke(app, [*words, "--device", "coda"])
    assert done.exit_code == 2
    assert done.stderr == "rootae: no device 'coda' in rootae; did you mean 'cuda'?\n"
    assert list(tmp_path.iterdir()) == []


def test_auto_falls_back(
    without: None, original: Path, coded: Path, coder: Codec, tmp_path: Path
) -> None:
    rootae.compress(original, tmp_path / "c.root", codec=coder, device="auto")
    assert rootae.verify(coded, original, device="auto").columns == 2
    rootae.decompress(coded, tmp_path / "d.root", device="auto")
    with rootae.open(tmp_path / "c.root", device="auto") as a, uproot.open(original) as b:
        assert same(a["t"].arrays(), b["t"].arrays())


def test_opening_for_cuda_without_it_says_so_at_once(without: None, coded: Path) -> None:
    for name in (coded, f"{coded}:t"):
        with pytest.raises(MissingDependency, match=NO_GPU):
            rootae.open(name, device="cuda")


def test_the_variable_counts_for_plain_uproot(
    without: None, coded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOTAE_DEVICE", "cuda")
    with uproot.open(coded) as file, pytest.raises(MissingDependency, match=NO_GPU):
        file["t"].arrays()
    monkeypatch.setenv("ROOTAE_DEVICE", "coda")
    with uproot.open(coded) as file, pytest.raises(NameNotFound, match="did you mean 'cuda'"):
        file["t"]["b"].array()
    with rootae.open(coded, device="cpu") as file:
        assert len(file["t"].arrays()) == 30_000


# with CUDA: where networks run


def test_files_are_read_on_the_device_that_they_were_opened_for(
    pretended: list[str], coded: Path, original: Path
) -> None:
    with rootae.open(coded, device="cuda") as a, uproot.open(original) as b:
        assert same(a["t"].arrays(), b["t"].arrays())
    assert set(pretended) == {"cuda"}
    pretended.clear()
    with rootae.open(f"{coded}:t", device="auto") as tree:
        tree.arrays()
    assert set(pretended) == {"cuda"}
    pretended.clear()
    with rootae.open(coded) as file:
        file["t"].arrays()
    assert set(pretended) == {"cpu"}


def test_two_doors_of_one_file_keep_their_devices(pretended: list[str], coded: Path) -> None:
    with rootae.open(coded, device="cuda") as a, rootae.open(coded) as b, uproot.open(coded) as c:
        for file in (a, b, c):
            file["t"]["b"].array()
    assert pretended == ["cuda", "cpu", "cpu"]


def test_plain_uproot_reads_where_the_variable_says(
    pretended: list[str], coded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOTAE_DEVICE", "cuda")
    with uproot.open(coded) as file:
        file["t"].arrays()
    assert set(pretended) == {"cuda"}


def blocks(path: Path) -> dict[str, list[bytes]]:
    """Return the rows of a side tree."""
    with uproot.open(path) as file:
        rows = file["rootae/trees/t"].arrays(library="np")
    return {name: [bytes(x) for x in column] for name, column in rows.items()}


def test_compress_writes_on_cuda_and_reads_back_on_the_cpu(
    pretended: list[str],
    original: Path,
    coder: Codec,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check, at = compress.verify_against, []

    def verify_against(*arguments: Any, **options: Any) -> Any:
        at.append(len(pretended))
        return check(*arguments, **options)

    monkeypatch.setattr(compress, "verify_against", verify_against)
    monkeypatch.setenv("ROOTAE_DEVICE", "cuda")
    rootae.compress(original, tmp_path / "c.root", codec=coder)
    assert set(pretended[: at[0]]) == {"cuda"}
    assert set(pretended[at[0] :]) == {"cpu"}
    rootae.compress(original, tmp_path / "d.root", codec=coder, device="cpu")
    assert blocks(tmp_path / "c.root") == blocks(tmp_path / "d.root")


@pytest.mark.parametrize("door", ["verify", "decompress"])
def test_other_verbs_decode_where_they_are_told(
    pretended: list[str], coded: Path, tmp_path: Path, door: str
) -> None:
    if door == "verify":
        rootae.verify(coded, device="cuda")
    else:
        rootae.decompress(coded, tmp_path / "d.root", device="cuda")
    assert set(pretended) == {"cuda"}


def test_a_codec_is_moved_once_and_keeps_its_id(pretended: list[str], coder: Codec) -> None:
    there = coder.on("cuda")
    assert there is coder.on("auto")
    assert there.id == coder.id
    assert {n.device for n in there.networks} == {"cuda"}
    assert coder.on("cpu") is coder
    assert there.on("cpu").device == "cpu"


# training


def test_training_is_told_the_device(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    from rootae.training.loop import run as loop

    told, run = [], loop.run

    def on_the_cpu(*arguments: Any, device: str = "none", **options: Any) -> Any:
        told.append(device)
        return run(*arguments, device="cpu", **options)

    monkeypatch.setattr(loop, "run", on_the_cpu)
    monkeypatch.setattr(training, "_trouble", lambda: "")
    options: dict[str, Any] = {"family": "predictor", "steps": 4}
    rootae.train([original], tmp_path / "a.root", device="auto", **options)
    rootae.train([original], tmp_path / "b.root", **options)
    assert told == ["cuda", "cpu"]
    codecs = [rootae.read_codec(tmp_path / name) for name in ("a.root", "b.root")]
    assert codecs[0].id == codecs[1].id, "the device leaves no trace in a codec"


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("family", ["ae", "predictor"])
def test_families_leave_nothing_behind_on_the_cpu(original: Path, family: str, net: str) -> None:
    """A device without storage shows it: it takes no part in anything with tensors elsewhere."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from rootae.training import families
    from rootae.training.batches import Batches
    from rootae.training.data import GroupData
    from rootae.training.family import Setup
    from rootae.training.networks import Networks

    with Source.open(original) as source:
        tree = source.tree("t")
        values = tree.values(0, tree.entries)
        tables: list[NDArray[np.int64]] = []
        plan = survey(tree.schema, values, tables=tables)
    data = GroupData(plan.groups[0], values, tables, 0)
    data.prepare()
    model = families.load(family)(data, Setup(net=net))
    assert isinstance(model, Networks)
    for phase, _ in enumerate(model.steps_share):
        if phase:
            model.to("cpu").next_phase()
        model.to("meta")
        batch = Batches(data, "meta").batch(torch.arange(64))
        assert {t.device.type for t in (batch.x, batch.low, batch.high)} == {"meta"}
        assert {t.device.type for t in model.loss(batch).values()} == {"meta"}
        model.to_empty(device="cpu")


def test_too_little_memory_is_one_clear_error(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from rootae.training.loop import run as loop

    def full(*_: object) -> NoReturn:
        msg = "CUDA out of memory"
        raise torch.OutOfMemoryError(msg)

    monkeypatch.setattr(loop, "_run_phase", full)
    with pytest.raises(RootaeError, match="too little memory to train on: take device cpu"):
        rootae.train([original], tmp_path / "a.root", family="predictor", steps=4)
    assert list(tmp_path.iterdir()) == []


# with a GPU


@pytest.mark.gpu
@needs_cuda
@pytest.mark.parametrize("rows", [0, 1, 1000, (1 << 17) + 5])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("net", NETS)
def test_contexts_on_cuda_are_those_of_the_cpu_bit_for_bit(net: str, dtype: str, rows: int) -> None:
    made, onnx, x = decoder(dtype, rows, net=net)
    assert made.dtype == dtype
    expected = Network(onnx).run(x)
    assert expected.shape == (8, rows)
    for _ in range(3):
        assert Network(onnx, device="cuda").run(x).tobytes() == expected.tobytes()


@pytest.mark.gpu
@needs_cuda
def test_a_file_is_the_same_on_cuda(
    original: Path, coded: Path, coder: Codec, tmp_path: Path
) -> None:
    rootae.compress(original, tmp_path / "c.root", codec=coder, device="cuda")
    for path in (coded, tmp_path / "c.root"):
        assert rootae.verify(path, original, device="cuda").columns == 2
        with rootae.open(path, device="cuda") as a, uproot.open(original) as b:
            assert same(a["t"].arrays(), b["t"].arrays())


@pytest.mark.gpu
@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("family", ["ae", "predictor"])
def test_a_codec_trained_on_cuda_codes_on_the_cpu(
    original: Path, tmp_path: Path, family: str, net: str
) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    if not torch.cuda.is_available():
        pytest.skip(f"no CUDA for torch {torch.__version__}")
    options: dict[str, Any] = {"family": family, "net": net, "steps": 300, "device": "cuda"}
    rootae.train([original], tmp_path / "c.root", **options)
    rootae.compress(original, tmp_path / "d.root", codec=tmp_path / "c.root")
    assert rootae.verify(tmp_path / "d.root", original).columns == 2
    if family == "predictor":  # the data is made so that it pays
        assert rootae.read_codec(tmp_path / "c.root").networks
