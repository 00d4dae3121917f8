"""What slides have in common: titles, sources, cards, tables over several pages, formatted cells."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from atlas_assets.deck.slides import Card, Cell, Column, Layout, Run, Slide, Table, TableRow
from atlas_assets.deck.tables import ROWS_A_PAGE
from atlas_assets.notation.numbers import NOT_AVAILABLE, percent, rupiah, signed
from atlas_assets.notation.tokens import Role
from atlas_assets.periods import Period, PeriodType

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import Comparison, Report, RevenueSection, UnitReport


FINGERPRINT_LENGTH = 16  # of a sheet's hash, on slides and in notes


class SlideWriter:
    """Writes slides of one report in one language. Formats figures; computes none."""

    def __init__(self, report: Report, strings: Strings) -> None:
        self.report, self.strings, self.locale = report, strings, strings.locale
        self.period = report.meta.period_label
        self.type = report.meta.type
        self.before = strings(f"before_{self.type}")
        self.date = report.meta.generated_at[:10]

    def cards(self, section: RevenueSection) -> list[Card]:
        """Return actual, target, last period and best year as cards."""
        strings = self.strings
        achievement = section.achievement_pct
        cards = [
            Card(
                self.period,
                rupiah(section.revenue_actuals, self.locale),
                [
                    self.delta_line("ΔPL", section.gap_pct),
                    self.delta_line("ΔPY", section.last_year and section.last_year.delta_pct),
                ],
            ),
            Card(
                strings("target"),
                rupiah(section.revenue_target, self.locale),
                [[Run(f"{percent(achievement, self.locale)} {strings('achieved')}")]]
                if achievement is not None
                else [],
            ),
        ]
        compared = [(strings("best_year"), section.best_year, self.best_year(section.best_year))]
        if self.has_before:
            last = section.last_period
            compared.insert(0, (self.last_period, last, last.period if last else ""))
        for name, comparison, when in compared:
            label = f"{name} ({when})" if comparison else name
            lines = [self.delta_line(strings("versus"), comparison.delta_pct)] if comparison else []
            cards.append(Card(label, self.value(comparison, rupiah), lines))
        return cards

    @property
    def has_before(self) -> bool:
        """Whether the period before is another one than that of the year before."""
        return self.type is not PeriodType.YEARLY

    @property
    def last_period(self) -> str:
        """What the period before is called."""
        return self.strings(f"last_period_{self.type}")

    @staticmethod
    def best_year(comparison: Comparison | None) -> str:
        """Return the year of a best period: the one that it ends in."""
        return str(Period.parse(comparison.period).last.year) if comparison else ""

    def paged(
        self,
        unit: UnitReport | None,
        message: str,
        exhibit: str,
        scenarios: str,
        marts: list[str],
        definition: str,
        paths: list[str],
        columns: list[Column],
        rows: list[TableRow],
    ) -> list[Slide]:
        """Return a table on as many slides as it needs, the pages as even as can be."""
        count = max(1, ceil(len(rows) / ROWS_A_PAGE))
        size = ceil(len(rows) / count) or 1
        subject = unit.name if unit else self.report.meta.entity_name
        return [
            Slide(
                layout=Layout.TABLE,
                message=message + (f" ({page + 1}/{count})" if count > 1 else ""),
                title=self.title(subject, exhibit, scenarios),
                source=self.source(marts, definition),
                notes=self.notes(
                    *(f"units.{unit.code}.{path}" if unit else path for path in paths)
                ),
                color=unit.color if unit else None,
                table=Table(
                    f"{subject}: {exhibit}",
                    message,
                    columns,
                    rows[page * size : (page + 1) * size]
                    or [text_row([self.strings("no_data"), *[""] * (len(columns) - 1)])],
                ),
            )
            for page in range(count)
        ]

    def title(self, who: str, measure: str, when: str, unit: str = "") -> list[Run]:
        """Return the descriptive title: who | measure in unit | when and scenarios."""
        return [
            Run(f"{who} | "),
            Run(measure, bold=True),
            Run(f" {unit} | {when}" if unit else f" | {when}"),
        ]

    def source(self, tables: list[str], definition: str) -> str:
        """Return the footer: tables, the date of the data, what the figure means."""
        return self.strings(
            "source_line", marts=", ".join(tables), date=self.date, definition=definition
        ).strip()

    def notes(self, *paths: str) -> str:
        """Return the paths in report.json and the sheets that a slide's figures come from."""
        sources = [
            f"- {s.file}, {s.sheet!r}, {s.hash[:FINGERPRINT_LENGTH]}"
            for s in self.report.meta.sources
        ]
        return "\n".join(["report.json:", *(f"- {path}" for path in paths), "source:", *sources])

    def value(self, comparison: Comparison | None, form: Callable[..., str]) -> str:
        """Return a comparison's value in the given form."""
        return NOT_AVAILABLE if comparison is None else form(comparison.value, self.locale)

    def variance(self, value: Decimal | None, form: Callable[..., str]) -> Cell:
        """Return a signed variance, coloured by rating; more is better for all of these."""
        if value is None:
            return Cell(NOT_AVAILABLE)
        role = None if value == 0 else (Role.GOOD_TEXT if value > 0 else Role.BAD)
        return Cell(signed(form(value, self.locale), value), role)

    def achievement(self, value: Decimal | None) -> Cell:
        """Return a share of the target, coloured by whether it was met."""
        if value is None:
            return Cell("")
        return Cell(percent(value, self.locale), Role.GOOD_TEXT if value >= 100 else Role.BAD)

    def delta_line(self, name: str, value: Decimal | None) -> list[Run]:
        """Return a relative change with an arrow, coloured by rating."""
        if value is None:
            return [Run(f"{name} {NOT_AVAILABLE}")]
        if value == 0:
            return [Run(f"{name} ±{percent(value, self.locale)}")]
        sign, role = ("▲", Role.GOOD_TEXT) if value > 0 else ("▼", Role.BAD)
        text = signed(percent(value, self.locale), value)
        return [Run(f"{name} "), Run(f"{sign} {text}", bold=True, role=role)]


def text_row(texts: list[str]) -> TableRow:
    """Return a row of plain cells."""
    return TableRow([Cell(text) for text in texts])
