"""What a page is asked for, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from atlas_assets.deck.commentary import Commentary
from atlas_assets.deck.slide_writer import SlideWriter
from atlas_assets.notation.numbers import number
from atlas_assets.operational.seed import entity_id
from atlas_assets.report.figures import figures

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.configuration.registry import Entity
    from atlas_assets.dashboard.access.users import User
    from atlas_assets.dashboard.builds import Build
    from atlas_assets.dashboard.view import View
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import Report, SubjectReport, UnitReport
    from atlas_assets.workspace import Workspace


@dataclass(frozen=True)
class Context:
    """A view of a build, for a reader."""

    workspace: Workspace
    build: Build
    view: View
    user: User
    strings: Strings

    @cached_property
    def report(self) -> Report:
        """The report of the period, of all units. Raises ReportError for months without figures."""
        return self.build.report(self.view.entity, self.view.period, self.view.language)

    @cached_property
    def figures(self) -> dict[str, Decimal | int]:
        """Every figure of the report by its place."""
        return dict(figures(self.report))

    @cached_property
    def writer(self) -> SlideWriter:
        """The writer of the report's figures and sentences."""
        return SlideWriter(self.report, self.strings, Commentary())

    @property
    def is_download(self) -> bool:
        """Whether a table is asked for as a file, with all of its rows, and not the page."""
        return "format" in self.view.filters

    @property
    def entity(self) -> Entity:
        """The entity that the page is about."""
        return self.build.registry.entity(self.view.entity)

    @property
    def entity_id(self) -> str:
        """The id of the entity in the operational database."""
        return entity_id(self.view.entity)

    @property
    def unit(self) -> UnitReport | None:
        """The unit that the page is about, or None for all."""
        return self.report.units.get(self.view.unit) if self.view.unit else None

    @property
    def subject(self) -> SubjectReport:
        """The unit, or the entity."""
        return self.unit or self.report.totals

    @property
    def subject_name(self) -> str:
        """The name of the unit, or of the entity."""
        return self.unit.name if self.unit else self.report.meta.entity_name

    def money(self, value: Decimal | float | None) -> str:
        """Return an amount in full."""
        return "" if value is None else self.strings.money.in_full(value)

    def count(self, value: int) -> str:
        """Return a count in full."""
        return number(value, self.view.language)

    def word(self, kind: str, code: str | None) -> str | None:
        """Return the word of a code, such as that of a status."""
        return code and self.strings(f"web_{kind}_{code}")

    def personal(self, value: str | None) -> str:
        """Return a personal detail, or a mask of it for readers who may not see it."""
        if not value:
            return ""
        return value if self.user.sees_personal else "•••"
