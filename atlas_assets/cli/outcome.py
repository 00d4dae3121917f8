"""Ends every command with a text for people and an exit status: 0, 1, or 2 for wrong use."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer.core import TyperGroup

from atlas_assets.cli.output import messages
from atlas_assets.errors import AtlasError, UsageError
from atlas_assets.faults.explanation import explained
from atlas_assets.faults.traceback_log import log_traceback

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

FAILED, WRONG_USE = 1, 2


class ReportingGroup(TyperGroup):
    """The commands of Atlas; whatever one raises is reported here and nowhere else."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        with outcome_reported():
            return super().invoke(ctx)


@contextmanager
def outcome_reported() -> Generator[None]:
    """Print what a failure means, and exit with its status."""
    try:
        yield
    except UsageError as error:
        _end(str(error), WRONG_USE, error)
    except AtlasError as error:
        _end(str(error), FAILED, error)
    except typer.Abort as error:  # at a question
        _end("Stopped. Nothing was done.", FAILED, error)
    except BrokenPipeError:  # `entry` knows what it means
        raise
    except BaseException as error:  # a panic of a library is not an Exception
        if isinstance(error, SystemExit) or hasattr(error, "exit_code"):  # typer's own
            raise
        where = log_traceback(error, _home())
        _end(f"{explained(error)} {where}", FAILED, error)


def _end(text: str, status: int, error: BaseException) -> NoReturn:
    messages.print(text, style="red")
    raise typer.Exit(status) from error


def _home() -> Path:
    from atlas_assets.settings import PROJECT_DIR, load_settings  # takes a third of `atlas --help`

    try:
        return load_settings().dagster_home
    except AtlasError:
        return PROJECT_DIR / ".dagster"
