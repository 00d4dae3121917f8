import shutil
from pathlib import Path

import pytest

from atlas_assets.deck import pdf
from atlas_assets.deck.template import PATH
from atlas_assets.errors import ReportError

needs_libreoffice = pytest.mark.skipif(
    not pdf.is_available(), reason="LibreOffice is not installed; the PDF is optional"
)


@needs_libreoffice
def test_the_same_deck_gives_the_same_bytes_and_is_converted_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        pdf.convert(shutil.copy(PATH, tmp_path / "deck.pptx"), tmp_path / f"{name}.pdf")
    first = (tmp_path / "a.pdf").read_bytes()
    assert first.startswith(b"%PDF")
    assert first == (tmp_path / "b.pdf").read_bytes()
    written = (tmp_path / "a.pdf").stat().st_mtime_ns
    pdf.convert(tmp_path / "deck.pptx", tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").stat().st_mtime_ns == written


@needs_libreoffice
def test_what_cannot_be_converted_leaves_the_earlier_pdf(tmp_path: Path) -> None:
    (tmp_path / "deck.pptx").write_bytes(b"\x00broken")
    (tmp_path / "deck.pdf").write_bytes(b"earlier")
    with pytest.raises(ReportError, match=r"could not convert deck.pptx"):
        pdf.convert(tmp_path / "deck.pptx", tmp_path / "deck.pdf")
    assert (tmp_path / "deck.pdf").read_bytes() == b"earlier"
