"""Tables fold columns, and never words."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from rootae.cli.console.folding import GAP, folded
from rootae.cli.console.table import print_table

WORDS = st.text("abcdefgh", min_size=1, max_size=30)
CELLS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    head = draw(st.lists(WORDS, min_size=1, max_size=8, unique=True))
    rows = draw(st.lists(st.lists(CELLS, min_size=len(head), max_size=len(head)), max_size=4))
    return head, rows


def printed(head: list[str], rows: list[list[str]], width: int, keys: int = 1) -> str:
    out = io.StringIO()
    print_table(Console(file=out, width=width, highlight=False), head, rows, keys)
    return out.getvalue()


@given(tables(), st.integers(40, 120))
def test_every_word_stands_whole(table: tuple[list[str], list[list[str]]], width: int) -> None:
    head, rows = table
    shown = set(printed(head, rows, width).split())
    assert shown == {word for row in (head, *rows) for cell in row for word in cell.split()}


@given(tables(), st.integers(40, 120), st.integers(1, 2))
def test_parts_hold_every_column_and_fit(
    table: tuple[list[str], list[list[str]]], width: int, keys: int
) -> None:
    head, rows = table
    columns = [[name, *(row[i] for row in rows)] for i, name in enumerate(head)]
    parts = folded(columns, width, keys)
    assert {i for part in parts for i in part} == set(range(len(head)))
    for part in parts:
        assert list(part)[:keys] == list(range(min(keys, len(head))))
        taken = sum(part.values()) + GAP * (len(part) - 1)
        assert taken <= width or len(part) <= keys + 1


def test_a_number_stays_with_its_unit() -> None:
    head = ["column", "bound", "bytes"]
    rows = [[f"a_long_name_{i}", "rel:0.001 as asked for", "12.3 kB"] for i in range(2)]
    text = printed(head, rows, 38)
    assert text.count("12.3 kB") == 2
    assert max(map(len, text.splitlines())) <= 38
