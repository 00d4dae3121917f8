"""Brings a change of the configuration into a running web UI."""

from __future__ import annotations

import time
from threading import Thread
from typing import TYPE_CHECKING, Any

from atlas_assets.errors import AtlasError
from atlas_assets.files import digest_of
from atlas_assets.settings import load_settings
from atlas_assets.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

LOCATION = "atlas"  # the name of the code location in `workspace.yaml`
SECONDS = 2.0  # between two looks


class ConfigurationWatch:
    """Looks whether the files of `source/config` are others than those that were loaded.

    A file that is being saved changes between two looks; it counts once it has stayed the same.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._loaded = self._seen = self._digest()

    def look(self, reload: Callable[[], object]) -> str | None:
        """Reload if the files have changed and are correct; return what to tell, or None."""
        digest, before = self._digest(), self._seen
        self._seen = digest
        if digest == self._loaded or digest != before:
            return None
        self._loaded = digest
        try:
            Workspace(self.workspace.settings).check()
        except AtlasError as error:
            return f"{error}\nsource/config has changed, and is wrong: what was loaded before stays in use."
        reload()
        return "source/config has changed, and was loaded again."

    def _digest(self) -> str:
        return digest_of(self.workspace.settings.config_dir.rglob("*.yaml"))


def keep_loaded(process_context: Any) -> None:
    """Watch the configuration until the process ends, and load it again into Dagster's workspace."""
    watch = ConfigurationWatch(Workspace(load_settings()))

    def forever() -> None:
        while True:
            time.sleep(SECONDS)
            if told := watch.look(lambda: process_context.reload_code_location(LOCATION)):
                print(told, flush=True)  # noqa: T201  beside what the servers print

    Thread(target=forever, name="configuration", daemon=True).start()
