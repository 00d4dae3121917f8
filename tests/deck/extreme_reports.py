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
    for bridge in data["bridge"].values():
        bridge["steps"] = [step for step in bridge["steps"] if step["unit"] in data["units"]]
    for kind, movers in data["movers"].items():
        data["movers"][kind] = [mover for mover in movers if mover["unit"] in data["units"]]
    change(data)
    return Report.model_validate(data)


def first_unit(data: Data) -> Data:
    return next(iter(data["units"].values()))


def subjects(data: Data) -> list[Data]:
    return [data["totals"], *data["units"].values()]


def without_comparisons(part: Any) -> None:
    if isinstance(part, dict):
        for key in part:
            if key in {"last_period", "last_year", "best_year", "delta_last_year"}:
                part[key] = None
            elif key != "coverage":
                without_comparisons(part[key])
    elif isinstance(part, list):
        for item in part:
            without_comparisons(item)


NOTHING = {"value": None, "last_period": None, "last_year": None, "best_year": None}
NO_YEAR = {"value": None, "last_year": None}
NONE_OF = {"have": 0, "of": 1}
UNCOVERED = {"target": NONE_OF, "last_year": NONE_OF}


def no_data(data: Data) -> None:
    unit = first_unit(data)
    unit["revenue"] = {
        **dict.fromkeys(unit["revenue"]),
        "revenue_actuals": 0,
        "actuals_without_target": 0,
        "coverage": UNCOVERED,
        "trend": [
            {**dict.fromkeys(point), "month": point["month"], "coverage": UNCOVERED}
            for point in unit["revenue"]["trend"]
        ],
    }
    unit["ytd"] = {
        **dict.fromkeys(unit["ytd"]),
        "first": unit["ytd"]["first"],
        "last": unit["ytd"]["last"],
        "loaded_months": 10,
        "of_months": 10,
        "actuals": 0,
        "actuals_without_target": 0,
        "coverage": UNCOVERED,
    }
    unit["outlook"] = unit["retention"] = None
    unit["open_orders"] = {"count": 0, "paid_so_far": 0, "by_age": [], "oldest": None}
    steps = ("target_leads", "leads", "follow_ups", "closings", "conversion_pct")
    unit["funnel"] = {
        **dict.fromkeys(steps, NO_YEAR),
        **dict.fromkeys(("leads_gap", "leads_achievement_pct")),
    }
    figures = unit["key_comparison"]
    unit["key_comparison"] = {
        **{name: NOTHING for name in figures if name != "by_customer_type"},
        "by_customer_type": {
            kind: {"orders": NOTHING, "revenue": NOTHING} for kind in figures["by_customer_type"]
        },
    }
    unit["programs"] = unit["channels"] = []
    unit["schools"] = {"organizations": [], "years": [], "matrix": {}, "levels": {}, "totals": {}}
    unit["schools"]["progress"] = []


TARGETS = {
    *("revenue_target", "actuals_matched_target", "gap_to_target", "gap_pct", "achievement_pct"),
    *("target", "gap", "target_full_year"),
}


def no_target(data: Data) -> None:
    for subject in subjects(data):
        section, ytd = subject["revenue"], subject["ytd"]
        section.update(dict.fromkeys(TARGETS & set(section)))
        ytd.update(dict.fromkeys(TARGETS & set(ytd)))
        section["actuals_without_target"] = section["revenue_actuals"]
        for part in (section, ytd):
            part["coverage"]["target"]["have"] = 0
        for point in section["trend"]:
            point.update(target=None, gap_to_target=None)
        for month in subject["outlook"]["months"]:
            month["target"] = None
    for unit in data["units"].values():
        for row in unit["programs"]:
            row.update(dict.fromkeys(TARGETS & set(row)), target_students=None, target_revenue=None)
    for bridge in data["bridge"].values():
        bridge.update(above_count=0, below_count=0, compared_count=0, above_sum=0, below_sum=0)
        for step in bridge["steps"]:
            taken = step["actuals"] or 0
            step.update(dict.fromkeys(step), unit=step["unit"], actuals_not_compared=taken)


def partial_target(data: Data) -> None:
    """One of the two units has no target: what is compared is the other alone."""
    no_target(data)
    kept, without = list(data["units"])
    for subject, have in ((data["totals"], 1), (data["units"][kept], 1)):
        subject["revenue"]["coverage"]["target"].update(have=have)
        of = 2 if subject is data["totals"] else 1
        subject["revenue"]["coverage"]["target"].update(of=of)
        actual = subject["revenue"]["revenue_actuals"] // 2
        subject["revenue"].update(
            revenue_target=actual * 2,
            actuals_matched_target=actual,
            actuals_without_target=subject["revenue"]["revenue_actuals"] - actual,
            gap_to_target=-actual,
            gap_pct=-50,
            achievement_pct=50,
        )
    for bridge in data["bridge"].values():
        bridge.update(below_count=1, compared_count=1, below_sum=-100)
        for step in bridge["steps"]:
            if step["unit"] != without:
                step.update(value=200, actuals=100, delta=-100, delta_pct=-50, share_pct=100)
                step.update(running_share_pct=100, before=200, after=100, actuals_not_compared=0)


def no_last_year(data: Data) -> None:
    without_comparisons(data)
    for subject in subjects(data):
        subject["ytd"].update(delta_last_year_pct=None, actuals_matched_last_year=None)
        subject["outlook"] = subject["retention"] = None
        subject["revenue"]["coverage"]["last_year"]["have"] = 0
        subject["revenue"]["actuals_matched_last_year"] = None
        for row in subject["channels"]:
            row.update(closings_last_year=None, status=None, strategy=None)
    for unit in data["units"].values():
        for row in unit["programs"]:
            row.update(delta_last_year_pct=None)
        for row in unit["schools"]["progress"]:
            row.update(delta=None)
    data["movers"] = {"programs": [], "schools": []}


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
    school = {"kind": "school", "id": None, "name": "SD 1", "level": None, "school_count": 1}
    counts = {"students": 1, "last_year": 0, "delta": 1}
    unit["schools"] = {
        "organizations": ["SD 1"],
        "years": [2026],
        "matrix": {"SD 1": {2026: 1}},
        "levels": {"SD 1": None},
        "totals": {2026: 1},
        "progress": [
            {**school, **counts},
            {**school, **counts, "kind": "total", "name": None},
        ],
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
        "progress": _progress(matrix),
    }


def _progress(matrix: dict[str, dict[int, int]]) -> list[Data]:
    """Return ten schools, the others and all of them, of the last two years."""
    names = sorted(matrix, key=lambda name: -matrix[name][2026])

    def row(kind: str, of: list[str], name: str | None = None) -> Data:
        now, before = (sum(matrix[school][year] for school in of) for year in (2026, 2025))
        counts = {"students": now, "last_year": before, "delta": now - before}
        return {
            "kind": kind,
            "id": None,
            "name": name,
            "level": None,
            "school_count": len(of),
            **counts,
        }

    schools = [row("school", [name], name) for name in names[:10]]
    return [*schools, row("others", names[10:]), row("total", names)]


def many_programs(data: Data) -> None:
    """Programs with all their types, more than fit on a page."""
    unit = first_unit(data)
    row = next(row for row in unit["programs"] if row["customer_type"] == "all")
    unit["programs"] = [
        {**row, "product_name": f"Kelas {number}", "customer_type": kind}
        for number in range(1, 9)
        for kind in ("all", "new", "renewal", "alumni")
    ]


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
    for row in [*schools["progress"], *data["movers"]["programs"], *data["movers"]["schools"]]:
        row["name"] = row["name"] and long(row["name"])


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
    section["actuals_matched_target"] = None if target is None else actual
    section["gap_to_target"] = None if target is None else actual - target
    share = round(actual * 100 / target, 4) if target else None
    section.update(achievement_pct=share, gap_pct=None if share is None else share - 100)
    for kind in ("last_period", "last_year", "best_year"):
        if section[kind]:
            value = section[kind]["value"]
            pct = round((actual - value) * 100 / value, 4) if value > 0 else None
            section[kind].update(actuals=actual, delta=actual - value, delta_pct=pct)


def _take_in(data: Data, actual: int) -> None:
    """Let a unit take in this amount in the period, all of it with its first program."""
    unit, totals = first_unit(data), data["totals"]["revenue"]
    section, programs = unit["revenue"], unit["programs"]
    totals["revenue_actuals"] += actual - section["revenue_actuals"]
    section["revenue_actuals"] = section["trend"][-1]["actuals"] = actual
    for point in section["trend"]:
        known = point["actuals"] is not None and point["target"] is not None
        point["gap_to_target"] = point["actuals"] - point["target"] if known else None
        known = point["actuals"] is not None and point["last_year"] is not None
        point["delta_last_year"] = point["actuals"] - point["last_year"] if known else None
    for row in programs:
        row["revenue"] = actual if row is programs[0] else 0
        if row["target_revenue"]:
            row["gap_to_target"] = row["revenue"] - row["target_revenue"]
            row["achievement_pct"] = row["revenue"] * 100 / row["target_revenue"]
    each = unit["key_comparison"]["revenue_per_paying_student"]
    each["value"] = actual / (unit["key_comparison"]["students"]["value"] or 1)
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
        for row in schools["progress"]:
            row["name"] = row["name"] and new[row["name"]]
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
    data["movers"] = {"programs": [], "schools": []}
    for bridge in data["bridge"].values():
        step = bridge["steps"][0]
        bridge["steps"] = [{**step, "unit": code} for code in data["units"]]


def many_changes(data: Data) -> None:
    """A later edition, in which everything and two sheets changed."""
    figure = {"before": 1_250_000, "after": 1_300_000, "delta": 50_000}
    data["meta"]["previous_edition"] = "0123456789abcdef"
    data["changes"] = {
        "figures": [
            {**figure, "path": f"units.{code}.revenue.trend[2026-{month:02}].actuals"}
            for code in data["units"]
            for month in range(1, 13)
        ]
        + [{"path": "totals.revenue.gap_pct", "before": None, "after": -12.5, "delta": None}] * 12,
        "sheets": [
            {"file": "LAPORAN.xlsx", "sheet": " OKTOBER", "gone": [7], "new": list(range(7, 90))},
            {"file": "LAPORAN.xlsx", "sheet": "TARGET", "gone": [12], "new": []},
        ],
    }


EXTREMES = [
    no_data,
    no_target,
    partial_target,
    no_last_year,
    one_student,
    many_schools,
    many_programs,
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
    many_changes,
]
