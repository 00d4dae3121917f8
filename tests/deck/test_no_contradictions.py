"""Five hundred reports of a business that behaves oddly: every verdict on their slides follows from the figures.

The marts of a built warehouse are spoiled: units open and close, receipts are paid back, targets are
missing, channels bring one closing. What sentences claim is recorded where their texts are asked for.
"""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import pytest
from conftest import CONFIG_DIR, Installation

from atlas_assets.deck.story import build_deck
from atlas_assets.errors import ReportError
from atlas_assets.notation.strings import Strings
from atlas_assets.periods.calendar import Period
from atlas_assets.report.assemble import assemble
from atlas_assets.report.model import Report, SubjectReport
from atlas_assets.warehouse.connection import Warehouse

PERIODS = ["2026-10", "2026-09", "2026-Q3", "2025", "2025-11..2026-02", "2026-02..2026-06"]
BUSINESSES = 84  # times six periods are more than five hundred
SIDES = {"above": 1, "below": -1, "on": 0}


class Recorder(Strings):
    """Texts that remember which were asked for, and with what."""

    def __init__(self) -> None:
        super().__init__(CONFIG_DIR / "strings.yaml", "en")
        self.asked: list[tuple[str, dict[str, object]]] = []

    def __call__(self, key: str, **places: object) -> str:
        self.asked.append((key, places))
        return super().__call__(key, **places)


def spoil(warehouse: duckdb.DuckDBPyConnection, random: Random) -> None:
    """Make the marts those of an odd business."""
    units = ["BIMBEL", "PRIVAT", "TRYOUT"]
    marts = ["mart_revenue", "mart_program_progress", "mart_channel_marketing", "mart_students"]
    marts += ["mart_school_progress", "mart_order_payments"]

    def month() -> str:
        return f"DATE '{random.choice([2025, 2026])}-{random.randint(1, 12):02}-01'"

    for unit in units:
        if random.random() < 0.4:  # opened or closed
            side = random.choice("<>")
            when = month()
            for mart in marts:
                warehouse.execute(
                    f"DELETE FROM marts.{mart} WHERE unit_code = '{unit}' AND month_key {side} {when}"
                )
        if random.random() < 0.5:
            warehouse.execute(
                f"DELETE FROM marts.mart_targets WHERE unit_code = '{unit}' "
                f"AND month_key {random.choice('<>')} {month()}"
            )
        factor = random.choice([0, 0.001, 0.3, 1, 1, 3, -0.5])
        warehouse.execute(
            f"UPDATE marts.mart_revenue SET revenue_actuals = revenue_actuals * {factor} "
            f"WHERE unit_code = '{unit}' AND month_key = {month()}"
        )
    if random.random() < 0.3:  # targets that are met to a hair
        warehouse.execute(
            "UPDATE marts.mart_targets SET target_revenue = 0 WHERE entity_code = 'EPN'"
        )
        warehouse.execute(
            "UPDATE marts.mart_targets AS targets SET target_revenue = revenue.revenue_actuals + 1 "
            "FROM marts.mart_revenue AS revenue WHERE targets.entity_code = revenue.entity_code "
            "AND targets.unit_code = revenue.unit_code AND targets.month_key = revenue.month_key "
            "AND targets.product_name = (SELECT min(product_name) FROM marts.mart_targets AS other "
            "WHERE other.unit_code = targets.unit_code AND other.month_key = targets.month_key)"
        )
    if random.random() < 0.5:
        warehouse.execute("UPDATE marts.mart_channel_marketing SET closings = least(closings, 1)")


def side(pct: Decimal | None) -> int | None:
    """Return which side a percentage is on as a reader sees it, with one decimal."""
    if pct is None:
        return None
    return int(round(pct, 1).compare(Decimal(0)))


def claims(recorder: Recorder, report: Report) -> Iterator[tuple[str, str, int]]:
    """Yield subject, reference and side of everything that a sentence claims."""
    subject = ""
    for key, places in recorder.asked:
        subject = str(places.get("subject", subject))
        verdict, _, rest = key.partition("_")
        if verdict in SIDES and rest in {"target", "partial"}:
            yield subject, "target", SIDES[verdict]
        for start, reference in (
            ("year_so_far_", "year"),
            ("year_", "year"),
            ("outlook_", "outlook"),
        ):
            words = key.removeprefix(start).split("_")
            if key.startswith(start) and words[0] in SIDES and len(words) > 1:
                of = report.meta.entity_name if reference == "outlook" else subject
                yield of, f"{reference}_{'_'.join(words[1:])}", SIDES[words[0]]
                break


def figures_of(subject: SubjectReport) -> dict[str, int | None]:
    outlook = subject.outlook
    return {
        "target": side(subject.revenue.gap_pct),
        "last_year": side(subject.revenue.last_year and subject.revenue.last_year.delta_pct),
        "year_target": side(subject.ytd.gap_pct),
        "year_last_year": side(subject.ytd.delta_last_year_pct),
        "outlook_target": side(outlook and outlook.gap_pct),
        "outlook_last_year": side(outlook and outlook.delta_last_year_pct),
    }


def check(report: Report, recorder: Recorder) -> int:
    """Assert that every claim is true and no two contradict each other; return how many there are."""
    subjects = {report.meta.entity_name: figures_of(report.totals)}
    subjects |= {unit.name: figures_of(unit) for unit in report.units.values()}
    made = [claim for claim in claims(recorder, report) if claim[0]]
    said: dict[tuple[str, str], int] = {}
    for subject, reference, verdict in made:
        assert subjects[subject][reference] == verdict, (subject, reference, verdict)
        assert said.setdefault((subject, reference), verdict) == verdict
    asked, bridge = dict(recorder.asked), report.bridge.period
    reference = "target" if bridge.reference == "target" else "last_year"
    sides = [of[reference] for name, of in subjects.items() if name != report.meta.entity_name]
    for key, verdict in ((f"breadth_below_{reference}", -1), (f"breadth_above_{reference}", 1)):
        if key in asked:
            assert asked[key]["count"] == str(sides.count(verdict))
            assert asked[key]["of"] == str(sum(found is not None for found in sides))
    for subject in (report.totals, *report.units.values()):
        for row in subject.channels:
            few = max(row.closings, row.closings_last_year or 0) < 5
            assert not few or row.strategy is None
    return len(made)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(4))
def test_no_two_sentences_contradict_each_other(
    built: Installation, tmp_path: Path, batch: int
) -> None:
    registry = built.workspace.configuration.registry
    path = Path(shutil.copy(built.settings.duckdb_path, tmp_path))
    done = claimed = 0
    with Warehouse(path).connect(read_only=False) as connection:
        for seed in range(batch, BUSINESSES, 4):
            connection.begin()
            spoil(connection, Random(seed))
            for text in PERIODS:
                try:
                    report = assemble(connection, registry, "EPN", Period.parse(text), locale="en")
                except ReportError:  # no unit is left in a month
                    continue
                recorder = Recorder()
                build_deck(report, recorder, "PT")
                claimed += check(report, recorder)
                done += 1
            connection.rollback()
    assert done > 100
    assert claimed > 3 * done
