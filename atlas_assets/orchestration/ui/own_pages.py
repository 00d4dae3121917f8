"""Refuses what the pages of other sites send to the web UI, which has no log-in of its own.

A browser sends requests to 127.0.0.1 for any page that is open in it, and a page whose name is made to
point there (DNS rebinding) even reads the answers. Programs that are not browsers send neither `Origin`
nor `Sec-Fetch-Site`, and are let through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    Message = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Message, Receive, Send], Awaitable[None]]

LOCAL = ("127.0.0.1", "localhost", "::1")
_HEADERS = [
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1


class OwnPagesOnly:
    """An ASGI application that passes on what comes from its own pages; `hosts` are its names."""

    def __init__(self, app: App, hosts: Iterable[str]) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with status 403."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif reason := self.refusal(scope):
            await _refuse(scope, reason, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))

    def refusal(self, scope: Message) -> str | None:
        """Return why a request or web socket is refused, or None."""
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        hosts, origins = headers.get("host", []), headers.get("origin", [])
        if len(hosts) != 1 or _name(hosts[0]) not in self.hosts:
            return "This name is not one of the web UI. Add it to ATLAS_HOSTS if it is."
        if any(_place(origin) != hosts[0].lower() for origin in origins):
            return "Only the web UI's own pages may do that."
        if scope["type"] == "websocket":
            return None if origins else "A web socket has to name its origin."
        if headers.get("sec-fetch-site", ["none"]) not in (["none"], ["same-origin"]):
            # A link to a page, from a mail for example, changes nothing.
            is_link = scope["method"] == "GET" and headers.get("sec-fetch-dest") == ["document"]
            if not is_link or _is_graphql(scope):
                return "Only the web UI's own pages may do that."
        return _refusal_of_graphql(scope, headers) if _is_graphql(scope) else None


def _is_graphql(scope: Message) -> bool:
    return str(scope["path"]).rstrip("/").endswith("/graphql")


def _refusal_of_graphql(scope: Message, headers: dict[str, list[str]]) -> str | None:
    """Return why a query is refused: a browser sends only JSON by POST after asking for permission."""
    if scope["method"] == "POST":
        kinds = [kind.split(";")[0].strip() for kind in headers.get("content-type", [])]
        return None if kinds == ["application/json"] else "Queries are sent as application/json."
    wants_page = any("text/html" in kind for kind in headers.get("accept", []))
    return None if wants_page else "Queries are sent by POST."  # with it, Dagster sends its editor


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _place(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


async def _refuse(scope: Message, reason: str, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # its request to connect
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": reason})
        return
    content_type = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": 403, "headers": [content_type, *_HEADERS]})
    await send({"type": "http.response.body", "body": reason.encode()})


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            # Added, not replaced: the page has a policy of its own, and both apply.
            message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
        await send(message)

    return send_with_headers
