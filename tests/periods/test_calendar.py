import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas_assets.periods.calendar import Month, Period, PeriodType, month_range

months = st.builds(Month, st.integers(2000, 2099), st.integers(1, 12))


@given(months, st.integers(-500, 500))
def test_moving_by_months_and_back_returns_to_the_same_month(month: Month, distance: int) -> None:
    moved = month.plus(distance)
    assert moved.plus(-distance) == month
    assert (moved > month) == (distance > 0)


@given(months, st.integers(0, 40))
def test_a_period_reads_its_own_text(month: Month, length: int) -> None:
    period = Period(month, month.plus(length))
    assert Period.parse(str(period)) == period
    assert period.months == month_range(month, month.plus(length))


@pytest.mark.parametrize(
    ("text", "first", "last", "kind"),
    [
        ("2026-02", "2026-02", "2026-02", PeriodType.MONTHLY),
        ("2026-Q1", "2026-01", "2026-03", PeriodType.QUARTERLY),
        ("2026-01..2026-03", "2026-01", "2026-03", PeriodType.QUARTERLY),
        ("2026-02..2026-04", "2026-02", "2026-04", PeriodType.RANGE),
        ("2026", "2026-01", "2026-12", PeriodType.YEARLY),
        ("2026-01..2027-12", "2026-01", "2027-12", PeriodType.RANGE),
    ],
)
def test_a_period_knows_its_kind(text: str, first: str, last: str, kind: PeriodType) -> None:
    period = Period.parse(text)
    assert (str(period.first), str(period.last), period.type) == (first, last, kind)


@pytest.mark.parametrize(
    "text", ["2026-13", "Februari", "2026-Q5", "2026-04..2026-02", "", "26-02"]
)
def test_what_is_no_period_is_refused_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"2026-02|ends in"):
        Period.parse(text)


def test_the_same_months_of_another_year_keep_a_turn_of_the_year() -> None:
    winter = Period.parse("2025-12..2026-02")
    assert str(winter.in_year(2025)) == "2024-12..2025-02"
    assert str(winter.previous) == "2025-09..2025-11"


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2026", "2025-07..2026-06"),
        ("2026-Q1", "2025-07..2025-09"),
        ("2026-Q3", "2026-01..2026-03"),
        ("2026-Q4", "2026-04..2026-06"),
        ("2026-02", "2026-02..2026-02"),
        ("2025-07..2026-06", "2025-07..2026-06"),
        ("2026-01..2026-02", "2026-01..2026-02"),
    ],
)
def test_a_year_that_begins_in_july_is_called_by_the_one_in_which_it_ends(
    text: str, months: str
) -> None:
    period = Period.parse(text, 7)
    assert f"{period.first}..{period.last}" == months
    assert Period.parse(str(period), 7) == period
    assert period.year == 2026


@given(st.integers(1, 12), st.integers(2001, 2099), st.integers(1, 4))
def test_the_quarters_of_any_fiscal_year_are_its_months(
    year_start: int, year: int, number: int
) -> None:
    whole = Period.parse(str(year), year_start)
    quarters = [Period.parse(f"{year}-Q{one}", year_start) for one in range(1, 5)]
    quarter = quarters[number - 1]
    assert [month for part in quarters for month in part.months] == whole.months
    assert {part.year for part in (*quarters, whole)} == {year}
    assert [str(part.type) for part in (*quarters, whole)] == [*["quarterly"] * 4, "yearly"]
    assert (quarter.quarter, str(quarter)) == (number, f"{year}-Q{number}")
    assert [part.is_end_of_year for part in quarters] == [False, False, False, True]
    assert str(whole.in_year(year - 1)) == str(whole.previous) == str(year - 1)
