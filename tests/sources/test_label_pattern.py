"""Labels of totals are found in texts, and in the XML of many texts, which must not take minutes."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas_assets.sources.control import seen
from atlas_assets.sources.label_pattern import LabelPattern
from atlas_assets.sources.workbook.shared_strings import SharedStrings

LABELS = LabelPattern(("TOTAL", "SUB TOTAL", "JUMLAH", "Σ"))


def strings(texts: list[str]) -> SharedStrings:
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    return SharedStrings(f"<sst>{items}</sst>".encode())


@pytest.mark.parametrize(
    "text", ["Total", "T O T A L kas", "=== jumlah ===", "Month total", "Akhir bulan, Total:", "Σ"]
)
def test_a_label_is_found_wherever_it_stands(text: str) -> None:
    assert LABELS.is_in(text)
    assert strings(["Ani", text, "Budi"]).with_labels(LABELS, seen) == {1}


@pytest.mark.parametrize("text", ["Ani", "Ani Totalia of Sleman", "Kumpulan", ""])
def test_other_texts_have_none(text: str) -> None:
    assert not LABELS.is_in(text)
    assert strings([text]).with_labels(LABELS, seen) == set()


@given(st.lists(st.text(st.sampled_from("TOALJUMHSB -.<>&_é"), max_size=12), max_size=8))
def test_nothing_is_missed_in_xml(texts: list[str]) -> None:
    found = {position for position, text in enumerate(texts) if LABELS.is_in(seen(text))}
    assert found <= strings(texts).with_labels(LABELS, seen)


def test_a_large_workbook_takes_no_longer_than_its_size() -> None:
    """A pattern that looked beyond a text took twenty seconds for a hundred kilobytes."""
    texts = [f"Jl. Kaliurang {number}, Sleman" for number in range(100_000)]
    assert strings([*texts, "Month total"]).with_labels(LABELS, seen) == {100_000}
