"""The commands of the dashboard: serving it, and adding those who may log in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from atlas_assets.cli.output import messages
from atlas_assets.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from atlas_assets.configuration.registry import Registry

dashboard = typer.Typer(invoke_without_command=True)


@dashboard.callback()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=32, help="Processes that answer.")] = 1,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Let everybody in, on this machine only.")
    ] = False,
) -> None:
    """Serve the dashboard: every figure of the reports, down to the cell, in a browser."""
    if context.invoked_subcommand:
        return
    from atlas_assets.dashboard import server
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    settings = load_settings()
    Workspace(settings).check()
    server.refuse_open_doors(settings, host, is_open=no_auth)
    messages.print(f"Dashboard on http://{host}:{port} (Ctrl+C ends it)")
    server.serve(settings, host=host, port=port, workers=workers, is_open=no_auth)


@dashboard.command("add-user")
def add_user(
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    administrator: Annotated[
        bool | None,
        typer.Option(
            "--administrator/--manager",
            help="Whether phone numbers, addresses and the like are shown. Default: as before, or not.",
        ),
    ] = None,
    entities: Annotated[
        str | None,
        typer.Option(help="Entities to show: IONS,EPN or all. Default: as before, or all."),
    ] = None,
) -> None:
    """Let somebody log in, or give them another password; it is asked for, or read from the input."""
    from atlas_assets.dashboard.server import users_of
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    settings = load_settings()
    registry = Workspace(settings).configuration.registry
    codes = None if entities is None else _codes(entities, registry)
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise UsageError("There is no password. Give it on the standard input, or at a terminal.")
    users = users_of(settings)
    role = None if administrator is None else "administrator" if administrator else "manager"
    users.add(name, password, role, codes)
    print(users.path)


def _codes(given: str, registry: Registry) -> Literal["all"] | list[str]:
    """Return the entities that are given. Raises UsageError for none, or an unknown one."""
    if given.strip().lower() == "all":
        return "all"
    try:
        codes = [registry.entity(code.strip()).code for code in given.split(",") if code.strip()]
    except ConfigurationError as error:
        raise UsageError(str(error)) from error
    if not codes:
        raise UsageError("--entities names no entity. Write codes such as IONS,EPN, or all.")
    return codes
