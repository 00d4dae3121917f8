"""Converts a deck to PDF with LibreOffice."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from atlas_assets.errors import ReportError
from atlas_assets.files import written_whole

TIMEOUT_SECONDS = 180
INSTALL_HINT = (
    "LibreOffice is not installed, so there is no PDF. Install it (Debian: apt-get install "
    "--no-install-recommends libreoffice-impress fonts-liberation2) and run the report again."
)
_CHANGING = [
    re.compile(rb"/CreationDate\(D:[^)]*\)"),
    re.compile(rb"/ID \[ <[0-9A-F]{32}>\s*<[0-9A-F]{32}> \]"),
    re.compile(rb"/DocChecksum /[0-9A-F]{32}"),
]


def is_available() -> bool:
    """Return whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def convert(deck: Path, pdf: Path) -> None:
    """Write a deck as PDF, unless the existing PDF was converted from the same deck.

    The same deck gives the same bytes. Raises ReportError when LibreOffice fails or takes too long;
    an existing PDF then stays.
    """
    digest = hashlib.sha256(deck.read_bytes()).hexdigest()
    if pdf.exists() and _mark(digest) in pdf.read_bytes()[-200:]:
        return
    with tempfile.TemporaryDirectory() as folder:
        converted = _run_libreoffice(deck, Path(folder))
        with written_whole(pdf) as temporary:
            temporary.write_bytes(_without_dates(converted.read_bytes(), digest) + _mark(digest))


def _run_libreoffice(deck: Path, folder: Path) -> Path:
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "pdf:impress_pdf_Export",
        "--outdir",
        str(folder),
        str(deck),
    ]
    try:
        finished = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ReportError(
            f"LibreOffice did not convert {deck.name} within {TIMEOUT_SECONDS} s. The deck itself is "
            "ready; run the report again for the PDF."
        ) from error
    converted = folder / f"{deck.stem}.pdf"
    if finished.returncode != 0 or not converted.exists():
        raise ReportError(f"LibreOffice could not convert {deck.name}: {finished.stderr.strip()}")
    return converted


def _without_dates(content: bytes, digest: str) -> bytes:
    """Overwrite the dates and ids that differ between runs, keeping lengths and so offsets."""
    fixed = (digest.upper() * 2).encode()

    def constant(match: re.Match[bytes]) -> bytes:
        text = match.group()
        if text.startswith(b"/CreationDate"):
            return re.sub(rb"\d", b"0", text)
        return re.sub(rb"[0-9A-F]{32}", fixed[:32], text)

    for pattern in _CHANGING:
        content = pattern.sub(constant, content)
    return content


def _mark(digest: str) -> bytes:
    """Return the comment that identifies the deck a PDF was converted from, for its end."""
    return f"\n% atlas deck {digest}\n".encode()
