"""Logging in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse

from atlas_assets.dashboard.access.attempts import Attempts
from atlas_assets.dashboard.access.sessions import COOKIE, LASTS_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from atlas_assets.dashboard.access.guard import Rules
    from atlas_assets.dashboard.rendering import Renderer
    from atlas_assets.notation.strings import Strings


class LogIn:
    """The page to log in, and what its form does."""

    def __init__(self, rules: Rules, renderer: Renderer, strings: Strings, folder: Path) -> None:
        self.rules, self.renderer, self.strings = rules, renderer, strings
        self.attempts = Attempts(folder / "attempts.db")

    async def page(self, request: Request) -> Response:
        """Return the page to log in, or the answer to its form."""
        if request.method != "POST":
            return self._form(request.query_params.get("next", "/"))
        form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        name, password, wanted = (form.get(key, [""])[0] for key in ("name", "password", "next"))
        return await run_in_threadpool(self._tried, request, name, password, wanted)

    def leave(self, request: Request) -> Response:
        """Log out."""
        self.rules.audit.note(request.state.user.name, "logged out")
        self.rules.sessions.end(request.cookies.get(COOKIE))
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    def _tried(self, request: Request, name: str, password: str, wanted: str) -> Response:
        address = request.client.host if request.client else ""
        audit, strings = self.rules.audit, self.strings
        if not self.attempts.may_try(name, address):
            audit.note(name, "locked out", address=address)
            return self._form(wanted, strings("web_locked_out"), 429)
        user = self.rules.sessions.users.verified(name, password)
        if user is None:
            audit.note(name, "failed to log in", address=address)
            return self._form(wanted, strings("web_wrong_password"), 401)
        self.attempts.succeeded(name)
        audit.note(name, "logged in", address=address)
        response = RedirectResponse(_own_address(wanted), 303)
        response.set_cookie(
            COOKIE,
            self.rules.sessions.issued(user),
            max_age=LASTS_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def _form(self, wanted: str, problem: str = "", status: int = 200) -> Response:
        text = self.renderer.login(self.strings, next_=_own_address(wanted), problem=problem)
        return HTMLResponse(text, status)


def _own_address(wanted: str) -> str:
    """Return an address if it is a page of the dashboard, else that of the first one."""
    try:
        parts = urlsplit(wanted.replace("\\", "/"))
    except ValueError:
        return "/"
    is_path = wanted.startswith("/") and wanted[1:2] not in {"/", "\\"} and wanted.isprintable()
    return wanted if is_path and not parts.scheme and not parts.netloc else "/"
