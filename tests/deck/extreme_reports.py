"""Reports as no month should be, but some will: made from a real one."""

import random
from collections.abc import Callable
from typing import Any

from atlas_assets.report.model import Report

Data = dict[str, Any]


def changed(report: Report, change: Callable[[Data], None]) -> Report:
    """Return a report of two units, one of which has been changed."""
    data = report.model_dump(mode="json")
    data["units"] = {code: data["units"][code] for code in list(data["units"])[:2]}
    data["meta"]["scope"] = list(data["units"])
    change(data)
    return Report.model_validate(data)


def first_unit(data: Data) -> Data:
    return next(iter(data["units"].values()))


def without_comparisons(part: Any) -> None:
    if isinstance(part, dict):
        for key in part:
            if key in {"last_period", "last_year", "best_year", "delta_last_year"}:
                part[key] = None
            else:
                without_comparisons(part[key])
    elif isinstance(part, list):
        for item in part:
            without_comparisons(item)


def no_data(data: Data) -> None:
    unit = first_unit(data)
    nothing = {"value": None, "last_period": None, "last_year": None, "best_year": None}
    unit["revenue"] = {
        **dict.fromkeys(unit["revenue"]),
        "revenue_actuals": 0,
        "trend": [
            {**dict.fromkeys(point), "month": point["month"]} for point in unit["revenue"]["trend"]
        ],
    }
    unit["key_comparison"] = {
        **dict.fromkeys(("orders", "students", "average_order_value"), nothing),
        "by_customer_type": {
            kind: {"orders": nothing, "revenue": nothing}
            for kind in unit["key_comparison"]["by_customer_type"]
        },
    }
    unit["programs"] = unit["channels"] = []
    unit["schools"] = {"organizations": [], "years": [], "matrix": {}, "levels": {}, "totals": {}}


def no_target(data: Data) -> None:
    targets = {"revenue_target", "gap_to_target", "gap_pct", "achievement_pct"}
    for section in (data["totals"], *(unit["revenue"] for unit in data["units"].values())):
        section.update(dict.fromkeys(targets))
        for point in section["trend"]:
            point.update(target=None, gap_to_target=None)
    for unit in data["units"].values():
        for row in unit["programs"]:
            row.update(dict.fromkeys(targets & set(row)), target_students=None)


def no_last_year(data: Data) -> None:
    without_comparisons(data)
    for section in (data["totals"], *(unit["revenue"] for unit in data["units"].values())):
        for point in section["trend"]:
            point["last_year"] = None
    for unit in data["units"].values():
        for row in unit["channels"]:
            row.update(closings_last_year=None, status=None, strategy=None)


def one_student(data: Data) -> None:
    unit = first_unit(data)
    unit["programs"] = [
        {**row, "order_count": 1, "student_count": 1}
        for row in unit["programs"]
        if row["customer_type"] == "all"
    ][:1]
    unit["channels"] = [
        {**row, "closings": 1, "students": 1, "contribution_pct": 100}
        for row in unit["channels"]
        if row["customer_type"] == "all"
    ][:1]
    unit["schools"] = {
        "organizations": ["SD 1"],
        "years": [2026],
        "matrix": {"SD 1": {2026: 1}},
        "levels": {"SD 1": None},
        "totals": {2026: 1},
    }


def many_schools(data: Data) -> None:
    names = [f"SMA Negeri {number} Yogyakarta" for number in range(1, 301)]
    years = list(range(2017, 2027))
    counts = random.Random(1)
    matrix = {
        name: {year: counts.randrange(40) if place < 200 else 0 for year in years}
        for place, name in enumerate(names)
    }
    first_unit(data)["schools"] = {
        "organizations": names,
        "years": years,
        "matrix": matrix,
        "levels": dict.fromkeys(names, "SMA"),
        "totals": {year: sum(row[year] for row in matrix.values()) for year in years},
    }


def long_names(data: Data) -> None:
    def long(name: str) -> str:
        return (name + " " + "Pendidikan 12 Internasional Terpadu " * 4)[:80].strip()

    unit = first_unit(data)
    data["meta"]["entity_name"] = long(data["meta"]["entity_name"])
    unit["name"] = long(unit["name"])
    for row in unit["programs"]:
        row["product_name"] = long(row["product_name"])
    for row in unit["channels"]:
        row["channel_name"] = long(row["channel_name"])
    schools = unit["schools"]
    schools["organizations"] = [long(name) for name in schools["organizations"]]
    for key in ("matrix", "levels"):
        schools[key] = {long(name): value for name, value in schools[key].items()}


def _amounts(data: Data, amounts: list[int]) -> None:
    """Give the trend, the programs and the comparisons of a unit these amounts in turn."""
    unit = first_unit(data)
    for place, point in enumerate(unit["revenue"]["trend"]):
        actual, target = amounts[place % len(amounts)], amounts[(place + 1) % len(amounts)]
        point.update(actuals=actual, target=target, last_year=amounts[(place + 2) % len(amounts)])
        point["gap_to_target"] = actual - target
    for place, row in enumerate(unit["programs"]):
        row["revenue"] = amounts[place % len(amounts)]
        if row["target_revenue"] is not None:
            row["target_revenue"] = amounts[(place + 1) % len(amounts)]
            row["gap_to_target"] = row["revenue"] - row["target_revenue"]
    section = unit["revenue"]
    section.update(revenue_actuals=amounts[0], revenue_target=amounts[1])
    section.update(gap_to_target=amounts[0] - amounts[1], gap_pct=-100, achievement_pct=0)
    for place, kind in enumerate(("last_period", "last_year", "best_year")):
        if section[kind]:
            value = amounts[(place + 1) % len(amounts)]
            section[kind].update(value=value, delta=amounts[0] - value, delta_pct=None)


def huge_amounts(data: Data) -> None:
    _amounts(data, [12_000_000_000_000, 0, 999_499_999, 7_450_000_000_000, 15_000])


def small_amounts(data: Data) -> None:
    _amounts(data, [0, 950, 15, 400])


def negative_amounts(data: Data) -> None:
    _amounts(data, [-2_500_000, 4_000_000, -900_000, 3_000_000])


def _fix(section: Data) -> None:
    """Make the comparisons of a section follow from its actuals and target."""
    actual, target = section["revenue_actuals"], section["revenue_target"]
    section["gap_to_target"] = None if target is None else actual - target
    share = round(actual * 100 / target, 4) if target else None
    section.update(achievement_pct=share, gap_pct=None if share is None else share - 100)
    for kind in ("last_period", "last_year", "best_year"):
        if section[kind]:
            value = section[kind]["value"]
            pct = round((actual - value) * 100 / value, 4) if value > 0 else None
            section[kind].update(delta=actual - value, delta_pct=pct)


def _take_in(data: Data, actual: int) -> None:
    """Let a unit take in this amount in the period, all of it with its first program."""
    unit, totals = first_unit(data), data["totals"]
    section, programs = unit["revenue"], unit["programs"]
    totals["revenue_actuals"] += actual - section["revenue_actuals"]
    section["revenue_actuals"] = section["trend"][-1]["actuals"] = actual
    for point in section["trend"]:
        known = point["actuals"] is not None and point["target"] is not None
        point["gap_to_target"] = point["actuals"] - point["target"] if known else None
    for row in programs:
        row["revenue"] = actual if row is programs[0] else 0
        if row["target_revenue"]:
            row["gap_to_target"] = row["revenue"] - row["target_revenue"]
            row["achievement_pct"] = row["revenue"] * 100 / row["target_revenue"]
    average = unit["key_comparison"]["average_order_value"]
    average["value"] = actual / (unit["key_comparison"]["orders"]["value"] or 1)
    _fix(section)
    _fix(totals)


def giant_receipt(data: Data) -> None:
    _take_in(data, 5_000_000_000)


def refunds(data: Data) -> None:
    _take_in(data, -2_500_000)


def giant_refund(data: Data) -> None:
    first_unit(data)["revenue"]["trend"][5]["actuals"] = -7_000_000_000
    _take_in(data, 4_000_000)


def tiny_target(data: Data) -> None:
    """An achievement of 11,074,173 %."""
    section = first_unit(data)["revenue"]
    section["revenue_target"] = section["trend"][-1]["target"] = 100
    _take_in(data, 11_074_173)


def million_orders(data: Data) -> None:
    unit = first_unit(data)
    for row in unit["programs"]:
        row.update(order_count=10**6, student_count=10**6)
    for row in unit["channels"][:1]:
        row.update(closings=10**6, delta_last_year=10**6, leads=10**7, students=10**6)
    unit["key_comparison"]["orders"].update(value=10**6)
    schools = unit["schools"]
    schools["totals"] = dict.fromkeys(schools["totals"], 10**9)


def names_like_figures(data: Data) -> None:
    """Names with digits, currency words, signs, or of one other script; two units alike but for them."""
    names = [
        "Kelas 4711",
        "4711",
        "Rp",
        "Diskon 50% −12 Rp 3,5 jt",
        "3.14",
        "צ 77 \u202e",
        "A\x0b1\n2",
    ]
    for place, unit in enumerate(data["units"].values()):
        unit["name"] = names[place]
        for kind, key in (("programs", "product_name"), ("channels", "channel_name")):
            for at, row in enumerate(unit[kind]):
                row[key] = names[at % len(names)]
        schools = unit["schools"]
        new = {name: f"{names[at % 7]} {at}" for at, name in enumerate(schools["organizations"])}
        schools["organizations"] = list(new.values())
        for key in ("matrix", "levels"):
            schools[key] = {new[name]: value for name, value in schools[key].items()}
    data["meta"]["entity_name"] = "4711 Rp 1,5 jt"


def name_of_digits(data: Data) -> None:
    first_unit(data)["name"] = "Kelas 4711 " * 18
    data["meta"]["entity_name"] = "4711" * 50


def thirty_units(data: Data) -> None:
    unit = first_unit(data)
    data["units"] = {
        f"U{number}": {**unit, "code": f"U{number}", "name": f"Kelas {number}"}
        for number in range(4711, 4741)
    }
    data["meta"]["scope"] = list(data["units"])


EXTREMES = [
    no_data,
    no_target,
    no_last_year,
    one_student,
    many_schools,
    long_names,
    huge_amounts,
    small_amounts,
    negative_amounts,
    giant_receipt,
    refunds,
    giant_refund,
    tiny_target,
    million_orders,
    names_like_figures,
    name_of_digits,
    thirty_units,
]
