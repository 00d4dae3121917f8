"""The commands of the dashboard: serving it, and adding those who may log in."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from atlas_assets.cli.output import messages
from atlas_assets.errors import UsageError

dashboard = typer.Typer(
    help="Serve the dashboard: every figure of the reports, down to the cell, in a browser.",
    invoke_without_command=True,
)


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
    messages.print(f"Dashboard on http://{host}:{port} (Ctrl+C ends it)")
    server.serve(settings, host=host, port=port, workers=workers, is_open=no_auth)


@dashboard.command("add-user")
def add_user(
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    administrator: Annotated[
        bool,
        typer.Option("--administrator", help="Also show phone numbers, addresses and the like."),
    ] = False,
    entities: Annotated[
        str, typer.Option(help="Codes of the entities to show: IONS,EPN. Default: all.")
    ] = "",
) -> None:
    """Let somebody log in, or give them another password; it is asked for, or read from the input."""
    from atlas_assets.dashboard.server import users_of
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    settings = load_settings()
    registry = Workspace(settings).configuration.registry
    codes = [registry.entity(code.strip()).code for code in entities.split(",") if code.strip()]
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise UsageError("There is no password. Give it on the standard input, or at a terminal.")
    users = users_of(settings)
    users.add(name, password, "administrator" if administrator else "manager", codes)
    print(users.path)
