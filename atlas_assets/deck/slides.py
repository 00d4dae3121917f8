"""The content of each slide, in inches and roles, independent of any file format."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
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
    """A piece of text with uniform formatting."""

    text: str
    bold: bool = False
    role: Role | None = None


@dataclass(frozen=True)
class Column:
    """A table column; `width` is relative to the widths of the others."""

    header: str
    width: float
    align: Align = "right"
    emphasized: bool = False


@dataclass(frozen=True)
class Cell:
    """A table cell. `slide` is the number, from 1, of the slide that it links to."""

    text: str
    role: Role | None = None
    bold: bool = False
    slide: int | None = None


@dataclass(frozen=True)
class TableRow:
    """A table row. A total has a rule above and below; a detail is indented under the row above."""

    cells: list[Cell]
    is_total: bool = False
    is_detail: bool = False


@dataclass(frozen=True)
class BarSeries:
    """The bars of one scenario, one value per row; an outline is a plan."""

    name: str
    role: Role
    values: list[float | None]
    is_outline: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars drawn over a table column, first series in front.

    `column` is the column's index; its width spans the values from `low` to `high`.
    """

    column: int
    name: str
    series: list[BarSeries]
    low: float
    high: float
    axis: Role


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
class CutLabels:
    """The labels of a month whose columns are cut off; empty where a tier's are not."""

    level: str
    variance: str


@dataclass(frozen=True)
class ColumnPoint:
    """One month of a column chart: values in the chart's unit, and finished labels.

    `marks` are the numbers of the comments on it; `is_reported` says whether it belongs to the
    period. `in_full` labels values beyond the chart's limit.
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
    in_full: CutLabels | None = None


@dataclass(frozen=True)
class ColumnChart:
    """Actual columns in front of outlined targets, with the previous year as triangles.

    The variance from the target (or from the previous year, where there is no target) is drawn
    above, on a separate tier at the same scale; where there is neither, there is no such tier.
    Columns beyond `limit` are outliers and are cut off; `cut_name` explains the mark on them.
    """

    name: str
    description: str
    points: list[ColumnPoint]
    actual_name: str
    target_name: str | None
    previous_name: str | None
    variance_name: str | None
    limit: float = inf
    cut_name: str = ""


@dataclass(frozen=True)
class SmallChart:
    """A figure next to earlier ones, the actual last; ratios have thinner columns.

    Columns beyond `limit` are outliers and are cut off.
    """

    name: str
    description: str
    categories: list[str]
    values: list[float]
    labels: list[str]
    is_ratio: bool = False
    limit: float = inf


@dataclass(frozen=True)
class Card:
    """A figure with its comparisons."""

    label: str
    value: str
    lines: list[list[Run]]


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
    cards: list[Card] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


@dataclass(frozen=True)
class Deck:
    """A report's slides. `date` (ISO 8601) becomes the file's date."""

    title: str
    entity: str
    date: str
    slides: list[Slide]
