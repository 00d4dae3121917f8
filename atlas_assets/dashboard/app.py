"""The application: its routes, and what stands in front of them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from atlas_assets.dashboard.access.guard import Guard
from atlas_assets.dashboard.access.login import LogIn
from atlas_assets.dashboard.builds import NothingBuiltError
from atlas_assets.dashboard.cache import PageCache, Rendered
from atlas_assets.dashboard.exports import exported
from atlas_assets.dashboard.pages.reports import report_file
from atlas_assets.dashboard.site import PAGES, Site
from atlas_assets.dashboard.warming import Warmer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from atlas_assets.dashboard.access.guard import Rules
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Page
    from atlas_assets.workspace import Workspace

THREADS = 6  # that make pages: more of them would only hinder each other
FOREVER = "public, max-age=31536000, immutable"  # names of these files change with their content


def dashboard(workspace: Workspace, rules: Rules) -> ASGIApp:
    """Return the application of an installation, guarded and cached."""
    site = Site(workspace, can_leave=not (rules.is_open or rules.user_header))
    settings = workspace.settings
    login = LogIn(rules, site.renderer, site.strings(settings.locale), settings.dashboard_dir)
    routes = [
        *(Route(path, partial(_page, site, make)) for path, make in PAGES.items()),
        Route("/reports/{kind}/{name}", partial(_report_file, site)),
        Route("/login", login.page, methods=["GET", "POST"]),
        Route("/logout", login.leave, methods=["POST"]),
        Route("/static/{name}", partial(_static, site)),
        Route("/healthz", partial(_healthz, site)),
    ]
    warmer = Warmer(site, () if rules.is_open else rules.sessions.users.everybody())

    @asynccontextmanager
    async def warmed(_app: Starlette) -> AsyncGenerator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        warmer.start()
        try:
            yield
        finally:
            warmer.stop()

    handlers: dict[Any, Any] = {
        404: partial(_not_found, site),
        NothingBuiltError: partial(_nothing_built, site),
    }
    inner = Starlette(routes=routes, exception_handlers=handlers, lifespan=warmed)
    return Guard(PageCache(inner, site.builds, site.pages), rules)


def _page(site: Site, make: Callable[..., Page], request: Request) -> Response:
    context = _context(site, request)
    if context is None:
        return site.nowhere(request.query_params)
    page = site.page(make, context, **request.path_params)
    if kind := context.view.filters.get("format"):
        table = page.table(context.view.filters.get("table", ""))
        found = exported(table, kind, _file_name(context, table.name)) if table else None
        return found or site.nowhere(request.query_params)
    return site.rendered(page, context, request.state.key).response(request.headers)


def _context(site: Site, request: Request) -> Context | None:
    state = request.state
    build = state.build or site.builds.current()
    return site.context(request.url.path, dict(request.query_params), state.user, build)


def _report_file(site: Site, request: Request) -> Response:
    context = _context(site, request)
    path = context and report_file(context, **request.path_params)
    if path is None or not path.is_file():
        return site.nowhere(request.query_params)
    return FileResponse(path, filename=path.name)


def _static(site: Site, request: Request) -> Response:
    for asset in site.renderer.assets.values():
        if asset.name == request.path_params["name"]:
            rendered = Rendered.of(asset.content, 200, asset.media_type)
            response = rendered.response(request.headers)
            response.headers["Cache-Control"] = FOREVER
            return response
    return site.nowhere(request.query_params)


def _healthz(site: Site, _request: Request) -> Response:
    build = site.builds.current()
    loaded = max(build.loaded_at(entity.code) for entity in build.registry.entities)
    return JSONResponse({"status": "ok", "build": build.identifier, "loaded_at": loaded})


def _not_found(site: Site, request: Request, _error: Any) -> Response:
    return site.nowhere(request.query_params)


def _nothing_built(site: Site, request: Request, _error: Any) -> Response:
    return site.not_ready(request.query_params)


def _file_name(context: Context, table: str) -> str:
    parts = (context.view.entity, str(context.view.period), context.view.unit, table)
    return "-".join(part for part in parts if part)
