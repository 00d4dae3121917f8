"""What is on each slide, in inches and roles: the deck before any file format."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from atlas_assets.notation.tokens import Role

Align = Literal["left", "right"]


class Layout(StrEnum):
    """The template's layouts."""

    COVER = "Cover"
    CHART = "Chart"
    TABLE = "Table"
    TABLE_WITH_RAIL = "Table with rail"


@dataclass(frozen=True)
class Run:
    """A piece of text in one look."""

    text: str
    bold: bool = False
    role: Role | None = None


@dataclass(frozen=True)
class Column:
    """A table column; `width` is a share of the table's width."""

    header: str
    width: float
    align: Align = "right"
    emphasized: bool = False


@dataclass(frozen=True)
class Cell:
    """A table cell. `slide` is the number of the slide that it leads to."""

    text: str
    role: Role | None = None
    bold: bool = False
    slide: int | None = None


@dataclass(frozen=True)
class TableRow:
    """A table row. A total stands between two rules; a detail is set in under the row above."""

    cells: list[Cell]
    is_total: bool = False
    is_detail: bool = False


@dataclass(frozen=True)
class BarSeries:
    """One scenario of bars, a value for each row; an outline is a plan."""

    name: str
    role: Role
    values: list[float | None]
    is_outline: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars that lie over a column of a table, first series in front; `low` to `high` is its width."""

    column: int
    name: str
    series: list[BarSeries]
    low: float
    high: float
    axis: Role


@dataclass(frozen=True)
class Table:
    """A native table; `name` and `description` are what a screen reader says."""

    name: str
    description: str
    columns: list[Column]
    rows: list[TableRow]
    row_height: float
    bars: list[Bars] = field(default_factory=list)


@dataclass(frozen=True)
class ColumnPoint:
    """One month of a column chart, in the chart's unit, with ready labels.

    `marks` are the numbers of the comments about it; `is_reported` where it is of the period.
    """

    category: str
    actual: float | None
    target: float | None
    previous: float | None
    variance: float | None
    actual_label: str
    variance_label: str
    variance_is_good: bool
    marks: list[int] = field(default_factory=list)
    is_reported: bool = False


@dataclass(frozen=True)
class ColumnChart:
    """Actual columns before target outlines, with previous year as triangles.

    The variance against the target (or the previous year, where there is no target) stands above
    on a tier of its own at the same scale; where there is neither, there is no such tier.
    """

    name: str
    description: str
    points: list[ColumnPoint]
    actual_name: str
    target_name: str | None
    previous_name: str | None
    variance_name: str | None


@dataclass(frozen=True)
class SmallChart:
    """A figure beside earlier ones, the actual last; ratios have thinner columns than measures."""

    name: str
    description: str
    categories: list[str]
    values: list[float]
    labels: list[str]
    is_ratio: bool = False


@dataclass(frozen=True)
class Card:
    """A figure with its comparisons."""

    label: str
    value: str
    lines: list[list[Run]]


@dataclass(frozen=True)
class Comment:
    """A remark; a numbered one is about the month in the chart that bears the number."""

    runs: list[Run]
    number: int | None = None
    month: str | None = None


@dataclass(frozen=True)
class Slide:
    """One slide. Reading only the messages of all slides tells the story.

    `page` says which of several slides of one table it is: `2/3`.
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
    cards: list[Card] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


@dataclass(frozen=True)
class Deck:
    """A report's slides. `date` (ISO 8601) becomes the file's date."""

    title: str
    entity: str
    date: str
    locale: str
    slides: list[Slide]
