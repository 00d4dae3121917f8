import json
import re
from datetime import UTC, datetime
from graphlib import TopologicalSorter

import dagster as dg
import pytest
from conftest import Installation

from atlas_assets.orchestration.assets.models import UNIQUE_ID
from atlas_assets.orchestration.build import build_definitions
from atlas_assets.orchestration.checks import SPECS
from atlas_assets.orchestration.keys import VALIDATION_FILE
from atlas_assets.orchestration.metadata.content_tags import HOLDS_TAG, PEOPLE
from atlas_assets.periods.calendar import Month
from atlas_assets.settings import PROJECT_DIR
from atlas_assets.workspace import Workspace


@pytest.fixture(scope="module")
def definitions(built: Installation) -> dg.Definitions:
    return build_definitions(built.workspace)


def test_the_graph_holds_these_assets_and_jobs(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    groups: dict[str, list[str]] = {}
    for key in graph.materializable_asset_keys:
        groups.setdefault(graph.get(key).group_name, []).append(key.path[-1])
    assert {group: sorted(names) for group, names in groups.items()} == {
        "raw": [
            "marketing_activity",
            "organizations",
            "sheet_manifest",
            "students",
            "targets",
            "transactions",
        ],
        "staging": [
            "stg_marketing_activity",
            "stg_organizations",
            "stg_registry_words",
            "stg_students",
            "stg_targets",
            "stg_transactions",
        ],
        "intermediate": [
            "audit_flagged_rows",
            "audit_months",
            "audit_probable_duplicates",
            "audit_sheets",
            "audit_spellings",
            "int_enrollments",
            "int_marketing_activity",
            "int_marketing_agenda",
            "int_orders",
            "int_organizations",
            "int_people",
            "int_registrations",
            "int_revenue",
            "int_students",
            "int_target_items",
            "int_targets",
            "int_titled_names",
            "int_transactions",
        ],
        "marts": [
            "built_months",
            "mart_channel_marketing",
            "mart_funnel",
            "mart_movers",
            "mart_open_orders",
            "mart_order_payments",
            "mart_outlook",
            "mart_partly_paid_orders",
            "mart_program_progress",
            "mart_retention",
            "mart_revenue",
            "mart_school_progress",
            "mart_students",
            "mart_targets",
            "mart_unit_months",
            "mart_year_to_date",
            "reconciliation",
        ],
        "operational": ["lookups", "records"],
        "serving": ["snapshot"],
        "reports": [
            *("monthly_deck", "monthly_pdf", "monthly_report"),
            *("quarterly_deck", "quarterly_pdf", "quarterly_report", "range_report"),
            *("yearly_deck", "yearly_pdf", "yearly_report"),
        ],
        "validation": ["validation_file"],
    }
    jobs = {job.name for job in definitions.resolve_all_job_defs() if not job.name.startswith("__")}
    assert jobs == {
        "backfill",
        "deliver",
        "extract",
        "freshness",
        "load",
        "monthly_close",
        "publish",
        "quarterly_report",
        "range_report",
        "yearly_report",
        "report",
        "seed",
        "serve",
        "sync",
        "transform",
        "validate",
    }


def test_the_flow_runs_from_sheets_to_slides(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    upstream = graph.get_ancestor_asset_keys(dg.AssetKey(["reports", "monthly_pdf"]))
    assert dg.AssetKey(["raw", "transactions"]) in upstream
    assert dg.AssetKey(["marts", "mart_revenue"]) in upstream
    blocking = {
        check.name for check in graph.asset_check_keys if graph.get_check_spec(check).blocking
    }
    assert blocking >= {
        "sheet_rows_read",
        "sheet_rows_judged",
        "sheet_amounts",
        "mart_revenue_by_unit",
        "mart_revenue_by_program",
        "records_equal_warehouse",
        "report_totals_equal_marts",
    }
    assert not blocking & {"sheet_stated_total", "reported_revenue"}


def test_no_run_of_a_month_looks_for_late_ones(definitions: dg.Definitions) -> None:
    looking = {
        job.name
        for job in definitions.resolve_all_job_defs()
        for key in job.asset_layer.asset_graph.asset_check_keys
        if not job.name.startswith("__") and key.name.startswith("due_months_of_")
    }
    assert looking == {"freshness"}


def test_no_month_counts_as_checked_before_its_validation_file_is_written(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    for spec in SPECS:
        assert VALIDATION_FILE in graph.get(spec.key).parent_entity_keys


def test_every_dbt_test_is_an_asset_check(definitions: dg.Definitions, built: Installation) -> None:
    manifest = json.loads(built.workspace.dbt.manifest_path.read_text(encoding="utf-8"))
    tests = {key for key, node in manifest["nodes"].items() if node["resource_type"] == "test"}
    models = definitions.resolve_assets_def(dg.AssetKey(["marts", "mart_revenue"]))
    assert {spec.metadata[UNIQUE_ID] for spec in models.check_specs} == tests
    assert len(tests) > 50


def test_models_say_their_columns_and_where_these_come_from(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(built.settings.dagster_home))
    definitions = build_definitions(built.workspace)
    key = dg.AssetKey(["marts", "mart_revenue"])
    schema = definitions.resolve_asset_graph().get(key).metadata["dagster/column_schema"]
    assert {column.name: column.type for column in schema.columns}["month_key"] == "date"
    with dg.DagsterInstance.get() as instance:
        (record,) = instance.fetch_materializations(key, limit=1).records
        metadata = record.asset_materialization.metadata
    lineage = metadata["dagster/column_lineage"].value.deps_by_column
    assert [(dep.asset_key.path[-1], dep.column_name) for dep in lineage["revenue_actuals"]] == [
        ("int_revenue", "amount")
    ]
    assert metadata["dagster/partition_row_count"].value > 0


def test_every_asset_says_what_it_is_and_whose(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.description, key
        assert set(node.owners) <= {"team:data", "team:finance"}, key
        assert node.owners, key
        assert node.kinds, key
        assert node.tags[HOLDS_TAG], key


def test_a_quarter_and_a_year_are_made_of_their_months(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    mart = dg.AssetKey(["marts", "mart_revenue"])
    months = graph.get(mart).partitions_def
    for name, key, count in (
        ("quarterly_report", "IONS|2026-04", 3),
        ("yearly_report", "IONS|2025-01", 12),
    ):
        report = graph.get(dg.AssetKey(["reports", name]))
        assert report.partitions_def.has_partition_key(key)
        needed = graph.get_partition_mapping(
            report.key, mart
        ).get_upstream_mapped_partitions_result_for_partitions(
            report.partitions_def.subset_with_partition_keys([key]),
            report.partitions_def,
            months,
        )
        first = Month.parse(key.removeprefix("IONS|"))
        assert set(needed.partitions_subset.get_partition_keys()) == {
            f"IONS|{first.plus(offset)}" for offset in range(count)
        }


def test_partitions_are_entities_by_months_and_include_the_running_month(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    partitions = graph.get(dg.AssetKey(["marts", "mart_revenue"])).partitions_def
    keys = set(partitions.get_partition_keys())
    today = f"{datetime.now(UTC).astimezone():%Y-%m}"
    assert {"EPN|2025-01", "IONS|2026-10", f"IONS|{today}"} <= keys
    assert not any(key.endswith("2024-12") for key in keys)


def test_each_reconciliation_has_its_check_and_blocks_in_both_or_in_none(
    built: Installation,
) -> None:
    with built.workspace.warehouse.reading() as connection:
        compared = connection.execute(
            "SELECT DISTINCT check_name, is_blocking FROM marts.reconciliation"
        ).fetchall()
    assert set(compared) <= {(spec.name, spec.blocking) for spec in SPECS}
    # Only a sheet that could not be read twice is listed.
    missing = {spec.name for spec in SPECS} - {name for name, _ in compared}
    assert missing == {"sheets_read_twice"}


def test_every_asset_and_every_check_explains_itself(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        asset = graph.get(key)
        assert asset.description, key
        assert asset.owners, key
        assert asset.kinds, key
    checks = [graph.get_check_spec(key) for key in graph.asset_check_keys]
    assert len(checks) > 90
    for check in checks:
        assert (check.description or "").endswith("."), check.key
    described = {check.name: check.description for check in checks}
    known = "relationships_mart_channel_marketing_channel_name__channel_name__"
    told = next(text for name, text in described.items() if name.startswith(known))
    assert told == "Every `channel_name` is a `channel_name` of `raw.registry_channels`."


@pytest.mark.parametrize(
    ("repository", "root"),
    [
        (None, f"{PROJECT_DIR}/"),
        (
            "https://github.com/example/atlas/tree/next",
            "https://github.com/example/atlas/tree/next/",
        ),
    ],
)
def test_code_references_lead_to_the_lines(
    built: Installation, repository: str | None, root: str
) -> None:
    settings = built.settings.model_copy(update={"repository": repository})
    specs = [
        spec
        for asset in build_definitions(Workspace(settings)).assets or []
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.specs
    ]
    for spec in specs:
        references = spec.metadata["dagster/code_references"].code_references
        assert references, spec.key
        for reference in references:
            place = getattr(reference, "file_path", None) or getattr(reference, "url", "")
            assert place.startswith(root), place
            path = PROJECT_DIR / place.removeprefix(root).partition("#")[0]
            assert path.exists(), place


def test_the_graph_of_the_readme_is_that_of_the_assets(definitions: dg.Definitions) -> None:
    """Every edge that is drawn is one between groups, and every group can be reached as it is drawn."""
    readme = (PROJECT_DIR / "README.md").read_text("utf-8")
    (block,) = re.findall(r"```mermaid\n(.*?)```", readme, flags=re.DOTALL)
    bare = re.sub(r"\[.*?\](?= -->|\n)", "", block)
    drawn = {
        tuple(line.split(" --> ")) for line in map(str.strip, bare.splitlines()) if "-->" in line
    }
    graph = definitions.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    edges = {
        (graph.get(parent).group_name, node.group_name)
        for node in nodes
        for parent in node.parent_keys
        if graph.get(parent).group_name != node.group_name
    }
    assert drawn - {("source", "raw")} <= edges
    assert {name for edge in drawn for name in edge} == {node.group_name for node in nodes} | {
        "source"
    }
    order = list(
        TopologicalSorter(
            {to: {of for of, end in drawn if end == to} for _, to in drawn}
        ).static_order()
    )
    assert all(order.index(of) < order.index(to) for of, to in edges)


def test_what_holds_personal_data_says_so(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    holds = {key.path[-1]: graph.get(key).tags[HOLDS_TAG] for key in graph.get_all_asset_keys()}
    people = {name for name, what in holds.items() if what == PEOPLE}
    assert {
        "transactions",
        "students",
        "int_orders",
        "int_people",
        "records",
        "mart_students",
        "mart_order_payments",
    } <= people
    assert not people & {"mart_revenue", "targets", "int_organizations", "monthly_report"}
