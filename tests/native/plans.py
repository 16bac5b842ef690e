"""Plans by the native core and by both readers in Python: what each says of one."""

from __future__ import annotations

import ctypes
import functools
import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from following import COLUMNS, coded_by
from native.core import surface
from reference import plan as second_plan
from reference import pointers as second
from reference.damage import Damaged, Newer
from related import planned, related
from tables import table

from rootae.codec.plan.check import check, check_networks, encoders_of
from rootae.codec.plan.order import group_order
from rootae.codec.plan.plan import Plan
from rootae.errors import FormatError, RootaeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.codec.codec import Codec

__all__ = ["CORRUPT", "FORMAT", "KINDS", "TAKEN", "Known", "codec_of", "known_of", "native"]
__all__ += ["readers", "with_text"]

TAKEN, CORRUPT, FORMAT = 0, 1, 2
_MANY = 10**6  # elements of a column: more than there are lanes
KINDS = ["diagram", "lane", "latent", "centre"]


class _Codec(ctypes.Structure):
    _fields_ = (
        ("text", ctypes.c_char_p),
        ("bytes", ctypes.c_size_t),
        ("numbers", ctypes.c_void_p),
        ("sizes", ctypes.c_void_p),
        ("tables", ctypes.c_size_t),
        ("ends", ctypes.c_void_p),
        ("networks", ctypes.c_size_t),
    )


class Ends(NamedTuple):
    """How many inputs and outputs a network has."""

    inputs: int
    outputs: int


class Known(NamedTuple):
    """What a plan is held against.

    Arguments:
        text: the plan's.
        tables: the codec's.
        ends: inputs and outputs of its networks.
    """

    text: bytes
    tables: Sequence[NDArray[np.int64]] = ()
    ends: Sequence[tuple[int, int]] = ()

    def call(self, name: str, *arguments: Any) -> tuple[int, str]:
        """Call a function of the test surface: what it returns, and what it says is wrong."""
        numbers = np.concatenate([np.zeros(0, np.int64), *self.tables])
        sizes = np.array([len(t) for t in self.tables], np.uintp)
        ends = np.array([n for pair in self.ends for n in pair], np.uintp)
        addresses = [x.ctypes.data for x in (numbers, sizes, ends)]
        codec = _Codec(
            self.text, len(self.text), *addresses[:2], len(sizes), addresses[2], len(self.ends)
        )
        message = ctypes.create_string_buffer(1000)
        given = [x.ctypes.data_as(ctypes.c_void_p) if isinstance(x, np.ndarray) else x
                 for x in arguments]  # fmt: skip
        result = getattr(surface(), name)(
            ctypes.byref(codec), *given, message, ctypes.c_size_t(len(message))
        )
        return result, message.value.decode("utf-8", "replace")


def native(known: Known) -> tuple[int, str]:
    """Read and check a plan natively."""
    found = known.call("surface_plan_check")
    assert (found[1] == "") == (found[0] == TAKEN)
    assert "\n" not in found[1]
    return found


def readers(known: Known) -> tuple[int, int]:
    """Read and check a plan by rootae, and by the second reader."""
    return _first(known), _second(known)


def _first(known: Known) -> int:
    try:
        plan = Plan.from_json(known.text.decode("utf-8", "replace"))
        encoders_of(plan)
        for tree in plan.trees:
            check(tree, known.tables, len(known.ends))
            check_networks(tree, known.ends)
            group_order({g.name: g.links for g in tree.groups})
    except FormatError:
        return FORMAT
    except RootaeError:
        return CORRUPT
    return TAKEN


def _second(known: Known) -> int:
    try:
        plan = second_plan.parsed(known.text)
        second.encoders_of(plan)
        paths = [tree["path"] for tree in plan["trees"]]
        if len({*paths}) < len(paths):
            return CORRUPT
        for tree in plan["trees"]:
            if any(math.prod(c["inner_shape"]) > _MANY for c in tree["columns"]):
                return CORRUPT  # it would list them all before it says so
            second.check_tree(tree, known.tables, len(known.ends))
        networks: Any = [Ends(*pair) for pair in known.ends]
        second.check_networks(plan, networks)
    except Newer:
        return FORMAT
    except (Damaged, UnicodeDecodeError, KeyError):  # it says so of a link to a lane of no column
        return CORRUPT
    return TAKEN


@functools.cache
def codec_of(kind: str) -> Codec:
    """Return a codec of contexts by a diagram, by a network, with latents, or of centres."""
    columns = {k: x[:600] for k, x in COLUMNS.items()}
    if kind == "diagram":
        return coded_by(columns, {"c": ("a", "b"), "b": ("a",)})[0]
    if kind == "centre":
        return planned(related(3000), "rel:1e-3")
    networks = pytest.importorskip("networks", reason="onnx is not installed")
    schema, values = table(columns)
    made: Codec = networks.contexts_codec(schema, values, "a", "c", latent=kind == "latent")
    return made


def known_of(codec: Codec) -> Known:
    """Return what a codec's plan is held against, its text sorted and compact."""
    return Known(codec.parts[0], codec.tables, [n.ends for n in codec.networks])


def with_text(known: Known, plan: Any) -> Known:
    """Return the same with another plan."""
    return known._replace(text=json.dumps(plan).encode())
