"""Lists that can be searched, filtered, sorted and paged through, all of it in the address."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from atlas_assets.dashboard.parts.blocks import Cell, Column, Facet, Pager, Row, Table, Text
from atlas_assets.dashboard.parts.exhibits import downloads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from atlas_assets.dashboard.context import Context

ROWS = 100  # on a page
FACET_VALUES = 12  # that are offered

Record = dict[str, Any]
Counts = list[tuple[str, int]]


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: the key of its values in the records, and how they are shown.

    `number` formats values that are aligned right; `href` is where a cell leads.
    """

    key: str
    header: str
    number: Callable[[Any], str] | None = None
    href: Callable[[Record], str | None] | None = None
    facet: bool = False
    is_sortable: bool = True


class Listing:
    """A list on a page. Its parameters are named after it, so that a page can have several."""

    def __init__(
        self, context: Context, name: str, title: str, columns: Sequence[ListColumn]
    ) -> None:
        self.context, self.name, self.title, self.columns = context, name, title, columns
        self.view = context.view
        self.keys = {column.key for column in columns}

    def table(
        self, records: Sequence[Record], *, message: str = "", added: str | None = None
    ) -> Table:
        """Return the records that the address asks for, and under them the sum of the column `added`."""
        found = self._sorted(self._found(records))
        first, count = self._window(len(found))
        shown = self._shown(
            found[first : first + count], len(found), lambda key: _frequent(records, key), message
        )
        return replace(shown, total=self._sum(found, added)) if added and found else shown

    def _sum(self, records: list[Record], added: str) -> Row:
        total = dict.fromkeys(self.keys) | {added: sum(record[added] for record in records)}
        cells = [self._cell(replace(column, href=None), total) for column in self.columns]
        return Row([Cell(self.context.strings("total")), *cells[1:]], is_total=True)

    def queried(self, session: Session, query: str, *, order: str, message: str = "") -> Table:
        """Return the records of a query of the operational database that the address asks for.

        The query has a column for each of the list's and `id`; `order` is the column that it is sorted by
        where the reader wants nothing else.
        """
        conditions, parameters = self._conditions()
        found = f"FROM ({query}) AS listed WHERE {conditions}"
        total = session.execute(sa.text(f"SELECT count(*) {found}"), parameters).scalar_one()
        first, count = self._window(total)
        wanted = self._parameter("sort") or ""
        key = wanted.removeprefix("-") if wanted.removeprefix("-") in self.keys else order
        direction = "DESC" if wanted.startswith("-") else "ASC"
        rows = session.execute(
            sa.text(
                f"SELECT listed.* {found} ORDER BY listed.{key} IS NULL, listed.{key} {direction}, listed.id "
                f"LIMIT {count} OFFSET {first}"
            ),
            parameters,
        ).mappings()
        return self._shown(
            [dict(row) for row in rows],
            total,
            lambda key: _queried_frequent(session, query, key),
            message,
        )

    def _conditions(self) -> tuple[str, dict[str, str]]:
        """Return what a record has to meet, as SQL with the names of columns, and the values in it."""
        text = " || ' ' || ".join(f"coalesce(listed.{key}, '')" for key in sorted(self.keys))
        words = (self._parameter("q") or "").split()
        chosen = {key: value for key in self.keys if (value := self._parameter(key))}
        conditions = [f"upper({text}) LIKE :word_{n} ESCAPE '!'" for n, _ in enumerate(words)]
        conditions += [f"listed.{key} = :{key}" for key in sorted(chosen)]
        parameters = {f"word_{n}": pattern(word) for n, word in enumerate(words)} | chosen
        return " AND ".join(conditions) or "1 = 1", parameters

    def _shown(
        self,
        records: Sequence[Record],
        total: int,
        frequent: Callable[[str], Counts],
        message: str,
    ) -> Table:
        """Return some of all records as a table; `frequent` gives the frequent values of a column."""
        title = [Text(self.title, bold=True), Text(f" ({self.context.count(total)})")]
        columns = [self._column(column) for column in self.columns]
        if self.context.is_download:
            return Table(self.name, title, columns, map(self._plain_row, records))
        return Table(
            name=self.name,
            title=title,
            columns=columns,
            rows=[
                Row([self._cell(column, record) for column in self.columns]) for record in records
            ],
            facets=[
                self._facet(column, frequent(column.key)) for column in self.columns if column.facet
            ],
            search=self._parameter("q") or "",
            pager=self._pager(total),
            downloads=downloads(self.context, self.name),
            message=message,
        )

    def _plain_row(self, record: Record) -> Row:
        """Return a row of a download: values without links and formats."""
        values = (record[column.key] for column in self.columns)
        return Row([Cell("" if value is None else str(value), value=value) for value in values])

    def _parameter(self, name: str) -> str | None:
        return self.view.filters.get(f"{self.name}.{name}")

    def _with(self, **changes: str | None) -> str:
        named = {f"{self.name}.{key}": value for key, value in changes.items()}
        return self.view.with_(**named)

    def _found(self, records: Sequence[Record]) -> list[Record]:
        words = (self._parameter("q") or "").casefold().split()
        chosen = {key: value for key in self.keys if (value := self._parameter(key))}

        def fits(record: Record) -> bool:
            if any(str(record[key] or "") != value for key, value in chosen.items()):
                return False
            text = " ".join(str(record[key] or "") for key in self.keys).casefold()
            return all(word in text for word in words)

        return [record for record in records if fits(record)] if words or chosen else list(records)

    def _sorted(self, records: list[Record]) -> list[Record]:
        wanted = self._parameter("sort") or ""
        key, descending = wanted.removeprefix("-"), wanted.startswith("-")
        if key not in self.keys:
            return records
        known = [record for record in records if record[key] is not None]
        known.sort(key=lambda record: _order(record[key]), reverse=descending)
        return [*known, *(record for record in records if record[key] is None)]

    def _window(self, total: int) -> tuple[int, int]:
        """Return the first record that is shown, and how many; a download has all of them."""
        if self.context.is_download:
            return 0, total
        return (self._number(total) - 1) * ROWS, ROWS

    def _number(self, total: int) -> int:
        """Return the number of the page that is shown."""
        text, last = self._parameter("page") or "1", max(1, -(-total // ROWS))
        return min(max(int(text), 1), last) if text.isdecimal() else 1

    def _pager(self, total: int) -> Pager | None:
        page, last = self._number(total), max(1, -(-total // ROWS))
        if last == 1:
            return None
        first, until = (page - 1) * ROWS + 1, min(page * ROWS, total)
        told = (
            f"{self.context.count(first)}–{self.context.count(until)} / {self.context.count(total)}"
        )
        before = self._with(page=str(page - 1)) if page > 1 else None
        after = self._with(page=str(page + 1)) if page < last else None
        return Pager(told, before, after)

    def _facet(self, column: ListColumn, counts: Counts) -> Facet:
        chosen = self._parameter(column.key)
        values = [
            Text(
                f"{value} {self.context.count(count)}",
                "chosen" if value == chosen else "",
                self._with(**{column.key: None if value == chosen else value, "page": None}),
            )
            for value, count in counts
        ]
        return Facet(column.header, values)

    def _column(self, column: ListColumn) -> Column:
        now = self._parameter("sort") or ""
        is_sorted = now.removeprefix("-") == column.key
        descends = is_sorted and now.startswith("-")
        following = column.key if descends or not is_sorted else f"-{column.key}"
        return Column(
            column.header,
            "right" if column.number else "left",
            sort=self._with(sort=following, page=None) if column.is_sortable else None,
            order=("descending" if descends else "ascending") if is_sorted else None,
        )

    @staticmethod
    def _cell(column: ListColumn, record: Record) -> Cell:
        value = record[column.key]
        if value is None:
            return Cell()
        shown = column.number(value) if column.number else str(value)
        return Cell(shown, href=column.href(record) if column.href else None, value=value)


def _frequent(records: Sequence[Record], key: str) -> Counts:
    """Return the most frequent values of a column, with the number of their records."""
    return Counter(str(record[key]) for record in records if record[key]).most_common(FACET_VALUES)


def _queried_frequent(session: Session, query: str, key: str) -> Counts:
    """Return the same of the records of a query."""
    rows = session.execute(
        sa.text(
            f"SELECT listed.{key}, count(*) AS records FROM ({query}) AS listed "
            f"WHERE listed.{key} IS NOT NULL GROUP BY listed.{key} "
            f"ORDER BY records DESC, listed.{key} LIMIT {FACET_VALUES}"
        )
    )
    return [(str(value), count) for value, count in rows]


def pattern(word: str) -> str:
    """Return the pattern of LIKE, with `!` as its escape, for what has a word in it, in any case."""
    for sign in "!%_":
        word = word.replace(sign, f"!{sign}")
    return f"%{word.upper()}%"


def _order(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
