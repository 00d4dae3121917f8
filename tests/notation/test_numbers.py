from decimal import Decimal

import pytest

from atlas_assets.notation.numbers import MINUS, NBSP, number, percent, rupiah, signed


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
    assert rupiah(value, "id") == text.replace(" ", NBSP)


def test_numbers_follow_the_language_and_round_half_up() -> None:
    assert number(1_250_000, "id") == "1.250.000"
    assert number(1_250_000, "en") == "1,250,000"
    assert percent(Decimal("87.45"), "id") == "87,5%"
    assert percent(None, "id") == "n.a."
    assert signed(number(5, "id"), 5) == "+5"
    assert signed(number(-5, "id"), -5) == f"{MINUS}5"
