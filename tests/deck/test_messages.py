"""The sentences of a deck: true of the report, never misleading, and never two that contradict each other."""

from decimal import Decimal
from typing import Any

import pytest
from conftest import CONFIG_DIR, Installation
from deck.extreme_reports import changed, first_unit

from atlas_assets.deck.commentary import Commentary
from atlas_assets.deck.sentences import customers, details, revenue, short_name
from atlas_assets.deck.slide_writer import SlideWriter
from atlas_assets.deck.story import build_deck
from atlas_assets.notation.numbers import NBSP
from atlas_assets.notation.strings import Strings
from atlas_assets.periods.calendar import Period
from atlas_assets.report.assemble import assemble
from atlas_assets.report.model import (
    Bridge,
    BridgeStep,
    Comparison,
    Coverage,
    Coverages,
    Report,
    RevenueSection,
    UnitReport,
)

ID, EN = (Strings(CONFIG_DIR / "strings.yaml", locale) for locale in ("id", "en"))
ALL = Coverage(have=1, of=1)


def section(
    gap_pct: str | None,
    change: str | None,
    actual: int = 12_400_000,
    target: Coverage = ALL,
    last_year: Coverage = ALL,
) -> RevenueSection:
    """Return a revenue section with these two verdicts."""
    compared = None
    if change is not None:
        compared = Comparison(
            period="2025-02",
            value=1,
            actuals=2,
            delta=1,
            delta_pct=Decimal(change),
            coverage=last_year,
        )
    gap = None if gap_pct is None else Decimal(gap_pct)
    return RevenueSection(
        revenue_actuals=Decimal(actual),
        revenue_target=None,
        actuals_matched_target=None,
        actuals_without_target=Decimal(0),
        gap_to_target=gap,
        gap_pct=gap,
        achievement_pct=None,
        last_period=None,
        last_year=compared,
        actuals_matched_last_year=None,
        best_year=None,
        coverage=Coverages(target=target, last_year=last_year),
        trend=[],
    )


def writer(report: Report, strings: Strings = EN) -> SlideWriter:
    return SlideWriter(report, strings, Commentary())


def told_of(report: Report, made: RevenueSection, year: dict[str, Any], strings: Strings) -> str:
    """Return the message on a unit with this revenue, and these figures of the year to date."""
    unit = next(iter(report.units.values()))
    ytd = unit.ytd.model_copy(
        update={"gap_pct": None, "delta_last_year_pct": None, "actuals": Decimal(1)} | year
    )
    subject = unit.model_copy(update={"revenue": made, "ytd": ytd})
    given = writer(report, strings)
    given.period = "Feb"
    return revenue.revenue_message(subject, "TM", given, strings).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("gap", "change", "indonesian", "english"),
    [
        (
            *("12.04", "3"),
            "TM melampaui target Feb sebesar 12,0% dengan pendapatan Rp 12,4 jt, naik 3,0% dibanding tahun lalu",
            "TM beat its Feb target by 12.0% with Rp 12.4 m, up 3.0% on last year",
        ),
        (
            *("-12", "3"),
            "TM 12,0% di bawah target Feb dengan pendapatan Rp 12,4 jt, tetapi naik 3,0% dibanding tahun lalu",
            "TM fell 12.0% short of its Feb target with Rp 12.4 m, but was up 3.0% on last year",
        ),
        (
            *("0.04", "-250"),
            "TM tepat mencapai target Feb dengan pendapatan Rp 12,4 jt, tetapi turun 250% dibanding tahun lalu",
            "TM met its Feb target with Rp 12.4 m, but was down 250% on last year",
        ),
        (
            *(None, "-3"),
            "TM membukukan Rp 12,4 jt pada Feb, turun 3,0% dibanding tahun lalu",
            "TM took in Rp 12.4 m in Feb, down 3.0% on last year",
        ),
        (None, None, "TM membukukan Rp 12,4 jt pada Feb", "TM took in Rp 12.4 m in Feb"),
    ],
)
def test_revenue_stands_against_target_and_last_year(
    report: Report, gap: str | None, change: str | None, indonesian: str, english: str
) -> None:
    made = section(gap, change)
    for strings, expected in ((ID, indonesian), (EN, english)):
        assert told_of(report, made, {}, strings) == expected


@pytest.mark.parametrize(
    ("of_period", "of_year", "expected"),
    [
        (
            "50",
            "-12",
            "TM beat its Feb target by 50.0%{}; yet the year to date is 12.0% below target",
        ),
        (
            "-5",
            "12",
            "TM fell 5.0% short of its Feb target{}; yet the year to date is 12.0% above target",
        ),
        ("50", "12", "TM beat its Feb target by 50.0%{}, up 3.0% on last year"),
        ("50", "-0.04", "TM beat its Feb target by 50.0%{}, up 3.0% on last year"),
    ],
)
def test_a_good_month_of_a_bad_year_is_not_praised_alone(
    report: Report, of_period: str, of_year: str, expected: str
) -> None:
    made = section(of_period, "3")
    told = told_of(report, made, {"gap_pct": Decimal(of_year)}, EN)
    assert told == expected.format(" with Rp 12.4 m")


def test_without_targets_the_year_is_held_against_last_year(report: Report) -> None:
    told = told_of(report, section(None, "50"), {"delta_last_year_pct": Decimal(-8)}, EN)
    assert told == "TM took in Rp 12.4 m in Feb; yet the year to date is 8.0% below last year"


def test_a_target_of_few_months_is_held_against_these_alone(built: Installation) -> None:
    """Most of the months have no target: their revenue must not beat it."""
    registry = built.workspace.configuration.registry
    with built.workspace.warehouse.reading() as connection:
        made = assemble(connection, registry, "IONS", Period.parse("2025-06..2026-02"), locale="en")
    totals = made.totals.revenue
    assert totals.coverage.target == Coverage(have=18, of=81)
    assert totals.revenue_target
    assert totals.revenue_actuals > totals.revenue_target
    assert totals.gap_to_target is not None
    told = revenue.summary_message(made, "IONS", EN).replace(NBSP, " ")
    side = "beat that by" if totals.gap_to_target > 0 else "fell"
    assert f"in the 18 of 81 unit-months with a target, it {side}" in told
    assert totals.gap_to_target == totals.actuals_matched_target - totals.revenue_target


def test_no_revenue_is_said_without_percentages() -> None:
    told = revenue.against_target(section("-100", "-100", actual=0), "TM", "Feb", EN)
    assert told == "TM took in nothing in Feb"


def test_refunds_above_receipts_are_told_in_rupiah() -> None:
    """Shares of a negative amount would mean nothing: neither of the target nor of last year."""
    made = section("-285", "-312", actual=-2_500_000)
    made = made.model_copy(update={"gap_to_target": Decimal(-8_100_000)})
    expected = {
        ID: "TM mengembalikan Rp 2,5 jt lebih banyak daripada yang diterima pada Feb, −Rp 8,1 jt terhadap target",
        EN: "TM refunded Rp 2.5 m more than it received in Feb, −Rp 8.1 m against target",
    }
    for strings, told in expected.items():
        assert revenue.against_target(made, "TM", "Feb", strings).replace(NBSP, " ") == told


def test_a_change_that_rounds_to_zero_is_no_change(report: Report) -> None:
    told = told_of(report, section("12", "0.04"), {}, EN)
    assert told == "TM beat its Feb target by 12.0% with Rp 12.4 m"


def test_last_year_is_told_only_where_all_of_it_can_be_compared(report: Report) -> None:
    made = section("12", "40", last_year=Coverage(have=3, of=9))
    assert told_of(report, made, {}, EN) == "TM beat its Feb target by 12.0% with Rp 12.4 m"


def bridged(report: Report, *gaps: int) -> Report:
    """Return the report with these gaps of its units."""
    below = [gap for gap in gaps if gap < 0]
    above = [gap for gap in gaps if gap > 0]
    steps = []
    for code, gap in zip(report.units, gaps, strict=False):
        side = sorted(below if gap < 0 else above, key=abs, reverse=True)
        running = sum(side[: side.index(gap) + 1]) if gap else 0
        share, so_far = (Decimal(100 * v) / (sum(side) or 1) for v in (gap, running))
        steps.append(
            BridgeStep(
                unit=code,
                value=Decimal(100),
                actuals=Decimal(100 + gap),
                delta=Decimal(gap),
                delta_pct=Decimal(gap),
                share_pct=share,
                running_share_pct=so_far,
                actuals_not_compared=Decimal(0),
                before=None,
                after=None,
            )
        )
    bridge = Bridge(
        reference="target",
        above_count=len(above),
        below_count=len(below),
        compared_count=len(gaps),
        above_sum=Decimal(1_000_000 * sum(above)),
        below_sum=Decimal(1_000_000 * sum(below)),
        steps=steps,
    )
    section = report.totals.revenue.model_copy(update={"gap_to_target": Decimal(sum(gaps))})
    totals = report.totals.model_copy(update={"revenue": section})
    both = report.bridge.model_copy(update={"period": bridge})
    return report.model_copy(update={"totals": totals, "bridge": both})


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        (
            (-10, -9, -8, -8, -8, -8, -8, 5, 5),
            (
                "7 of 9 units missed their target, by Rp 59.0 m together; 2 exceeded theirs by Rp 10.0 m; "
                "no 3 units make up half of the former"
            ),
        ),
        (
            (-57, -40, -30, -2, -2, -2, -2, 5, 5),
            (
                "7 of 9 units missed their target, by Rp 135 m together; 2 exceeded theirs by Rp 10.0 m; "
                "REAL, WLC Inggris make up 71.9% of the former"
            ),
        ),
        (
            (-60, 5, 5),
            (
                "1 of 3 units missed their target, by Rp 60.0 m together; 2 exceeded theirs by Rp 10.0 m; "
                "REAL alone makes up 100% of the former"
            ),
        ),
        (
            (60, -5, 5),
            (
                "2 of 3 units beat their target, by Rp 65.0 m together; 1 fell short by Rp 5.0 m; "
                "REAL alone makes up 92.3% of the former"
            ),
        ),
        ((0, 0, 0), "All 3 units met their target"),
    ],
)
def test_a_gap_is_owed_to_those_who_make_it_up_and_not_to_one_name(
    report: Report, gaps: tuple[int, ...], expected: str
) -> None:
    told = revenue.breadth_message(bridged(report, *gaps), "IONS", EN)
    assert told.replace(NBSP, " ") == expected


def unit_of(report: Report, change: Any) -> UnitReport:
    def apply(data: dict[str, Any]) -> None:
        change(first_unit(data))

    return next(iter(changed(report, apply).units.values()))


def test_a_program_is_named_for_its_gap(report: Report) -> None:
    for unit in report.units.values():
        gaps = [row for row in unit.programs if row.gap_to_target]
        if gaps and any(row.revenue for row in unit.programs):
            widest = max(gaps, key=lambda row: abs(row.gap_to_target or 0))
            told = details.program_message(unit, "Oct", EN)
            assert told.startswith(short_name(widest.product_name))
            side = "above" if (widest.gap_to_target or 0) > 0 else "below"
            assert f"farthest {side} target" in told


def programs(*rows: tuple[int, int, int | None]) -> Any:
    """Give a unit programs with these orders, revenues and gaps to their targets."""

    def change(unit: dict[str, Any]) -> None:
        row = next(row for row in unit["programs"] if row["customer_type"] == "all")
        unit["programs"] = [
            {
                **row,
                "product_name": f"Kelas {place}",
                "order_count": orders,
                "revenue": revenue,
                "gap_to_target": gap,
            }
            for place, (orders, revenue, gap) in enumerate(rows)
        ]

    return change


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (((0, 0, None),), "REAL sold no program in Oct"),
        (((2, 0, None),), "No program brought REAL revenue in Oct"),
        (
            ((2, -1_500_000, None), (0, -2_500_000, None)),
            "No program brought REAL revenue in Oct; refunds were largest in Kelas 1: Rp 2.5 m",
        ),
        (
            ((2, 1_500_000, 100), (0, -2_500_000, -3_000_000)),
            "Kelas 1 is farthest below target at REAL: −Rp 3.0 m, with refunds Rp 2.5 m above receipts",
        ),
    ],
)
def test_programs_without_income_are_told_as_they_are(
    report: Report, rows: Any, expected: str
) -> None:
    told = details.program_message(unit_of(report, programs(*rows)), "Oct", EN)
    assert told.replace(NBSP, " ") == expected


def test_a_month_of_refunds_is_named_in_a_longer_period(report: Report) -> None:
    def change(unit: dict[str, Any]) -> None:
        unit["revenue"]["trend"][-2]["actuals"] = -3_000_000

    unit = unit_of(report, change)
    meta = report.meta.model_copy(update={"months": ["2026-09", "2026-10"]})
    told = [remark.text for remark in revenue.unit_remarks(unit, meta, EN)]
    assert f"September 2026: refunds exceeded receipts by Rp{NBSP}3.0{NBSP}m" in told


def channels(*closings: int) -> Any:
    def change(unit: dict[str, Any]) -> None:
        row = next(row for row in unit["channels"] if row["customer_type"] == "all")
        unit["channels"] = [
            {**row, "channel_name": f"Kanal {place}", "closings": count, "contribution_pct": 25}
            for place, count in enumerate(closings)
        ]

    return change


@pytest.mark.parametrize(
    ("closings", "expected"),
    [
        ((3, 2), "Kanal 0 brought REAL 3 closings, 25.0% of all"),
        ((2, 2, 1), "Kanal 0 is among the strongest channels of REAL: 2 closings, 25.0% of all"),
        ((1, 1), "No channel brought REAL more than one closing in Oct"),
        ((1, 0), "Kanal 0 brought REAL 1 closing, 25.0% of all"),
        ((0, 0), "REAL recorded no closings in Oct"),
    ],
)
def test_channels_that_are_level_are_not_told_apart(
    report: Report, closings: tuple[int, ...], expected: str
) -> None:
    assert details.channel_message(unit_of(report, channels(*closings)), "Oct", EN) == expected


def schools(*counts: int, years: tuple[int, ...] = (2025, 2026)) -> Any:
    def change(unit: dict[str, Any]) -> None:
        names = ["Umum", *(f"SMA {place}" for place in range(len(counts)))]
        matrix = {
            name: dict.fromkeys(years, count)
            for name, count in zip(names, (9, *counts), strict=True)
        }
        unit["schools"] = {
            "organizations": names,
            "years": list(years),
            "matrix": matrix,
            "levels": {name: "UMUM" if name == "Umum" else "SMA" for name in names},
            "totals": dict.fromkeys(years, 0),
            "progress": [],
        }

    return change


@pytest.mark.parametrize(
    ("counts", "period", "year_start", "expected"),
    [
        ((5, 2), "2026-11", 1, "SMA 0 sent REAL the most students: 5 in 2026"),
        ((5, 2), "2026-Q4", 1, "SMA 0 sent REAL the most students: 5 in 2026, 5 in 2025"),
        ((5, 2), "2026-12", 7, "SMA 0 sent REAL the most students: 5 in 2025/26"),
        ((5, 2), "2026-06", 7, "SMA 0 sent REAL the most students: 5 in 2025/26, 5 in 2024/25"),
        ((5, 5), "2026-11", 1, "SMA 0 is among those that sent REAL the most students: 5 in 2026"),
        ((1, 1), "2026-11", 1, "No school sent REAL more than one student in 2026"),
        ((0, 0), "2026-11", 1, "No school has sent REAL students in 2026 yet"),
        ((), "2026-11", 1, "REAL has no schools on record yet"),
    ],
)
def test_schools_exclude_the_public_and_an_unfinished_year_is_not_compared(
    report: Report, counts: tuple[int, ...], period: str, year_start: int, expected: str
) -> None:
    unit = unit_of(report, schools(*counts))
    assert details.school_message(unit, Period.parse(period, year_start), EN) == expected


def test_remarks_name_months_of_the_period_only(built: Installation) -> None:
    workspace = built.workspace
    registry = workspace.configuration.registry
    with workspace.warehouse.reading() as connection:
        quarter = assemble(connection, registry, "IONS", Period.parse("2026-Q2"), locale="en")
    marked = 0
    for unit in quarter.units.values():
        gaps = {
            point.month: abs(point.gap_to_target)
            for point in unit.revenue.trend
            if point.month in quarter.meta.months and point.gap_to_target
        }
        for remark in revenue.unit_remarks(unit, quarter.meta, EN):
            if remark.month:
                assert gaps[remark.month] == max(gaps.values())
                marked += 1
    assert marked


def test_customer_types_that_have_gone_are_shown_so_that_parts_add_up(report: Report) -> None:
    deck = build_deck(report, ID, "PT")
    for unit in report.units.values():
        slide = next(
            slide
            for slide in deck.slides
            if "".join(run.text for run in slide.title).startswith(
                f"{unit.name} | Perbandingan utama"
            )
        )
        assert slide.table
        names = [row.cells[0].text for row in slide.table.rows]
        for kind, figures in unit.key_comparison.by_customer_type.items():
            for figure in (figures.orders, figures.revenue):
                compared = (figure.last_period, figure.last_year)
                if figure.value or any(item and item.value for item in compared):
                    assert ID.customer_type(kind) in names


def test_money_without_a_unit_is_told_on_the_summary(report: Report) -> None:
    def change(data: dict[str, Any]) -> None:
        data["data_quality"]["unassigned_revenue"] = 11_930_000

    deck = build_deck(changed(report, change), EN, "PT")
    comments = ["".join(run.text for run in comment.runs) for comment in deck.slides[2].comments]
    told = "Rp 11.9 m of revenue belongs to no known unit yet; see data quality"
    assert told in [comment.replace(NBSP, " ") for comment in comments]


def test_nothing_is_advised_on_fewer_than_five_cases(built: Installation) -> None:
    registry = built.workspace.configuration.registry
    judged = 0
    with built.workspace.warehouse.reading() as connection:
        for period in ("2026-10", "2026-Q2", "2026-01..2026-10"):
            made = assemble(connection, registry, "IONS", Period.parse(period), locale="en")
            for subject in (made.totals, *made.units.values()):
                for row in subject.channels:
                    few = max(row.closings, row.closings_last_year or 0) < 5
                    assert not few or row.status in {"too_few", None}
                    assert few or row.status != "too_few"
                    assert (row.strategy is None) is (row.status in {"too_few", None})
                    judged += row.strategy is not None
    assert judged


def test_a_share_of_few_orders_is_no_message(report: Report) -> None:
    figures = report.totals.key_comparison
    few = figures.orders.model_copy(update={"value": Decimal(4), "last_year": None})
    totals = report.totals.model_copy(
        update={"key_comparison": figures.model_copy(update={"orders": few}), "retention": None}
    )
    made = report.model_copy(update={"totals": totals})
    assert customers.customers_message(writer(made), EN).startswith("4 orders in ")
    assert "%" not in customers.customers_message(writer(made), EN)
