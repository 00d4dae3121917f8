"""The parts that pages are made of, each drawn by the template of its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markupsafe import Markup

Align = Literal["left", "right"]


@dataclass(frozen=True)
class Text:
    """A piece of text; `style` is the class of its colour, `href` where it leads."""

    text: str
    style: str = ""
    href: str | None = None
    bold: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table. `value` is what a download has in place of the text; `bars` are drawn in it."""

    text: str = ""
    style: str = ""
    href: str | None = None
    value: Any = None
    bars: Markup | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table; `sort` is the address that sorts by it, `order` how it is sorted now."""

    header: str
    align: Align = "right"
    emphasized: bool = False
    sort: str | None = None
    order: Literal["ascending", "descending"] | None = None


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    cells: list[Cell]
    is_total: bool = False
    is_detail: bool = False


@dataclass(frozen=True)
class Facet:
    """A choice among the values of a column, each with its address; that of the chosen one removes it."""

    name: str
    values: list[Text]


@dataclass(frozen=True)
class Pager:
    """The pages of a long table: where it stands, and the addresses before and after."""

    text: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Table:
    """A table. `downloads` are its addresses in other formats; `notes` stand below it.

    The rows of a table that is only taken along as a file can be made one after the other.
    """

    template = "table"

    name: str
    title: list[Text]
    columns: list[Column]
    rows: Iterable[Row]
    total: Row | None = None
    notes: list[str] = field(default_factory=list)
    downloads: list[Text] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    search: str | None = None
    pager: Pager | None = None
    message: str = ""
    is_folded: bool = False

    def all_rows(self) -> Iterator[Row]:
        """Yield the rows and the total."""
        yield from self.rows
        if self.total:
            yield self.total


@dataclass(frozen=True)
class Card:
    """A figure with its comparisons."""

    label: str
    value: Text
    lines: list[list[Text]]


@dataclass(frozen=True)
class Cards:
    """Figures side by side."""

    template = "cards"

    cards: list[Card]


@dataclass(frozen=True)
class Chart:
    """A drawing, and the table of its data."""

    template = "chart"

    title: list[Text]
    drawing: Markup
    legend: list[tuple[str, str]]
    data: Table
    message: str = ""


@dataclass(frozen=True)
class Multiples:
    """Small drawings at one scale, each with a heading and facts."""

    template = "multiples"

    title: list[Text]
    drawings: list[tuple[list[Text], list[Text], Markup]]
    message: str = ""


@dataclass(frozen=True)
class Statements:
    """Sentences, each after the name of what it is about."""

    template = "statements"

    title: str
    statements: list[list[Text]]


@dataclass(frozen=True)
class Facts:
    """What is known about one thing: names and values."""

    template = "facts"

    title: str
    facts: list[tuple[str, Text]]


@dataclass(frozen=True)
class Empty:
    """A sentence in place of what is not there, and what to do about it."""

    template = "empty"

    message: str
    commands: list[str] = field(default_factory=list)


Block = Table | Cards | Chart | Multiples | Statements | Facts | Empty


@dataclass(frozen=True)
class Page:
    """A page: its title, its message in a sentence, and its parts."""

    title: str
    message: str
    blocks: list[Block]
    status: int = 200

    def table(self, name: str) -> Table | None:
        """Return one of its tables, those of charts included."""
        tables = [block for block in self.blocks if isinstance(block, Table)]
        tables += [block.data for block in self.blocks if isinstance(block, Chart)]
        return next((table for table in tables if table.name == name), None)
