"""The entry of the command: nothing in the shell that started it changes what it does.

dbt, Dagster and Python take settings from the environment; one that was set for another program would
change what Atlas makes, without a word. Only what `settings` reads counts. Nothing is imported before
that is ensured.
"""

from __future__ import annotations

import os
import signal
import sys

# Variables of the tools that Atlas is made of, but for the home of Dagster, which is a setting of Atlas,
# and for what changes no result.
_FOREIGN = ("DBT_", "DAGSTER_", "PYTHON")
_KEPT = {"DAGSTER_HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUNBUFFERED"}
# For this process and those that it starts: no module from the current folder, text in UTF-8.
_OWN = {"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}


def main() -> None:
    """Run the command, in a process that is free of foreign variables."""
    foreign = [
        name
        for name in os.environ
        if name.startswith(_FOREIGN) and name not in _KEPT and name not in _OWN
    ]
    if foreign or sys.getfilesystemencoding() != "utf-8":
        clean = {name: value for name, value in os.environ.items() if name not in foreign}
        command = [sys.executable, "-m", "atlas_assets.cli.entry", *sys.argv[1:]]
        os.execve(sys.executable, command, clean | _OWN)  # noqa: S606  itself, again
    os.environ.update(_OWN)
    if problem := _problem_of_folder():
        sys.exit(problem)
    _make_writable()
    try:
        from atlas_assets.cli.main import app  # noqa: PLC0415  not before

        app(prog_name="atlas")
    except KeyboardInterrupt:  # while Python still loads the command
        sys.exit(128 + signal.SIGINT)


def _make_writable() -> None:
    """Let no character that a terminal does not know, and no closed stream, end the command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        getattr(sys, name).reconfigure(errors="replace")


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
