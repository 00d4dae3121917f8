"""Makes the pages that are asked for first, as soon as there is a new build, here or at another place."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from atlas_assets.dashboard.access.users import ANYONE
from atlas_assets.dashboard.builds import NothingBuiltError
from atlas_assets.dashboard.site import OF_REPORTS, PAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atlas_assets.dashboard.access.users import User
    from atlas_assets.dashboard.builds import Build
    from atlas_assets.dashboard.site import Site

log = logging.getLogger("uvicorn.error")  # the server's own
EVERY_SECONDS, PULL_SECONDS = 1.0, 10.0  # how often it looks here, and at another place
MONTHS = 2  # the newest, of which pages are made


class Warmer:
    """Follows the builds from a thread of its own; `users` are those for whom pages are made."""

    def __init__(self, site: Site, users: Iterable[User]) -> None:
        self.site = site
        self.users = {user.rights: user for user in users} or {ANYONE.rights: ANYONE}
        self._warmed = self._told = ""
        self._next_pull = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="warming", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the page that is being made."""
        self._stopped.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                self._look()
            except NothingBuiltError:
                pass  # yet
            except Exception as error:  # noqa: BLE001  the thread goes on, whatever a page or a bucket does
                self._tell(error)
            self._stopped.wait(EVERY_SECONDS)

    def _look(self) -> None:
        """Fetch a newer snapshot, where they come from another machine, and make its first pages."""
        if self.site.mirror and time.monotonic() >= self._next_pull:
            self._next_pull = time.monotonic() + PULL_SECONDS
            self.site.mirror.pull()
        build = self.site.builds.current()
        if build.identifier != self._warmed:
            self._warmed = build.identifier
            self._warm(build)

    def _tell(self, error: Exception) -> None:
        """Log a failure, once as long as it stays the same."""
        if str(error) != self._told:
            log.warning("%s: %s", type(error).__name__, error)
        self._told = str(error)

    def _warm(self, build: Build) -> None:
        for user in self.users.values():
            for entity in build.registry.entities:
                if not user.may_see(entity.code):
                    continue
                for month in build.months(entity.code)[: -MONTHS - 1 : -1]:
                    for path in OF_REPORTS:
                        if self._stopped.is_set():
                            return
                        self._make(path, {"entity": entity.code, "period": str(month)}, user, build)

    def _make(self, path: str, query: dict[str, str], user: User, build: Build) -> None:
        """Make a page under the address that links lead to."""
        context = self.site.context(path, query, user, build)
        if context is None:
            return
        address = context.view.at(path).partition("?")[2]
        page = self.site.page(PAGES[path], context)
        self.site.rendered(page, context, (path, address.encode(), user.rights))
