"""Keeps rendered pages until the next build, and answers what the browser already has with 304."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response

from atlas_assets.dashboard.builds import NothingBuiltError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from atlas_assets.dashboard.access.users import User
    from atlas_assets.dashboard.builds import Builds

MOST_BYTES = 32 * 2**20  # of pages in memory
SMALLEST_COMPRESSED = 500  # bytes


@dataclass(frozen=True)
class Rendered:
    """A page as it is sent."""

    body: bytes
    compressed: bytes
    etag: str
    status: int
    media_type: str

    @classmethod
    def of(cls, body: bytes, status: int, media_type: str) -> Rendered:
        """Return a page with its digest, compressed as well."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return cls(body, gzip.compress(body, 6, mtime=0), etag, status, media_type)

    def response(self, headers: Headers) -> Response:
        """Return the answer to a request with these headers."""
        told = {"ETag": self.etag, "Vary": "Accept-Encoding, Cookie"}
        if self.etag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=told)
        if "gzip" in headers.get("accept-encoding", "") and len(self.body) >= SMALLEST_COMPRESSED:
            told["Content-Encoding"] = "gzip"
            return Response(self.compressed, self.status, told, self.media_type)
        return Response(self.body, self.status, told, self.media_type)


class Pages:
    """The rendered pages of one build, the ones used last."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Any, Rendered] = OrderedDict()
        self._size, self._build = 0, ""
        self._lock = threading.Lock()

    def get(self, build: str, key: Any) -> Rendered | None:
        """Return a page of a build."""
        with self._lock:
            if build != self._build:
                return None
            if found := self._pages.get(key):
                self._pages.move_to_end(key)
            return found

    def put(self, build: str, key: Any, page: Rendered) -> None:
        """Keep a page, unless a newer build is there; those of an older one go."""
        with self._lock:
            if build < self._build:
                return
            if build > self._build:
                self._pages.clear()
                self._size, self._build = 0, build
            if replaced := self._pages.pop(key, None):
                self._size -= _size(replaced)
            self._pages[key] = page
            self._size += _size(page)
            while self._size > MOST_BYTES:
                _, dropped = self._pages.popitem(last=False)
                self._size -= _size(dropped)


def _size(page: Rendered) -> int:
    return len(page.body) + len(page.compressed)


class PageCache:
    """The middleware that answers from the kept pages, and tells later parts which build a request is of."""

    def __init__(self, app: ASGIApp, builds: Builds, pages: Pages) -> None:
        self.app, self.builds, self.pages = app, builds, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from memory, or hand it on."""
        if scope["type"] != "http" or scope["path"].startswith(("/static/", "/login", "/healthz")):
            await self.app(scope, receive, send)
            return
        user: User = scope["state"]["user"]
        key = (scope["path"], scope["query_string"], user.rights)
        try:
            build = self.builds.known() or await run_in_threadpool(self.builds.current)
        except NothingBuiltError:  # the application tells
            scope["state"] |= {"build": None, "key": key}
            await self.app(scope, receive, send)
            return
        if scope["method"] in {"GET", "HEAD"} and (found := self.pages.get(build.identifier, key)):
            await found.response(Headers(scope=scope))(scope, receive, send)
            return
        scope["state"] |= {"build": build, "key": key}
        await self.app(scope, receive, send)
