"""Every reader finds in a format's vectors what stands beside them; tests never write these."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import second
from samples import PROJECT

import rootae
from rootae.codec import native
from rootae.codec.plan.plan import FORMAT
from rootae.codec.streams import stream
from rootae.codec.streams.registry import KINDS
from rootae.container.container import Container
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VECTORS = sorted((PROJECT / "export" / "vectors").glob("format-*/*.root"))
each = pytest.mark.parametrize("path", VECTORS, ids=lambda p: f"{p.parent.name}/{p.stem}")


def wanted(path: Path) -> dict[str, Any]:
    with np.load(path.with_suffix(".npz")) as arrays:
        return dict(arrays)


def found(path: Path) -> dict[str, Any]:
    """Return what rootae reads, by the names that the second reader gives it."""
    arrays: dict[str, Any] = {}
    file = Container.open(path)
    for tree in file.coded_trees():
        stored = file.stored(tree)
        names = [c.name for c in stored.plans[0].columns]
        blocks = [stored.decoder(b).columns(names) for b in range(len(stored.entries))]
        for name in names:
            values = Values.joined([block[name] for block in blocks])
            arrays[f"{tree}/{name}"] = values.flat
            if values.counts is not None:
                arrays[f"{tree}/{name} counts"] = values.counts
    return arrays


def alike(mine: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return mine.keys() == theirs.keys() and all(
        x.tobytes() == theirs[n].astype(x.dtype).tobytes() for n, x in mine.items()
    )


def test_there_are_vectors_of_the_format_that_is_written() -> None:
    assert any(p.parent.name == f"format-{FORMAT}" for p in VECTORS)
    assert all(p.with_suffix(".npz").exists() for p in VECTORS)


@each
@pytest.mark.parametrize("said", ["native", "python"])
def test_rootae_reads_them(path: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    if said == "native" and native.core() is None:
        pytest.skip("the native core was not built")
    monkeypatch.setenv("ROOTAE_DECODER", said)
    assert alike(found(path), wanted(path))


@each
def test_they_are_opened_and_verified(path: Path) -> None:
    assert rootae.verify(path).values > 0
    with rootae.open(path) as file:
        assert len(file["Events"].arrays()) == file["Events"].num_entries


@each
def test_the_second_reader_reads_them(path: Path) -> None:
    arrays: dict[str, Any] = {}
    for name, values in second.read(path, "Events").items():
        arrays[f"Events/{name}"] = values.flat
        for counts in values.counts:
            arrays[f"Events/{name} counts"] = counts
    assert alike(arrays, wanted(path))


# they hold everything that the format has


def plans() -> Iterator[dict[str, Any]]:
    for path in VECTORS:
        for codec in Container.open(path).codecs.values():
            yield json.loads(codec.parts[0])


def kinds_in(node: Any) -> Iterator[str]:
    """Yield every kind that a plan names."""
    if isinstance(node, dict):
        yield from [node["kind"]] if "kind" in node else []
        for member in node.values():
            yield from kinds_in(member)
    elif isinstance(node, list):
        for member in node:
            yield from kinds_in(member)


def test_every_mode_of_a_lane_is_there() -> None:
    files = map(Container.open, VECTORS)
    stored = [file.stored(tree) for file in files for tree in file.coded_trees()]
    assert {m for s in stored for b in range(len(s.entries)) for m in s.directory(b).modes} == {
        *range(6)
    }


def test_every_kind_of_bound_grid_and_context_is_there() -> None:
    there = {kind for plan in plans() for kind in kinds_in(plan)}
    assert there >= {"exact", "abs", "rel", "none"}
    assert there >= {"integer", "bits", "rel", "abs", "rank", "special"}
    assert there >= {"stage", "diagram", "lane", "latent", "centre", "edges", "digit", "raw"}


def test_relations_are_there() -> None:
    groups = [g for plan in plans() for t in plan["trees"] for g in t["groups"]]
    lanes = [lane for g in groups for lane in g["lanes"]]
    assert any(lane["centre"] for lane in lanes)
    assert any(lane["derived"] for lane in lanes)
    assert any(g["links"] for g in groups)
    assert any(g["encoder"] for g in groups)


def test_every_kind_of_stream_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOTAE_DECODER", "python")
    seen, decode = set(), stream.decode

    def noted(data: bytes, n: int) -> Any:
        seen.add(data[0])
        return decode(data, n)

    monkeypatch.setattr(stream, "decode", noted)
    for path in VECTORS:
        found(path)
    assert seen == {*KINDS}
