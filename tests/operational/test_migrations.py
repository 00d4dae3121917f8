"""The schema: what migrations make of old and new databases."""

import pytest
import sqlalchemy as sa
from alembic import command
from operational.publishing import everything

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.operational.migrate import MigrationError, alembic_config, migrate
from atlas_assets.operational.models.base import Base
from atlas_assets.operational.reconcile import dangling_references
from atlas_assets.operational.seed import prepare, seed
from atlas_assets.operational.sessions import OperationalStore


def test_the_migrations_make_what_the_models_say(store: OperationalStore) -> None:
    migrate(store)
    with store.writer() as connection:
        command.check(alembic_config(connection))


def test_a_record_that_refers_to_none_is_found(store: OperationalStore) -> None:
    migrate(store)
    assert dangling_references(store) == []
    with store.writer(foreign_keys=False) as connection:
        if not store.is_file:  # a server switches nothing off
            pytest.skip("foreign keys always hold on a server")
        connection.execute(
            sa.text(
                "INSERT INTO core_entity (id, group_id, code, name) VALUES ('a', 'b', 'c', 'd')"
            )
        )
    assert dangling_references(store) == [
        "row 1 of core_entity refers to a record of core_group that does not exist"
    ]


def test_one_entity_can_be_seeded(store: OperationalStore, configuration: Configuration) -> None:
    prepare(store, configuration.registry, "EPN")
    rows = everything(store)
    assert [row[2] for row in rows["core_entity"]] == ["EPN"]
    assert {row[1] for row in rows["core_unit"]} == {rows["core_entity"][0][0]}
    assert len(rows["marketing_channel"]) == 19


def test_down_and_up_again(store: OperationalStore) -> None:
    migrate(store)
    with store.writer(foreign_keys=False) as connection:
        command.downgrade(alembic_config(connection), "base")
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    migrate(store)
    with store.reader() as connection:
        tables = set(sa.inspect(connection).get_table_names())
    assert tables == {"alembic_version", *Base.metadata.tables}
    assert len(tables) == 38 + 1


def test_the_group_of_an_older_database_is_kept_whatever_its_name(
    store: OperationalStore, configuration: Configuration
) -> None:
    with store.writer(foreign_keys=False) as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(
            sa.text(
                "INSERT INTO core_group (id, name) VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'Old')"
            )
        )
    migrate(store)
    seed(store, configuration.registry, configuration.registry.entities)
    with store.reader() as connection:
        names = set(connection.scalars(sa.text("SELECT name FROM core_group")))
        assert connection.execute(sa.text("SELECT count(*) FROM target_metric")).scalar() == 3
    assert names == {configuration.registry.group.name}


def test_a_database_newer_than_this_version_is_refused(store: OperationalStore) -> None:
    migrate(store)
    with store.writer() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        MigrationError, match=r"of a newer version of Atlas, or of another program.*9999"
    ):
        migrate(store)


def test_seeding_again_changes_nothing(
    store: OperationalStore, configuration: Configuration
) -> None:
    registry = configuration.registry
    prepare(store, registry)
    before = everything(store)
    seed(store, registry, registry.entities)
    assert everything(store) == before
    assert len(before["core_unit"]) == 12
    assert len(before["marketing_channel"]) == 19
