"""Many records in one statement: every value comes back as it went in, or is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from atlas_assets.operational.dbapi import DataError
from atlas_assets.operational.upsert import RECORDS_PER_STATEMENT, upsert

if TYPE_CHECKING:
    from atlas_assets.operational.sessions import OperationalStore


class Tables(DeclarativeBase):
    """Tables of this test."""


class Kept(Tables):
    """A table with a column of each kind."""

    __tablename__ = "kept"

    id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str | None]
    whole: Mapped[int | None]
    real: Mapped[float | None]
    other: Mapped[float | None]


@pytest.fixture
def kept(store: OperationalStore) -> OperationalStore:
    with store.writer() as connection:
        Tables.metadata.create_all(connection)
    return store


def record(key: int, **values: object) -> dict[str, object]:
    return {"id": str(key), "text": None, "whole": None, "real": None, "other": None} | values


def rows(store: OperationalStore) -> list[tuple]:
    with store.reader() as connection:
        query = sa.select(Kept.__table__).order_by(sa.cast(Kept.id, sa.Integer))
        return [tuple(row) for row in connection.execute(query)]


amounts = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda value: max(map(abs, value.as_integer_ratio())) <= 2**62
)
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
records = st.fixed_dictionaries(
    {
        "text": st.none() | texts | st.just("\\u0000"),
        "whole": st.none() | st.integers(-(2**63), 2**63 - 1),
        "real": st.none() | amounts | st.integers(-(10**15), 10**15).map(lambda n: n / 100),
        "other": st.none() | st.integers(-(2**53), 2**53).map(float),
    }
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(records, min_size=1, max_size=20))
def test_values_come_back_as_they_went_in(
    kept: OperationalStore, given_records: list[dict[str, object]]
) -> None:
    numbered = [record(key, **values) for key, values in enumerate(given_records)]
    with kept.writer() as connection:
        connection.execute(sa.delete(Kept.__table__))
        upsert(connection, Kept, numbered)
    assert rows(kept) == [tuple(values.values()) for values in numbered]


def test_records_that_exist_are_brought_to_the_given_values(kept: OperationalStore) -> None:
    with kept.writer() as connection:
        upsert(connection, Kept, [record(1, whole=1, text="stays"), record(2, real=0.1)])
        upsert(connection, Kept, [record(2, real=0.2, text="new"), record(3)])
        upsert(connection, Kept, [])
    assert rows(kept) == [
        ("1", "stays", 1, None, None),
        ("2", "new", None, 0.2, None),
        ("3", None, None, None, None),
    ]


def test_more_records_than_a_statement_takes(kept: OperationalStore) -> None:
    many = [record(key, whole=key) for key in range(2 * RECORDS_PER_STATEMENT + 1)]
    with kept.writer() as connection:
        upsert(connection, Kept, many)
    assert [row[2] for row in rows(kept)] == list(range(len(many)))


def test_records_too_long_for_one_statement(kept: OperationalStore) -> None:
    many = [record(key, text="é" * 10_000) for key in range(600)]
    with kept.writer() as connection:
        upsert(connection, Kept, many)
    assert [len(row[1]) for row in rows(kept)] == [10_000] * 600


@pytest.mark.parametrize(
    "value",
    [
        *({"real": float("nan")}, {"real": float("-inf")}, {"real": 5e-324}, {"real": 1e300}),
        *({"text": "a\x00b"}, {"text": "\ud800"}, {"text": {1}}, {"text": [1]}, {"whole": 2**64}),
        *({"whole": 2**63}, {"whole": float("nan")}, {"text": 0.5}),
    ],
    ids=ascii,
)
def test_what_would_not_come_back_is_refused(
    kept: OperationalStore, value: dict[str, object]
) -> None:
    with pytest.raises(DataError), kept.writer() as connection:
        upsert(connection, Kept, [record(1), record(2, **value)])
    assert rows(kept) == []


def test_single_columns_and_whole_numbers_for_amounts_are_kept(kept: OperationalStore) -> None:
    with kept.writer() as connection:
        upsert(connection, Kept, [{"id": "1"}, {"id": "23"}])
        upsert(connection, Kept, [record(4, real=5)])
    assert [row[0] for row in rows(kept)] == ["1", "4", "23"]
    with pytest.raises(ValueError, match="different columns"), kept.writer() as connection:
        upsert(connection, Kept, [{"id": "1"}, {"id": "2", "whole": 3}])
