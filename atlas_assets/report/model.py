"""The report as data: the single definition of report.json.

`report.schema.json` next to this module is its exported JSON Schema. Money is in the currency of `meta`,
shares and changes are in percent, months are `YYYY-MM`. The version of the schema has two numbers: the first
one changes when a reader of the file has to change, the second one when something was added.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from atlas_assets.documents.number import Number
from atlas_assets.documents.strict_model import StrictModel
from atlas_assets.periods.calendar import Period, PeriodType

SCHEMA_VERSION = "2.0"
SCHEMA_ID = "urn:atlas:report:2"
NO_SCHOOL, NO_CHANNEL = "Unknown", "Other"  # where the rows name none

MonthText = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
PeriodText = Annotated[
    str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2]|Q[1-4]))?(\.\.\d{4}-(0[1-9]|1[0-2]))?$")
]
Edition = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
RecordId = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
CustomerType = Literal["new", "renewal", "alumni", "unknown"]
ChannelStatus = Literal["growing", "steady", "declining", "new", "inactive", "too_few"]
ChannelStrategy = Literal["scale", "maintain", "review", "observe", "revive"]
ChannelCategory = Literal["conventional", "digital"]
SchoolKind = Literal["school", "others", "unknown", "total"]


class Source(StrictModel):
    """A sheet that the report's months were read from."""

    file: str
    sheet: str
    hash: str
    """Digest of the sheet's content."""
    rows: int
    """Rows that were kept."""
    row_digests: dict[str, str] = Field(default_factory=dict)
    """A digest of every row's content by its number in the sheet, so that editions can be compared."""


class CurrencySection(StrictModel):
    """The currency of all amounts."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """The ISO code."""
    symbol: str
    decimals: int


class ReportMeta(StrictModel):
    """What the report is about."""

    entity: str
    entity_name: str
    type: PeriodType
    period: PeriodText
    period_label: str
    """The period in words, in the language of `locale`."""
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)]
    """The month in which the year begins."""
    months: list[MonthText]
    scope: list[str]
    """Codes of the units that the report covers."""
    is_whole: bool
    """Whether these are all of the entity's."""
    locale: Literal["id", "en"]
    currency: CurrencySection
    generated_at: str
    """When the newest of the data were loaded, ISO 8601 in UTC."""
    edition: Edition
    """Digest of everything in the report that comes from the data: the same figures have the same edition."""
    previous_edition: Edition | None = None
    """The edition that this one replaced, which is kept in the folder `previous`."""
    sources: list[Source]

    @property
    def covered(self) -> Period:
        """The period that the report covers."""
        return self.parsed(self.period)

    def parsed(self, text: str) -> Period:
        """Return the period that a text of this report names."""
        return Period.parse(text, self.fiscal_year_start)


class Coverage(StrictModel):
    """How many unit-months have the other side of a comparison, of how many."""

    have: int
    of: int

    @property
    def is_complete(self) -> bool:
        """Whether every unit-month has it."""
        return self.have == self.of


class Coverages(StrictModel):
    """The unit-months that have a target, and those that existed last year."""

    target: Coverage
    last_year: Coverage


class Comparison(StrictModel):
    """Another period's value, over the unit-months that both periods have."""

    period: PeriodText
    value: Number
    actuals: Number
    """The reported period's value over the same unit-months."""
    delta: Number
    """`actuals` minus `value`; of shares, in percentage points."""
    delta_pct: Number | None
    """`delta` in percent of `value`; null unless `value` is positive, and for shares."""
    coverage: Coverage


class TrendPoint(StrictModel):
    """One of the thirteen months that end with the period; null where no data were loaded."""

    month: MonthText
    actuals: Number | None
    target: Number | None
    last_year: Number | None
    gap_to_target: Number | None
    """Over the units that have a target in the month."""
    delta_last_year: Number | None
    """Over the units that existed in the same month last year."""
    coverage: Coverages


class RevenueSection(StrictModel):
    """Cash received, compared with target and earlier periods over the unit-months that both sides have."""

    revenue_actuals: Number
    revenue_target: Number | None
    """The sum of all targets; null where no unit-month has one."""
    actuals_matched_target: Number | None
    """Revenue of the unit-months that have a target."""
    actuals_without_target: Number
    """Revenue of the others."""
    gap_to_target: Number | None
    """`actuals_matched_target` minus `revenue_target`."""
    gap_pct: Number | None
    achievement_pct: Number | None
    last_period: Comparison | None
    last_year: Comparison | None
    actuals_matched_last_year: Number | None
    best_year: Comparison | None
    """The highest value of the same months in any year that has them all."""
    coverage: Coverages
    trend: list[TrendPoint]


class YtdSection(StrictModel):
    """Revenue from the first month of the fiscal year to the period's end."""

    first: MonthText
    last: MonthText
    loaded_months: int
    """How many of these months have figures; all of them, unless one is missing."""
    of_months: int
    actuals: Number
    target: Number | None
    actuals_matched_target: Number | None
    actuals_without_target: Number
    gap: Number | None
    gap_pct: Number | None
    achievement_pct: Number | None
    last_year: Number | None
    actuals_matched_last_year: Number | None
    delta_last_year: Number | None
    delta_last_year_pct: Number | None
    coverage: Coverages


class OutlookMonth(StrictModel):
    """A month of the fiscal year after the period, extrapolated."""

    month: MonthText
    forecast: Number
    target: Number | None
    last_year: Number | None
    gap_to_target: Number | None
    delta_last_year: Number | None


class OutlookSection(StrictModel):
    """The fiscal year as it would end if it went on as it went so far: an extrapolation, not a plan."""

    actual_to_date: Number
    forecast_rest: Number
    full_year: Number
    target_full_year: Number | None
    """Null unless every unit-month of the year has a target."""
    gap_to_target: Number | None
    gap_pct: Number | None
    last_year_full: Number | None
    """Null unless last year is complete."""
    delta_last_year: Number | None
    delta_last_year_pct: Number | None
    growth_factor: Number
    """Revenue of the year to date by that of last year, over the unit-months that both have."""
    method: Literal["last_year_times_growth_to_date"]
    months: list[OutlookMonth]


class YearFigure(StrictModel):
    """A figure with the same period last year."""

    value: Number | None
    last_year: Comparison | None


class KeyFigure(YearFigure):
    """A figure with the periods that it is compared with."""

    last_period: Comparison | None
    best_year: Comparison | None


class CustomerTypeFigures(StrictModel):
    """Orders and revenue of one customer type."""

    orders: KeyFigure
    revenue: KeyFigure


class KeyComparisonSection(StrictModel):
    """Orders and paying students, what they are worth, and who they are."""

    orders: KeyFigure
    students: KeyFigure
    """Paying students; each counts once in a period."""
    order_value: KeyFigure
    """What had been paid by the period's end for the orders won in it, by order."""
    revenue_per_paying_student: KeyFigure
    returning_share_pct: KeyFigure
    """Renewals and alumni in percent of the orders whose customer type is known."""
    by_customer_type: dict[CustomerType, CustomerTypeFigures]


class RetentionSection(StrictModel):
    """Students who enrolled in the twelve months that end a year before the period's end, and came back."""

    base: int
    returned: int
    """How many of them enrolled in the twelve months to the period's end; with the same unit, for a unit."""
    rate_pct: Number | None
    """Null for fewer than 20 students, or if a month of the two years was not loaded."""
    last_year_rate_pct: Number | None


class OpenOrderAge(StrictModel):
    """Open orders of one age."""

    months: Annotated[int, Field(ge=0, le=12)]
    """Months since the last payment; 12 stands for twelve and more."""
    count: int


class OpenOrdersSection(StrictModel):
    """Orders at the period's end of which only a part is paid."""

    count: int
    paid_so_far: Number
    by_age: list[OpenOrderAge]
    oldest: int | None
    """Months since the last payment of the oldest."""


class FunnelSection(StrictModel):
    """The marketing funnel over all channels; a figure is null where none was recorded."""

    target_leads: YearFigure
    leads: YearFigure
    leads_gap: Number | None
    """Leads minus target, over the channels that have one."""
    leads_achievement_pct: Number | None
    follow_ups: YearFigure
    closings: YearFigure
    """Orders won through channels whose leads are recorded."""
    conversion_pct: YearFigure
    """Closings in percent of leads."""


class ProgramProgressRow(StrictModel):
    """A program and customer type; only the row of the type `all` has targets and last year.

    The types' student counts do not add up to `all`, because one student can be of two types.
    """

    id: RecordId
    product_name: str
    customer_type: Literal["all", "new", "renewal", "alumni", "unknown"]
    order_count: int
    student_count: int | None
    revenue: Number
    target_students: int | None
    target_revenue: Number | None
    gap_to_target: Number | None
    achievement_pct: Number | None
    last_year: Number | None
    delta_last_year: Number | None
    """Over the months that the unit existed in last year."""
    delta_last_year_pct: Number | None


class ChannelMarketingRow(StrictModel):
    """A channel and customer type; only the row of the type `all` has the funnel.

    `status` compares the closings with last year's; null where there is no last year.
    """

    id: RecordId
    channel_name: str
    category: ChannelCategory
    customer_type: Literal["all", "new", "renewal", "alumni", "unknown"]
    closings: int
    closings_last_year: int | None
    delta_last_year: int | None
    """Over the unit-months that both years have."""
    students: int
    contribution_pct: Number | None
    leads: int | None
    follow_ups: int | None
    conversion_pct: Number | None
    status: ChannelStatus | None
    """`too_few` where neither year has five closings."""
    strategy: ChannelStrategy | None


class SchoolProgressRow(StrictModel):
    """Students of a school since the fiscal year began, and in the same months a year before."""

    kind: SchoolKind
    """One of the ten largest schools, the others together, students without a school, or all."""
    id: RecordId | None
    name: str | None
    level: str | None
    school_count: int
    students: int
    last_year: int | None
    delta: int | None


class SchoolProgressSection(StrictModel):
    """Students by school and fiscal year; the last year is counted to the end of the period."""

    organizations: list[str]
    years: list[int]
    matrix: dict[str, dict[int, int]]
    levels: dict[str, str | None]
    totals: dict[int, int]
    progress: list[SchoolProgressRow]
    """The years like for like: the same months of both."""


class SubjectReport(StrictModel):
    """What is known about the entity as well as about each of its units."""

    revenue: RevenueSection
    ytd: YtdSection
    outlook: OutlookSection | None
    """Null where there is no basis, or nothing left of the year."""
    key_comparison: KeyComparisonSection
    retention: RetentionSection | None
    open_orders: OpenOrdersSection
    funnel: FunnelSection
    channels: list[ChannelMarketingRow]


class UnitReport(SubjectReport):
    """Everything about one unit."""

    id: RecordId
    code: str
    name: str
    color: Color
    programs: list[ProgramProgressRow]
    schools: SchoolProgressSection


class BridgeStep(StrictModel):
    """A unit's part of the way to the actual; null where there is nothing to compare it with."""

    unit: str
    value: Number | None
    """Target, or last year's revenue."""
    actuals: Number | None
    """Revenue of the months that have it."""
    actuals_not_compared: Number
    """Revenue of the other months."""
    delta: Number | None
    delta_pct: Number | None
    share_pct: Number | None
    """Its part of all gaps on its side."""
    running_share_pct: Number | None
    """The part that it has together with the units whose gap on that side is larger."""
    before: Number | None
    """The running total that the step starts from."""
    after: Number | None


class Bridge(StrictModel):
    """The way from target, or from last year where the period has none, to actual."""

    reference: Literal["target", "last_year"]
    above_count: int
    """Units above their target or last year."""
    below_count: int
    compared_count: int
    """Units that have one to be compared with."""
    above_sum: Number
    """All gains together."""
    below_sum: Number
    """All losses together, negative."""
    steps: list[BridgeStep]
    """The largest gain first; units that have nothing to be compared with come last."""


class BridgeSection(StrictModel):
    """The units by their gap, in the period and in the fiscal year to its end."""

    period: Bridge
    ytd: Bridge


class Mover(StrictModel):
    """A program or school whose figure changed most since the same period last year."""

    id: RecordId
    name: str
    unit: str
    value: Number
    last_year: Number
    delta: Number
    delta_pct: Number | None


class MoversSection(StrictModel):
    """Up to five that gained most and five that lost most, by revenue and by students."""

    programs: list[Mover]
    schools: list[Mover]


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


class ChangedFigure(StrictModel):
    """A figure that differs from the edition before; null where one of them does not have it."""

    path: str
    """Where it is in report.json: `units.TM.revenue.revenue_actuals`."""
    before: Number | None
    after: Number | None
    delta: Number | None


class ChangedSheet(StrictModel):
    """A sheet whose rows differ from the edition before, by their numbers in that edition and in this one."""

    file: str
    sheet: str
    gone: list[int]
    """Rows of the edition before that are no longer there as they were."""
    new: list[int]
    """Rows of this edition that were not there as they are."""


class ChangesSection(StrictModel):
    """What differs from the edition before."""

    figures: list[ChangedFigure]
    sheets: list[ChangedSheet]


class Report(StrictModel):
    """A report of one entity and period."""

    schema_version: Annotated[str, StringConstraints(pattern=r"^2\.\d+$")]
    meta: ReportMeta
    totals: SubjectReport
    units: dict[str, UnitReport]
    bridge: BridgeSection
    movers: MoversSection
    data_quality: DataQualitySection
    changes: ChangesSection | None = None
    """Null in the first edition."""

    def figures(self) -> dict[str, Any]:
        """Return what comes from the data, without when they were loaded and what they replaced."""
        meta = {"generated_at", "edition", "previous_edition", "locale", "period_label"}
        return self.model_dump(mode="json", exclude={"meta": meta, "changes": True})
