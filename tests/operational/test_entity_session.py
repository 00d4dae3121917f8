"""A session on one entity shows and changes nothing of another, whatever is tried."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.configuration.registry import Registry
from atlas_assets.operational.entity_query import ScopeError
from atlas_assets.operational.models import commerce, core, marketing, people
from atlas_assets.operational.models.people import Person
from atlas_assets.operational.seed import entity_id, lookup_id, prepare, unit_id
from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.operational.ulids import stable_ulid

PERSON = Person.__table__
OURS, THEIRS = "IONS", "EPN"


@pytest.fixture
def two_entities(store: OperationalStore, configuration: Configuration) -> OperationalStore:
    fill(store, configuration.registry)
    return store


def fill(store: OperationalStore, registry: Registry) -> None:
    """Give each entity a student of the same name, with school, guardian and event."""
    prepare(store, registry)
    for code in (OURS, THEIRS):
        owner, key = entity_id(code), stable_ulid("test", code)
        unit = unit_id(code, registry.entity(code).units[0].code)
        channel = lookup_id(marketing.Channel, registry.channels[0].name)
        named = {"id": key, "entity_id": owner, "name": f"of {code}", "normalized_name": "SAME"}
        with store.entity_writer(owner) as writer:
            writer.upsert(people.Organization, [named])
            writer.upsert(Person, [named | {"organization_id": key}])
            writer.upsert(
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
            writer.upsert(
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
            writer.upsert(marketing.AgendaChannel, [{"agenda_id": key, "channel_id": channel}])


@pytest.fixture
def session(two_entities: OperationalStore) -> Iterator[Session]:
    with two_entities.entity_reader(entity_id(OURS)) as session:
        yield session


THEIR_KEY = stable_ulid("test", THEIRS)
OTHER = aliased(Person)
lower = sa.func.lower

# Each of these would give rows of both entities on a session of SQLAlchemy's own.
QUERIES = {
    "all": sa.select(Person.name),
    "objects": sa.select(Person),
    "table": sa.select(PERSON.c.name),
    "text": sa.text("SELECT name FROM db_person"),
    "text in capitals": sa.text('SELECT name FROM "DB_PERSON"'),
    "text with": sa.text("WITH p AS (SELECT name FROM db_person) SELECT name FROM p"),
    "text with recursive": sa.text(
        "WITH RECURSIVE p AS (SELECT name FROM db_person) SELECT name FROM p"
    ),
    "text as objects": sa.select(Person).from_statement(sa.text("SELECT * FROM db_person")),
    "text union": sa.text("SELECT 'x' UNION ALL SELECT name FROM db_person"),
    "by id": sa.select(Person.name).where(Person.id == THEIR_KEY),
    "or": sa.select(Person.name).where(sa.or_(sa.true(), Person.id == THEIR_KEY)),
    "alias": sa.select(OTHER.name),
    "alias of a table": sa.select(Person.id, PERSON.alias().c.name),
    "table in a condition": sa.select(core.Unit.id, PERSON.c.name).where(
        core.Unit.id != PERSON.c.id
    ),
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
    "case in a cte": sa.select(
        sa.select(sa.case((sa.literal(1) == 2, "x"), else_=Person.name).label("k")).cte().c.k
    ),
    "class in a function only": sa.select(core.Unit.name, sa.literal(THEIRS)).where(
        lower(Person.name) == f"of {THEIRS.lower()}"
    ),
    "suffix": sa.select(Person.name).suffix_with("UNION ALL SELECT name FROM db_person"),
    "operator": sa.select(Person.name.op("|| (SELECT group_concat(name) FROM db_person) ||")("")),
    "union": sa.union_all(sa.select(Person.name), sa.select(PERSON.c.name)),
    "exists": sa.select(core.Group.name, sa.literal(THEIRS)).where(
        sa.exists().where(Person.id == THEIR_KEY).correlate(None)
    ),
    "links": sa.select(marketing.AgendaChannel.agenda_id),
    "links by channel": sa.select(marketing.Agenda.title).join_from(
        marketing.AgendaChannel, marketing.Agenda
    ),
    "entities": sa.select(core.Entity.code),
    "units": sa.select(core.Unit.entity_id).distinct(),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_gives_rows_of_the_entity_only(session: Session, query: sa.Select) -> None:
    their = (THEIRS, THEIR_KEY, entity_id(THEIRS))
    for row in session.execute(query).all():
        value = row[-1].name if isinstance(row[-1], Person) else row[-1]
        assert not any(word in str(value) for word in their)


def test_what_people_ask_is_answered(session: Session) -> None:
    of_person = people.Account.person.of_type(OTHER)
    for query in (
        sa.select(Person).where(Person.accounts.any()),
        sa.select(Person).where(Person.organization.has(name=f"of {OURS}")),
        sa.select(Person).options(joinedload(Person.accounts), selectinload(Person.guardians)),
        sa.select(Person).filter_by(normalized_name="SAME").order_by("name").limit(5),
        sa.select(people.Account).join(of_person).options(contains_eager(of_person)),
        sa.select(marketing.Agenda).options(selectinload(marketing.Agenda.channels)),
    ):
        assert len(session.scalars(query).unique().all()) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 1
    assert session.query(Person).count() == 1


REFUSED = {
    "schema": sa.text("SELECT name FROM main.db_person"),
    "quoted schema": sa.text('SELECT name FROM "MAIN" . db_person'),
    "insert": sa.insert(Person).values(id="x", entity_id="y", name="z", normalized_name="z"),
    "update": sa.update(Person).values(name="mine"),
    "delete": sa.delete(Person),
    "text": sa.text("DELETE FROM db_person"),
    "with delete": sa.text("WITH p AS (SELECT 1) DELETE FROM db_person"),
    "attach": sa.text("ATTACH 'other.db' AS other"),
    "schema change": sa.text("DROP TABLE db_person"),
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_what_is_no_query_is_refused(session: Session, statement: sa.Executable) -> None:
    with pytest.raises(ScopeError):
        session.execute(statement)


def test_objects_and_what_they_refer_to_are_of_the_entity(session: Session) -> None:
    assert session.get(Person, THEIR_KEY) is None
    (person,) = session.scalars(sa.select(Person))
    assert person.organization
    assert {person.name, person.organization.name} == {f"of {OURS}"}
    assert [account.person for account in person.accounts] == [person]
    session.get_bind().execute(sa.select(Person.name)).one()


def test_objects_are_not_changed(session: Session) -> None:
    (person,) = session.scalars(sa.select(Person))
    person.name = "another"
    with pytest.raises(ScopeError):
        session.flush()
    session.rollback()
    with pytest.raises(ScopeError):
        session.bulk_update_mappings(sa.inspect(Person), [{"id": THEIR_KEY, "name": "another"}])


def test_a_reference_to_another_entity_leads_nowhere(two_entities: OperationalStore) -> None:
    """Even where the database itself is wrong."""
    with two_entities.writer() as connection:
        connection.execute(sa.update(people.Account).values(person_id=THEIR_KEY))
    with two_entities.entity_reader(entity_id(OURS)) as session:
        (account,) = session.scalars(sa.select(people.Account))
        assert account.person is None


def test_deleting_everything_leaves_what_is_another_entitys(two_entities: OperationalStore) -> None:
    with two_entities.entity_writer(entity_id(OURS)) as writer:
        writer.delete(people.Account)
        writer.delete(Person, sa.exists().where(Person.id == THEIR_KEY).correlate(None))
        assert writer.column(sa.select(Person.id)) != set()  # the condition never held
        for model in (Person, marketing.AgendaChannel, marketing.Agenda):
            writer.delete(model)
    for code, left in ((OURS, 0), (THEIRS, 1)):
        with two_entities.entity_reader(entity_id(code)) as session:
            for key in (people.Account.id, Person.id, marketing.AgendaChannel.agenda_id):
                assert session.scalar(sa.select(sa.func.count(key))) == left


def test_nothing_is_written_for_another_entity(two_entities: OperationalStore) -> None:
    ours, theirs = (entity_id(code) for code in (OURS, THEIRS))
    link = {"agenda_id": THEIR_KEY, "channel_id": "x"}
    with two_entities.entity_writer(ours) as writer:
        for model, record in (
            (
                commerce.Intake,
                {"id": "x", "entity_id": theirs, "year": 1, "month": 1, "label": "x"},
            ),
            (marketing.AgendaChannel, link),
        ):
            with pytest.raises(ScopeError, match="another entity's"):
                writer.upsert(model, [record])
        with pytest.raises(ScopeError, match="belongs to all entities"):
            writer.upsert(people.Sex, [{"id": "x", "code": "x", "name": "x"}])
        taken = {"id": THEIR_KEY, "entity_id": ours, "name": "x", "normalized_name": "x"}
        with pytest.raises(ScopeError, match="another entity's"):
            writer.upsert(Person, [taken])


def test_only_an_id_is_taken_for_an_entity(two_entities: OperationalStore) -> None:
    with (
        pytest.raises(ScopeError, match="no id of an entity"),
        two_entities.entity_reader("x' OR 1=1 --"),
    ):
        pass
