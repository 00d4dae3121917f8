"""Reads records of the operational database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from atlas_assets.documents.sql_text import sql_text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class NoRecordError(LookupError):
    """There is no such record, or the reader may not know of it."""


def record_query(name: str, more: str = "") -> str:
    """Return the text of a query of records, with more clauses after it."""
    return f"{sql_text('dashboard', f'records/{name}')} {more}"


def one_of(session: Session, query: str, **parameters: Any) -> dict[str, Any]:
    """Return the only row of a query. Raises NoRecordError if there is none."""
    row = session.execute(sa.text(query), parameters).mappings().first()
    if row is None:
        raise NoRecordError
    return dict(row)


def all_of(session: Session, query: str, **parameters: Any) -> list[dict[str, Any]]:
    """Return the rows of a query."""
    return [dict(row) for row in session.execute(sa.text(query), parameters).mappings()]
