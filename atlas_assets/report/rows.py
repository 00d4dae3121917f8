"""The rows that a report is made of: each query of the `queries` folder is run once for all units."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from atlas_assets.documents.sql_text import sql_text
from atlas_assets.report.model import Source

if TYPE_CHECKING:
    import duckdb

    from atlas_assets.configuration.registry import Registry
    from atlas_assets.periods.calendar import Period

Rows = list[dict[str, Any]]
_FIRST_YEAR = 2000


class ReportRows:
    """The rows about one entity's period; `units` are the codes of those that the report covers."""

    def __init__(
        self,
        warehouse: duckdb.DuckDBPyConnection,
        registry: Registry,
        entity: str,
        period: Period,
        units: list[str],
    ) -> None:
        self.warehouse = warehouse
        spans = {
            "actual": [period],
            "last_period": [period.previous],
            "last_year": [period.in_year(period.year - 1)],
            "best_year": [period.in_year(year) for year in range(_FIRST_YEAR, period.year + 1)],
        }
        flat = [(kind, span) for kind, group in spans.items() for span in group]
        is_whole = len(units) == len(registry.entity(entity).units)
        self.parameters: dict[str, Any] = {
            "entity": entity,
            "units": units,
            "subjects": [*units, "all"] if is_whole else units,
            "first": period.first.first_day,
            "last": period.last.first_day,
            "year": period.year,
            "year_first": period.year_first.first_day,
            "smallest": registry.smallest_mover,
            "kinds": [kind for kind, _ in flat],
            "periods": [str(span) for _, span in flat],
            "firsts": [span.first.first_day for _, span in flat],
            "lasts": [span.last.first_day for _, span in flat],
        }
        self._rows: dict[str, dict[str | None, Rows]] = {}

    def all(self, name: str) -> Rows:
        """Return the rows of a query that is not about single units."""
        return self.of(name, None)

    def of(self, name: str, unit: str | None) -> Rows:
        """Return a query's rows of one unit, or of the entity for None, without the unit's column."""
        if name not in self._rows:
            self._rows[name] = self._by_unit(name)
        return self._rows[name].get(unit, [])

    def _by_unit(self, name: str) -> dict[str | None, Rows]:
        text = sql_text("report", name)
        used = {key: self.parameters[key] for key in set(re.findall(r"\$(\w+)", text))}
        result = self.warehouse.execute(text, used)
        columns = [column[0] for column in result.description or []]
        rows: dict[str | None, Rows] = {}
        for values in result.fetchall():
            row = dict(zip(columns, values, strict=True))
            rows.setdefault(row.pop("unit_code", None), []).append(row)
        return rows

    def generated_at(self, source_date_epoch: int | None) -> str:
        """Return the time of the newest load, or of SOURCE_DATE_EPOCH, as ISO 8601 in UTC."""
        if source_date_epoch is not None:
            moment = datetime.fromtimestamp(source_date_epoch, UTC)
        else:
            moment = self.all("generated_at")[0]["loaded_at"].astimezone(UTC)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")

    def sources(self) -> list[Source]:
        """Return the sheets of the period's months, with a digest of each of their rows."""
        digests: dict[tuple[str, str], dict[str, str]] = {}
        for row in self.all("rows"):
            digests.setdefault((row["file"], row["sheet"]), {})[row["row"]] = row["digest"]
        return [
            Source(**row, row_digests=digests.get((row["file"], row["sheet"]), {}))
            for row in self.all("sources")
        ]
