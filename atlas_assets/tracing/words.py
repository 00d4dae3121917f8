"""What a figure is made of, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from atlas_assets.tracing.formulas import Formula, Known, Records

if TYPE_CHECKING:
    from datetime import date

    from atlas_assets.notation.strings import Strings
    from atlas_assets.tracing.formulas import Expression

_NAMED = ("customer_types", "products", "channels", "schools")


def described(expression: Expression, strings: Strings, language: str) -> str:
    """Return an expression in a phrase: which records of which units and months, or which operation."""
    match expression:
        case Known():
            return strings("trace_known")
        case Formula(operation=operation):
            return strings(f"trace_{operation}")
        case Records():
            return _records(expression, strings, language)


def _records(of: Records, strings: Strings, language: str) -> str:
    chosen: dict[str, Any] = dict(of.parameters)
    counted = chosen.get("counted")
    counted = "again" if chosen.get("again_first") else counted
    parts = [strings(f"trace_{of.query}_{counted}" if counted else f"trace_{of.query}")]
    parts += [", ".join(chosen[name]) for name in _NAMED if chosen.get(name)]
    for places in of.places[:1]:
        place: dict[str, Any] = dict(places.parameters)
        units = place["units"]
        parts.append(units[0] if len(units) == 1 else strings("trace_units", count=str(len(units))))
        parts.append(_months(place, language))
        condition = place.get("condition", "any")
        if condition not in {"any", "begun"}:
            parts.append(strings(f"trace_{condition}"))
    return ", ".join(filter(None, parts))


def _months(place: dict[str, Any], language: str) -> str:
    shift = place.get("shift", 0) if place.get("side") == "compared" else 0
    first, last = (_shifted(place[name], shift) for name in ("first", "last"))
    told = [format_date(day, "MMM y", locale=language) for day in (first, last)]
    return "–".join(dict.fromkeys(told))


def _shifted(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return day.replace(year=count // 12, month=count % 12 + 1)
