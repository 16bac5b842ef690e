"""A codec as files that other programs read: JSON, numpy arrays and ONNX models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.container.container import Container
from rootae.errors import ArgumentError
from rootae.errors.legible import legible
from rootae.paths.leftovers import private
from rootae.paths.targets import check_target
from rootae.source.source import Source

if TYPE_CHECKING:
    from rootae.codec.codec import Codec

__all__ = ["export", "network_files"]

_README = """\
A rootae codec, taken out of {source}.

id        {id}
trees     {trees}

plan.json       what the codec does: trees, columns, groups, lanes, stages; FORMAT.md of rootae
                says what every member means
tables.npz      the int64 tables that the plan names by index: array table_0, table_1, ...
encoder.onnx    the network that makes latents: (inputs, rows) to (latents, rows), to be rounded
                to whole numbers; only the writer runs it (encoder_N.onnx, N being its index in
                the plan, where there are several; none without latents); it takes what
                rootae.read_codec(FILE).tree(TREE).encoder_inputs(GROUP, VALUES) makes of values
decoder_N.onnx  network N of the plan, one stage: whole numbers in, whole numbers out, the same
                bits on every machine; two outputs, location and scale, for each target

python export/verify_onnx.py DIR runs every network in onnxruntime and in onnx's reference
evaluator and compares them bit for bit with rootae.
"""


def network_files(codec: Codec) -> dict[int, str]:
    """Return the file name of each of a codec's networks, by its index in the plan."""
    groups = [g for t in codec.plan.trees for g in t.groups]
    encoders = {g.encoder.network for g in groups if g.encoder is not None}
    alone = len(encoders) == 1
    names = {i: "encoder.onnx" if alone else f"encoder_{i}.onnx" for i in encoders}
    return {i: names.get(i, f"decoder_{i}.onnx") for i in range(len(codec.networks))}


def export(file: str | Path, directory: str | Path, *, force: bool = False) -> list[Path]:
    """Write the codecs of a file as plan.json, tables.npz, ONNX models and a README.txt.

    Arguments:
        file: a compressed file or a codec file.
        directory: where to write; codecs of a merged file get a folder each, named by their id.
        force: replace what an earlier export left in the directory.

    Returns:
        The folders that were written.

    Raises:
        ArgumentError: there is no such file, or the directory is not empty.
        FormatError: the file holds no codec.

    Example:
        >>> from rootae.operations.export import export
        >>> export("small.root", "codec/")  # doctest: +SKIP
        [PosixPath('codec')]
    """
    target = Path(directory)
    with Source.open(file) as source:
        codecs = list(Container(source.file, str(file)).codecs.values())
    if target.is_symlink() and not target.exists():
        msg = f"{target} is a symbolic link to nothing: name a directory"
        raise ArgumentError(msg)
    if target.exists() and not target.is_dir():
        msg = f"{target} is a file: name a directory"
        raise ArgumentError(msg)
    if target.is_dir() and any(target.iterdir()) and not force:
        msg = f"directory {target} is not empty: use -f to write into it"
        raise ArgumentError(msg)
    folders = [target] if len(codecs) == 1 else [target / c.id[:12] for c in codecs]
    for codec, folder in zip(codecs, folders, strict=True):
        _write(codec, folder, Path(file), force=force)
    return folders


def _write(codec: Codec, folder: Path, source: Path, *, force: bool) -> None:
    """Write one codec into a folder, once all of it is there."""
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with private(folder) as part:
        part.mkdir()
        _fill(codec, part, source.name)
        folder.mkdir(exist_ok=True)
        made = sorted(part.iterdir())
        outputs = [check_target(folder / p.name, [source], force=force) for p in made]
        _clear(folder, source)
        for path, output in zip(made, outputs, strict=True):
            output.publish(path)


def _fill(codec: Codec, folder: Path, source: str) -> None:
    plan = json.loads(codec.plan.to_json())
    (folder / "plan.json").write_text(json.dumps(plan, indent=2, sort_keys=True) + "\n")
    tables: dict[str, Any] = {f"table_{i}": t for i, t in enumerate(codec.tables)}
    np.savez(folder / "tables.npz", **tables)
    for i, name in network_files(codec).items():
        (folder / name).write_bytes(codec.networks[i].onnx)
    trees = ", ".join(f"{legible(t.path)} ({len(t.columns)} columns)" for t in codec.plan.trees)
    text = _README.format(source=legible(source), id=codec.id, trees=trees)
    (folder / "README.txt").write_text(text, encoding="utf-8")


def _clear(folder: Path, source: Path) -> None:
    """Remove the networks of an earlier export: this codec may have fewer."""
    for pattern in ("encoder*.onnx", "decoder_*.onnx"):
        for old in folder.glob(pattern):
            check_target(old, [source], force=True)
            old.unlink()
