"""The entry of the command: nothing in the shell that started it changes what it does.

dbt, Dagster and Python take settings from the environment; one that was set for another program would
change what Atlas makes, without a word. Only what `settings` reads counts. Nothing that they could change is
imported before that is ensured.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from atlas_assets.faults.explanation import explained
from atlas_assets.faults.stopping import end_on_signals

if TYPE_CHECKING:
    from collections.abc import Generator

# Variables of the tools that Atlas is made of, but for the home of Dagster, which is a setting of Atlas,
# and for what changes no result.
_FOREIGN = ("DBT_", "DAGSTER_", "PYTHON")
_KEPT = {"DAGSTER_HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUNBUFFERED"}
# For this process and those that it starts: the events of an asset's partitions are stored at once, no
# module from the current folder, text in UTF-8, and no word from the process of Python that clears up
# after one that was stopped.
_OWN = {
    "DAGSTER_EVENT_BATCH_SIZE": "1000",
    "PYTHONSAFEPATH": "1",
    "PYTHONUTF8": "1",
    "PYTHONWARNINGS": "ignore:resource_tracker:UserWarning",
}


def main() -> None:
    """Run the command, in a process that is free of foreign variables."""
    foreign = [
        name
        for name, value in os.environ.items()
        if name.startswith(_FOREIGN) and name not in _KEPT and value != _OWN.get(name)
    ]
    if foreign or sys.getfilesystemencoding() != "utf-8":
        clean = {name: value for name, value in os.environ.items() if name not in foreign}
        command = [sys.executable, "-m", "atlas_assets.cli.entry", *sys.argv[1:]]
        os.execve(sys.executable, command, clean | _OWN)  # noqa: S606  itself, again
    os.environ.update(_OWN)
    # A tenth of a short command was spent on looking for garbage among freshly imported modules.
    gc.set_threshold(50_000, 20, 50)
    if problem := _problem_of_folder():
        sys.exit(problem)
    _make_writable()
    end_on_signals()
    try:
        from atlas_assets.cli.main import app  # noqa: PLC0415  not before
    except (ImportError, MemoryError, OSError) as error:
        sys.exit(str(explained(error)))
    with _output_written():
        app(prog_name="atlas")


def _make_writable() -> None:
    """Let no character that a terminal does not know, and no closed stream, end the command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        getattr(sys, name).reconfigure(errors="replace")


@contextmanager
def _output_written() -> Generator[None]:
    """Write out what was printed, or end with status 1 and, unless nobody reads it any more, a text."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to come
        closed = isinstance(error, BrokenPipeError)  # as `head` does
        sys.exit(1 if closed else f"The output cannot be written: {error.strerror}.")


def _problem_of_folder() -> str | None:
    """Return why no program can work in the current folder, or None."""
    try:
        os.getcwd()  # noqa: PTH109  without importing more
    except FileNotFoundError:
        return (
            "The current folder no longer exists. Change to another one, then repeat the command."
        )
    if not os.access(".", os.X_OK):
        return (
            "The current folder may not be entered. Change to another one, then repeat the command."
        )
    return None


if __name__ == "__main__":
    main()
