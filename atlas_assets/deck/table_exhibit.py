"""A table and what is said about it, before it is divided over slides; and the bars in its rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from atlas_assets.deck.slides import Bars, BarSeries, Cell, TableRow
from atlas_assets.notation.numbers import NOT_AVAILABLE
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slides import Column

MIN_BARS = 0.4  # inches that bars have at least


@dataclass(frozen=True)
class TableExhibit:
    """A table with what is said about it; `paths` are its figures' places in report.json.

    The values of its bars are of its rows, in order; a total has none and stands on the last page.
    """

    message: str
    measure: str
    scenarios: str
    marts: list[str]
    definition: str
    paths: list[str]
    columns: list[Column]
    rows: list[TableRow]
    total: TableRow | None = None
    bars: list[Bars] = field(default_factory=list)
    unit: str = ""
    remarks: list[Remark] = field(default_factory=list)


def without_empty_columns(exhibit: TableExhibit) -> TableExhibit:
    """Leave out the columns, and the bars, for which there are no data in this period at all."""
    rows = [*exhibit.rows, *([exhibit.total] if exhibit.total else [])]
    bars = [
        item for item in exhibit.bars if any(v is not None for s in item.series for v in s.values)
    ]
    barred = {item.column for item in bars}
    kept = [
        position
        for position, column in enumerate(exhibit.columns)
        if position == 0
        or (not exhibit.rows and column.header)
        or position in barred
        or column.emphasized
        or any(row.cells[position].text not in {"", NOT_AVAILABLE} for row in rows)
    ]

    def shown(row: TableRow) -> TableRow:
        return replace(row, cells=[row.cells[position] for position in kept])

    return replace(
        exhibit,
        columns=[exhibit.columns[position] for position in kept],
        rows=[shown(row) for row in exhibit.rows],
        total=shown(exhibit.total) if exhibit.total else None,
        bars=[replace(item, column=kept.index(item.column)) for item in bars],
    )


def sliced(bars: Bars, start: int, stop: int) -> Bars:
    """Return the bars of some of a table's rows, at the same scale."""
    series = [replace(item, values=item.values[start:stop]) for item in bars.series]
    return replace(bars, series=series)


@dataclass(frozen=True)
class Span:
    """From the lowest to the highest value of bars, zero included."""

    low: float
    high: float

    @classmethod
    def of(cls, *values: list[float | None]) -> Span:
        """Return the span of all these values; never an empty one."""
        known = [value for group in values for value in group if value is not None]
        low, high = min([*known, 0.0]), max([*known, 0.0])
        return cls(low, high if high > low else low + 1.0)

    def share(self, other: Span) -> float:
        """Return this span's share of the room of both, which are at one scale."""
        mine, others = self.high - self.low, other.high - other.low
        return mine / (mine + others)

    def beside(self, other: Span, room: float) -> Span:
        """Return this span, widened until its share of `room` inches is wide enough to be seen."""
        least = MIN_BARS / (room - MIN_BARS) * (other.high - other.low)
        return Span(self.low, max(self.high, self.low + least))


def variance_bars(
    column: int, name: str, values: list[float | None], reference: Literal["PL", "PY"], span: Span
) -> Bars:
    """Return bars of variances: the good ones green, the others red, on the reference's axis."""
    good = [value if value is not None and value >= 0 else None for value in values]
    bad = [value if value is not None and value < 0 else None for value in values]
    return Bars(
        column,
        name,
        [
            BarSeries(f"{name} (+)", Role.GOOD, good),
            BarSeries(f"{name} (-)", Role.BAD, bad),
        ],
        span.low,
        span.high,
        Role.ACTUAL if reference == "PL" else Role.PREVIOUS,
    )


def scenarios_shown(*, target: bool, last_year: bool) -> str:
    """Return the scenarios that an exhibit has figures for: `AC + PL + PY`."""
    return " + ".join(["AC", *(["PL"] if target else []), *(["PY"] if last_year else [])])


def text_row(texts: list[str]) -> TableRow:
    """Return a row of plain cells."""
    return TableRow([Cell(text) for text in texts])
