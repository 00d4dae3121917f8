"""Key messages: true of the report, never trivial, with the verdict, in both languages."""

from decimal import Decimal
from typing import Any

import pytest
from conftest import CONFIG_DIR, Installation
from deck.extreme_reports import changed, first_unit

from atlas_assets.deck import messages
from atlas_assets.deck.story import build_deck
from atlas_assets.notation.numbers import NBSP
from atlas_assets.notation.strings import Strings
from atlas_assets.periods.calendar import Period
from atlas_assets.report.assemble import assemble
from atlas_assets.report.model import Comparison, Report, RevenueSection, UnitReport

ID, EN = (Strings(CONFIG_DIR / "strings.yaml", locale) for locale in ("id", "en"))


def section(gap_pct: str | None, change: str | None, actual: int = 12_400_000) -> RevenueSection:
    """Return a revenue section with these two verdicts."""
    last_year = None
    if change is not None:
        last_year = Comparison(period="2025-02", value=1, delta=1, delta_pct=Decimal(change))
    gap = None if gap_pct is None else Decimal(gap_pct)
    return RevenueSection(
        revenue_actuals=Decimal(actual),
        revenue_target=None,
        gap_to_target=gap,
        gap_pct=gap,
        achievement_pct=None,
        last_period=None,
        last_year=last_year,
        best_year=None,
        trend=[],
    )


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
    gap: str | None, change: str | None, indonesian: str, english: str
) -> None:
    made = section(gap, change)
    for strings, expected in ((ID, indonesian), (EN, english)):
        told = messages.revenue_message(made, "TM", "Feb", strings)
        assert told.replace(NBSP, " ") == expected


def test_no_revenue_is_said_without_percentages() -> None:
    told = messages.revenue_message(section("-100", "-100", actual=0), "TM", "Feb", EN)
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
        assert messages.revenue_message(made, "TM", "Feb", strings).replace(NBSP, " ") == told


def test_a_change_that_rounds_to_zero_is_no_change() -> None:
    told = messages.revenue_message(section("12", "0.04"), "TM", "Feb", EN)
    assert told.replace(NBSP, " ") == "TM beat its Feb target by 12.0% with Rp 12.4 m"


def test_a_target_that_was_met_is_owed_to_no_unit(report: Report) -> None:
    totals = report.totals.model_copy(update={"gap_pct": Decimal("0.01"), "last_year": None})
    made = report.model_copy(update={"totals": totals})
    assert messages.summary_message(made, "IONS", EN).startswith("IONS met its ")
    assert "mainly" not in messages.summary_message(made, "IONS", EN)


def unit_of(report: Report, change: Any) -> UnitReport:
    def apply(data: dict[str, Any]) -> None:
        change(first_unit(data))

    return next(iter(changed(report, apply).units.values()))


def test_the_summary_names_the_unit_that_the_gap_is_owed_to(report: Report) -> None:
    """As far as it fits into two lines; the reader learns why before what was last year."""
    gaps = {code: unit.revenue.gap_to_target or 0 for code, unit in report.units.items()}
    total = report.totals.gap_to_target or 0
    worst = max(gaps, key=lambda code: gaps[code] * (1 if total > 0 else -1))
    for strings in (ID, EN):
        told = messages.summary_message(report, report.meta.entity_name, strings)
        assert report.units[worst].name in told
        assert messages.fits_message(told)


def test_a_program_is_named_for_its_gap(report: Report) -> None:
    for unit in report.units.values():
        gaps = [row for row in unit.programs if row.gap_to_target]
        if gaps and any(row.revenue for row in unit.programs):
            widest = max(gaps, key=lambda row: abs(row.gap_to_target or 0))
            told = messages.program_message(unit, "Oct", EN)
            assert told.startswith(messages.short_name(widest.product_name))
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
    told = messages.program_message(unit_of(report, programs(*rows)), "Oct", EN)
    assert told.replace(NBSP, " ") == expected


def test_a_month_of_refunds_is_named_in_a_longer_period(report: Report) -> None:
    def change(unit: dict[str, Any]) -> None:
        unit["revenue"]["trend"][-2]["actuals"] = -3_000_000

    unit = unit_of(report, change)
    meta = report.meta.model_copy(update={"months": ["2026-09", "2026-10"]})
    told = [remark.text for remark in messages.revenue_remarks(unit, meta, EN)]
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
    assert messages.channel_message(unit_of(report, channels(*closings)), "Oct", EN) == expected


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
    assert messages.school_message(unit, Period.parse(period, year_start), EN) == expected


def test_remarks_name_months_of_the_period_only(built: Installation) -> None:
    workspace = built.workspace
    entity = workspace.configuration.registry.entity("IONS")
    with workspace.warehouse.reading() as connection:
        quarter = assemble(connection, entity, Period.parse("2026-Q2"), locale="en")
    marked = 0
    for unit in quarter.units.values():
        gaps = {
            point.month: abs(point.gap_to_target)
            for point in unit.revenue.trend
            if point.month in quarter.meta.months and point.gap_to_target
        }
        for remark in messages.revenue_remarks(unit, quarter.meta, EN):
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
