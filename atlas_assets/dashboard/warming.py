"""Makes the pages that are asked for first, as soon as there is a new build, here or at another place."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from atlas_assets.dashboard.access.users import ANYONE
from atlas_assets.dashboard.data import NothingBuiltError
from atlas_assets.dashboard.site import OF_REPORTS, PAGES
from atlas_assets.serving.mirror import MirrorError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atlas_assets.dashboard.access.users import User
    from atlas_assets.dashboard.data import Build
    from atlas_assets.dashboard.site import Site

log = logging.getLogger("uvicorn.error")  # the server's own
EVERY_SECONDS, MONTHS = 1.0, 2  # how often it looks, and how many of the newest months it makes


class Warmer:
    """Follows the builds from a thread of its own; `users` are those for whom pages are made."""

    def __init__(self, site: Site, users: Iterable[User]) -> None:
        self.site = site
        self.users = {user.rights: user for user in users} or {ANYONE.rights: ANYONE}
        self._told = ""
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
        warmed = ""
        while not self._stopped.is_set():
            self._pull()
            try:
                build = self.site.builds.current()
            except NothingBuiltError:
                build = None
            if build and build.identifier != warmed:
                warmed = build.identifier
                self._warm(build)
            self._stopped.wait(EVERY_SECONDS)

    def _pull(self) -> None:
        """Fetch a newer snapshot, where they come from another machine; a failure is only told."""
        if self.site.mirror is None:
            return
        try:
            self.site.mirror.pull()
        except MirrorError as error:
            if str(error) != self._told:
                log.warning("%s", error)
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
        asked = self.site.context(path, dict(parse_qsl(address)), user, build)
        if asked:
            page = self.site.page(PAGES[path], asked)
            self.site.rendered(page, asked, (path, address.encode(), user.rights))
