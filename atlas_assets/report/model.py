"""The report as data: the single definition of report.json.

`report.schema.json` next to this module is its exported JSON Schema. Money is in the registry's currency,
shares and changes are in percent, months are `YYYY-MM`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from atlas_assets.documents.number import Number
from atlas_assets.documents.strict_model import StrictModel
from atlas_assets.periods.calendar import Period, PeriodType

SCHEMA_VERSION = "1.0"
NO_SCHOOL, NO_CHANNEL = "Unknown", "Other"  # where the rows name none


ChannelStatus = Literal["growing", "steady", "declining", "new", "inactive"]
ChannelStrategy = Literal["scale", "maintain", "review", "observe", "revive"]


class Source(StrictModel):
    """A sheet that the report's months were read from."""

    file: str
    sheet: str
    hash: str
    rows: int


class ReportMeta(StrictModel):
    """What the report is about. `generated_at` is when its newest data were loaded, in UTC.

    `fiscal_year_start` is the month in which the year begins, in the file unless it is January. `scope` lists
    the units that it covers; `is_whole` says whether these are all of the entity's.
    """

    entity: str
    entity_name: str
    type: PeriodType
    period: str
    period_label: str
    fiscal_year_start: Annotated[int, Field(exclude_if=lambda month: month == 1)] = 1
    months: list[str]
    scope: list[str]
    is_whole: bool
    generated_at: str
    sources: list[Source]

    @property
    def covered(self) -> Period:
        """The period that the report covers."""
        return self.parsed(self.period)

    def parsed(self, text: str) -> Period:
        """Return the period that a text of this report names."""
        return Period.parse(text, self.fiscal_year_start)


class Comparison(StrictModel):
    """Another period's value.

    `delta` is the reported period's value minus `value`; `delta_pct` is that in percent of `value`,
    null unless `value` is positive.
    """

    period: str
    value: Number
    delta: Number
    delta_pct: Number | None


class TrendPoint(StrictModel):
    """One of the thirteen months that end with the period; null where no data were loaded."""

    month: str
    actuals: Number | None
    target: Number | None
    last_year: Number | None
    gap_to_target: Number | None
    delta_last_year: Number | None


class RevenueSection(StrictModel):
    """Cash received, compared with target and earlier periods."""

    revenue_actuals: Number
    revenue_target: Number | None
    gap_to_target: Number | None
    gap_pct: Number | None
    achievement_pct: Number | None
    last_period: Comparison | None
    last_year: Comparison | None
    best_year: Comparison | None
    trend: list[TrendPoint]


class KeyFigure(StrictModel):
    """A figure with the periods that it is compared with."""

    value: Number | None
    last_period: Comparison | None
    last_year: Comparison | None
    best_year: Comparison | None


class CustomerTypeFigures(StrictModel):
    """Orders and revenue of one customer type."""

    orders: KeyFigure
    revenue: KeyFigure


class KeyComparisonSection(StrictModel):
    """Orders, paying students and average order value; orders and revenue by customer type."""

    orders: KeyFigure
    students: KeyFigure
    average_order_value: KeyFigure
    by_customer_type: dict[str, CustomerTypeFigures]


class ProgramProgressRow(StrictModel):
    """A program and customer type; only the row of the type `all` has targets.

    The types' student counts do not add up to `all`, because one student can be of two types.
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


class ChannelMarketingRow(StrictModel):
    """A channel and customer type; only the row of the type `all` has the funnel.

    `status` compares the closings with last year's; null where last year was not loaded.
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


class SchoolProgressSection(StrictModel):
    """Students by school and calendar year; the last year is counted to the end of the period."""

    organizations: list[str]
    years: list[int]
    matrix: dict[str, dict[int, int]]
    levels: dict[str, str | None]
    totals: dict[int, int]


class UnitReport(StrictModel):
    """Everything about one unit."""

    code: str
    name: str
    color: str
    revenue: RevenueSection
    key_comparison: KeyComparisonSection
    programs: list[ProgramProgressRow]
    channels: list[ChannelMarketingRow]
    schools: SchoolProgressSection


class ReportCheck(StrictModel):
    """A reconciliation of the period, with the sums of all pairs of figures that it compares.

    `passed` says that no pair differs. A difference that does not block comes from the source.
    """

    name: str
    unit: str
    expected: Number
    actual: Number
    figures: int
    differing: int
    is_blocking: bool
    passed: bool


class DataQualitySection(StrictModel):
    """What became of the rows of the period's transaction sheets."""

    rows: int
    valid: int
    flagged: dict[str, int]
    duplicates: int
    unassigned_revenue: Number
    checks: list[ReportCheck]


class Report(StrictModel):
    """A report of one entity and period."""

    schema_version: str
    meta: ReportMeta
    totals: RevenueSection
    units: dict[str, UnitReport]
    data_quality: DataQualitySection
