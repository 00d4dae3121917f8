"""Dagster's web server behind `OwnPagesOnly`; takes the options of `dagster-webserver`."""

from __future__ import annotations

from typing import Any

import dagster_webserver.app
from dagster_webserver import cli
from dagster_webserver.webserver import DagsterWebserver

from atlas_assets.orchestration.ui.own_pages import LOCAL, OwnPagesOnly
from atlas_assets.orchestration.ui.reloading import keep_loaded
from atlas_assets.settings import load_settings


class GuardedWebserver(DagsterWebserver[Any, Any]):
    """The web server as Dagster makes it, guarded, and with the configuration as it is by now."""

    def create_asgi_app(self, **options: Any) -> Any:
        """Return the application that uvicorn serves."""
        keep_loaded(self._process_context)
        hosts = [*LOCAL, *load_settings().hosts]
        served: Any = super().create_asgi_app(**options)
        return OwnPagesOnly(served, hosts)


def main() -> None:
    """Serve the web UI until the process is ended."""
    app: Any = dagster_webserver.app
    app.DagsterWebserver = GuardedWebserver  # Dagster has no other way to put something before it
    cli.main()


if __name__ == "__main__":
    main()
