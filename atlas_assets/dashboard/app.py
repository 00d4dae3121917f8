"""The application: its routes, and what stands in front of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from atlas_assets.dashboard import view as addresses
from atlas_assets.dashboard.access.attempts import Attempts
from atlas_assets.dashboard.access.guard import Guard
from atlas_assets.dashboard.access.sessions import COOKIE, LASTS_SECONDS
from atlas_assets.dashboard.blocks import Empty, Page
from atlas_assets.dashboard.cache import PageCache, Pages, Rendered
from atlas_assets.dashboard.context import Context
from atlas_assets.dashboard.data import Builds, NothingBuiltError
from atlas_assets.dashboard.exports import exported
from atlas_assets.dashboard.pages.findings import findings
from atlas_assets.dashboard.pages.marketing import marketing
from atlas_assets.dashboard.pages.order import order
from atlas_assets.dashboard.pages.orders import orders
from atlas_assets.dashboard.pages.organizations import organization, organizations
from atlas_assets.dashboard.pages.overview import overview
from atlas_assets.dashboard.pages.programs import programs
from atlas_assets.dashboard.pages.quality import quality
from atlas_assets.dashboard.pages.reports import report_file, reports
from atlas_assets.dashboard.pages.revenue import revenue
from atlas_assets.dashboard.pages.row import row
from atlas_assets.dashboard.pages.schools import schools
from atlas_assets.dashboard.pages.search import search
from atlas_assets.dashboard.pages.students import student, students
from atlas_assets.dashboard.pages.trace import trace
from atlas_assets.dashboard.records import NoRecordError
from atlas_assets.dashboard.rendering import Renderer
from atlas_assets.errors import ReportError
from atlas_assets.notation.strings import Strings
from atlas_assets.operational.sessions import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from atlas_assets.configuration.currency import Language
    from atlas_assets.dashboard.access.guard import Rules
    from atlas_assets.dashboard.blocks import Block
    from atlas_assets.dashboard.data import Build
    from atlas_assets.workspace import Workspace

_PAGES: dict[str, Callable[..., Page]] = {
    "/": overview,
    "/revenue": revenue,
    "/orders": orders,
    "/programs": programs,
    "/schools": schools,
    "/marketing": marketing,
    "/students": students,
    "/students/{identifier}": student,
    "/organizations": organizations,
    "/organizations/{identifier}": organization,
    "/orders/{identifier}": order,
    "/rows/{table}/{month}/{number}": row,
    "/findings": findings,
    "/trace": trace,
    "/quality": quality,
    "/reports": reports,
    "/search": search,
}
_RECORDS = ("/orders/", "/students/", "/organizations/")
FOREVER = "public, max-age=31536000, immutable"  # names of these files change with their content


class Dashboard:
    """The pages of one installation."""

    def __init__(self, workspace: Workspace, rules: Rules) -> None:
        self.workspace, self.rules = workspace, rules
        self.builds = Builds(workspace.snapshots, workspace.store, workspace.configuration)
        self.pages = Pages()
        self.renderer = Renderer()
        self.attempts = Attempts(workspace.settings.dashboard_dir / "attempts.db")

    def application(self) -> ASGIApp:
        """Return the application, guarded and cached."""
        routes = [Route(path, partial(self._page, make)) for path, make in _PAGES.items()]
        routes += [
            Route("/reports/{kind}/{name}", self._report_file),
            Route("/login", self._login, methods=["GET", "POST"]),
            Route("/logout", self._logout, methods=["POST"]),
            Route("/static/{name}", self._static),
            Route("/healthz", self._healthz),
        ]
        inner = Starlette(routes=routes, exception_handlers={404: _not_found})
        return Guard(PageCache(inner, self.builds, self.pages), self.rules)

    def _page(self, make: Callable[..., Page], request: Request) -> Response:
        build: Build = request.state.build
        context = self._context(request, build)
        if context is None:
            return PlainTextResponse("There is no such page.", 404)
        page = self._made(make, context, request)
        if name := context.view.filters.get("format"):
            table = page.table(context.view.filters.get("table", ""))
            found = exported(table, name, _file_name(context, table.name)) if table else None
            return found or PlainTextResponse("There is no such table.", 404)
        can_leave = not (self.rules.is_open or self.rules.user_header)
        text = self.renderer.page(context, page, can_leave=can_leave)
        rendered = Rendered.of(text.encode(), page.status, "text/html; charset=utf-8")
        if page.status == 200:
            self.pages.put(build.identifier, request.state.key, rendered)
        return rendered.response(request.headers)

    def _made(self, make: Callable[..., Page], context: Context, request: Request) -> Page:
        """Return a page, or one that says why there is none and what to do."""
        strings, view = context.strings, context.view
        try:
            return make(context, **request.path_params)
        except NoRecordError:
            told = strings("web_not_found_told")
            return Page(strings("web_not_found"), told, _publish(context), 404)
        except ReportError:
            command = f"atlas build --entity {view.entity} --period {view.period}"
            told = strings("web_no_data", entity=view.entity, period=str(view.period))
            return Page(
                strings("web_no_data_title"), told, [Empty(strings("web_run"), [command])], 404
            )
        except (StoreError, DBAPIError):
            told = strings("web_no_records")
            return Page(
                strings("web_no_data_title"),
                told,
                [Empty(strings("web_run"), ["atlas build"])],
                404,
            )

    def _context(self, request: Request, build: Build) -> Context | None:
        """Return what a request is about, or None if its address leads nowhere for this user."""
        user = request.state.user
        entities = [code.code for code in build.registry.entities if user.may_see(code.code)]
        try:
            view = addresses.parse(
                request.url.path,
                dict(request.query_params),
                build.registry,
                entities=entities,
                months={code: build.months(code) for code in entities},
                language=self.workspace.settings.locale,
            )
        except addresses.ViewError:
            return None
        return Context(self.workspace, build, view, user, self.strings(view.language))

    def strings(self, language: Language) -> Strings:
        """Return the texts of a language."""
        settings = self.workspace.settings
        currency = self.workspace.configuration.registry.currency
        return Strings(settings.config_dir / "strings.yaml", language, currency)

    def _report_file(self, request: Request) -> Response:
        context = self._context(request, request.state.build)
        path = context and report_file(context, **request.path_params)
        if path is None or not path.is_file():
            return PlainTextResponse("There is no such file.", 404)
        return FileResponse(path, filename=path.name)

    async def _login(self, request: Request) -> Response:
        strings = self.strings(self.workspace.settings.locale)
        if request.method == "GET":
            return self._login_page(strings, request.query_params.get("next", "/"))
        form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        name, password, wanted = (form.get(key, [""])[0] for key in ("name", "password", "next"))
        address = request.client.host if request.client else ""
        audit = self.rules.audit
        if self.attempts.are_too_many(name, address):
            audit.note(name, "locked out", address=address)
            return self._login_page(strings, wanted, strings("web_locked_out"), 429)
        user = self.rules.sessions.users.verified(name, password)
        if user is None:
            self.attempts.failed(name, address)
            audit.note(name, "failed to log in", address=address)
            return self._login_page(strings, wanted, strings("web_wrong_password"), 401)
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

    def _login_page(
        self, strings: Strings, wanted: str, problem: str = "", status: int = 200
    ) -> Response:
        text = self.renderer.login(strings, next_=_own_address(wanted), problem=problem)
        rendered = Rendered.of(text.encode(), status, "text/html; charset=utf-8")
        return rendered.response(Headers())

    def _logout(self, request: Request) -> Response:
        self.rules.audit.note(request.state.user.name, "logged out")
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    def _static(self, request: Request) -> Response:
        for asset in self.renderer.assets.values():
            if asset.name == request.path_params["name"]:
                rendered = Rendered.of(asset.content, 200, asset.media_type)
                response = rendered.response(request.headers)
                response.headers["Cache-Control"] = FOREVER
                return response
        return PlainTextResponse("There is no such file.", 404)

    def _healthz(self, _request: Request) -> Response:
        try:
            build = self.builds.current()
        except NothingBuiltError:
            return JSONResponse({"status": "nothing built"}, 503)
        loaded = {code.code: build.loaded_at(code.code) for code in build.registry.entities}
        return JSONResponse({"status": "ok", "build": build.identifier, "loaded_at": loaded})


def _publish(context: Context) -> list[Block]:
    """Return what to do if a record is missing because its month has not been published yet."""
    months = context.build.months(context.view.entity)
    if not months or not context.view.path.startswith(_RECORDS):
        return []
    command = f"atlas backfill --entity {context.view.entity} --from {months[0]} --to {months[-1]}"
    return [Empty(context.strings("web_not_published"), [command])]


def _not_found(_request: Request, _error: Any) -> Response:
    return PlainTextResponse("There is no such page.", 404)


def _own_address(wanted: str) -> str:
    """Return an address if it is a page of the dashboard, else that of the first one."""
    parts = urlsplit(wanted.replace("\\", "/"))
    is_own = (
        not parts.scheme and not parts.netloc and wanted.startswith("/") and wanted.isprintable()
    )
    return wanted if is_own and not wanted.startswith("//") else "/"


def _file_name(context: Context, table: str) -> str:
    parts = (context.view.entity, str(context.view.period), context.view.unit, table)
    return "-".join(part for part in parts if part)
