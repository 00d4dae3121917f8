"""Ends every command with a text for people and an exit status: 0, 1, 2, 130 after Ctrl+C, 143 after SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer.core import TyperGroup

from atlas_assets.cli.output import messages
from atlas_assets.errors import AtlasError, UsageError
from atlas_assets.faults.explanation import explained
from atlas_assets.faults.stopping import Stopped, stopping_on_sigterm
from atlas_assets.faults.traceback_log import log_traceback
from atlas_assets.settings import PROJECT_DIR, load_settings

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

FAILED, WRONG_USE, BY_SIGNAL = 1, 2, 128
_STOPPED = (
    "Stopped. What was being made is left as it was before; give the same command again to go on."
)


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
        with stopping_on_sigterm():
            yield
    except UsageError as error:
        _end(str(error), WRONG_USE, error)
    except AtlasError as error:
        _end(str(error), FAILED, error)
    except (KeyboardInterrupt, typer.Abort) as error:
        _end(_STOPPED, BY_SIGNAL + signal.SIGINT, error)
    except Stopped as error:
        _end(_STOPPED, BY_SIGNAL + error.number, error)
    except BrokenPipeError as error:  # whoever read the output has closed it, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAILED) from error
    except BaseException as error:  # a panic of a library is not an Exception
        if isinstance(error, SystemExit) or hasattr(error, "exit_code"):  # typer's own
            raise
        where = log_traceback(error, _home())
        _end(f"{explained(error)} {where}", FAILED, error)


def _end(text: str, status: int, error: BaseException) -> NoReturn:
    messages.print(text, style="red")
    raise typer.Exit(status) from error


def _home() -> Path:
    try:
        return load_settings().dagster_home
    except AtlasError:
        return PROJECT_DIR / ".dagster"
