"""Converts a deck to PDF with LibreOffice."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from atlas_assets.errors import FaultError
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

    The same deck gives the same bytes. Raises FaultError when LibreOffice fails or takes too long.
    """
    remove_other(pdf, deck)
    if pdf.exists():
        return
    digest = hashlib.sha256(deck.read_bytes()).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        converted = _run_libreoffice(deck, Path(folder))
        with written_whole(pdf) as temporary:
            temporary.write_bytes(_without_dates(converted.read_bytes(), digest) + _mark(digest))


def remove_other(pdf: Path, deck: Path) -> None:
    """Remove a PDF unless it was converted from this deck: it would show other figures."""
    digest = hashlib.sha256(deck.read_bytes()).hexdigest()
    if pdf.exists() and _mark(digest) not in pdf.read_bytes()[-200:]:
        pdf.unlink()


def _run_libreoffice(deck: Path, folder: Path) -> Path:
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        'pdf:impress_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}',
        "--outdir",
        str(folder),
        str(deck),
    ]
    errors = folder / "errors.txt"
    try:
        status = _run(command, errors)
    except subprocess.TimeoutExpired as error:
        raise FaultError(
            f"LibreOffice did not convert {deck.name} within {TIMEOUT_SECONDS} s, and was ended. The deck "
            "itself is ready; run the report again for the PDF."
        ) from error
    converted = folder / f"{deck.stem}.pdf"
    if status != 0 or not converted.exists():
        why = errors.read_text(encoding="utf-8", errors="replace").strip() or f"status {status}"
        raise FaultError(
            f"LibreOffice could not convert {deck.name} ({why[-500:]}). The deck itself is ready. Look "
            "whether there is space on the disk and LibreOffice starts, then run the report again."
        )
    return converted


def _run(command: list[str], errors: Path) -> int:
    """Run LibreOffice, which ends with this process or after TIMEOUT_SECONDS; return its status.

    Neither the time zone nor the language of the shell is in the PDF.
    """
    supervisor = [sys.executable, "-P", "-m", "atlas_assets.deck.ends_with_parent"]
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
    with (
        errors.open("wb") as stderr,
        subprocess.Popen(
            [*supervisor, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=environment,
            start_new_session=True,
        ) as process,
    ):
        try:
            return process.wait(TIMEOUT_SECONDS)
        finally:
            if process.stdin:
                process.stdin.close()  # which ends what still runs


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
