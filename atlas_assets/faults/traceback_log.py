"""The log file of tracebacks, for whoever mends Atlas; users are shown texts."""

from __future__ import annotations

import logging
import os
import tempfile
import traceback
from contextlib import suppress
from datetime import datetime
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = "tracebacks.log"
_BYTES, _FILES = 1_000_000, 3


class _Handler(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002  logging's names
        """Raise what went wrong; the standard handler would print its traceback."""
        raise  # noqa: PLE0704  called while the exception is handled


def log_traceback(error: BaseException, folder: Path) -> str:
    """Append the traceback of an exception, and return a sentence that says where it is."""
    return log_text("".join(traceback.format_exception(error)), folder)


def log_text(text: str, folder: Path) -> str:
    """Append a traceback to the log in a folder, or write a temporary file if that is not possible.

    Returns a sentence that says where it is.
    """
    with suppress(OSError):
        _append(folder / NAME, text)
        return f"The traceback is in {folder / NAME}."
    with suppress(OSError):
        descriptor, path = tempfile.mkstemp(prefix="atlas-traceback-", suffix=".log")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        return f"The traceback is in {path}."
    return "The traceback could not be written anywhere."


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = _Handler(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8")
    try:
        handler.emit(
            logging.makeLogRecord(
                {"msg": f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S%z}\n{text}"}
            )
        )
    finally:
        handler.close()
