"""A table in a source of records, such as an API, which has fields instead of sheets and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from atlas_assets.configuration.field_types import Word
from atlas_assets.documents.strict_model import StrictModel, refuse, repeats

if TYPE_CHECKING:
    from atlas_assets.periods.calendar import Month


class RecordTable(StrictModel):
    """The fields of a table's records."""

    columns: dict[str, str]
    """The fields as the source calls them, and which column each of them is."""
    values: dict[str, Word] = Field(default_factory=dict)
    """What a column without a field is in every record: `{unit: LONDON}`; `{month}` is the month of the table."""

    def covers(self, month: Month, first: Month) -> bool:  # noqa: ARG002
        """Return whether the table has a month, where `first` is the first one of the year."""
        return True

    def field_of(self, column: str) -> str | None:
        """Return the field that is mapped to a column, or None if there is none."""
        return next((field for field, name in self.columns.items() if name == column), None)

    @model_validator(mode="after")
    def _is_unambiguous(self) -> RecordTable:
        refuse(repeats("column", self.columns.values(), ["columns"]))
        return self
