"""The adapter for Odoo: the records of a month, read whole whenever the server says that they changed.

There is no cursor: one by time of writing misses what is committed late, and every deletion.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from atlas_assets.configuration.odoo_source import OdooSource, OdooTable
from atlas_assets.errors import SourceError
from atlas_assets.sources.adapter import ControlAmount, ControlReading, PlaceForms
from atlas_assets.sources.odoo.fields import JOINED_BY, Catalog, first_steps, follow, text, values
from atlas_assets.sources.odoo.server import OdooError, OdooServer, SilentError
from atlas_assets.sources.records import RecordAdapter, RecordPlace, Records

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from pydantic import SecretStr

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sources.adapter import RawPartition
    from atlas_assets.sources.memory import SourceMemory
    from atlas_assets.sources.odoo.fields import Models
    from atlas_assets.sources.odoo.server import Domain, Record

    Place = RecordPlace[OdooSource]

TRUSTED_AFTER = timedelta(minutes=10)  # a longer transaction could still change what was read
PULSE_STEP = timedelta(minutes=5)
SILENT_SECONDS = 10  # in which a server that gave no answer is not asked again
KEY_WARNING = timedelta(days=14)
READINGS = 2  # of a month that changes while it is read
MOST_NAMED = 5
CENT = Decimal("0.01")
Related = dict[str, list[int]]
RELATED = TypeAdapter(Related)
AGGREGATES = ["__count", "write_date:max", "id:max"]


@dataclass(frozen=True)
class _Reading:
    """The records of a month, what they refer to, and the version of both."""

    records: list[Record]
    related: Related
    version: str | None


class OdooAdapter(RecordAdapter[OdooSource]):
    """Reads tables from the Odoos of the yearly files; `secret` returns the value of a variable."""

    kind = "odoo"
    forms = PlaceForms("{0}, {1}", "id {2}", "id {2}, {3}")

    def __init__(
        self,
        configuration: Configuration,
        memory: SourceMemory | None,
        secret: Callable[[str], SecretStr | None],
    ) -> None:
        super().__init__(configuration)
        self._memory, self._secret = memory, secret
        self._silent: dict[str, tuple[float, SilentError]] = {}
        self._models: dict[str, Models] = {}

    def __getstate__(self) -> dict[str, object]:
        """Hand to other processes what is configured, not what was met here."""
        return {**self.__dict__, "_silent": {}, "_models": {}}

    def records(self, place: Place) -> Records:
        """Read the records of a month, all of them as they were at one moment.

        Raises SourceError, with the line of the configuration to look at, for whatever the server refuses,
        and for a month that changes all the time.
        """
        table = place.source.tables[place.table]
        with self._asking(place) as (server, catalog):
            labels = {path: catalog.column(table.model, path).label for path in table.columns}
            reading = self._reading(server, catalog, place)
            self._check_money(catalog, place, reading.records)
            rows, several = self._rows(catalog, place, reading.records)
        if self._memory and reading.version:
            self._memory.keep(_key(place), _seal(place), RELATED, reading.related)
        return Records(
            source=_called(place.source),
            name=table.model,
            rows=rows,
            labels=labels,
            warnings=_several_in_words(table, several),
            version=reading.version,
        )

    def version(self, place: Place) -> str | None:
        """Return the server's summary of a month and of the records that it refers to.

        None until the month was read once, and while its last change is so recent that the same second, or
        a transaction that is still open, could hold another one.
        """
        related = self._memory and self._memory.recall(_key(place), _seal(place), RELATED)
        if related is None:
            return None
        described = place.source.tables[place.table]
        with self._asking(place) as (server, catalog):
            summary = _summary(server, described, _domain(catalog, place))
            return _version(server, place, summary, _summaries(server, related))

    def control(self, partition: RawPartition) -> ControlReading:
        """Read the amounts alone once more, and let Odoo sum them up: its sum stands in row 0 as a total.

        Raises SourceError if the server does not give them: the month has not been read twice then.
        """
        place = self.place(partition.table, *partition.of)
        described = place.source.tables[place.table] if place else None
        field = described.field_of("amount") if described else None
        if place is None or described is None or field is None:
            raise ValueError(f"{partition.entity} {partition.month} has no amounts in Odoo.")
        with self._asking(place) as (server, catalog):
            domain = _domain(catalog, place)
            records = list(server.records(described.model, domain, [field]))
            total = server.summary(described.model, domain, [f"{field}:sum"])[f"{field}:sum"]
            amounts = [ControlAmount(r["id"], _cents(r[field]), is_total=False) for r in records]
            return ControlReading([ControlAmount(0, _cents(total), is_total=True), *amounts])

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return warnings about keys that expire soon, and travel unprotected."""
        return [
            warning
            for described in self.configuration.years_in(entity, year)
            for source in described.sources
            for warning in _warnings(source, self.configuration.registry.calendar.now().date())
        ]

    def pulse(self, entity: str, year: int) -> str:
        """Return the summaries of a year's tables by month, and of all records that they may refer to."""
        found: list[object] = []
        first = self.configuration.years[entity, year].months[0]
        for table in self.tables(entity, first):
            if place := self.place(table, entity, first):
                with self._asking(place) as (server, catalog):
                    found.append((table, _pulse(server, catalog, place)))
        return repr(found)

    def _reading(self, server: OdooServer, catalog: Catalog, place: Place) -> _Reading:
        """Read a month, and once more if it changed meanwhile. Raises SourceError if it does again."""
        table = place.source.tables[place.table]
        domain = _domain(catalog, place)
        has_currency = "currency_id" in catalog.fields(table.model)
        fields = [*first_steps(table.columns), *(["currency_id"] if has_currency else [])]
        for _ in range(READINGS):
            before = _summary(server, table, domain)
            records = list(server.records(table.model, domain, list(dict.fromkeys(fields))))
            met = follow(server, catalog, table.model, records, table.columns)
            related = {model: sorted(ids) for model, ids in met.items()}
            others = _summaries(server, related)
            after = _summary(server, table, domain)
            is_whole = after["__count"] == len({record["id"] for record in records}) == len(records)
            is_whole &= all(others[model]["__count"] == len(ids) for model, ids in related.items())
            if before == after and is_whole:
                _check_sum(place, table, records, after)
                return _Reading(records, related, _version(server, place, after, others))
        raise _to_repeat(
            f"{_called(place.source)}, {table.model}: {place.month} changed while it was read, and then "
            "again. Repeat the command when nobody books."
        )

    def _check_money(self, catalog: Catalog, place: Place, records: list[Record]) -> None:
        """Raise SourceError for amounts in another currency than that of the registry."""
        table, own = place.source.tables[place.table], self.configuration.registry.currency.code
        if place.table != "transactions" or "currency_id" not in catalog.fields(table.model):
            return
        others = {r["id"]: r["currency_id"][1] for r in records if r["currency_id"]}
        others = {i: code for i, code in others.items() if code != own}
        if others:
            listed = ", ".join(f"{i} in {code}" for i, code in list(others.items())[:MOST_NAMED])
            message = (
                f"{len(others)} records of {table.model} in {place.month} are not in {own}: id {listed}. "
                f'Leave them out, [currency_id.name, "=", {own}], or correct `currency` in registry.yaml'
            )
            raise SourceError(place.mistake(message, "tables", place.table, "domain"))

    def _rows(
        self, catalog: Catalog, place: Place, records: list[Record]
    ) -> tuple[Mapping[int, Mapping[str, str | None]], dict[str, list[int]]]:
        """Return the texts of records by id and path, and by path whose ids have several values."""
        table = place.source.tables[place.table]
        kinds = {path: catalog.column(table.model, path).type for path in table.columns}
        several: dict[str, list[int]] = {}
        rows: dict[int, dict[str, str | None]] = {}
        for record in records:
            row = rows[record["id"]] = {}
            for path, kind in kinds.items():
                texts = dict.fromkeys(
                    t for v in values(record, path) if (t := text(v, kind, place.zone))
                )
                row[path] = JOINED_BY.join(texts) or None
                if len(texts) > 1:
                    several.setdefault(path, []).append(record["id"])
        return rows, several

    @contextmanager
    def _asking(self, place: Place) -> Generator[tuple[OdooServer, Catalog]]:
        """Yield the server of a place and its fields; what it refuses becomes a SourceError with file and line."""
        source = place.source
        whose = _whose(source)
        try:
            server = OdooServer(source, self._key_of(source))
            yield server, Catalog(server, self._models.setdefault(whose, {}))
        except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError) as error:
            odd = OdooError(
                "url", f"{source.url} answers otherwise than an Odoo 19 does ({error!r})"
            )
            raise SourceError(place.mistake(str(odd), odd.key)) from odd
        except OdooError as error:
            self._models.pop(whose, None)  # they may be what changed
            if isinstance(error, SilentError):
                self._silent.setdefault(source.url, (time.monotonic(), error))
            raise SourceError(place.mistake(str(error), *_keys(place, error.key))) from error

    def _key_of(self, source: OdooSource) -> SecretStr:
        """Return the key of a server. Raises OdooError if it is not set, or the server was silent just now."""
        since, error = self._silent.get(source.url, (0.0, None))
        if error and time.monotonic() - since < SILENT_SECONDS:
            raise error
        self._silent.pop(source.url, None)
        key = self._secret(source.key_variable)
        if key is None:
            raise OdooError("key_variable", f"{source.key_variable} is not set. Write it into .env")
        if not re.fullmatch(r"[!-~]+", key.get_secret_value()):
            raise OdooError(
                "key_variable",
                f"{source.key_variable} has blanks or letters that no key has. Copy the key again",
            )
        return key


def _to_repeat(message: str) -> SourceError:
    """Return an error that is not remembered, as its cause is one of the system: the next reading may succeed."""
    error = SourceError(message)
    error.__cause__ = OdooError("model", message)
    return error


def _keys(place: Place, key: str) -> list[str]:
    """Return where the configuration says what an error is about."""
    if key in OdooSource.model_fields:
        return [key]
    table = place.source.tables[place.table]
    if key in table.columns:
        return ["tables", place.table, "columns", key]
    return ["tables", place.table, "date" if key == table.date else key]


def _domain(catalog: Catalog, place: Place) -> Domain:
    """Return the domain of a month's records, of the companies of the entity alone."""
    table, month = place.source.tables[place.table], place.month
    if table.date is None:
        return _of_companies(catalog, place)
    return [
        *_of_companies(catalog, place),
        [table.date, ">=", _beginning(catalog, place, month)],
        [table.date, "<", _beginning(catalog, place, month.plus(1))],
    ]


def _beginning(catalog: Catalog, place: Place, month: Month) -> str:
    """Return when a month begins, as the field of the date has it: a day, or a moment in UTC."""
    table = place.source.tables[place.table]
    kind = catalog.field(table.model, str(table.date)).type
    if kind == "date":
        return str(month.first_day)
    if kind != "datetime":
        raise OdooError(str(table.date), f"{table.date!r} of {table.model} is no date")
    begins = datetime.combine(month.first_day, datetime.min.time(), place.zone)
    return f"{begins.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _of_companies(catalog: Catalog, place: Place) -> Domain:
    """Return the domain of the table; partners and the like of no company are everybody's, payments are not."""
    table = place.source.tables[place.table]
    has_company = "company_id" in catalog.fields(table.model)
    shared = [] if place.table == "transactions" else [False]
    own = [["company_id", "in", [*place.source.companies, *shared]]] if has_company else []
    return [*table.domain, *own]


def _summary(server: OdooServer, table: OdooTable, domain: Domain) -> Record:
    """Return what changes with the records of a domain: number, newest writing, highest id, sum of amounts."""
    amount = table.field_of("amount")
    sums = [f"{amount}:sum"] if amount and "." not in amount else []
    return server.summary(table.model, domain, [*AGGREGATES, *sums])


def _summaries(server: OdooServer, related: Related) -> dict[str, Record]:
    """Return what changes with the records that a month refers to, by model."""
    return {
        model: server.summary(model, [["id", "in", ids]], AGGREGATES)
        for model, ids in related.items()
    }


def _version(
    server: OdooServer, place: Place, summary: Record, others: dict[str, Record]
) -> str | None:
    """Return the version of a month and of what it refers to, or None if a change is too recent to be trusted."""
    newest = _newest([summary, *others.values()])
    if newest and server.now - newest < TRUSTED_AFTER:
        return None
    return repr((_whose(place.source), summary, sorted(others.items())))


def _newest(summaries: list[Record]) -> datetime | None:
    """Return when the newest of summarized records was written, or None if there are none."""
    texts = [summary["write_date:max"] for summary in summaries]
    times = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in texts if text]
    return max(times, default=None)


def _pulse(server: OdooServer, catalog: Catalog, place: Place) -> tuple[object, ...]:
    """Return summaries of a table's months and of all records of the models that it refers to.

    While the last change is recent, the pulse goes on: what is committed late must not be missed.
    """
    table = place.source.tables[place.table]
    months = server.call(
        table.model,
        "formatted_read_group",
        domain=_of_companies(catalog, place),
        groupby=[f"{table.date}:month"] if table.date else [],
        aggregates=AGGREGATES,
    )
    others = [
        server.summary(model, [], AGGREGATES)
        for model in catalog.models(table.model, table.columns)
    ]
    summaries = [{name: group[name] for name in AGGREGATES} for group in months] + others
    newest = _newest(summaries)
    age = min(server.now - newest, TRUSTED_AFTER) // PULSE_STEP if newest else None
    return (summaries, age)


def _check_sum(place: Place, table: OdooTable, records: list[Record], summary: Record) -> None:
    """Raise SourceError if the amounts of the records are not what the server says is their sum."""
    field = table.field_of("amount")
    if field is None or f"{field}:sum" not in summary:
        return
    total = _cents(sum(Decimal(record[field] or 0) for record in records))
    said = _cents(summary[f"{field}:sum"])
    if total != said:
        raise _to_repeat(
            f"{_called(place.source)}, {table.model}: the records of {place.month} add up to {total:,}, "
            f"and Odoo says {said:,}. Repeat the command; if that does not help, look at `domain`."
        )


def _cents(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(CENT)


def _called(source: OdooSource) -> str:
    """Return what people call an Odoo: its host, and the database if it has several."""
    host = urlsplit(source.url).netloc
    return f"{host}/{source.database}" if source.database else host


def _key(place: Place) -> str:
    return f"{place.entity}/{place.month}-{place.table}-related"


def _whose(source: OdooSource) -> str:
    """Return whose records are read: of which server, database and companies, by whose key."""
    return source.model_dump_json(exclude={"tables", "key_expires"})


def _seal(place: Place) -> str:
    """Return what the records that a month refers to depend on beside the server."""
    return _whose(place.source) + place.source.tables[place.table].model_dump_json()


def _several_in_words(table: OdooTable, several: Mapping[str, list[int]]) -> list[str]:
    return [
        f"{len(ids)} records of {table.model} have several values of {path}, which are joined by "
        f"{JOINED_BY.strip()!r}: id {', '.join(map(str, ids[:MOST_NAMED]))}"
        for path, ids in several.items()
    ]


def _warnings(source: OdooSource, today: date) -> list[str]:
    warnings: list[str] = []
    if source.key_expires and source.key_expires - today <= KEY_WARNING:
        warnings.append(
            f"the key in {source.key_variable} expires on {source.key_expires}. Make a new one in Odoo, and "
            "correct `key_expires`"
        )
    parts = urlsplit(source.url)
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        warnings.append(f"the key travels to {parts.netloc} unprotected. Use https")
    return warnings
