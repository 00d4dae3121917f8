"""What is wrong with the workbooks, for the person who keeps them: a summary, and one line a finding."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from atlas_assets.errors import AtlasError
from atlas_assets.notation.strings import Reason
from atlas_assets.validation.assemble import queried

if TYPE_CHECKING:
    from collections.abc import Generator
    from decimal import Decimal

    from atlas_assets.notation.strings import Strings
    from atlas_assets.periods.calendar import Period
    from atlas_assets.sources.raw_store import RawStore
    from atlas_assets.warehouse.connection import Warehouse

MOST_WORDS = 5  # of the unknown ones, in a summary
REFUSED = "refused"  # the severity of a sheet that could not be read


@dataclass(frozen=True)
class Finding:
    """Something wrong in a cell, or why a sheet was refused; file, sheet, cell and place are empty then.

    `place` is all of them in the words of the source, `nearest` the known word most similar to an unknown
    one, `other` what the row is compared with, and `amount` the money of the row.
    """

    entity: str
    month: str
    severity: str
    reason: Reason
    table: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str | None = None
    cell: str = ""
    place: str = ""
    content: str = ""
    nearest: str | None = None
    other: str | None = None
    amount: Decimal | None = None

    def message(self) -> str:
        """Return the finding in one line."""
        if not self.file:
            return f"{self.entity} {self.month}: {self.reason}"
        near = f" Did you mean {self.nearest!r}?" if self.nearest else ""
        other = f" Compared with {self.other}." if self.other else ""
        where = f"{self.entity} {self.month}: {self.place}"
        return f"{where}: {self.content!r}. {self.reason}{near}{other}"


@dataclass(frozen=True)
class FindingsReader:
    """Reads what the models found, with explanations in the language of `strings`."""

    warehouse: Warehouse
    raw_store: RawStore
    strings: Strings

    def findings(self, entity: str, period: Period) -> list[Finding]:
        """Return the findings of an entity's months: refused sheets, then cells in the order of the sheets.

        Raises AtlasError if nothing has been checked yet.
        """
        with self._audited() as connection:
            found = findings_in(connection, entity, period, self.strings)
        return self.refused(entity, period) + found

    def refused(self, entity: str, period: Period) -> list[Finding]:
        """Return the sheets of an entity's months that could not be read, each with the reason."""
        return [
            Finding(entity, str(month), REFUSED, Reason(problem, "", ""))
            for year in range(period.first.year, period.last.year + 1)
            for (_, month), problem in self.raw_store.refusals(entity, year).items()
            if period.first <= month <= period.last
        ]

    def summary(self, entity: str, period: Period) -> list[str]:
        """Return in lines what became of the rows of an entity's months, and what to look at.

        Raises AtlasError if nothing has been checked yet.
        """
        parameters = _parameters(entity, period)
        with self._audited() as connection:
            counts = queried(connection, "accounted", **parameters)[0]
            reasons = queried(connection, "reasons", **parameters)
            words = queried(connection, "unknown_words", **parameters)
        lines = [
            (
                f"{entity} {period}: {counts['valid']:,} rows valid, {counts['flagged']:,} flagged, "
                f"{counts['duplicates']:,} set aside as duplicates."
            )
        ]
        for severity in ("flagged", "duplicate", "warning"):
            told = [
                f"{r['reason']} {r['findings']:,}" for r in reasons if r["severity"] == severity
            ]
            if told:
                lines.append(f"  {severity}: {', '.join(told)}")
        for word in words[:MOST_WORDS]:
            near = f", perhaps {word['nearest']!r}" if word["nearest"] else ""
            rows = "1 row" if word["rows"] == 1 else f"{word['rows']:,} rows"
            lines.append(f"  unknown {word['kind']} {word['word']!r}: {rows}{near}")
        if len(words) > MOST_WORDS:
            lines.append(f"  and {len(words) - MOST_WORDS} more unknown words")
        if counts["unassigned"]:
            decimals = self.strings.money.currency.decimals
            lines.append(f"  money without a unit: {counts['unassigned']:,.{decimals}f}")
        if reasons:
            lines.append(f"  Each one: atlas findings --entity {entity} --period {period}")
        if counts["elsewhere"]:
            lines.append(
                f"  and {counts['elsewhere']:,} findings in other months: atlas findings --entity {entity}"
            )
        return lines

    @contextmanager
    def _audited(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Yield a connection in which the queries find the audit models."""
        with self.warehouse.reading() as connection:
            try:
                connection.execute("USE atlas.intermediate")
                yield connection
            except duckdb.CatalogException as error:
                raise AtlasError("Nothing has been checked yet. Run `atlas build`.") from error
            connection.execute("USE atlas")


def findings_in(
    connection: duckdb.DuckDBPyConnection, entity: str, period: Period, strings: Strings
) -> list[Finding]:
    """Return what the models found in an entity's months; their schema has to be the current one."""
    rows = queried(connection, "findings", **_parameters(entity, period))
    return [_finding(entity, row, strings) for row in rows]


def _finding(entity: str, row: dict[str, Any], strings: Strings) -> Finding:
    return Finding(
        entity=entity,
        month=row["month"],
        severity=row["severity"],
        reason=strings.reason(row["reason"]),
        table=row["table_name"],
        file=row["source_file"],
        sheet=row["source_sheet"],
        row=row["source_row"],
        column=row["column_name"],
        cell=row["source_cell"] or row["place"].rsplit(", ", 1)[1],
        place=row["place"],
        content=row["content"] or "",
        nearest=row["nearest"],
        other=row["other"],
        amount=row["amount"],
    )


def _parameters(entity: str, period: Period) -> dict[str, Any]:
    return {
        "entity": entity,
        "first": period.first.first_day,
        "last": period.last.first_day,
    }
