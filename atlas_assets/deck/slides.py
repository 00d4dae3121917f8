"""The content of each slide, in inches and roles, independent of any file format."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from atlas_assets.notation.tokens import Role

Align = Literal["left", "right"]
GRID_COLUMNS, GRID_MOST = 3, 12  # small charts of months side by side, and on a slide


class Layout(StrEnum):
    """The template's layouts."""

    COVER = "Cover"
    SUMMARY = "Summary"
    CHART = "Chart"
    CHARTS = "Charts"
    TABLE = "Table"
    TABLE_WITH_RAIL = "Table with rail"


@dataclass(frozen=True)
class Run:
    """A piece of text with uniform formatting; `figure` is the place in report.json of what it tells."""

    text: str
    bold: bool = False
    role: Role | None = None
    figure: str | None = None


@dataclass(frozen=True)
class Column:
    """A table column; `width` is relative to the widths of the others."""

    header: str
    width: float
    align: Align = "right"
    emphasized: bool = False


@dataclass(frozen=True)
class Cell:
    """A table cell. `slide` is the number, from 1, of the slide that it links to.

    `figure` is the place in report.json of the figure that it shows.
    """

    text: str
    role: Role | None = None
    bold: bool = False
    slide: int | None = None
    figure: str | None = None


@dataclass(frozen=True)
class TableRow:
    """A table row. A total has a rule above and below; a detail is indented under the row above."""

    cells: list[Cell]
    is_total: bool = False
    is_detail: bool = False


@dataclass(frozen=True)
class BarSeries:
    """The bars of one scenario, one value per row; an outline is a plan.

    What is hidden only carries the bars that are stacked on it.
    """

    name: str
    role: Role
    values: list[float | None]
    kind: Literal["filled", "outlined", "hidden"] = "filled"


@dataclass(frozen=True)
class Bars:
    """Bars drawn over a table column, first series in front or, if stacked, at the axis.

    `column` is the column's index; its width spans the values from `low` to `high`. `rows` are the
    names of the table's rows.
    """

    column: int
    name: str
    rows: list[str]
    series: list[BarSeries]
    low: float
    high: float
    axis: Role
    is_stacked: bool = False


@dataclass(frozen=True)
class Table:
    """A native table; `row_height` is in inches, name and description are for screen readers."""

    name: str
    description: str
    columns: list[Column]
    rows: list[TableRow]
    row_height: float
    bars: list[Bars] = field(default_factory=list)


@dataclass(frozen=True)
class Tier:
    """Variances of each month from the target or last year, above the columns and at their scale.

    `formats` are the number formats of the labels; `cut` labels values beyond the chart's limit.
    `forecasts` are the positions of values that are extrapolated.
    """

    name: str
    reference: Literal["PL", "PY"]
    values: list[float | None]
    formats: list[str]
    cut: list[str]
    forecasts: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class ColumnPoint:
    """One month of a column chart, with values in the chart's unit.

    A month is either actual or a forecast; `format` is the number format of its label. `marks` are the
    numbers of the comments on it; `is_reported` says whether it belongs to the period. `cut` labels
    values beyond the chart's limit. `place` is that of its month in report.json.
    """

    category: str
    actual: float | None
    target: float | None
    previous: float | None
    format: str
    forecast: float | None = None
    marks: list[int] = field(default_factory=list)
    is_reported: bool = False
    cut: str = ""
    place: str = ""


@dataclass(frozen=True)
class ColumnChart:
    """Actual columns in front of outlined targets, with the previous year as triangles.

    Variances are drawn above, on separate tiers at the same scale. Columns beyond `limit` are outliers
    and are cut off; `cut_name` explains the mark on them. A scenario without a name has no values.
    """

    name: str
    description: str
    points: list[ColumnPoint]
    actual_name: str
    target_name: str | None
    previous_name: str | None
    tiers: list[Tier]
    forecast_name: str | None = None
    limit: float = inf
    cut_name: str = ""


@dataclass(frozen=True)
class SmallChart:
    """A figure next to earlier ones, the actual last; ratios have thinner columns.

    `formats` are the number formats of the labels. Columns beyond `limit` are outliers and are cut
    off, below their `labels`.
    """

    name: str
    description: str
    categories: list[str]
    values: list[float]
    formats: list[str]
    labels: list[str]
    is_ratio: bool = False
    limit: float = inf


@dataclass(frozen=True)
class Multiple:
    """One of several small charts of months that share a scale from `low` to `high`.

    `facts` stand under its `heading`. Where its scale differs from the others', `scaling` says by how
    much: its columns are drawn that many times as high. `unit` is the code of its unit, and `places` are
    those of its months in report.json.
    """

    name: str
    description: str
    heading: list[Run]
    facts: list[Run]
    categories: list[str]
    actuals: list[float | None]
    targets: list[float | None]
    low: float
    high: float
    unit: str
    places: list[str]
    scaling: str = ""


@dataclass(frozen=True)
class Card:
    """A figure, whose place in report.json is `figure`, with its comparisons."""

    label: str
    value: str
    lines: list[list[Run]]
    figure: str | None = None


@dataclass(frozen=True)
class Comment:
    """A remark; a numbered one refers to the month marked with that number in the chart."""

    runs: list[Run]
    number: int | None = None
    month: str | None = None


@dataclass(frozen=True)
class Slide:
    """One slide. Read on their own, the messages of all slides tell the story.

    `page` numbers the slides of one table, such as `2/3`; `color` is a unit's, `#RRGGBB`.
    """

    layout: Layout
    message: str
    title: list[Run]
    source: str
    notes: str
    page: str = ""
    color: str | None = None
    chart: ColumnChart | None = None
    table: Table | None = None
    small_charts: list[SmallChart] = field(default_factory=list)
    multiples: list[Multiple] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


@dataclass(frozen=True)
class DeckSection:
    """The slides of one of the deck's sections, with its name."""

    name: str
    slides: list[Slide]


@dataclass(frozen=True)
class Deck:
    """A report's slides. `date` (ISO 8601) becomes the file's date; `language` is `id` or `en`."""

    title: str
    subject: str
    entity: str
    date: str
    language: str
    sections: list[DeckSection]

    @property
    def slides(self) -> list[Slide]:
        """All slides in order."""
        return [slide for section in self.sections for slide in section.slides]
