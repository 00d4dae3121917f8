"""A table in a source of records, such as an API, which has fields instead of sheets and headers."""

from __future__ import annotations

from pydantic import Field, model_validator

from atlas_assets.configuration.field_types import Word
from atlas_assets.documents.strict_model import StrictModel, refuse, repeats


class RecordTable(StrictModel):
    """The fields of a table's records."""

    columns: dict[str, str]
    """The fields as the source calls them, and which column each of them is."""
    values: dict[str, Word] = Field(default_factory=dict)
    """What a column without a field is in every record: `{unit: LONDON}`; `{month}` is the month of the table."""

    @model_validator(mode="after")
    def _is_unambiguous(self) -> RecordTable:
        refuse(repeats("column", self.columns.values(), ["columns"]))
        return self
