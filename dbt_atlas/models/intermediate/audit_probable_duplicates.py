"""People whose names are so much alike that they may be one person, for somebody to look at.

Only people of one entity who share a school or a birth date are compared. Nothing is merged.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl
import pyarrow as pa
from rapidfuzz import fuzz, process

Scorer = Callable[..., float]

# How alike names have to be, of 100. Two children of one school are seldom called so much alike;
# of two born on one day it is enough that one name is a part of the other.
SAME_ORGANIZATION = ("latest_organization", fuzz.token_sort_ratio, 88)
SAME_BIRTH_DATE = ("birth_date", fuzz.token_set_ratio, 85)

SCHEMA = {
    "entity_code": pl.String,
    "normalized_name": pl.String,
    "other_normalized_name": pl.String,
    "shares": pl.String,
    "similarity": pl.Float64,
}


def model(dbt: Any, _session: object) -> pa.Table:
    """Return a row per pair and what it shares; a pair that shares both has two."""
    people = dbt.ref("int_people").pl()
    rows = [
        (entity, name, other, shared, round(similarity, 1))
        for shared, scorer, least in (SAME_ORGANIZATION, SAME_BIRTH_DATE)
        for entity, names in groups(people, shared)
        for name, other, similarity in alike(names, scorer, least)
    ]
    return pl.DataFrame(rows, SCHEMA, orient="row").to_arrow()


def groups(people: pl.DataFrame, shared: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the entity and names of everybody who has the same value in a column."""
    known = people.drop_nulls(shared).sort("entity_code", shared, "normalized_name")
    rows = known.select("entity_code", shared, "normalized_name").iter_rows()
    for (entity, _), members in groupby(rows, key=itemgetter(0, 1)):
        yield entity, [name for *_, name in members]


def alike(names: list[str], scorer: Scorer, least: float) -> Iterator[tuple[str, str, float]]:
    """Yield every pair of names that is at least so much alike, with its similarity."""
    for position, name in enumerate(names, start=1):
        found = process.extract(
            name, names[position:], scorer=scorer, score_cutoff=least, limit=None
        )
        for other, similarity, _ in sorted(found):
            yield name, other, similarity
