"""The pages of one installation, from what an address asks for to what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import OperationalError
from starlette.responses import HTMLResponse

from atlas_assets.dashboard import view as addresses
from atlas_assets.dashboard.builds import Builds
from atlas_assets.dashboard.cache import Pages, Rendered
from atlas_assets.dashboard.context import Context
from atlas_assets.dashboard.pages.findings import findings
from atlas_assets.dashboard.pages.marketing import marketing
from atlas_assets.dashboard.pages.order import order
from atlas_assets.dashboard.pages.orders import orders
from atlas_assets.dashboard.pages.organizations import organization, organizations
from atlas_assets.dashboard.pages.overview import overview
from atlas_assets.dashboard.pages.programs import programs
from atlas_assets.dashboard.pages.quality import quality
from atlas_assets.dashboard.pages.reports import reports
from atlas_assets.dashboard.pages.revenue import revenue
from atlas_assets.dashboard.pages.row import row
from atlas_assets.dashboard.pages.schools import schools
from atlas_assets.dashboard.pages.search import search
from atlas_assets.dashboard.pages.students import student, students
from atlas_assets.dashboard.pages.trace import trace
from atlas_assets.dashboard.parts.blocks import Empty, Page, Statements, Text
from atlas_assets.dashboard.parts.records import NoRecordError
from atlas_assets.dashboard.rendering import Renderer
from atlas_assets.errors import ReportError
from atlas_assets.notation.strings import Strings, period_label
from atlas_assets.periods.calendar import Period

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from atlas_assets.configuration.currency import Language
    from atlas_assets.dashboard.access.users import User
    from atlas_assets.dashboard.builds import Build
    from atlas_assets.dashboard.parts.blocks import Block
    from atlas_assets.workspace import Workspace

PAGES: dict[str, Callable[..., Page]] = {
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
OF_REPORTS = ("/", "/revenue", "/orders", "/programs", "/schools", "/marketing", "/quality")
_NOT_KEPT = {"/reports", "/findings"}  # they show files that change without a build
_RECORDS = ("/orders/", "/students/", "/organizations/")
OK, NOT_FOUND, NOT_READY = 200, 404, 503


class Site:
    """Makes pages, and keeps them; `can_leave` says whether readers have logged in."""

    def __init__(self, workspace: Workspace, *, can_leave: bool) -> None:
        self.workspace, self.can_leave = workspace, can_leave
        self.builds = Builds(workspace.snapshots, workspace.store, workspace.configuration)
        self.mirror = workspace.mirror
        self.pages = Pages()
        self.renderer = Renderer()

    def context(
        self, path: str, query: Mapping[str, str], user: User, build: Build
    ) -> Context | None:
        """Return what an address is about, or None if it leads nowhere for this user."""
        entities = [code.code for code in build.registry.entities if user.may_see(code.code)]
        try:
            view = addresses.parse(
                path,
                query,
                build.registry,
                entities=entities,
                months={code: build.months(code) for code in entities},
                usual=self.workspace.settings.locale,
            )
        except addresses.ViewError:
            return None
        return Context(self.workspace, build, view, user, self.strings(view.language))

    def strings(self, language: Language) -> Strings:
        """Return the texts of a language."""
        settings = self.workspace.settings
        currency = self.workspace.configuration.registry.currency
        return Strings(settings.config_dir / "strings.yaml", language, currency)

    def page(self, make: Callable[..., Page], context: Context, **of: Any) -> Page:
        """Return a page, or one that says why there is none and what to do."""
        strings, view = context.strings, context.view
        try:
            return make(context, **of)
        except NoRecordError:
            told = strings("web_not_found_told")
            return Page(strings("web_not_found"), told, _unpublished(context), NOT_FOUND)
        except ReportError:
            command = f"atlas build --entity {view.entity} --period {view.period}"
            told = strings("web_no_data", entity=view.entity, period=str(view.period))
            blocks = _known_part(context)
        except OperationalError as error:
            if "no such table" not in str(error):
                raise
            command, told, blocks = "atlas build", strings("web_no_records"), []
        blocks.append(Empty(strings("web_run"), [command]))
        return Page(strings("web_no_data_title"), told, blocks, NOT_FOUND)

    def nowhere(self, query: Mapping[str, str]) -> Response:
        """Return the answer to an address that leads nowhere, or not for this reader."""
        return self._refusal(query, "web_not_found", "web_no_page", NOT_FOUND)

    def not_ready(self, query: Mapping[str, str]) -> Response:
        """Return the answer before the first build."""
        refusal = self._refusal(query, "web_no_data_title", "web_nothing_built", NOT_READY)
        refusal.headers["Retry-After"] = "60"
        return refusal

    def _refusal(self, query: Mapping[str, str], title: str, told: str, status: int) -> Response:
        strings = self.strings(addresses.language(query, self.workspace.settings.locale))
        text = self.renderer.refusal(strings, title=strings(title), told=strings(told))
        return HTMLResponse(text, status)

    def rendered(self, page: Page, context: Context, key: Any) -> Rendered:
        """Return a page as it is sent, and keep it by its key until the next build."""
        text = self.renderer.page(context, page, can_leave=self.can_leave)
        rendered = Rendered.of(text.encode(), page.status, "text/html; charset=utf-8")
        if page.status == OK and context.view.path not in _NOT_KEPT:
            self.pages.put(context.build.identifier, key, rendered)
        return rendered


def _known_part(context: Context) -> list[Block]:
    """Return the way to the months of the period that have figures, if they follow each other."""
    view, months = context.view, context.build.months(context.view.entity)
    known = [month for month in view.period.months if month in months]
    if not known:
        return []
    part = Period(known[0], known[-1], context.build.registry.fiscal_year_start)
    if [*part.months] != known:
        return []
    link = Text(period_label(part, view.language), href=view.with_(period=str(part)))
    return [Statements(context.strings("web_known_part"), [[link]])]


def _unpublished(context: Context) -> list[Block]:
    """Return what to do if a record is missing because its month has not been published yet."""
    months = context.build.months(context.view.entity)
    if not months or not context.view.path.startswith(_RECORDS):
        return []
    command = f"atlas backfill --entity {context.view.entity} --from {months[0]} --to {months[-1]}"
    return [Empty(context.strings("web_not_published"), [command])]
