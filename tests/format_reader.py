"""A second reader, written from export/FORMAT.md alone: it shares no line with rootae.

Networks are evaluated by `onnx_numpy`, so that it shares no arithmetic with onnxruntime either.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import zlib

import cramjam
import numpy as np
import uproot
from pages import page


class Bytes:
    """Section 1: byte strings."""

    def __init__(self, data):
        self.data, self.at = bytes(data), 0

    def take(self, n):
        assert self.at + n <= len(self.data)
        self.at += n
        return self.data[self.at - n : self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def svarint(self):
        v = self.varint()
        return -(v + 1) // 2 if v & 1 else v // 2

    def rest(self):
        return self.take(len(self.data) - self.at)


def parts(data):
    b = Bytes(data)
    sizes = [b.varint() for _ in range(b.varint())]
    out = [b.take(n) for n in sizes]
    assert not b.rest()
    return out


def unzstd(data):
    return bytes(cramjam.zstd.decompress(data))


def stream(data, n):
    b = Bytes(data)
    kind, low = b.take(1)[0], b.svarint()
    if kind == 0:
        assert not b.rest()
        return np.full(n, low, np.int64)
    if kind == 1:
        width = b.take(1)[0]
        assert width in (2, 4, 8)
        u = page(b.rest(), 8 * width, n)
    elif kind == 4:
        k, size = b.varint(), b.varint()
        values, indices = stream(b"\1\0" + b.take(size), k), stream(b"\1\0" + b.rest(), n)
        assert 1 <= k <= n
        u = values.view(np.uint64)[indices]
    else:
        assert kind in (2, 3)
        raw = np.frombuffer(unzstd(b.rest()), np.uint8)
        assert len(raw) == (n if kind == 2 else (n + 7) // 8)
        u = raw if kind == 2 else np.unpackbits(raw)[:n]
    return (u.astype(np.uint64) + np.uint64(low % 2**64)).view(np.int64)


def runs(data, contexts):
    merged = contexts >> data[0]
    out = np.empty(len(merged), np.int64)
    present = sorted(set(merged.tolist()))
    found = parts(data[1:])
    assert len(found) == len(present)
    for value, blob in zip(present, found, strict=True):
        where = np.flatnonzero(merged == value)
        out[where] = stream(blob, len(where))
    return out


def unshift(q, s):
    return np.where(q >= 0, q << s, ~(~q << s))


@functools.cache
def octave(n):
    ln2, one = 0xB17217F7D1CF79ABC9E3B39803F2F6, 1 << 120
    x, t, r, k = ln2 // n, one, one, 0
    while t:
        k += 1
        t = t * x // one // k
        r += t
    p = [one]
    while len(p) < n:
        p.append(p[-1] * r // one)
    return np.array([math.ldexp((v + (1 << 67)) // (1 << 68), -52) for v in p])


def rel_points(grid):
    if grid["octave"]:
        return octave(grid["octave"])
    points = []
    for j in range(32):
        base = 1 + j / 32
        count = math.ceil((1 / 32) / ((2 * float.fromhex(grid["error"])) * base))
        points.append(base + np.arange(count) * ((1 / 32) / count))
    return np.concatenate(points)


def type_of(grid):
    return np.dtype(grid["base"]["dtype"] if grid["kind"] == "special" else grid["dtype"])


def on_grid(grid, q, tables):
    """Section 5: values of codes."""
    dtype = type_of(grid)
    if grid["kind"] == "special":
        codes, values = grid["codes"], list(map(float.fromhex, grid["values"]))
        before = np.array([sum(c < v for c in codes) for v in q.tolist()], np.int64)
        y = on_grid(grid["base"], q - before, tables)
        for code, value in zip(codes, values, strict=True):
            y[q == code] = value
        return y
    if grid["kind"] == "integer":
        return q != 0 if dtype.kind == "b" else q.astype(dtype)
    if grid["kind"] == "bits":
        m = q.astype(f"i{dtype.itemsize}")
        return np.where(m >= 0, m, ~m | np.iinfo(m.dtype).min).astype(m.dtype).view(dtype)
    with np.errstate(over="ignore", under="ignore"):
        if grid["kind"] == "abs":
            return (q.astype(np.float64) * float.fromhex(grid["step"])).astype(dtype)
        if grid["kind"] == "rank":
            points = tables[grid["points"]].view(np.float64)
            values = points[np.clip(q, 0, len(points) - 1)]
            if dtype.kind not in "iu":
                return values.astype(dtype)
            info, out = np.iinfo(dtype), []
            for v in values.tolist():  # towards zero, of what float64 has in the type's range
                end = math.nextafter(float(info.max), 0) if info.bits == 64 else float(info.max)
                out.append(int(min(max(v, float(info.min)), end)))
            return np.array(out, dtype)
        assert grid["kind"] == "rel"
        points = rel_points(grid)
        first = 1 + (150 if dtype == np.float32 else 1075) * len(points)
        magnitude = np.abs(np.clip(q, -(2**62), 2**62))
        e, i = np.divmod(magnitude - first, len(points))
        value = np.ldexp(points[i], np.clip(e, -1200, 1200).astype(np.int32))
        return np.where(q == 0, 0.0, np.sign(q) * value).astype(dtype)


def code_on(grid, x, tables):
    """Section 5: codes of values."""
    if grid["kind"] == "special":
        found, bits = [], x.view(f"u{x.itemsize}").tolist()
        special = np.array(list(map(float.fromhex, grid["values"])), x.dtype)
        known = dict(zip(special.view(f"u{x.itemsize}").tolist(), grid["codes"], strict=True))
        for b, one in zip(code_on(grid["base"], x, tables).tolist(), bits, strict=True):
            shift = sum(c - j <= b for j, c in enumerate(grid["codes"]))
            found.append(known.get(one, b + shift))
        return np.array(found, np.int64)
    if grid["kind"] == "integer":
        return x
    if grid["kind"] == "bits":
        m = x.view(f"i{x.dtype.itemsize}")
        return np.where(m >= 0, m, ~(m & np.iinfo(m.dtype).max)).astype(np.int64)
    x = x.astype(np.float64)
    if grid["kind"] == "abs":
        y = np.rint(x / float.fromhex(grid["step"]))
        return np.array([int(v) if abs(v) < 2**62 else 0 for v in y.tolist()], np.int64)
    if grid["kind"] == "rank":
        edges = tables[grid["edges"]].view(np.float64)
        less = (edges[:, None] < x[None, :]).sum(axis=0)
        return np.where(np.isnan(x), len(edges), less)
    assert grid["kind"] == "rel"
    points = np.append(rel_points(grid), 2.0)
    per = len(points) - 1
    first = 1 + (150 if grid["dtype"] == "float32" else 1075) * per
    usable = np.isfinite(x) & (x != 0)
    m, e = np.frexp(np.abs(np.where(usable, x, 1.0)))
    m, e = m * 2, e.astype(np.int64) - 1
    if grid["octave"]:
        middles = (points[:-1] + points[1:]) / 2
        i = np.searchsorted(middles, m)  # how many are less
    else:
        bases = 1 + np.arange(32) / 32
        counts = np.array(
            [math.ceil((1 / 32) / ((2 * float.fromhex(grid["error"])) * b)) for b in bases]
        )
        j = ((m - 1) * 32).astype(np.int64)
        step = (1 / 32) / counts[j]
        i = (np.cumsum(counts) - counts)[j] + np.rint((m - bases[j]) / step).astype(np.int64)
    return np.where(usable, np.where(x < 0, -1, 1) * (per * e + i + first), 0)


def exponential(eta):
    """Section 4.2, one number after the other."""
    x = min(max(eta, -700.0), 700.0) if math.isfinite(eta) else 0.0
    k = float(np.rint(x * 1.4426950408889634))  # of -0 it is -0
    r = (x - k * 0.6931471803691238) - k * 1.9082149292705877e-10
    t = 1 / math.factorial(13)
    for n in range(12, -1, -1):
        t = t * r + 1 / math.factorial(n)
    return math.ldexp(t, int(k))


def cosine_sine(phi):
    x = phi if abs(phi) <= 1000 else 0.0
    k = float(np.rint(x / 1.5707963267948966))
    r = (x - k * 1.5707963267341256) - k * 6.077100506506192e-11
    u, c, s = r * r, 1 / math.factorial(16), 1 / math.factorial(17)
    for n in range(7, -1, -1):
        c = c * u + (-1) ** n / math.factorial(2 * n)
        s = s * u + (-1) ** n / math.factorial(2 * n + 1)
    s *= r
    return [(c, s), (-s, c), (-c, -s), (s, -c)][int(k) % 4]


def component(kind, pt, eta, phi, mass):
    pt, mass = np.float64(pt), np.float64(mass)
    if kind == "px":
        return pt * cosine_sine(phi)[0]
    if kind == "py":
        return pt * cosine_sine(phi)[1]
    e = exponential(eta)
    if kind == "pz":
        return pt * ((e - 1 / e) * 0.5)
    p = pt * ((e + 1 / e) * 0.5)
    return np.sqrt(p * p + mass * mass)


def addend(term, values, root):
    """Section 4.1, step 1: one term in one row, from the values of its lanes as floats."""
    coefficient = float.fromhex(term["coefficient"])
    if term["kind"] == "one":
        return coefficient
    w = np.float64(values[0]) if term["kind"] == "lane" else component(term["kind"], *values)
    return (w * w if root else w) * coefficient


def centre_codes(centre, lane_values, rows, grid, tables):
    """Section 4.1; `lane_values` gives a lane's values."""
    dtype, totals = type_of(grid), []
    with np.errstate(all="ignore"):
        sources = [
            [lane_values(i).astype(np.float64).tolist() for i in term["lanes"]]
            for term in centre["terms"]
        ]
        for row in range(rows):
            total = np.float64(0)
            for term, columns in zip(centre["terms"], sources, strict=True):
                total += addend(term, [c[row] for c in columns], centre["root"])
            if centre["root"]:
                total = np.sqrt(total) if not total < 0 else np.float64(0)
            totals.append(total if np.isfinite(total) else np.float64(0))
        totals = np.array(totals, np.float64)
        if dtype.kind == "f":
            x = totals.astype(dtype)
        else:
            ends = np.iinfo(dtype if dtype.kind != "b" and dtype.itemsize <= 4 else np.int32)
            whole = [min(max(round(v), int(ends.min)), int(ends.max)) for v in totals.tolist()]
            x = np.array(whole, np.int64)
        q = code_on(grid, x, tables).tolist()
    return np.array([min(max(v, centre["low"]), centre["high"]) for v in q], np.int64)


class Codec:
    """Sections 2.3 and 3; `how` networks are evaluated is up to `onnx_numpy.Network`."""

    def __init__(self, plan, tables, networks, **how):
        self.plan = json.loads(plan)
        assert self.plan["format"] == 2
        self.tables = []
        for part in parts(tables):
            b = Bytes(part)
            n = b.varint()
            self.tables.append(stream(b.rest(), n))
        b = Bytes(networks)
        size = b.varint()
        raw = unzstd(b.rest())
        assert len(raw) == size
        self.networks = parts(raw)
        self.how = how

    def run(self, index, x):
        from onnx_numpy import Network  # files without networks need no onnx

        y = Network(self.networks[index], **self.how)(x)
        assert ((y >= 0) & (y <= 1023) & (y == np.floor(y))).all()
        return y


class Group:
    """Sections 4 and 6: the lanes of one group of one block."""

    def __init__(self, codec, plan, rows, latents, blobs, modes):
        self.codec, self.plan, self.rows = codec, plan, rows
        self.blobs, self.modes = blobs, modes
        self.z = [stream(p, rows) for p in parts(latents)]
        self.lanes, self.outputs, self.centres = {}, {}, {}
        self.others = {}  # the block's groups by name

    def centre(self, i):
        """Return the codes of a lane's centre."""
        if i not in self.centres:
            lane = self.plan["lanes"][i]
            centre, tables = lane["centre"], self.codec.tables
            found = centre_codes(centre, lambda j: self.lane(j)[1], self.rows, lane["grid"], tables)
            self.centres[i] = found
        return self.centres[i]

    def feature(self, f):
        of, by = f["of"], f["by"]
        if of["kind"] == "latent":
            q = self.z[of["index"]]
        elif of["kind"] == "lane":
            q = self.lane(of["index"])[0]
        else:
            assert of["kind"] == "centre"
            q = self.centre(of["index"])
        if by["kind"] == "edges":
            return self.count(by["table"], q)
        if by["kind"] == "digit":
            low, shift = by["low"], by["shift"]
            top = low + (by["top"] << shift)
            return np.array([(min(max(v, low), top) - low) >> shift for v in q.tolist()])
        assert by["kind"] == "raw"
        return q

    def count(self, table, v):
        edges = self.codec.tables[table]
        return (edges[:, None] <= v[None, :]).sum(axis=0)

    def of_stage(self, lane, *, code):
        number = self.plan["lanes"][lane]["contexts"]
        stage = self.plan["contexts"][number]
        assert stage["kind"] == "stage"
        if number not in self.outputs:
            x = np.stack([self.feature(f) for f in stage["inputs"]])
            self.outputs[number] = self.codec.run(stage["network"], x).astype(np.int64)
        y = self.outputs[number]
        t = [target["lane"] for target in stage["targets"]].index(lane)
        target = stage["targets"][t]
        location = self.count(target["location"], y[2 * t])
        if code:
            return location
        bins = len(self.codec.tables[target["location"]]) + 1
        return location + bins * self.count(target["scale"], y[2 * t + 1])

    def of_diagram(self, lane):
        diagram = self.plan["contexts"][self.plan["lanes"][lane]["contexts"]]
        state = np.zeros(self.rows, np.int64)
        for f, table in zip(diagram["inputs"], diagram["tables"], strict=True):
            assert f["by"]["kind"] == "edges"
            bins = len(self.codec.tables[f["by"]["table"]]) + 1
            state = self.codec.tables[table][state * bins + self.feature(f)]
            assert (state >= 0).all()
        assert (state < 256).all()
        return state

    def contexts(self, lane):
        kind = self.plan["contexts"][self.plan["lanes"][lane]["contexts"]]["kind"]
        assert kind in ("stage", "diagram")
        return self.of_diagram(lane) if kind == "diagram" else self.of_stage(lane, code=False)

    def lane(self, i):
        """Return codes and values."""
        if i not in self.lanes:
            own = len(self.plan["lanes"])
            self.lanes[i] = self.decode(i) if i < own else self.linked(self.plan["links"][i - own])
        return self.lanes[i]

    def linked(self, link):
        """Section 4.3: what the rows see of another group."""
        other, scalars = self.others[link["group"]], self.others[""]
        columns = [x["column"] for x in scalars.plan["lanes"]]
        mine, theirs = (
            scalars.lane(columns.index(g.plan["name"]))[1].tolist() for g in (self, other)
        )
        where = [(x["column"], x["element"]) for x in other.plan["lanes"]]
        values = other.lane(where.index((link["column"], link["element"])))[1]
        by, seen, row, first = self.lane(link["by"])[1].tolist(), [], 0, 0
        for rows, objects in zip(mine, theirs, strict=True):
            for index in by[row : row + rows]:
                zero = np.zeros(1, values.dtype)[0]
                seen.append(values[first + index] if 0 <= index < objects else zero)
            row, first = row + rows, first + objects
        assert row == self.rows
        assert first == other.rows
        x = np.array(seen, values.dtype)
        return code_on(link["grid"], x, self.codec.tables), x

    def decode(self, i):
        lane = self.plan["lanes"][i]
        dtype = type_of(lane["grid"])
        b, n, mode = Bytes(self.blobs[i]), self.rows, self.modes[i]
        k = b.varint()
        at, raw = np.zeros(0, np.int64), np.zeros(0, dtype)
        if k:
            at = np.cumsum(stream(b.take(b.varint()), k))
            raw = np.frombuffer(unzstd(b.take(b.varint())), dtype.newbyteorder("<"))
        grid = lane["grid"] if mode != 2 else {"kind": "bits", "dtype": dtype.name}
        if mode == 3:
            codes, values = None, self.rule(lane["derived"]["terms"], dtype)
        else:
            if mode == 4:
                codes = self.of_stage(i, code=True)
            else:
                assert mode in (0, 1, 2, 5)
                s = b.take(1)[0]
                inside = self.contexts(i) if mode == 1 else None
                read = stream(b.rest(), n) if inside is None else runs(b.rest(), inside)
                if mode == 5 or (mode == 1 and lane["centre"] is not None):
                    read = read + (self.centre(i) >> s)
                codes = unshift(read, s)
            values = np.array(on_grid(grid, codes, self.codec.tables))
            codes = np.zeros(n, np.int64) if mode == 2 else codes
        values[at] = raw
        return codes, values

    def rule(self, terms, dtype):
        terms = [(lane, float.fromhex(coefficient)) for lane, coefficient in terms]
        sources = [self.lane(lane)[1] for lane, _ in terms]
        if len(terms) == 1 and terms[0][1] == 1 and sources[0].dtype == dtype:
            return sources[0].copy()
        wide = np.float64 if dtype.kind == "f" else np.int64
        total = np.zeros(self.rows, wide)
        for source, (_, coefficient) in zip(sources, terms, strict=True):
            total = total + source.astype(wide) * wide(coefficient)
        return total.astype(dtype)


def block_groups(codec, tree, row):
    """Section 2.2: one block's groups from its row of branches."""
    head, blobs = bytes(row["head"]), Bytes(row["blobs"])
    assert zlib.crc32(head[:-4]) == int.from_bytes(head[-4:], "little")
    head = Bytes(head[:-4])
    head.take(40)

    def numbers(count, size):
        return [int.from_bytes(head.take(size), "little") for _ in range(count)]

    plans = tree["groups"]
    lanes = [len(g["lanes"]) for g in plans]
    count = sum(lanes) + sum(g["encoder"] is not None for g in plans)
    rows, sizes, sums = numbers(len(plans), 8), numbers(count, 4), numbers(count, 4)
    found = [blobs.take(n) for n in sizes]
    assert [zlib.crc32(b) for b in found] == sums
    assert not blobs.rest()
    groups = {}
    for plan, some, n in zip(plans, rows, lanes, strict=True):
        latents = found.pop(0) if plan["encoder"] is not None else b"\0"
        own, modes = found[:n], head.take(n)
        del found[:n]
        groups[plan["name"]] = Group(codec, plan, some, latents, own, modes)
    (passing,) = numbers(1, 4)
    head.take(8 * passing)  # checksums of content, for programs that check files
    assert not head.rest()
    for group in groups.values():
        group.others = groups
    return groups


def column(tree, groups, name):
    """Section 7: a column's rows, shape (rows, *inner_shape), and its counts.

    Of a vector of vectors, the counts of these and their sizes.
    """
    about = next(c for c in tree["columns"] if c["name"] == name)
    group = groups[about["counter"] or ""]
    lanes = [i for i, lane in enumerate(group.plan["lanes"]) if lane["column"] == name]
    flat = np.stack([group.lane(i)[1] for i in lanes], axis=1)
    flat = flat.reshape(group.rows, *about["inner_shape"])
    if not about["counter"]:
        return flat, None
    counts, outer = column(tree, groups, about["counter"])
    return flat, counts if outer is None else (outer, counts)


def bookkeeping(tree, name):
    """Section 2.1: a branch that says where entries belong; uproot hides it after import rootae."""
    hidden = tree.__dict__["_rootae_tree"]._hidden
    return hidden[name].array(library="np")


def whole_codec(row, how):
    """Section 2.3: a codec by its id, or nothing if it is damaged."""
    try:
        data = Bytes(row)
        identity, size = data.take(32), data.varint()
        text, *rest = parts(data.rest())
        plan = unzstd(text)
        assert len(plan) == size
        three = [plan, *rest]
        joined = varint(3) + b"".join(varint(len(p)) for p in three) + b"".join(three)
        assert hashlib.sha256(joined).digest() == identity
        return {identity: Codec(*three, **how)}
    except Exception:  # of whatever damaged bytes make of this
        return {}


def read(path, name, **how):
    """Read every coded column of a tree: {column: (values of all blocks, counts)}."""
    with uproot.open(path) as file:
        codecs = {}
        for tree in ("rootae/codecs", "rootae/copies"):
            try:
                rows = file[tree].arrays(library="np")["codec"]
            except Exception:
                continue
            for row in rows:
                codecs |= whole_codec(row, how)
        rows = file[f"rootae/trees/{name}"].arrays(library="np")
        total = file[f"rootae/entries/{name}"].values()[0]
        starts = [Bytes(head) for head in rows["head"]]
        begun = [(head.take(32), int.from_bytes(head.take(8), "little")) for head in starts]
        assert sum(entries for _, entries in begun) == total == file[name].num_entries
        blocks = bookkeeping(file[name], "rootae_block")
    found, at = {}, 0
    for i, (identity, entries) in enumerate(begun):
        row = {k: v[i] for k, v in rows.items()}
        number = hashlib.sha256(bytes(row["head"])).digest()[:4]
        where = slice(at, at := at + entries)
        assert (blocks[where] == (int.from_bytes(number, "little") or 1)).all()
        codec = codecs[identity]
        tree = next(t for t in codec.plan["trees"] if t["path"] == name)
        names = [b["name"] for b in tree["branches"] if b["coded"]]
        groups = block_groups(codec, tree, row)
        for c in names:
            found.setdefault(c, []).append(column(tree, groups, c))
    return found


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])
