"""Lines about the operational database: writing receipts, and looking them up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.process import measured_inside
from tests.benchmarks.runner import Pair, ratio_within, wall_within

if TYPE_CHECKING:
    from tests.benchmarks.installations import Bench
    from tests.benchmarks.runner import Line, Side, Sides

LIMIT = "sqlite3.executemany into a file"
STOCK = "the stock driver alone"
FEWER = 50  # of so many receipts, one is written where every row is asked for twice


def _sides(bench: Bench, mine: tuple[str, ...], other: tuple[str, ...]) -> tuple[Side, Side]:
    """Return the measuring of two functions of `receipts`, with their arguments."""
    made = bench.empty()
    first, second = (made.function(f"receipts:{way[0]}", *way[1:]) for way in (mine, other))
    return partial(measured_inside, first), partial(measured_inside, second)


def _writing(place: str, way: str, part: int = 1) -> Sides:
    def sides(bench: Bench) -> tuple[Side, Side]:
        count = str(bench.receipts // part)
        return _sides(bench, (place, way, count), ("into_file", "sqlite", count))

    return sides


def _reading(mine: tuple[str, str], other: tuple[str, str]) -> Sides:
    return lambda bench: _sides(bench, mine, other)


LINES: list[Line] = [
    Pair(
        "publish",
        "receipts into a file, as a publish writes them",
        LIMIT,
        _writing("into_file", "atlas"),
        (ratio_within(1.2),),
    ),
    Pair(
        "publish-sqlalchemy",
        "the same by SQLAlchemy's own insert()",
        LIMIT,
        _writing("into_file", "sqlalchemy"),
    ),
    Pair(
        "publish-server",
        "receipts onto a server, as a publish writes them",
        LIMIT,
        _writing("onto_server", "atlas"),
        (wall_within(2),),
    ),
    Pair(
        "publish-server-sqlalchemy",
        "a fiftieth of them by SQLAlchemy's own insert()",
        LIMIT,
        _writing("onto_server", "sqlalchemy", FEWER),
    ),
    Pair(
        "publish-server-plain",
        "into a table with a key only",
        LIMIT,
        _writing("onto_server", "plain"),
    ),
    Pair(
        "publish-server-copy",
        "the server by itself, copying them from that table",
        LIMIT,
        _writing("onto_server", "copy"),
    ),
    Pair(
        "lookup",
        "10,000 receipts one by one, by Atlas's driver",
        STOCK,
        _reading(("looking_up", "atlas"), ("looking_up", "stock")),
        (ratio_within(2),),
    ),
    Pair(
        "lookup-sqlalchemy",
        "the same by SQLAlchemy on it",
        STOCK,
        _reading(("looking_up_by_sqlalchemy", "atlas"), ("looking_up", "stock")),
    ),
    Pair(
        "lookup-sqlite",
        "the same by SQLAlchemy on sqlite3",
        "sqlite3 alone",
        _reading(("looking_up_by_sqlalchemy", "sqlite"), ("looking_up", "sqlite")),
    ),
]
