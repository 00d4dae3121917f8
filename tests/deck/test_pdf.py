import contextlib
import os
import shutil
from pathlib import Path

import psutil
import pytest

from atlas_assets.deck import pdf
from atlas_assets.deck.template import PATH
from atlas_assets.errors import FaultError

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
def test_what_cannot_be_converted_leaves_no_pdf_of_another_deck(tmp_path: Path) -> None:
    (tmp_path / "deck.pptx").write_bytes(b"\x00broken")
    (tmp_path / "deck.pdf").write_bytes(b"earlier")
    with pytest.raises(FaultError, match=r"could not convert deck.pptx"):
        pdf.convert(tmp_path / "deck.pptx", tmp_path / "deck.pdf")
    assert not (tmp_path / "deck.pdf").exists()


@needs_libreoffice
@pytest.mark.parametrize("variable", [{"TZ": "Pacific/Kiritimati"}, {"LC_ALL": "tr_TR.UTF-8"}])
def test_neither_time_zone_nor_language_of_the_shell_is_in_the_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: dict[str, str]
) -> None:
    deck = shutil.copy(PATH, tmp_path / "deck.pptx")
    pdf.convert(deck, tmp_path / "a.pdf")
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    pdf.convert(deck, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_a_program_that_takes_too_long_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As LibreOffice does: what is started as `soffice` is not what works."""
    soffice = tmp_path / "soffice"
    soffice.write_text(f"#!/bin/sh\nsleep 1000 &\necho $! > {tmp_path}/worker\nwait\n")
    soffice.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(pdf, "TIMEOUT_SECONDS", 2)
    with pytest.raises(FaultError, match=r"did not convert deck.pptx within 2 s, and was ended"):
        pdf.convert(shutil.copy(PATH, tmp_path / "deck.pptx"), tmp_path / "a.pdf")
    with contextlib.suppress(psutil.NoSuchProcess):
        worker = psutil.Process(int((tmp_path / "worker").read_text()))
        assert worker.status() == psutil.STATUS_ZOMBIE  # of no parent any more
