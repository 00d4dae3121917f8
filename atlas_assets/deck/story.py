"""Which slides a report becomes, and what stands on those about the whole entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.slide_writer import FINGERPRINT_LENGTH, SlideWriter, text_row
from atlas_assets.deck.slides import Cell, Column, Deck, Layout, Run, Slide, Table, TableRow
from atlas_assets.deck.unit_slides import UnitSlides
from atlas_assets.notation.numbers import number, percent, rupiah
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import Report, RevenueSection, UnitReport


def tell(report: Report, strings: Strings, full_name: str) -> Deck:
    """Return the deck of a report. `full_name` is the entity's legal name."""
    story = _EntitySlides(report, strings)
    writer = UnitSlides(report, strings)
    unit_slides = {unit.code: writer.write(unit) for unit in report.units.values()}
    closing = [*story.data_quality(), *story.sources()]
    opening = [story.cover(full_name), story.contents(unit_slides, closing), story.summary()]
    return Deck(
        title=strings(f"cover_title_{report.meta.type}", entity=report.meta.entity_name),
        entity=report.meta.entity_name,
        date=report.meta.generated_at,
        locale=strings.locale,
        slides=[
            *opening,
            *(slide for slides in unit_slides.values() for slide in slides),
            *closing,
        ],
    )


class _EntitySlides(SlideWriter):
    """Writes the slides before and after those of the units."""

    def cover(self, full_name: str) -> Slide:
        meta = self.report.meta
        return Slide(
            layout=Layout.COVER,
            message=self.strings(f"cover_title_{meta.type}", entity=meta.entity_name),
            title=[Run(self.strings("cover_subtitle", full_name=full_name, period=self.period))],
            source=self.strings("cover_source", date=self.date),
            notes=self.notes("meta"),
        )

    def contents(self, unit_slides: dict[str, list[Slide]], closing: list[Slide]) -> Slide:
        first = 3
        summary = self.summary()
        rows = [text_row([self.strings("summary_title"), summary.message, str(first)])]
        position = first + 1
        for code, slides in unit_slides.items():
            rows.append(text_row([self.report.units[code].name, slides[0].message, str(position)]))
            position += len(slides)
        rows.append(text_row([self.strings("quality_title"), closing[0].message, str(position)]))
        columns = [
            Column(self.strings("contents_section"), 2, "left"),
            Column(self.strings("contents_message_column"), 7, "left"),
            Column(self.strings("contents_slide"), 0.8),
        ]
        return Slide(
            layout=Layout.TABLE,
            message=self.strings("contents_message", count=len(unit_slides)),
            title=self.title(
                self.report.meta.entity_name, self.strings("contents_title"), self.period
            ),
            source=self.source(["marts"], ""),
            notes=self.notes("meta.scope", "totals", "units.*.revenue", "data_quality"),
            table=Table(
                self.strings("contents_title"), self.strings("contents_title"), columns, rows
            ),
        )

    def summary(self) -> Slide:
        strings, totals = self.strings, self.report.totals
        units = sorted(
            self.report.units.values(), key=lambda unit: unit.revenue.revenue_actuals, reverse=True
        )
        columns = [
            Column(strings("unit"), 2.6, "left"),
            Column("PY", 1),
            Column("PL", 1),
            Column("AC", 1, emphasized=True),
            Column("ΔPL", 1.05),
            Column("ΔPL%", 0.9),
            Column("ΔPY", 1.05),
            Column("ΔPY%", 0.9),
        ]
        rows = [self._summary_row(unit.name, unit.revenue) for unit in units]
        rows.append(self._summary_row(strings("entity_total"), totals, is_total=True))
        subject = self.report.meta.entity_name
        return Slide(
            layout=Layout.SUMMARY,
            message=messages.revenue_message(totals, subject, self.period, strings),
            title=self.title(
                subject, strings("revenue"), strings("summary_scenarios", period=self.period), "Rp"
            ),
            source=self.source(["mart_revenue", "mart_targets"], strings("revenue_definition")),
            notes=self.notes("totals", "units.*.revenue"),
            table=Table(strings("summary_title"), strings("summary_title"), columns, rows),
            cards=self.cards(totals),
            comments=[
                [Run(strings("explanation"), bold=True)],
                *([Run(text)] for text in self._movers(units)),
            ],
        )

    def _movers(self, units: list[UnitReport]) -> list[str]:
        """Name the two units farthest from their targets, or from last year."""

        def distance(unit: UnitReport) -> float:
            gap = unit.revenue.gap_to_target
            if gap is None:
                gap = unit.revenue.last_year.delta if unit.revenue.last_year else 0
            return abs(float(gap))

        farthest = sorted(units, key=distance, reverse=True)[:2]
        return [
            messages.revenue_message(unit.revenue, unit.name, self.period, self.strings)
            for unit in farthest
        ]

    def _summary_row(
        self, name: str, section: RevenueSection, *, is_total: bool = False
    ) -> TableRow:
        return TableRow(
            [
                Cell(name),
                Cell(self.value(section.last_year, rupiah)),
                Cell(rupiah(section.revenue_target, self.locale)),
                Cell(rupiah(section.revenue_actuals, self.locale)),
                self.variance(section.gap_to_target, rupiah),
                self.variance(section.gap_pct, percent),
                self.variance(section.last_year and section.last_year.delta, rupiah),
                self.variance(section.last_year and section.last_year.delta_pct, percent),
            ],
            is_total=is_total,
        )

    def data_quality(self) -> list[Slide]:
        strings, quality, locale = self.strings, self.report.data_quality, self.locale
        columns = [
            Column(strings("quality_item"), 5, "left"),
            Column(strings("quality_expected"), 1.5),
            Column(strings("quality_actual"), 1.5),
            Column(strings("quality_verdict"), 1, "left"),
        ]
        rows = [
            text_row([strings("rows_valid"), "", number(quality.valid, locale), ""]),
            *(
                text_row([strings(f"flagged_{reason}"), "", number(count, locale), ""])
                for reason, count in quality.flagged.items()
            ),
            text_row([strings("rows_duplicate"), "", number(quality.duplicates, locale), ""]),
            text_row(
                [strings("unassigned_revenue"), "", rupiah(quality.unassigned_revenue, locale), ""]
            ),
            *(
                TableRow(
                    [
                        Cell(strings(f"check_{check.name}")),
                        Cell(number(check.expected, locale)),
                        Cell(number(check.actual, locale)),
                        Cell(
                            strings("passed" if check.passed else "failed"),
                            Role.GOOD_TEXT if check.passed else Role.BAD,
                            bold=True,
                        ),
                    ]
                )
                for check in quality.checks
            ),
        ]
        failed = sum(not check.passed for check in quality.checks)
        message = (
            strings("quality_message_failed", failed=failed)
            if failed
            else strings(
                "quality_message",
                valid=number(quality.valid, locale),
                rows=number(quality.rows, locale),
            )
        )
        return self.paged(
            None,
            message,
            strings("quality_title"),
            self.period,
            ["int_orders", "sheet_manifest"],
            strings("quality_definition"),
            ["data_quality"],
            columns,
            rows,
        )

    def sources(self) -> list[Slide]:
        strings, sources = self.strings, self.report.meta.sources
        columns = [
            Column(strings("workbook"), 3.2, "left"),
            Column(strings("sheet"), 2, "left"),
            Column(strings("rows"), 0.7),
            Column(strings("fingerprint"), 2, "left"),
        ]
        rows = [
            text_row(
                [s.file, s.sheet.strip(), number(s.rows, self.locale), s.hash[:FINGERPRINT_LENGTH]]
            )
            for s in sources
        ]
        return self.paged(
            None,
            strings("sources_message", count=len(sources)),
            strings("sources_title"),
            self.period,
            ["sheet_manifest"],
            "",
            ["meta.sources"],
            columns,
            rows,
        )
