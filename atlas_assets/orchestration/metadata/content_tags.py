"""Tags that say which assets hold personal data, so that they can be found, kept apart and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.configuration.tables import COLUMNS
from atlas_assets.orchestration import keys

if TYPE_CHECKING:
    import dagster as dg

HOLDS_TAG = "atlas/holds"
PEOPLE, FIGURES = "personal_data", "figures"
_OF_PEOPLE = {  # columns
    *(
        "student_name",
        "full_student_name",
        "normalized_student_name",
        "student_key",
        "order_key",
        "person_name",
    ),
    *("guardian_name", "phone", "email", "identity_number", "birth_date", "content"),
    *("first_name", "last_name"),
}
_WITHOUT_SCHEMA = {keys.RECORDS, keys.VALIDATION_FILE}  # assets that hold people beside figures


def with_content_tag(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Return an asset's spec with the tag of what it holds, by its columns."""
    schema = spec.metadata.get("dagster/column_schema")
    columns = {column.name for column in schema.columns} if schema else set[str]()
    if spec.group_name == keys.RAW:
        columns |= {
            name for table, of in COLUMNS.items() if table == spec.key.path[-1] for name in of
        }
    holds_people = spec.key in _WITHOUT_SCHEMA or columns & _OF_PEOPLE
    return spec.merge_attributes(tags={HOLDS_TAG: PEOPLE if holds_people else FIGURES})
