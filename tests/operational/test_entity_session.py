"""A session on one entity shows and changes nothing of another, whatever is tried."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from atlas_assets.operational.entity_session import EntitySession, ScopeError
from atlas_assets.operational.models import commerce, core, marketing, people
from atlas_assets.operational.models.people import Person
from atlas_assets.operational.seed import entity_id, lookup_id, prepare, unit_id
from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.operational.ulids import stable_ulid
from atlas_assets.registry import Configuration

PERSON = Person.__table__
OURS, THEIRS = "IONS", "EPN"


@pytest.fixture
def store(tmp_path: Path, configuration: Configuration) -> OperationalStore:
    """A file in which each entity has a student of the same name, with school and event."""
    store = OperationalStore(f"file:{tmp_path / 'operational.db'}")
    registry = configuration.registry
    prepare(store, registry)
    for code in (OURS, THEIRS):
        owner, key = entity_id(registry, code), stable_ulid("test", code)
        unit = unit_id(code, registry.entity(code).units[0].code)
        channel = lookup_id(marketing.Channel, registry.channels[0].name)
        named = {"id": key, "entity_id": owner, "name": f"of {code}", "normalized_name": "SAME"}
        with store.entity_writer(owner) as session:
            session.upsert(people.Organization, [named])
            session.upsert(Person, [named | {"organization_id": key}])
            session.upsert(
                people.Account,
                [
                    {
                        "id": key,
                        "entity_id": owner,
                        "type_id": lookup_id(people.AccountType, "student"),
                        "person_id": key,
                        "organization_id": key,
                    }
                ],
            )
            session.upsert(
                marketing.Agenda,
                [
                    {
                        "id": key,
                        "entity_id": owner,
                        "unit_id": unit,
                        "title": f"of {code}",
                        "starts_on": "2026-01-01",
                    }
                ],
            )
            session.upsert(marketing.AgendaChannel, [{"agenda_id": key, "channel_id": channel}])
    return store


@pytest.fixture
def session(store: OperationalStore, configuration: Configuration) -> Iterator[EntitySession]:
    with store.entity_writer(entity_id(configuration.registry, OURS)) as session:
        yield session


THEIR_KEY = stable_ulid("test", THEIRS)
OTHER = aliased(Person)

# Each of these would give rows of both entities on a session of SQLAlchemy's own.
QUERIES = {
    "all": sa.select(Person.name),
    "objects": sa.select(Person),
    "by id": sa.select(Person.name).where(Person.id == THEIR_KEY),
    "or": sa.select(Person.name).where(sa.or_(sa.true(), Person.id == THEIR_KEY)),
    "alias": sa.select(OTHER.name),
    "join": sa.select(OTHER.name).join_from(
        Person, OTHER, Person.normalized_name == OTHER.normalized_name
    ),
    "relationship": sa.select(people.Organization.name).join_from(
        people.Account, people.Account.organization
    ),
    "subquery": sa.select(sa.select(Person.name).subquery().c.name),
    "scalar subquery": sa.select(
        core.Entity.code, sa.select(sa.func.group_concat(Person.name)).scalar_subquery()
    ),
    "exists": sa.select(core.Group.name).where(
        sa.exists().where(Person.id == THEIR_KEY).correlate(None)
    ),
    "cte": sa.select(sa.select(Person.name).cte().c.name),
    "links": sa.select(marketing.AgendaChannel.agenda_id),
    "links by channel": sa.select(marketing.Agenda.title).join_from(
        marketing.AgendaChannel, marketing.Agenda
    ),
    "entities": sa.select(core.Entity.code),
    "units": sa.select(core.Unit.entity_id).distinct(),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_gives_rows_of_the_entity_only(
    session: EntitySession, query: sa.Select, configuration: Configuration
) -> None:
    their = (THEIRS, THEIR_KEY, entity_id(configuration.registry, THEIRS))
    for row in session.execute(query):
        value = row[-1].name if isinstance(row[-1], Person) else row[-1]
        assert not any(word in str(value) for word in their)


REFUSED = {
    "text": sa.text("SELECT name FROM db_person"),
    "text as objects": sa.select(Person).from_statement(sa.text("SELECT * FROM db_person")),
    "text in a condition": sa.select(Person.name).where(sa.text("1 = 1 OR 1 = 1")),
    "text as column": sa.select(Person.id, sa.literal_column("(SELECT max(name) FROM db_person)")),
    "table": sa.select(PERSON),
    "table beside a class": sa.select(core.Unit.id, PERSON.c.name),
    "table by name": sa.select(core.Unit.id, sa.table("db_person", sa.column("name"))),
    "alias of a table": sa.select(Person.id, PERSON.alias().c.name),
    "table in a subquery": sa.select(
        Person.id, sa.select(sa.func.count()).select_from(PERSON).scalar_subquery()
    ),
    "table in a condition": sa.select(core.Unit.id).where(core.Unit.id != PERSON.c.id),
    "table joined": sa.select(core.Unit.id).join(PERSON, sa.true()),
    "union": sa.union_all(sa.select(Person.name), sa.select(PERSON.c.name)),
    "union in a subquery": sa.select(
        sa.union_all(sa.select(Person.name), sa.select(PERSON.c.name)).subquery().c.name
    ),
    "insert": sa.insert(Person).values(id="x", entity_id="y", name="z", normalized_name="z"),
    "update": sa.update(Person).values(name="mine"),
    "delete from a table": sa.delete(PERSON),
    "delete as text": sa.text("DELETE FROM db_person"),
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_narrowed_is_refused(
    session: EntitySession, statement: sa.Executable
) -> None:
    with pytest.raises(ScopeError):
        session.execute(statement)


def test_objects_and_what_they_refer_to_are_of_the_entity(session: EntitySession) -> None:
    assert session.get(Person, THEIR_KEY) is None
    everybody = sa.select(Person)
    for loading in (joinedload(Person.accounts), selectinload(Person.accounts)):
        session.expunge_all()
        (person,) = session.scalars(everybody.options(loading)).unique()
        assert person.organization
        assert {person.name, person.organization.name} == {f"of {OURS}"}
        assert [account.person for account in person.accounts] == [person]


def test_a_reference_to_another_entity_leads_nowhere(
    store: OperationalStore, configuration: Configuration
) -> None:
    """Even where the database itself is wrong."""
    with store.writer() as connection:
        connection.execute(sa.update(people.Account).values(person_id=THEIR_KEY))
    with store.entity_reader(entity_id(configuration.registry, OURS)) as session:
        (account,) = session.scalars(sa.select(people.Account))
        assert account.person is None


def test_deleting_everything_leaves_what_is_another_entitys(
    store: OperationalStore, configuration: Configuration
) -> None:
    with store.entity_writer(entity_id(configuration.registry, OURS)) as session:
        for model in (people.Account, Person, marketing.AgendaChannel, marketing.Agenda):
            session.execute(sa.delete(model))
    for code, left in ((OURS, 0), (THEIRS, 1)):
        with store.entity_reader(entity_id(configuration.registry, code)) as session:
            for key in (people.Account.id, Person.id, marketing.AgendaChannel.agenda_id):
                assert session.scalar(sa.select(sa.func.count(key))) == left


def test_nothing_is_written_for_another_entity(
    session: EntitySession, configuration: Configuration
) -> None:
    strange = {"id": "x", "entity_id": entity_id(configuration.registry, THEIRS)}
    with pytest.raises(ScopeError, match="another entity's"):
        session.upsert(commerce.Intake, [strange | {"year": 2026, "month": 1, "label": "x"}])
    with pytest.raises(ScopeError, match="belongs to all entities"):
        session.upsert(people.Sex, [{"id": "x", "code": "x", "name": "x"}])
    with pytest.raises(ScopeError, match="no connection"):
        session.connection()


def test_objects_are_not_changed(session: EntitySession) -> None:
    (person,) = session.scalars(sa.select(Person))
    person.name = "another"
    with pytest.raises(ScopeError, match="changed as an object"):
        session.flush()
    session.rollback()
