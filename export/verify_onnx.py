"""Run exported networks in onnxruntime and in onnx's reference evaluator, and compare the bits.

    rootae export small.root codec/
    python export/verify_onnx.py codec/

Every network gets random whole numbers within the ranges of its inputs. Decoders must agree bit
for bit between rootae, plain onnxruntime (as installed, all its optimisations on) and onnx's
reference evaluator. Encoders run in ordinary floats and are compared after rounding, where one
step is allowed: their results are stored, so nothing depends on another machine repeating them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator

from rootae.codec.contexts.network import Network

_LATENTS = 64  # latents are small whole numbers; codes are clipped to their digits and edges
_CODES = 1 << 12


def input_ranges(features: list[dict[str, Any]], tables: dict[int, int]) -> np.ndarray:
    """Return the lowest and highest value of each input of a network, shape (inputs, 2)."""
    ranges = []
    for feature in features:
        of, by = feature["of"], feature["by"]
        if by["kind"] == "edges":
            ranges.append((0, tables[by["table"]]))
        elif by["kind"] == "digit":
            ranges.append((0, by["top"]))
        elif of["kind"] == "latent":
            ranges.append((-_LATENTS, _LATENTS))
        else:
            ranges.append((-_CODES, _CODES))
    return np.array(ranges, np.int64).reshape(-1, 2)


def networks_of(plan: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """Return the input features of each network that the plan uses."""
    found: dict[int, list[dict[str, Any]]] = {}
    for tree in plan["trees"]:
        for group in tree["groups"]:
            users = [c for c in group["contexts"] if c["kind"] == "stage"]
            users += [group["encoder"]] if group["encoder"] else []
            found |= {user["network"]: user["inputs"] for user in users}
    return found


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Say whether two results are the same to the last bit."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def same_latents(a: np.ndarray, b: np.ndarray) -> bool:
    """Say whether two results are the same latents, give or take one step of rounding."""
    return a.shape == b.shape and bool((np.abs(np.rint(a) - np.rint(b)) <= 1).all())


def compare(path: Path, ranges: np.ndarray, rows: int, seed: int) -> dict[str, bool]:
    """Run one network everywhere and say which runs agree with rootae's."""
    onnx.checker.check_model(onnx.load(path))
    encoder = path.name.startswith("encoder")
    network = Network(path.read_bytes(), integer=not encoder)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    node = session.get_inputs()[0]
    dtype = np.float64 if node.type == "tensor(double)" else np.float32
    draw = np.random.default_rng(seed).integers(
        ranges[:, :1], ranges[:, 1:], (len(ranges), rows), endpoint=True
    )
    x = draw.astype(dtype)
    mine, plain = network.run(draw), session.run(None, {node.name: x})[0]
    reference = ReferenceEvaluator(str(path)).run(None, {node.name: x})[0]
    agree = same_latents if encoder else same_bits
    return {"onnxruntime": agree(mine, plain), "reference": agree(mine, reference)}


def folders_of(directory: Path) -> list[Path]:
    """Return the folders that hold a codec: the directory itself, or one a codec in it."""
    return sorted(p.parent for p in directory.rglob("plan.json"))


def number(path: Path, encoders: list[int]) -> int:
    """Return a network's index in the plan: from its name, or the only encoder's."""
    _, underscore, index = path.stem.rpartition("_")
    return int(index) if underscore else encoders[0]


def verify(folder: Path, rows: int, seed: int) -> int:
    """Compare every network of one codec, print a line each, and return how many differ."""
    plan = json.loads((folder / "plan.json").read_text())
    with np.load(folder / "tables.npz") as tables:
        lengths = {int(n.removeprefix("table_")): len(tables[n]) for n in tables.files}
    used, wrong = networks_of(plan), 0
    encoders = [g["encoder"]["network"] for t in plan["trees"] for g in t["groups"] if g["encoder"]]
    numbers = {p: number(p, encoders) for p in folder.glob("*.onnx")}
    for path in sorted(numbers, key=numbers.__getitem__):
        features = used.get(numbers[path])
        if features is None:
            print(f"{path.name:<20} {'not used by the plan':>36}")
            continue
        agreed = compare(path, input_ranges(features, lengths), rows, seed)
        wrong += not all(agreed.values())
        right = "same latents" if path.name.startswith("encoder") else "same bits"
        shown = [right if agreed[k] else "DIFFERENT" for k in ("onnxruntime", "reference")]
        print(f"{path.name:<20} {len(features):>6} {shown[0]:>14} {shown[1]:>14}")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Verify a directory that `rootae export` wrote."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    folders = folders_of(options.directory)
    if not folders:
        print(f"{options.directory} holds no plan.json: run rootae export first", file=sys.stderr)
        return 2
    print(f"{'network':<20} {'inputs':>6} {'onnxruntime':>14} {'reference':>14}")
    wrong = sum(verify(folder, options.rows, options.seed) for folder in folders)
    print(f"{wrong} networks differ" if wrong else "all networks agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
