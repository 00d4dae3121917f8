"""The Jaffle Shop as assets: the files, what dlt loaded of them, and the models of its dbt project."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets

from atlas_assets.jaffle_shop.files import LOADED, SCHEMA, TABLES, CheckedFile
from atlas_assets.jaffle_shop.shop import PROJECT, JaffleShop, dlt_settings
from atlas_assets.orchestration import keys
from atlas_assets.orchestration.failures import as_dagster_failure
from atlas_assets.warehouse.dbt_runner import NodeResult, refuse_failed
from atlas_assets.workspace import Workspace

_UNIQUE_ID = "dagster_dbt/unique_id"
_ABOUT = {
    "raw_customers": "Customers",
    "raw_orders": "Orders",
    "raw_payments": "Payments",
}

_LOADED = {
    **{
        table: f"{text}, loaded by dlt once every cell was checked."
        for table, text in _ABOUT.items()
    },
    LOADED: "Which file each table was loaded from: its hash, rows and time.",
}


class _Translator(DagsterDbtTranslator):
    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return _raw(dbt_resource_props["name"])
        return dg.AssetKey([keys.JAFFLE_SHOP, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:  # noqa: ARG002
        return keys.JAFFLE_SHOP

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:  # noqa: ARG002
        return [keys.DATA]


def _csv(table: str) -> dg.AssetKey:
    return dg.AssetKey(["jaffle_shop_csv", table])


def _raw(table: str) -> dg.AssetKey:
    return dg.AssetKey([SCHEMA, table])


def jaffle_shop_assets(shop: JaffleShop) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Return the files as external assets, the loaded tables, and the models with their tests as checks."""
    files = [
        dg.AssetSpec(
            _csv(table),
            description=f"{text} as `source/jaffle_shop/{table}.csv` has them.",
            group_name=keys.JAFFLE_SHOP,
            kinds={"csv"},
            owners=[keys.DATA],
            metadata=_columns(table),
        )
        for table, text in _ABOUT.items()
    ]
    return [*files, _loaded(), _models(shop.manifest_path)]


def _columns(table: str) -> dict[str, Any]:
    columns = {name: column.expected for name, column in TABLES.get(table, {}).items()}
    described = [dg.TableColumn(name, description=text) for name, text in columns.items()]
    return {"dagster/column_schema": dg.TableSchema(described)} if described else {}


def _loaded() -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="jaffle_shop_load",
        specs=[
            dg.AssetSpec(
                _raw(table),
                deps=[_csv(of) for of in ([table] if table in TABLES else TABLES)],
                description=text,
                group_name=keys.JAFFLE_SHOP,
                kinds={"dlt", "duckdb"},
                owners=[keys.DATA],
                metadata=_columns(table),
            )
            for table, text in _LOADED.items()
        ],
    )
    def load(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        shop = workspace.jaffle_shop
        with as_dagster_failure():
            files = shop.checked_files()
            with shop.replaced() as copy, TemporaryDirectory() as work:
                results = _run_dlt(context, files, copy, Path(work))
        for result in results:
            table = result.asset_key.path[-1]
            shown = {
                "dagster/row_count": files[table].rows.height if table in files else len(files),
                "dagster/table_name": f"jaffle_shop.{SCHEMA}.{table}",
            }
            yield dg.MaterializeResult(
                asset_key=result.asset_key, metadata={**result.metadata, **shown}
            )

    return load


def _run_dlt(
    context: dg.AssetExecutionContext, files: dict[str, CheckedFile], database: Path, work: Path
) -> list[Any]:
    """Load files into a database by dagster-dlt, which is imported late, and return its results."""
    with dlt_settings(work):
        from dagster_dlt import DagsterDltResource, DagsterDltTranslator
        from dagster_dlt.translator import DltResourceTranslatorData

        from atlas_assets.jaffle_shop.loading import pipeline, source

        class Translator(DagsterDltTranslator):
            def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
                return super().get_asset_spec(data).replace_attributes(key=_raw(data.resource.name))

        run = DagsterDltResource().run(
            context=context,
            dlt_source=source(files),
            dlt_pipeline=pipeline(database, work),
            dagster_dlt_translator=Translator(),
        )
        return list(run)


def _models(manifest: Path) -> dg.AssetsDefinition:
    @dbt_assets(
        manifest=manifest,
        name="jaffle_shop_models",
        dagster_dbt_translator=_Translator(
            DagsterDbtTranslatorSettings(enable_code_references=True)
        ),
        project=DbtProject(PROJECT),
    )
    def build(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        with as_dagster_failure():
            built = {result.unique_id: result for result in workspace.jaffle_shop.build()}
            refuse_failed([one for one in built.values() if one.failed and _is_model(one)])
        checks = context.assets_def.check_specs
        verdicts = [_verdict(check, built[check.metadata[_UNIQUE_ID]]) for check in checks]
        if any(result.failed for result in built.values()):  # the tables are as they were
            yield from (verdict for verdict in verdicts if verdict)
            raise dg.Failure(
                "A test failed, so the tables are as they were before.", allow_retries=False
            )
        counts = workspace.jaffle_shop.row_counts()
        models = {spec.metadata[_UNIQUE_ID]: spec.key for spec in context.assets_def.specs}
        for result in filter(_is_model, built.values()):  # each after those that it is made of
            key, seconds = models[result.unique_id], round(result.seconds, 3)
            rows = {"dagster/row_count": n} if (n := counts.get(key.path[-1])) is not None else {}
            yield dg.MaterializeResult(asset_key=key, metadata={"seconds": seconds} | rows)
        yield from (verdict for verdict in verdicts if verdict)

    return build


def _is_model(result: NodeResult) -> bool:
    return result.unique_id.startswith("model.")


def _verdict(check: dg.AssetCheckSpec, result: NodeResult) -> dg.AssetCheckResult | None:
    """Return what a test found, or None if it was not run because of another."""
    if result.skipped:
        return None
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=result.passed,
        metadata={"failing_rows": result.failures, "message": result.message or "passed"},
    )


def jaffle_shop_check() -> dg.AssetChecksDefinition:
    """Return the check of whether the tables were loaded from the files as they are now."""

    @dg.asset_check(
        asset=_raw(LOADED),
        name="files_are_loaded",
        description="The tables were loaded from the files as they are now.",
    )
    def files_are_loaded(workspace: dg.ResourceParam[Workspace]) -> dg.AssetCheckResult:
        shop = workspace.jaffle_shop
        with as_dagster_failure():
            now, loaded = shop.hashes(), shop.loaded_hashes()
        changed = [table for table in now if now[table] != loaded.get(table)]
        return dg.AssetCheckResult(
            passed=not changed,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"Changed since: {', '.join(changed)}. Run `atlas jaffle`."
            if changed
            else "Every file is loaded.",
        )

    return files_are_loaded


def jaffle_shop_sensor(
    workspace: Workspace, job: "dg.UnresolvedAssetJobDefinition"
) -> dg.SensorDefinition:
    """Return the sensor that runs the job when a file has changed."""

    @dg.sensor(
        name="jaffle_shop_files",
        description="Loads and builds the Jaffle Shop when one of its files has changed.",
        job=job,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def jaffle_shop_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        state = repr(sorted(workspace.jaffle_shop.hashes().items()))
        if state == context.cursor:
            return dg.SkipReason("No file has changed.")
        context.update_cursor(state)
        return dg.RunRequest()

    return jaffle_shop_files
