"""Both readers of amounts, against the values that were spelled and against what nobody can read."""

import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from atlas_assets.configuration.currency import RUPIAH, Currency
from atlas_assets.configuration.visible_text import visible_text
from atlas_assets.settings import DBT_PROJECT_DIR
from atlas_assets.sources.control import amount_of

_POUND = Currency(code="GBP", symbol="£", name="pound", aliases=["Pds. Stg."])
_CURRENCIES = [RUPIAH, _POUND]
_SOURCE = (DBT_PROJECT_DIR / "macros" / "parse_amount.sql").read_text(encoding="utf-8")


@cache
def query(currency: str) -> str:
    """Return the query that reads an amount as the models do."""
    variables = {"currency_pattern": currency}
    template = Environment().from_string(_SOURCE, globals={"var": variables.__getitem__})  # noqa: S701  SQL
    module: Any = template.module
    return f"SELECT {module.parse_amount('cell')} FROM (SELECT ?::VARCHAR AS cell)"


def both_read(text: str, currency: Currency = RUPIAH) -> Decimal | None:
    """Return what the models read in a cell, which has to be what the second reader reads."""
    sql = query(currency.pattern)
    rows = duckdb.execute(sql, [visible_text(text)]).fetchall()
    assert amount_of(text, currency.words) == rows[0][0], text
    return rows[0][0]


@st.composite
def spelled(draw: st.DrawFn, currency: Currency) -> tuple[str, Decimal]:
    """Return a spelling of the grammar and the amount that it means."""
    whole = draw(st.integers(0, 10**13))
    mark = draw(st.sampled_from(["", ".", ",", " ", "'"]))
    digits = f"{whole:,}".replace(",", mark)
    others = [other for other in ".," if other != mark or whole < 1000]
    cents = draw(st.one_of(st.none(), st.from_regex(r"[0-9]{1,2}", fullmatch=True)))
    value = Decimal(whole)
    if cents is not None:
        digits += draw(st.sampled_from(others)) + cents
        value += Decimal(f"0.{cents}")
    else:
        digits += draw(st.sampled_from(["", ",-", ",--", ".-", " ,-", ", -"]))
    words = ["Rp", "Rp.", "rp.", "IDR", "idr", "Rupiah"]
    if currency is _POUND:
        words = ["£", "GBP", "gbp.", "Pound", "PDS. STG"]
    word, blank = draw(st.sampled_from(["", *words])), draw(st.sampled_from(["", " "]))
    before = f"{word}{draw(st.sampled_from(['', ' ']))}"
    forms = {
        f"{before}{digits}": value,
        f"{digits}{blank}{word}": value,
        f"-{blank}{digits}{blank}{word}": -value,
        f"({digits}{blank}{word})": -value,
        f"-{blank}{before}{digits}": -value,
        f"{before}−{blank}{digits}": -value,
        f"({blank}{before}{digits}{blank})": -value,
    }
    text = draw(st.sampled_from(list(forms)))
    amount = forms[text]
    for plain, look_alikes in {
        " ": "\u00a0\u202f\n\u3000",
        "1": "１",
        ".": "．",
        "-": "－",
    }.items():
        text = text.replace(plain, draw(st.sampled_from([plain, *look_alikes])))
    around = st.text("\u200b\u200e\ufeff\t \u00ad", max_size=3)
    return f"{draw(around)}{text}{draw(around)}", amount


@settings(deadline=None, max_examples=500)
@pytest.mark.parametrize("currency", _CURRENCIES, ids=lambda currency: currency.code)
@given(data=st.data())
def test_every_spelling_of_the_grammar_is_read_as_its_value(
    currency: Currency, data: st.DataObject
) -> None:
    text, value = data.draw(spelled(currency))
    assert both_read(text, currency) == value


@settings(deadline=None)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6))
def test_a_number_of_the_sheet_is_read_in_full(value: Decimal) -> None:
    assert both_read(f"{value:f}") == value.quantize(Decimal("0.01"), ROUND_HALF_UP)


_GROUPS = st.lists(st.from_regex(r"[0-9]{1,7}", fullmatch=True), min_size=2, max_size=5)


@settings(deadline=None, max_examples=500)
@given(_GROUPS, st.data())
def test_what_has_no_reading_or_two_is_read_by_nobody(
    groups: list[str], data: st.DataObject
) -> None:
    marks = [data.draw(st.sampled_from(".,' ")) for _ in groups[1:]]
    text = groups[0] + "".join(mark + group for mark, group in zip(marks, groups[1:], strict=True))
    lengths = [len(group) for group in groups]
    thousands = lengths[0] <= 3 and len(set(marks)) == 1 and set(lengths[1:]) == {3}
    before = lengths[0] <= 3 and len(set(marks[:-1])) == 1 and set(lengths[1:-1]) == {3}
    both = before and marks[-1] in ".," and marks[-1] != marks[0] and lengths[-1] <= 2
    one = len(marks) == 1 and marks[0] in ".," and lengths[1] != 3
    assume(not (thousands or both or one))
    assert both_read(text) is None


@settings(deadline=None, max_examples=500)
@pytest.mark.parametrize("currency", _CURRENCIES, ids=lambda currency: currency.code)
@given(text=st.text("0123456789.,' -−()RpIDRjt+%eE/£GBPdsStg", max_size=12))
def test_both_readers_agree_on_whatever_is_typed(currency: Currency, text: str) -> None:
    both_read(text, currency)


@pytest.mark.parametrize(
    "text",
    [
        *("1.500,000", "Rp 2,750.000", "12.500,000", "1500000.000", "1.50.000", "1250,000.50"),
        *("1,5 jt", "seratus ribu", "1.2.3", "1E6", "1_000", "500.000)", "(-500.000)", "-(500)"),
        *(
            "--500",
            "- Rp -500",
            "Rp Rp 500",
            "Rp 500 Rp",
            "$ 500",
            "+500",
            "1.500,50,-",
            "500-",
            "1.000.",
            ".5",
            "Rp",
        ),
        *("081-234-567", "5%", "١٢٣", "12345678901234567890", "1 500.000", "-", "()", "1..000"),
    ],
)
def test_these_are_flagged(text: str) -> None:
    assert both_read(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("100,000", 100_000), ("Rp 1.250.000", 1_250_000), ("1.250.000,00", 1_250_000)),
        *(("1250000,-", 1_250_000), ("Rp 1.250.000, -", 1_250_000), (" 750.000 ", 750_000)),
        *(("(1.500.000,-)", -1_500_000), ("1\u202f500\u202f000", 1_500_000), ("１００", 100)),
        *(("-Rp 500.000", -500_000), ("Rp -500", -500), ("−500.000", -500_000), ("12,5", "12.5")),
        *(("1.500.000_x000D_", 1_500_000), ("\u200e1.000.000", 1_000_000), ("100.1250", "100.13")),
        *(("1'250'000.50", "1250000.5"), ("IDR 1 000 000,00", 1_000_000), ("0", 0)),
        *(("500.000 Rp", 500_000), ("500.000,- IDR", 500_000), ("(12,50 rupiah)", "-12.5")),
    ],
)
def test_these_are_read(text: str, value: int | str) -> None:
    assert both_read(text) == Decimal(value)


@given(st.text(max_size=20))
def test_what_one_sees_stays_as_it_is(text: str) -> None:
    seen = visible_text(text)
    assert visible_text(seen) == seen
    assert not {unicodedata.category(char) for char in seen} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
