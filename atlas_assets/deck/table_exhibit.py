"""A table with its texts before it is split over slides, and the bars in its rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from atlas_assets.deck.outliers import clipped, limit
from atlas_assets.deck.slides import Bars, BarSeries, Cell, TableRow
from atlas_assets.notation.numbers import NOT_AVAILABLE
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slides import Column

MIN_BARS = 0.4  # inches: the minimum width of bars


@dataclass(frozen=True)
class TableExhibit:
    """A table with its texts; `paths` say where its figures are in report.json.

    Bars have one value per row, in order; the total has no bar and appears on the last page.
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
    footnotes: list[str] = field(default_factory=list)


def without_empty_columns(exhibit: TableExhibit) -> TableExhibit:
    """Drop columns and bars without any data in the period; emphasised columns always stay."""
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
    """Return the bars of the rows from `start` up to, not including, `stop`, at the same scale."""
    series = [replace(item, values=item.values[start:stop]) for item in bars.series]
    return replace(bars, rows=bars.rows[start:stop], series=series)


@dataclass(frozen=True)
class Span:
    """The range from the lowest to the highest value of bars, zero included."""

    low: float
    high: float

    @classmethod
    def of(cls, *values: list[float | None], most: float | None = None) -> Span:
        """Return the span of all these values, which is never empty.

        Values beyond `most`, by default outliers among them, do not widen it for all their length.
        """
        known = [value for group in values for value in group if value is not None]
        most = limit(known) if most is None else most
        known = [clipped(value, most) for value in known]
        low, high = min([*known, 0.0]), max([*known, 0.0])
        return cls(low, high if high > low else low + 1.0)

    def share(self, other: Span) -> float:
        """Return this span's share, from 0 to 1, of the width of both at one scale."""
        mine, others = self.high - self.low, other.high - other.low
        return mine / (mine + others)

    def beside(self, other: Span, room: float) -> Span:
        """Return this span, widened so that next to `other` it gets MIN_BARS of `room` inches."""
        least = MIN_BARS / (room - MIN_BARS) * (other.high - other.low)
        return Span(self.low, max(self.high, self.low + least))


def variance_bars(
    column: int,
    name: str,
    rows: list[str],
    values: list[float | None],
    reference: Literal["PL", "PY"],
    span: Span,
) -> Bars:
    """Return bars of variances, good ones green and bad ones red, on the reference's axis."""
    good = [value if value is not None and value >= 0 else None for value in values]
    bad = [value if value is not None and value < 0 else None for value in values]
    return Bars(
        column,
        name,
        rows,
        [
            BarSeries(f"{name} (+)", Role.GOOD, good),
            BarSeries(f"{name} (-)", Role.BAD, bad),
        ],
        span.low,
        span.high,
        Role.ACTUAL if reference == "PL" else Role.PREVIOUS,
    )


def scenarios_shown(*, target: bool, last_year: bool, forecast: bool = False) -> str:
    """Return the scenarios that an exhibit has figures for: `AC + FC + PL + PY`."""
    shown = {"AC": True, "FC": forecast, "PL": target, "PY": last_year}
    return " + ".join(scenario for scenario, is_shown in shown.items() if is_shown)


def text_row(texts: list[str]) -> TableRow:
    """Return a row of plain cells."""
    return TableRow([Cell(text) for text in texts])
