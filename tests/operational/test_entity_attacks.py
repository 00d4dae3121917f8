"""SQL against the entity reader: whatever is asked, no row of another entity and no file is seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from operational.test_entity_session import OURS, THEIR_KEY, THEIRS, fill
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.operational.entity_query import ScopeError
from atlas_assets.operational.seed import entity_id
from atlas_assets.operational.sessions import OperationalStore

SECRET = "the content of a file"  # noqa: S105
SEEN = (THEIRS, THEIR_KEY, entity_id(THEIRS), SECRET, SECRET.encode().hex().upper(), "CREATE TABLE")


@dataclass(frozen=True)
class Victim:
    """A database of two entities, a file that must not be read and one that must not be written."""

    store: OperationalStore
    read: Path
    written: Path

    def attack(self, statement: str) -> bool:
        """Run a statement as the entity; return whether it was answered."""
        text = statement.replace("READ", str(self.read)).replace("WRITE", str(self.written))
        try:
            with self.store.entity_reader(entity_id(OURS)) as session:
                rows = [tuple(row) for row in session.connection().exec_driver_sql(text)]
        except (ScopeError, SQLAlchemyError):
            return False
        finally:
            assert not self.written.exists(), text
        for row in rows:
            for value in row:
                shown = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                assert not any(word in shown for word in SEEN), (text, row)
        return True


@pytest.fixture
def victim(store: OperationalStore, configuration: Configuration, tmp_path: Path) -> Victim:
    fill(store, configuration.registry)
    read = tmp_path / "secret.txt"
    read.write_text(SECRET, encoding="utf-8")
    return Victim(store, read, tmp_path / "written.txt")


ATTACKS = [
    "SELECT readfile('READ')",
    "SELECT hex(readfile('READ'))",
    "SELECT \"readfile\"('READ')",
    "SELECT [readfile]('READ')",
    "SELECT `readfile` ('READ')",
    "SELECT readfile/* */('READ')",
    "SELECT name, (SELECT readfile('READ')) FROM db_person",
    "SELECT writefile('WRITE', 'x')",
    "SELECT 1 FROM db_person WHERE writefile('WRITE', 'x')",
    "SELECT 1 FROM db_person ORDER BY writefile('WRITE', 'x')",
    "WITH c AS (SELECT writefile('WRITE', 'x')) SELECT * FROM c",
    "SELECT data FROM fsdir('READ')",
    "SELECT * FROM fsdir('READ') AS db_person",
    "SELECT * FROM db_person, fsdir('READ')",
    "SELECT * FROM sqlite_dbpage",
    "SELECT * FROM sqlite_dbpage('main')",
    "SELECT sql FROM sqlite_master",
    "SELECT sql FROM sqlite_schema",
    'SELECT sql FROM "sqlite_schema"',
    "SELECT sql FROM main.sqlite_schema",
    "SELECT * FROM pragma_table_list",
    "SELECT * FROM pragma_table_info('db_person')",
    "SELECT * FROM dbstat",
    "SELECT * FROM json_each(readfile('READ'))",
    "SELECT load_extension('READ')",
    "SELECT edit('x')",
    "SELECT name FROM main.db_person",
    'SELECT name FROM "main"."db_person"',
    "SELECT name FROM [main].db_person",
    "SELECT main.db_person.name FROM db_person",
    "SELECT name FROM temp.db_person",
    "SELECT name FROM of_entity_db_person",
    "WITH of_entity_db_person AS (SELECT 1 AS name) SELECT name FROM of_entity_db_person",
    "WITH db_person AS (SELECT * FROM main.db_person) SELECT name FROM db_person",
    "WITH sqlite_schema AS (SELECT 1) SELECT * FROM sqlite_schema",
    "SELECT * FROM (WITH sqlite_schema AS (SELECT 1) SELECT 1), sqlite_schema",
    "SELECT * FROM (WITH c AS (SELECT 1) SELECT 1), c",
    "WITH cte_c AS (SELECT 1) SELECT * FROM cte_c",
    "SELECT name FROM db_person UNION SELECT sql FROM sqlite_schema",
    "SELECT name FROM db_person; SELECT name FROM main.db_person",
    "SELECT 1; ATTACH 'WRITE' AS x",
    "ATTACH 'WRITE' AS x",
    "VACUUM INTO 'WRITE'",
    "PRAGMA table_info(db_person)",
    "PRAGMA query_only=OFF",
    "EXPLAIN SELECT * FROM db_person",
    "EXPLAIN QUERY PLAN SELECT * FROM db_person",
    "COMMIT",
    "VALUES (readfile('READ'))",
    "SELECT * FROM (VALUES (readfile('READ')))",
    "REPLACE INTO db_person SELECT * FROM db_person",
    "INSERT INTO db_person SELECT * FROM main.db_person",
    "SELECT name FROM db_person WHERE name LIKE '%' ESCAPE readfile('READ')",
    "SELECT name FROM db_person LIMIT (SELECT count(*) FROM main.db_person)",
    "SELECT max(name) FILTER (WHERE readfile('READ') IS NULL) FROM db_person",
    "SELECT row_number() OVER (ORDER BY readfile('READ')) FROM db_person",
    "SELECT CAST(readfile('READ') AS TEXT)",
    "SELECT CASE WHEN readfile('READ') IS NOT NULL THEN 1 END",
    "SELECT db_person FROM db_person",
    "SELECT name FROM db_person NOT INDEXED",
    "SELECT 'x' AS \"readfile\" FROM db_person GROUP BY readfile('READ')",
    "SELECT name FROM db_person -- \n UNION SELECT name FROM main.db_person",
    "SELECT 'a' 'b'",
    "SELECT x'" + "ab" * 1000 + "'",
    "SELECT " + "(" * 2000 + "1" + ")" * 2000,
    "",
    ";",
]


def test_known_attacks_see_nothing(victim: Victim) -> None:
    for statement in ATTACKS:
        victim.attack(statement)


def test_honest_queries_are_answered(victim: Victim) -> None:
    for statement in (
        "SELECT count(*), min(name), upper(name) FROM db_person GROUP BY name HAVING count(*) > 0",
        "WITH c(n) AS (SELECT name FROM db_person) SELECT n FROM c WHERE n LIKE 'of%' LIMIT 3 OFFSET 0",
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT n FROM c",
        "SELECT p.name, o.name FROM db_person p LEFT JOIN db_organization o ON o.id = p.organization_id",
        "SELECT s.name FROM db_sex AS s WHERE s.code IN ('L', 'P') ORDER BY s.name COLLATE nocase",
        "SELECT strftime('%Y', starts_on), row_number() OVER (ORDER BY title) FROM marketing_agenda",
        "SELECT 'é', coalesce(birth_date, '—') FROM db_person WHERE name BETWEEN 'a' AND 'z'",
    ):
        assert victim.attack(statement), statement


def test_parameters_keep_their_places(victim: Victim) -> None:
    with victim.store.entity_reader(entity_id(OURS)) as session:
        query = "SELECT ?, 'é ?', ? FROM db_person WHERE ? = 'c' LIMIT ?, ?"
        rows = session.connection().exec_driver_sql(query, ("a", "b", "c", 0, 1)).all()
    assert rows == [("a", "é ?", "b")]


TABLES = st.sampled_from(
    """db_person db_sex core_entity core_unit marketing_agenda_channel sqlite_schema
    sqlite_master sqlite_dbpage dbstat main.db_person temp.db_person "main"."db_person"
    [main].[db_person] of_entity_db_person cte_c c pragma_table_list pragma_database_list
    fsdir('READ') "fsdir"('READ') json_each('[1]') pragma_table_info('db_person')
    generate_series(1,3) "db_person" DB_PERSON 'db_person' `db_person` db_person.main nothing""".split()  # noqa: SIM905
)
FUNCTIONS = st.sampled_from(
    """readfile writefile fsdir load_extension edit hex quote zeroblob count max coalesce substr
    "readfile" [readfile] `writefile` sha3 sqlite_compileoption_get printf char unistr lsmode
    sqlite_source_id group_concat json_extract eval main.readfile""".split()  # noqa: SIM905
)
LEAVES = st.sampled_from(
    """name id entity_id * 1 'x' NULL x'00' "name" c.name db_person.name main.db_person.name
    rowid 'READ' 'WRITE' name/**/ main.name sqlite_schema.sql ?1 :a @a $a""".split()  # noqa: SIM905
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("{}({})".format, FUNCTIONS, inner),
        st.builds("{}({}, {})".format, FUNCTIONS, inner, inner),
        st.builds("(SELECT {} FROM {})".format, inner, TABLES),
        st.builds("({} || {})".format, inner, inner),
        st.builds("CASE WHEN {} THEN {} ELSE {} END".format, inner, inner, inner),
        st.builds("CAST({} AS {})".format, inner, st.sampled_from(["TEXT", "BLOB", "a(readfile)"])),
        st.builds("{} IN (SELECT {} FROM {})".format, inner, inner, TABLES),
        st.builds("EXISTS (SELECT {} FROM {} c)".format, inner, TABLES),
    ),
    max_leaves=6,
)
SELECTS = st.builds(
    "SELECT {} FROM {}{}{}{}".format,
    EXPRESSIONS,
    TABLES,
    st.one_of(
        st.just(""),
        TABLES.map(", {}".format),
        st.builds(" c JOIN {} ON {}".format, TABLES, EXPRESSIONS),
    ),
    st.one_of(st.just(""), EXPRESSIONS.map(" WHERE {}".format)),
    st.one_of(
        st.just(""),
        EXPRESSIONS.map(" GROUP BY {}".format),
        EXPRESSIONS.map(" ORDER BY {}".format),
        EXPRESSIONS.map(" LIMIT {}".format),
    ),
)
WORDS = st.sampled_from(["SELECT", "FROM", "(", ")", ",", ";", "AS"])
STATEMENTS = st.one_of(
    SELECTS,
    st.builds("{} UNION ALL {}".format, SELECTS, SELECTS),
    st.builds("WITH c AS ({}) {}".format, SELECTS, SELECTS),
    st.builds("WITH {} AS ({}) {}".format, TABLES, SELECTS, SELECTS),
    st.builds("SELECT * FROM ({}), {}".format, SELECTS, TABLES),
    st.builds("{}; {}".format, SELECTS, SELECTS),
    st.builds(
        "{} {}".format, st.sampled_from(["EXPLAIN", "PRAGMA", "--", "/*", "VALUES"]), SELECTS
    ),
    st.lists(
        st.one_of(
            TABLES, FUNCTIONS, LEAVES, st.sampled_from(["SELECT", "FROM", "(", ")", ",", ";", "AS"])
        )
    ).map(" ".join),
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory, configuration: Configuration) -> Victim:
    folder = tmp_path_factory.mktemp("fuzzed")
    store = OperationalStore(f"file:{folder / 'operational.db'}")
    fill(store, configuration.registry)
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    return Victim(store, folder / "secret.txt", folder / "written.txt")


@pytest.mark.slow
@settings(
    max_examples=5000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(statement=STATEMENTS)
def test_no_statement_sees_another_entity_or_a_file(fuzzed: Victim, statement: str) -> None:
    fuzzed.attack(statement)


def test_the_attacks_would_succeed_without_the_reader(fuzzed: Victim) -> None:
    """So that the fuzz test tests something: the driver itself reads files and all rows."""
    with fuzzed.store.reader() as connection:
        content = connection.exec_driver_sql(f"SELECT readfile('{fuzzed.read}')").scalar()
        names = set(connection.exec_driver_sql("SELECT name FROM db_person").scalars())
    assert content == SECRET.encode()
    assert f"of {THEIRS}" in names


@pytest.fixture
def session(victim: Victim) -> Iterator[Session]:
    with victim.store.entity_reader(entity_id(OURS)) as session:
        yield session


def test_a_table_that_does_not_exist_is_named_with_the_nearest(session: Session) -> None:
    with pytest.raises(
        ScopeError, match=r"There is no table 'db_persons'. Did you mean 'db_person'"
    ):
        session.execute(sa.text("SELECT name FROM db_persons"))
