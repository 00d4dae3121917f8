"""Turns pages into HTML."""

from __future__ import annotations

import hashlib
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from atlas_assets.dashboard.style import stylesheet
from atlas_assets.notation.strings import short_period
from atlas_assets.periods.calendar import Period, PeriodType

if TYPE_CHECKING:
    from atlas_assets.configuration.currency import Language
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Page
    from atlas_assets.dashboard.view import View
    from atlas_assets.notation.strings import Strings
    from atlas_assets.periods.calendar import Month

# The pages of the navigation: path, key of its name.
NAVIGATION = (
    ("/", "web_overview"),
    ("/revenue", "revenue"),
    ("/orders", "orders"),
    ("/programs", "program_title"),
    ("/schools", "school_title"),
    ("/marketing", "channel_title"),
    ("/students", "web_students"),
    ("/organizations", "web_organizations"),
    ("/findings", "web_findings"),
    ("/quality", "quality_title"),
    ("/reports", "web_reports"),
)
_SUBJECTS = ("figure", "q")


class Asset:
    """A file that pages refer to, under a name that changes with its content."""

    def __init__(self, name: str, content: bytes, media_type: str) -> None:
        digest = hashlib.sha256(content).hexdigest()[:12]
        stem, _, suffix = name.rpartition(".")
        self.content, self.media_type = content, media_type
        self.name = f"{stem}-{digest}.{suffix}"


class Renderer:
    """The templates, and the style sheet and script of all pages."""

    def __init__(self) -> None:
        self.environment = Environment(
            loader=PackageLoader("atlas_assets.dashboard"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @cached_property
    def assets(self) -> dict[str, Asset]:
        """The style sheet and the script, by name."""
        folder = files("atlas_assets.dashboard").joinpath("static")
        script = b"\n".join(
            folder.joinpath(name).read_bytes() for name in ("vendor/htmx.min.js", "app.js")
        )
        return {
            "app.css": Asset("app.css", stylesheet().encode(), "text/css"),
            "app.js": Asset("app.js", script, "text/javascript"),
        }

    def page(self, context: Context, page: Page, *, can_leave: bool) -> str:
        """Return a page as HTML; `can_leave` says whether there is a log-in to leave."""
        view, strings = context.view, context.strings
        return self._render(
            "page.html",
            page=page,
            view=view,
            strings=strings,
            entities=[
                entity
                for entity in context.build.registry.entities
                if context.user.may_see(entity.code)
            ],
            units=context.entity.units,
            periods=periods(context),
            navigation=NAVIGATION,
            stamp=strings(
                "web_stamp",
                loaded=context.build.loaded_at(view.entity) or "–",
                build=context.build.identifier[-8:],
            ),
            can_leave=can_leave,
            leads_to=_leads_to(view.path),
            hidden=_hidden(view),
        )

    def login(self, strings: Strings, *, next_: str, problem: str) -> str:
        """Return the page to log in."""
        return self._render("login.html", strings=strings, next=next_, problem=problem)

    def refusal(self, strings: Strings, *, title: str, told: str) -> str:
        """Return a page for readers who are nowhere, with the way to the first page."""
        return self._render("refusal.html", strings=strings, title=title, told=told)

    def _render(self, template: str, **values: Any) -> str:
        assets = {name: f"/static/{asset.name}" for name, asset in self.assets.items()}
        return self.environment.get_template(template).render(assets=assets, **values)


@lru_cache(maxsize=64)
def _periods(
    months: tuple[Month, ...], start: int, language: Language
) -> list[tuple[PeriodType, list[tuple[str, str]]]]:
    """Return the periods that have figures, in groups: as in an address, and as a reader writes them."""
    known = set(months)
    chosen: dict[PeriodType, dict[str, Period]] = {kind: {} for kind in PeriodType}
    for month in reversed(months):
        year = Period(month, month, start).year_first
        quarter = PeriodType.QUARTERLY.starting(month, start)
        for period in (
            Period(month, month, start),
            quarter if month == quarter.first else None,
            PeriodType.YEARLY.starting(year, start) if month == year else None,
            Period(year, month, start) if month != year else None,
        ):
            if period and known.issuperset(period.months):
                chosen[period.type].setdefault(str(period), period)
    return [
        (kind, [(text, short_period(period, language)) for text, period in group.items()])
        for kind, group in chosen.items()
    ]


def periods(context: Context) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the periods that can be chosen, in named groups; the shown one is always among them."""
    build, view, strings = context.build, context.view, context.strings
    months, start = tuple(build.months(view.entity)), build.registry.fiscal_year_start
    shown = (str(view.period), short_period(view.period, view.language))
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    for kind, options in _periods(months, start, view.language):
        more = [shown] if kind is view.period.type and shown not in options else []
        if options or more:
            groups.append((strings(f"web_periods_{kind}"), [*more, *options]))
    return groups


def _leads_to(path: str) -> str:
    """Return the page that the choices of the header lead to: from a record, the list of its kind."""
    first = f"/{path.split('/')[1]}"
    return "/quality" if first == "/rows" else first


def _hidden(view: View) -> dict[str, str]:
    """Return the parameters that the form of the header keeps: what the page is about."""
    kept = {name: view.filters[name] for name in _SUBJECTS if name in view.filters}
    return {"lang": view.language, **kept}
