"""The report as data: the single definition of report.json.

`report.schema.json` beside this module is its exported JSON Schema. Money is in rupiah, shares and
changes are in percent, months are `YYYY-MM`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer

from atlas_assets.periods.calendar import PeriodType  # noqa: TC001  pydantic reads the annotations

SCHEMA_VERSION = "1.0"


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Number = Annotated[Decimal, PlainSerializer(_number, return_type=int | float)]
ChannelStatus = Literal["growing", "steady", "declining", "new", "inactive"]
ChannelStrategy = Literal["scale", "maintain", "review", "observe", "revive"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Section):
    """A sheet that the report's months were read from."""

    file: str
    sheet: str
    hash: str
    rows: int


class ReportMeta(_Section):
    """What the report is about. `generated_at` is the newest load of its data, never the clock.

    `scope` are the units that it covers, `is_whole` says whether these are all of the entity.
    """

    entity: str
    entity_name: str
    type: PeriodType
    period: str
    period_label: str
    months: list[str]
    scope: list[str]
    is_whole: bool
    generated_at: str
    sources: list[Source]


class Comparison(_Section):
    """Another period's value: `delta` is this period's value minus it, `delta_pct` of it."""

    period: str
    value: Number
    delta: Number
    delta_pct: Number | None


class TrendPoint(_Section):
    """One month of the thirteen that end with the period; null where no data were loaded."""

    month: str
    actuals: Number | None
    target: Number | None
    last_year: Number | None
    gap_to_target: Number | None
    delta_last_year: Number | None


class RevenueSection(_Section):
    """Cash received against target and earlier periods."""

    revenue_actuals: Number
    revenue_target: Number | None
    gap_to_target: Number | None
    gap_pct: Number | None
    achievement_pct: Number | None
    last_period: Comparison | None
    last_year: Comparison | None
    best_year: Comparison | None
    trend: list[TrendPoint]


class KeyFigure(_Section):
    """A figure with the periods that it is compared with."""

    value: Number | None
    last_period: Comparison | None
    last_year: Comparison | None
    best_year: Comparison | None


class CustomerTypeFigures(_Section):
    """Orders and revenue of one customer type."""

    orders: KeyFigure
    revenue: KeyFigure


class KeyComparisonSection(_Section):
    """Orders, paying students and what an order brings, also by customer type."""

    orders: KeyFigure
    students: KeyFigure
    average_order_value: KeyFigure
    by_customer_type: dict[str, CustomerTypeFigures]


class ProgramProgressRow(_Section):
    """A program by customer type; targets stand on the row of the type `all`.

    Students of one type are not summed to `all`, because one student can be of two types.
    """

    product_name: str
    customer_type: str
    order_count: int
    student_count: int | None
    revenue: Number
    target_students: int | None
    target_revenue: Number | None
    gap_to_target: Number | None
    achievement_pct: Number | None


class ChannelMarketingRow(_Section):
    """A channel by customer type; the funnel stands on the row of the type `all`.

    `status` compares the closings with last year's; null where that was not loaded.
    """

    channel_name: str
    category: str
    customer_type: str
    closings: int
    closings_last_year: int | None
    delta_last_year: int | None
    students: int
    contribution_pct: Number | None
    leads: int | None
    follow_ups: int | None
    conversion_pct: Number | None
    status: ChannelStatus | None
    strategy: ChannelStrategy | None


class SchoolProgressSection(_Section):
    """Students by school and calendar year; the period's year ends with the period."""

    organizations: list[str]
    years: list[int]
    matrix: dict[str, dict[int, int]]
    levels: dict[str, str | None]
    totals: dict[int, int]


class UnitReport(_Section):
    """Everything about one unit."""

    code: str
    name: str
    color: str
    revenue: RevenueSection
    key_comparison: KeyComparisonSection
    programs: list[ProgramProgressRow]
    channels: list[ChannelMarketingRow]
    schools: SchoolProgressSection


class ReportCheck(_Section):
    """A reconciliation of the period: the sums of all pairs of figures that it compares.

    `passed` where no pair differs. A difference in one that does not block is the source's own.
    """

    name: str
    unit: str
    expected: Number
    actual: Number
    figures: int
    differing: int
    is_blocking: bool
    passed: bool


class DataQualitySection(_Section):
    """What became of the rows of the period's transaction sheets."""

    rows: int
    valid: int
    flagged: dict[str, int]
    duplicates: int
    unassigned_revenue: Number
    checks: list[ReportCheck]


class Report(_Section):
    """A report of one entity and period."""

    schema_version: str
    meta: ReportMeta
    totals: RevenueSection
    units: dict[str, UnitReport]
    data_quality: DataQualitySection
