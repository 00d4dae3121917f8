"""An Odoo as the source of an entity's tables: where it is, and which of its records are whose rows."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from atlas_assets.configuration.record_table import RecordTable
from atlas_assets.configuration.tables import TableName
from atlas_assets.documents.strict_model import KeyedError, StrictModel, refuse

if TYPE_CHECKING:
    from atlas_assets.periods.calendar import Month

Name = Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]+(\.[a-z_0-9]+)*$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]+$")]
OPERATORS = {"&": 2, "|": 2, "!": 1}  # with the number of conditions that they join
_CONDITION = 3  # field, comparison and value
_IGNORED = ("DBT_", "DAGSTER_", "PYTHON")  # variables that the command does not heed


def _address(url: str) -> str:
    """Return the address of a server, or raise ValueError if it is none, or more than one."""
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[\w./-]*)?", url):
        raise ValueError(
            "expected an address such as https://example.odoo.com, without names, passwords and questions"
        )
    return url.rstrip("/")


def _variable(name: str) -> str:
    """Return the name of a variable, or raise ValueError, without a value that may be the key itself."""
    if name.startswith(_IGNORED):
        raise ValueError(f"a variable that begins with {', '.join(_IGNORED)} is not heeded")
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        raise ValueError(
            "expected the name of an environment variable, such as ODOO_KEY. The key itself belongs in "
            "the environment or in .env, never in this file"
        )
    return name


def _is_closed(domain: list[Any]) -> bool:
    """Return whether a domain can be sent, and every operator in it has the conditions that it joins."""
    try:
        json.dumps(domain, allow_nan=False)
    except (TypeError, ValueError):
        return False
    conditions = 0
    for item in reversed(domain):
        if isinstance(item, list):
            if len(item) != _CONDITION or not isinstance(item[0], str):
                return False
            conditions += 1
        elif conditions < OPERATORS.get(item, conditions + 1):
            return False
        else:
            conditions -= OPERATORS[item] - 1
    return True


class OdooTable(RecordTable):
    """Which records of a model are the rows of a table."""

    model: Name
    """The model, such as `account.payment`."""
    date: FieldName | None = None
    """The field whose month a record belongs to; without it, all records belong to the first month of the year."""
    domain: list[str | list[Any]] = Field(default_factory=list)
    """Which records, in Odoo's own notation: `[[state, "=", paid]]`."""

    def covers(self, month: Month, first: Month) -> bool:
        """Return whether the table has a month, where `first` is the first one of the year."""
        return self.date is not None or month == first

    @model_validator(mode="after")
    def _can_be_asked_for(self) -> OdooTable:
        if not _is_closed(self.domain):
            refuse(
                [
                    KeyedError(
                        ["domain"],
                        'expected conditions of field, comparison and value, such as [[state, "=", paid]], '
                        'with "|", "&" or "!" in quotes before those that they join, and dates in quotes',
                    )
                ]
            )
        refuse(
            KeyedError(["columns", path], f"{path!r} is no field, such as partner_id.name")
            for path in self.columns
            if not re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)*", path)
        )
        return self


class OdooSource(StrictModel):
    """An Odoo 19 or later, read by JSON-2, with the tables that come from it."""

    kind: Literal["odoo"]
    """The kind of source."""
    url: Annotated[str, AfterValidator(_address)]
    """The address of the server, such as `https://example.odoo.com`."""
    database: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")] | None = None
    """The database, if the server has several."""
    key_variable: Annotated[str, AfterValidator(_variable)]
    """The environment variable that holds the API key, never the key itself."""
    key_expires: date | None = None
    """The last day of the key; Odoo does not tell it. Two weeks before, every build warns."""
    companies: Annotated[list[Annotated[int, Field(strict=True, ge=1)]], Field(min_length=1)]
    """The ids of the companies that the entity has in Odoo; records of others are never read."""
    tables: dict[TableName, OdooTable]
    """Which tables are read from this Odoo."""

    @model_validator(mode="after")
    def _money_can_be_summed(self) -> OdooSource:
        transactions = self.tables.get("transactions")
        if transactions is None:
            return self
        keys = ["tables", "transactions"]
        amounts = [path for path, column in transactions.columns.items() if column == "amount"]
        if transactions.date is None:
            refuse([KeyedError(keys, "transactions need `date`, which divides them by months")])
        if any("." in path for path in amounts):
            refuse(
                [
                    KeyedError(
                        [*keys, "columns", amounts[0]],
                        "the amount has to be a field of the model itself, so that Odoo can sum it up",
                    )
                ]
            )
        return self
