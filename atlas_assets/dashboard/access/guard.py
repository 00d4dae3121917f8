"""Stands in front of every page: lets nobody in who may not, and nothing that is no plain request."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse

from atlas_assets.dashboard.access.audit import is_of_records
from atlas_assets.dashboard.access.sessions import COOKIE
from atlas_assets.dashboard.access.users import ANYONE
from atlas_assets.errors import AtlasError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from atlas_assets.dashboard.access.audit import AuditLog
    from atlas_assets.dashboard.access.sessions import Sessions
    from atlas_assets.dashboard.access.users import User

log = logging.getLogger("uvicorn.error")  # the server's own
_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:\d+)?")
OPEN = ("/login", "/static/", "/healthz")  # pages for who has not logged in
LONGEST_ADDRESS, LARGEST_HEADERS, LARGEST_BODY = 4_000, 16_000, 10_000  # bytes
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True)
class Rules:
    """Who is let in: whoever has a session, or the user in a header that a proxy sets, or anyone.

    `hosts` are the names under which the dashboard may be reached.
    """

    sessions: Sessions
    audit: AuditLog
    hosts: frozenset[str]
    user_header: str | None = None
    proxies: frozenset[str] = frozenset()
    is_open: bool = False


class Guard:
    """The middleware that applies the rules."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self.app, self.rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on with its user."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except AtlasError as error:  # a damaged pointer, or a mistake in the file of users
            log.error("%s", error)  # noqa: TRY400  the sentence says it all
            told = PlainTextResponse("The dashboard cannot answer now. Its log says why.", 503)
            await told(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                keeps = "private, no-store" if is_of_records(path) else "private, no-cache"
                headers.setdefault("Cache-Control", keeps)
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        headers = Headers(scope=scope)
        if refusal := self._refusal(scope, headers):
            await refusal(scope, receive, send_guarded)
            return
        user = self._user(scope, headers)
        if user is None and not path.startswith(OPEN):
            wanted = f"{path}?{scope['query_string'].decode('latin-1')}".rstrip("?")
            response = RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)
            await response(scope, receive, send_guarded)
            return
        scope.setdefault("state", {})["user"] = user
        if user is not None:
            self.rules.audit.note_view(user.name, path, scope["query_string"].decode("latin-1"))
        await self.app(scope, receive, send_guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        """Return the answer to what is no plain request."""
        if _host(headers.get("host", "")) not in self.rules.hosts:
            return PlainTextResponse(
                "Unknown host. ATLAS_HOSTS names those that are answered.", 421
            )
        if refusal := _refused_size(scope):
            return refusal
        if not scope["path"].isprintable():
            return PlainTextResponse("There is no such page.", 404)
        if scope["method"] == "POST":
            return _refused_form(headers)
        if scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Only GET and POST.", 405, {"Allow": "GET, HEAD, POST"})
        return None

    def _user(self, scope: Scope, headers: Headers) -> User | None:
        rules = self.rules
        if rules.is_open:
            return ANYONE
        if rules.user_header:
            client = scope["client"][0] if scope["client"] else ""
            name = headers.get(rules.user_header, "")
            return rules.sessions.users.named(name) if client in rules.proxies and name else None
        cookies = cookie_parser(headers.get("cookie", ""))
        return rules.sessions.user(cookies.get(COOKIE))


def _host(header: str) -> str:
    """Return the name in a header `Host`; empty for anything but a name with or without a port."""
    match = _HOST.fullmatch(header)
    return match[1].strip("[]").lower() if match else ""


def _refused_size(scope: Scope) -> PlainTextResponse | None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_ADDRESS:
        return PlainTextResponse("The address is too long.", 414)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
        return PlainTextResponse("The headers are too large.", 431)
    return None


def _refused_form(headers: Headers) -> PlainTextResponse | None:
    length = headers.get("content-length", "")
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        return PlainTextResponse("The form is too large.", 413)
    if not _is_from_here(headers):
        return PlainTextResponse("The form is another site's.", 403)
    return None


def _is_from_here(headers: Headers) -> bool:
    """Return whether a form was sent from a page of the dashboard, as browsers tell it."""
    if site := headers.get("sec-fetch-site"):
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")
