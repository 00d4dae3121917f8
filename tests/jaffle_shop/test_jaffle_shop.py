"""The Jaffle Shop, from its files to its tables: figures, refusals, and what stays when something goes wrong."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
import pytest
from conftest import CONFIG_DIR, Installation

from atlas_assets.errors import SourceError
from atlas_assets.jaffle_shop.files import checked_files
from atlas_assets.orchestration.build import build_definitions
from atlas_assets.orchestration.metadata.content_tags import HOLDS_TAG, PEOPLE
from atlas_assets.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

FILES = PROJECT_DIR / "source" / "jaffle_shop"
MD5_OF_ORDERS = (
    "c034b3e519a3b238179cae02b7b77e47"  # of all orders, computed apart from this project
)


def installation(root: Path, parsed_models: Path) -> Installation:
    made = Installation(root)
    shutil.copytree(FILES, root / "source" / "jaffle_shop")
    shutil.copytree(CONFIG_DIR, root / "source" / "config")
    shutil.copytree(parsed_models, made.settings.dbt_target_dir)
    return made


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, parsed_models: Path) -> Installation:
    made = installation(tmp_path_factory.mktemp("jaffle"), parsed_models)
    told = made.atlas("jaffle")
    assert "Every test passed. customers: 100 rows, orders: 99 rows." in told.stderr
    return made


@pytest.fixture
def own(tmp_path: Path, loaded: Installation) -> Installation:
    shutil.copytree(loaded.root, tmp_path / "atlas")
    return Installation(tmp_path / "atlas")


def rows(made: Installation, query: str) -> list[tuple]:
    with duckdb.connect(str(made.workspace.jaffle_shop.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def changed(made: Installation, file: str, old: str, new: str) -> None:
    path = made.root / "source" / "jaffle_shop" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_figures_are_those_of_the_files(loaded: Installation) -> None:
    lines = [
        ",".join([*map(str, row[:4]), *(str(int(amount * 100)) for amount in row[4:])])
        for row in rows(
            loaded,
            "SELECT order_id, customer_id, order_date, status, credit_card_amount, coupon_amount, "
            "bank_transfer_amount, gift_card_amount, amount FROM marts.orders ORDER BY order_id",
        )
    ]
    assert hashlib.md5("\n".join(lines).encode()).hexdigest() == MD5_OF_ORDERS  # noqa: S324
    spent = "SELECT number_of_orders, count(*) FROM marts.customers GROUP BY ALL ORDER BY ALL NULLS FIRST"
    assert rows(loaded, spent) == [(None, 38), (1, 33), (2, 23), (3, 5), (5, 1)]
    top = "SELECT customer_id, customer_lifetime_value FROM marts.customers ORDER BY 2 DESC NULLS LAST LIMIT 1"
    assert rows(loaded, top) == [(51, Decimal("99.00"))]


def test_lineage_leads_from_each_file_to_the_marts(loaded: Installation) -> None:
    definitions = build_definitions(loaded.workspace)
    graph = definitions.resolve_asset_graph()
    shop = [key for key in graph.get_all_asset_keys() if graph.get(key).group_name == "jaffle_shop"]
    assert all(graph.get(key).description and graph.get(key).kinds for key in shop)

    people = {key.path[-1] for key in shop if graph.get(key).tags[HOLDS_TAG] == PEOPLE}
    assert people == {"raw_customers", "stg_customers", "customers"}

    def sources(key: dg.AssetKey) -> set[str]:
        parents = graph.get(key).parent_keys
        return set.union(*map(sources, parents)) if parents else {key.to_user_string()}

    files = {f"jaffle_shop_csv/{name}" for name in ("raw_customers", "raw_orders", "raw_payments")}
    assert sources(dg.AssetKey(["jaffle_shop", "customers"])) == files
    with dg.instance_for_test() as instance:
        done = definitions.resolve_job_def("jaffle_shop").execute_in_process(instance=instance)
        assert done.success
        counts = {
            event.asset_key.path[-1]: event.materialization.metadata["dagster/row_count"].value
            for event in done.get_asset_materialization_events()
            if "dagster/row_count" in event.materialization.metadata
        }
        checks = done.get_asset_check_evaluations()
    assert counts["raw_payments"] == 113
    assert counts["orders"] == 99
    assert len(checks) > 25
    assert all(check.passed for check in checks)


WRONG = {
    "text for a number": (
        "raw_orders.csv",
        "3,94,",
        "3,9x4,",
        "line 4, column user_id: expected a whole",
    ),
    "no such day": (
        "raw_orders.csv",
        "2018-01-04",
        "2018-02-30",
        "line 4, column order_date: expected a d",
    ),
    "an unknown status": (
        "raw_orders.csv",
        "completed",
        "done",
        "column status: expected one of placed",
    ),
    "a short row": (
        "raw_customers.csv",
        "3,Kathleen,P.",
        "3,Kathleen",
        "line 4: the row has 2 cells, exp",
    ),
    "a long row": (
        "raw_customers.csv",
        "3,Kathleen,P.",
        "3,Kath,leen,P.",
        "line 4: the row has 4 cells",
    ),
    "a key that is twice there": (
        "raw_customers.csv",
        "3,K",
        "2,K",
        "line 4, column id: 2 occurs twice",
    ),
    "a reference to nobody": ("raw_orders.csv", "3,94,", "3,940,", "raw_customers has no id 940"),
    "an open quote": ("raw_customers.csv", "Kathleen", '"Kathleen', "the quotes do not match"),
    "another header": (
        "raw_payments.csv",
        "id,order_id",
        "id,order",
        "line 1: expected the header id,ord",
    ),
    "an empty cell": (
        "raw_payments.csv",
        "1,1,credit_card",
        "1,1,",
        "line 2, column payment_method",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    shutil.copytree(FILES, tmp_path / "files")
    path = tmp_path / "files" / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(SourceError, match=rf"{file}.*{told}"):
        checked_files(tmp_path / "files")


def test_all_mistakes_of_all_files_are_told_and_missing_and_empty_ones(tmp_path: Path) -> None:
    shutil.copytree(FILES, tmp_path / "files")
    (tmp_path / "files" / "raw_customers.csv").unlink()
    (tmp_path / "files" / "raw_orders.csv").write_text("id,user_id,order_date,status\n")
    payments = tmp_path / "files" / "raw_payments.csv"
    payments.write_text(payments.read_text().replace("coupon", "cupon"))
    with pytest.raises(SourceError) as refused:
        checked_files(tmp_path / "files")
    told = str(refused.value)
    assert "raw_customers.csv cannot be read" in told
    assert "raw_orders.csv has no rows below its header" in told
    assert told.count("'cupon'") == 13


def test_what_was_loaded_before_stays_when_a_file_is_wrong(own: Installation) -> None:
    before = rows(own, "SELECT * FROM marts.orders ORDER BY ALL")
    changed(own, "raw_payments.csv", "1,1,credit_card,1000", "1,1,credit_card,ten")
    told = own.atlas("jaffle", status=1)
    assert "raw_payments.csv, line 2, column amount: expected a whole number" in told.stderr
    assert rows(own, "SELECT * FROM marts.orders ORDER BY ALL") == before


def test_tables_stay_when_a_test_of_the_models_fails(own: Installation) -> None:
    shop = own.workspace.jaffle_shop
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("UPDATE jaffle_shop_raw.raw_orders SET id = 1 WHERE id = 2")
    definitions = build_definitions(own.workspace)
    graph = definitions.resolve_asset_graph()
    models = [key for key in graph.materializable_asset_keys if key.path[0] == "jaffle_shop"]
    with dg.instance_for_test() as instance:
        done = definitions.resolve_job_def("jaffle_shop").execute_in_process(
            instance=instance, asset_selection=models, raise_on_error=False
        )
        assert not done.success
        failed = [check for check in done.get_asset_check_evaluations() if not check.passed]
        assert "unique_stg_orders_order_id" in {check.check_name for check in failed}
        assert not done.get_asset_materialization_events()
    assert rows(own, "SELECT count(*) FROM marts.orders WHERE order_id = 2") == [(1,)]


_HALF_WAY = """
import sys
from pathlib import Path
import duckdb
from atlas_assets.jaffle_shop.shop import JaffleShop
shop = JaffleShop(*map(Path, sys.argv[1:]))
with shop.replaced() as copy, duckdb.connect(str(copy)) as connection:
    connection.execute("DELETE FROM marts.orders")
    print("half-way", flush=True)
    sys.stdin.read()
"""


def test_a_killed_load_leaves_the_database_as_it_was(own: Installation) -> None:
    shop = own.workspace.jaffle_shop
    places = map(str, (shop.folder, shop.database, shop.target_dir))
    process = subprocess.Popen(
        [sys.executable, "-c", _HALF_WAY, *places],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "half-way\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert rows(own, "SELECT count(*) FROM marts.orders") == [(99,)]
    with shop.replaced():
        pass
    left = {path.name for path in own.root.iterdir() if "jaffle_shop.duckdb" in path.name}
    assert left == {"jaffle_shop.duckdb", "jaffle_shop.duckdb.lock"}


_LOADED = """
import sys
from pathlib import Path
from atlas_assets.settings import load_settings
from atlas_assets.workspace import Workspace
from atlas_assets.orchestration.build import build_definitions
build_definitions(Workspace(load_settings()))
print("dlt" in sys.modules)
"""


@pytest.mark.slow
def test_dlt_is_imported_where_it_runs_and_writes_nowhere_else(
    own: Installation, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, **own.environment, "HOME": str(home), "XDG_DATA_HOME": str(home)}
    told = subprocess.run(
        [sys.executable, "-c", _LOADED],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "False\n"
    subprocess.run(
        [sys.executable, "-m", "atlas_assets.cli.entry", "jaffle"],
        env=environment,
        cwd=home,
        capture_output=True,
        check=True,
    )
    assert list(home.iterdir()) == []
    assert not list((own.root / "source").rglob(".dlt"))


def test_a_changed_file_is_found(own: Installation) -> None:
    definitions = build_definitions(own.workspace)
    sensor = definitions.resolve_sensor_def("jaffle_shop_files")
    with dg.instance_for_test() as instance:

        def asked(cursor: str | None) -> tuple[int, str | None]:
            with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
                tick = sensor.evaluate_tick(context)
            return len(tick.run_requests or []), tick.cursor

        count, cursor = asked(None)
        assert count == 1
        assert asked(cursor)[0] == 0
        job = definitions.resolve_job_def("jaffle_shop")
        checks = job.execute_in_process(instance=instance).get_asset_check_evaluations()
        assert {c.check_name: c.passed for c in checks}["files_are_loaded"]
        changed(own, "raw_payments.csv", "1,1,credit_card,1000", "1,1,credit_card,1100")
        count, cursor = asked(cursor)
        assert count == 1
        changed(own, "raw_payments.csv", "1,1,credit_card,1100", "1,1,credit_card,1000")
        assert asked(cursor)[0] == 1  # also for what it once was
        changed(own, "raw_payments.csv", "1,1,credit_card,1000", "1,1,credit_card,1100")
    assert own.workspace.jaffle_shop.hashes() != own.workspace.jaffle_shop.loaded_hashes()


def test_an_installation_without_the_files_has_no_shop(unbuilt: Installation) -> None:
    graph = build_definitions(unbuilt.workspace).resolve_asset_graph()
    assert "jaffle_shop" not in {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert "There is no folder" in unbuilt.atlas("jaffle", status=2).stderr
