from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas_assets.configuration.currency import RUPIAH, Currency
from atlas_assets.notation.numbers import (
    MINUS,
    NBSP,
    Money,
    exact_percent,
    number,
    percent,
    signed,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "Rp 0"),
        (875, "Rp 875"),
        (875_000, "Rp 875 rb"),
        (1_250_000, "Rp 1,3 jt"),
        (250_000_000, "Rp 250 jt"),
        (1_250_000_000, "Rp 1,25 M"),
        (3_200_000_000_000, "Rp 3,20 T"),
        (-250_000_000, f"{MINUS}Rp 250 jt"),
        (None, "n.a."),
    ],
)
def test_rupiah_in_indonesian(value: int | None, text: str) -> None:
    assert Money(RUPIAH, "id").text(value) == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.5", "€ 0.50"),
        ("875.5", "€ 875.50"),
        (12_345, "€ 12.3 k"),
        (-1_250_000, f"{MINUS}€ 1.25 mio"),
    ],
)
def test_another_currency_has_its_own_symbol_units_and_decimals(value: str, text: str) -> None:
    euro = Currency.model_validate(
        {
            "code": "EUR",
            "symbol": "€",
            "name": "euro",
            "decimals": 2,
            "units": [
                {"size": 1_000, "decimals": 1, "words": {"en": "k"}},
                {"size": 1_000_000, "decimals": 2, "words": {"en": "mio"}},
            ],
        }
    )
    assert Money(euro, "en").text(Decimal(value)) == text.replace(" ", NBSP)
    unit = Money(euro, "id").unit([Decimal(value)])
    assert unit.word == "".join(text.split()[2:])  # the only language that it has words in


def test_numbers_follow_the_language_and_round_half_up() -> None:
    assert number(1_250_000, "id") == "1.250.000"
    assert number(1_250_000, "en") == "1,250,000"
    assert percent(Decimal("87.45"), "id") == "87,5%"
    assert percent(None, "id") == "n.a."
    assert signed(number(5, "id"), 5) == "+5"
    assert signed(number(-5, "id"), -5) == f"{MINUS}5"


@pytest.mark.parametrize(
    ("value", "shown", "exact"),
    [
        ("999.4", "999%", "999,4%"),
        ("999.5", ">999%", "999,5%"),
        ("11074173", ">999%", "11.074.173%"),
        ("-1000.25", f"<{MINUS}999%", f"{MINUS}1.000,25%"),
        ("1E+9", ">999%", "1.000.000.000%"),
    ],
)
def test_percentages_beyond_999_are_only_said_to_be_larger(
    value: str, shown: str, exact: str
) -> None:
    amount = Decimal(value)
    assert percent(amount, "id") == shown
    assert exact_percent(amount, "id") == exact
    if shown.startswith((">", "<")):  # the sign stands in it
        assert signed(shown, amount) == shown


@pytest.mark.parametrize(
    ("amounts", "texts"),
    [
        ([188_975_000, 4_825_000], ["189.0", "4.8"]),
        ([188_975_000, 255_000], ["188.98", "0.26"]),
        ([188_975_000, 25_000], ["189", "<0.1"]),
        ([188_975_000, -25_000], ["189", f">{MINUS}0.1"]),
        ([1_825_000_000, 20_335_000], ["1,825", "20"]),
        ([18_250_000_000, 20_335_000], ["18", "<0.1"]),
        ([96_000, 12_500, 0], ["96", "13", "0"]),
        ([0, 0], ["0", "0"]),
    ],
)
def test_one_unit_suits_the_smallest_amount_too(amounts: list[int], texts: list[str]) -> None:
    unit = Money(RUPIAH, "en").unit([Decimal(amount) for amount in amounts])
    assert [unit.text(Decimal(amount)) for amount in amounts] == texts


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=20))
def test_what_is_shown_keeps_two_digits_or_is_said_to_be_smaller(amounts: list[int]) -> None:
    unit = Money(RUPIAH, "en").unit([Decimal(amount) for amount in amounts])
    for amount in amounts:
        text = unit.text(Decimal(amount)).replace(MINUS, "").replace(",", "").replace(".", "")
        is_small = text.startswith(("<", ">"))
        few = abs(amount) < max(10, unit.divisor / 10)  # a rupiah has no decimals
        assert is_small or few or len(text.lstrip("0")) >= 2, (amounts, text)


@pytest.mark.parametrize(
    ("amount", "is_variance", "expected"),
    [
        (4_825_000, False, '[$-409]#,##0.0;[$-409]"\u2212"#,##0.0;[$-409]0'),
        (-4_825_000, True, '[$-409]+#,##0.0;[$-409]"\u2212"#,##0.0;[$-409]0'),
        (25_000, True, '[<0.1][$-409]"<0.1";[$-409]+#,##0.0'),
        (-25_000, True, '[$-409]">\u22120.1"'),
        (0, True, "[$-409]0"),
    ],
)
def test_a_chart_writes_an_amount_by_its_format(
    amount: int, is_variance: bool, expected: str
) -> None:
    unit = Money(RUPIAH, "en").unit([Decimal(188_975_000), Decimal(4_825_000)])
    assert unit.format(Decimal(amount), is_variance=is_variance) == expected
