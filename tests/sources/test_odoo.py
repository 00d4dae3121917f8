"""Months read from Odoo: what is read, when it is read again, and what happens when something goes wrong."""

from __future__ import annotations

import pickle
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from odoo_school import KEY_VARIABLE, LINE, TRANSACTIONS, configuration, enroll, secret, source
from odoo_server import HTML, Handler, Odoo, running
from pydantic import SecretStr

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.errors import ConfigurationError, SourceError
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition, Scope
from atlas_assets.sources.extract import Extraction, extract
from atlas_assets.sources.grid import ROW
from atlas_assets.sources.isolation import IsolatedSource
from atlas_assets.sources.memory import SourceMemory
from atlas_assets.sources.odoo import server
from atlas_assets.sources.odoo.adapter import OdooAdapter
from atlas_assets.sources.raw_store import RawStore
from atlas_assets.sources.routing import RoutedSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


FEBRUARY = Month(2026, 2)
TARGET = ("transactions", "EPN", FEBRUARY)
MODELS_READ = 6  # partners, invoices, their lines, products, lines of orders, orders
MODELS_MET = MODELS_READ + 3  # journals, teams and sources, by their names


@pytest.fixture
def odoo() -> Iterator[Odoo]:
    with running(Odoo()) as found:
        yield found


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "FIRST_WAIT_SECONDS", 0.01)


def adapter(odoo: Odoo, folder: Path, key: str | None = "KEY", **changes: Any) -> OdooAdapter:
    configured = configuration(folder, source(odoo.url, **changes))
    return OdooAdapter(
        configured, SourceMemory(folder / "seen"), lambda _: SecretStr(key) if key else None
    )


def refused(adapter: OdooAdapter) -> str:
    with pytest.raises(SourceError) as error:
        adapter.read(*TARGET)
    assert "KEY" not in str(error.value).replace(KEY_VARIABLE, "")
    return str(error.value)


def changed_table(**changes: Any) -> dict[str, Any]:
    return {"transactions": {**TRANSACTIONS, **changes}}


def test_a_payment_leads_to_customer_invoice_and_order(odoo: Odoo, tmp_path: Path) -> None:
    enroll(odoo, "2026-01-31", "Ani", 1.0)
    of_february = enroll(odoo, "2026-02-01", "Budi", 862524.15, school="SMA 1")
    enroll(odoo, "2026-03-01", "Citra", 3.0)
    enroll(odoo, "2026-02-05", "Dewi", 4.0, state="draft")
    found = adapter(odoo, tmp_path).read(*TARGET)
    assert found.frame.to_dicts() == [
        {
            ROW: of_february,
            "transaction_date": "2026-02-01",
            "receipt_number": "PV.26.02.0002",
            "student_name": "Budi",
            "organization_name": "SMA 1",
            "organization_level": "SMA",
            "payment_method": "Bank",
            "amount": "862524.15",
            "product_name": "Privat Matematika",
            "unit": "PRIVAT",
            "channel": "Website",
            "intake": "2026-02-01",
        }
    ]
    manifest = found.manifest
    assert manifest
    assert manifest.place == f"{odoo.url.removeprefix('http://')}, account.payment"
    assert (manifest.rows_read, manifest.rows_kept, manifest.header_rows) == (1, 1, [])
    assert {c.name: c.letter for c in manifest.columns}["student_name"] == "partner_id.name"
    reading = adapter(odoo, tmp_path).control(found)
    assert [(a.row, a.amount, a.is_total) for a in reading.amounts] == [
        (0, Decimal("862524.15"), True),
        (of_february, Decimal("862524.15"), False),
    ]


def test_an_empty_month_is_a_month_without_rows(odoo: Odoo, tmp_path: Path) -> None:
    enroll(odoo, "2026-01-31", "Ani", 1.0)
    found = adapter(odoo, tmp_path).read(*TARGET)
    assert found.rows_kept == 0
    assert adapter(odoo, tmp_path).control(found).amounts[0].amount == 0


def test_requests_are_bounded_by_pages(
    odoo: Odoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month of 25 payments in pages of ten: three pages of payments, and of each model that they lead to."""
    monkeypatch.setattr(server, "PAGE", 10)
    for number in range(25):
        enroll(odoo, "2026-02-10", f"S{number}", 1.0)
    assert adapter(odoo, tmp_path).read(*TARGET).rows_kept == 25
    assert odoo.asked("search_read", "account.payment") == 3
    # Ids are asked for by tens, and a full page is followed by an empty one: 20 + 20 + 5.
    for model in ("res.partner", "account.move", "sale.order"):
        assert odoo.asked("search_read", model) <= 5, model
    assert odoo.asked("formatted_read_group") == 2 + MODELS_MET
    assert odoo.asked("fields_get") == 1 + MODELS_READ


def test_an_unchanged_month_is_not_read_again(odoo: Odoo, tmp_path: Path) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    configured = configuration(tmp_path, source(odoo.url))
    memory = SourceMemory(tmp_path / "seen")
    isolated = IsolatedSource(OdooAdapter(configured, memory, secret), memory)
    first = isolated.look(*TARGET)
    odoo.requests.clear()
    assert isolated.look(*TARGET).manifest == first.manifest
    assert odoo.asked("search_read") == 0
    assert odoo.asked("formatted_read_group") == 1 + MODELS_MET


CHANGES = {
    "a payment is changed": lambda o: o.write(
        "account.payment", 1, "2026-03-02 08:00:00", memo="X"
    ),
    "a payment is deleted": lambda o: o.delete("account.payment", 2),
    "a payment moves to another month": lambda o: o.write(
        "account.payment", 2, "2026-03-02 08:00:00", date="2026-03-05"
    ),
    "a partner is renamed": lambda o: o.write(
        "res.partner", 1, "2026-03-02 08:00:00", name="Anita"
    ),
    "a partner is archived": lambda o: o.write(
        "res.partner", 1, "2026-03-02 08:00:00", active=False
    ),
    "a product is renamed": lambda o: o.write(
        "product.product", 1, "2026-03-02 08:00:00", name="IPA"
    ),
    "a team is renamed": lambda o: o.write("crm.team", 1, "2026-03-02 08:00:00", name="BIMBEL"),
    "another source": lambda o: o.write("sale.order", 1, "2026-03-02 08:00:00", source_id=False),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_month_is_read_again(odoo: Odoo, tmp_path: Path, change: Any) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    enroll(odoo, "2026-02-10", "Budi", 2.0)
    found = adapter(odoo, tmp_path)
    found.read(*TARGET)
    state = found.state(*TARGET)
    pulse = found.pulse("EPN", 2026)
    assert state is not None
    change(odoo)
    assert found.state(*TARGET) != state
    assert found.pulse("EPN", 2026) != pulse
    found.read(*TARGET)
    assert found.state(*TARGET) not in (None, state)


def test_a_new_payment_of_another_month_leaves_the_month_as_it_was(
    odoo: Odoo, tmp_path: Path
) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    found = adapter(odoo, tmp_path)
    found.read(*TARGET)
    state, pulse = found.state(*TARGET), found.pulse("EPN", 2026)
    enroll(odoo, "2026-03-10", "Budi", 1.0)
    assert found.state(*TARGET) == state
    assert found.pulse("EPN", 2026) != pulse


def test_a_change_of_the_last_minutes_is_not_trusted(odoo: Odoo, tmp_path: Path) -> None:
    """The same second could hold another change, and a transaction that is open is written as of its start."""
    odoo.now = datetime(2026, 3, 1, 8, 9, tzinfo=UTC)
    enroll(odoo, "2026-02-10", "Ani", 1.0, written="2026-03-01 08:00:00")
    found = adapter(odoo, tmp_path)
    assert found.read(*TARGET).state is None
    assert found.state(*TARGET) is None
    pulse = found.pulse("EPN", 2026)
    odoo.now += timedelta(minutes=2)
    assert found.read(*TARGET).state == found.state(*TARGET)
    assert found.state(*TARGET) is not None
    assert found.pulse("EPN", 2026) != pulse


def test_nothing_is_lost_or_doubled_while_rows_are_deleted_and_touched_between_pages(
    odoo: Odoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are written in the same second, over two pages; the month is read once more, as it is then."""
    monkeypatch.setattr(server, "PAGE", 4)
    ids = [enroll(odoo, "2026-02-10", f"S{n}", float(n)) for n in range(8)]

    def interfere(_number: int) -> None:
        if (
            odoo.asked("search_read", "account.payment") == 1
            and ids[0] in odoo.records["account.payment"]
        ):
            odoo.delete("account.payment", ids[0])
            odoo.write("account.payment", ids[1], "2026-03-01 08:00:01", memo="PV.26.02.0099")

    odoo.after = interfere
    found = adapter(odoo, tmp_path).read(*TARGET)
    assert found.frame[ROW].to_list() == ids[1:]
    assert found.frame["receipt_number"][0] == "PV.26.02.0099"
    assert odoo.asked("formatted_read_group", "account.payment") == 2 * 2


def test_a_month_that_changes_all_the_time_is_refused(odoo: Odoo, tmp_path: Path) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    odoo.after = lambda number: (
        enroll(odoo, "2026-02-11", f"S{number}", 1.0) and None
        if odoo.requests[-1][0] == "product.product"
        else None
    )
    assert "2026-02 changed while it was read, and then again" in refused(adapter(odoo, tmp_path))


def test_archived_partners_are_read_and_other_companies_are_not(odoo: Odoo, tmp_path: Path) -> None:
    own = enroll(odoo, "2026-02-10", "Ani", 1.0)
    odoo.write("res.partner", 1, "2026-03-01 08:00:00", active=False)
    enroll(odoo, "2026-02-10", "Budi", 2.0, company=2)
    found = adapter(odoo, tmp_path).read(*TARGET)
    assert found.frame.select(ROW, "student_name").rows() == [(own, "Ani")]
    both = adapter(odoo, tmp_path / "both", companies=[1, 2]).read(*TARGET)
    assert both.frame["student_name"].to_list() == ["Ani", "Budi"]


def test_what_has_several_values_is_joined_and_told(odoo: Odoo, tmp_path: Path) -> None:
    number = enroll(odoo, "2026-02-10", "Ani", 1.0, programs=("IPA", "IPS"))
    found = adapter(odoo, tmp_path).read(*TARGET)
    assert found.frame["product_name"].to_list() == ["IPA + IPS"]
    assert found.manifest
    assert found.manifest.warnings == [
        (
            f"1 records of account.payment have several values of {LINE}.product_id.name, which are joined "
            f"by '+': id {number}"
        )
    ]


def test_times_and_numbers_are_as_people_of_the_business_see_them(
    odoo: Odoo, tmp_path: Path
) -> None:
    """Half past midnight of 1 February in Jakarta is still January in UTC."""
    odoo.add("crm.team", id=1, name="PRIVAT")
    for when in ("2026-01-31 16:59:59", "2026-01-31 17:30:00", "2026-02-28 17:00:00"):
        odoo.add(
            "sale.order", date_order=when, amount_total=100.125, name="S", team_id=[1, "PRIVAT"]
        )
    columns = {
        "date_order": "transaction_date",
        "amount_total": "amount",
        "team_id": "unit",
        "name": "student_name",
    }
    values = {"product_name": "IPA", "intake": "{month}", "channel": "Website"}
    table = {"model": "sale.order", "date": "date_order", "columns": columns, "values": values}
    found = adapter(odoo, tmp_path, tables={"transactions": table}).read(*TARGET)
    assert found.frame.select("transaction_date", "amount", "intake").rows() == [
        ("2026-02-01 00:30:00", "100.1250", "2026-02-01")
    ]


def test_sums_that_differ_and_other_currencies_are_refused(
    odoo: Odoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    dollars = enroll(odoo, "2026-02-11", "Budi", 2.0, currency_id=[2, "USD"])
    told = refused(adapter(odoo, tmp_path))
    assert f"1 records of account.payment in 2026-02 are not in IDR: id {dollars} in USD" in told
    assert "epn-2026.yaml, line " in told
    odoo.delete("account.payment", dollars)
    summed = odoo._formatted_read_group

    def a_cent_more(*arguments: Any, **options: Any) -> list[dict[str, Any]]:
        (group,) = summed(*arguments, **options)
        return [{k: v + 0.01 if k == "amount:sum" else v for k, v in group.items()}]

    monkeypatch.setitem(odoo.__dict__, "_formatted_read_group", a_cent_more)
    assert "the records of 2026-02 add up to 1.00, and Odoo says 1.01" in refused(
        adapter(odoo, tmp_path)
    )


# What goes wrong for some requests only, and passes.


def status(code: int, **headers: str) -> Any:
    def fault(handler: Handler) -> bool:
        handler.reply(code, b"<html>later</html>", HTML, **headers)
        return True

    return fault


def cut_off(handler: Handler) -> bool:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'[{"id": 1, ')
    handler.close_connection = True
    return True


def hang_up(handler: Handler) -> bool:
    handler.close_connection = True
    return True


PASSING = {
    "429": status(429, Retry_After="0"),
    "502": status(502),
    "503": status(503),
    "a page with 500": status(500),
    "a page with 200": status(200),
    "cut off half-way": cut_off,
    "no answer": hang_up,
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_what_passes_is_repeated(odoo: Odoo, tmp_path: Path, fault: Any) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    odoo.faults = [fault, fault, lambda _: False, fault]
    assert adapter(odoo, tmp_path).read(*TARGET).rows_kept == 1


def test_a_server_says_how_long_to_wait(
    odoo: Odoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=waited.append))
    odoo.faults = [status(429, Retry_After="7"), status(502)]
    assert adapter(odoo, tmp_path).read(*TARGET).rows_kept == 0
    assert waited == [7.0, 0.02]


def test_a_server_that_drips_is_left(
    odoo: Odoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No single reading takes long, but all of them together do."""

    def drip(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        with suppress(OSError):  # of the client, when it leaves
            while True:
                handler.wfile.write(b" ")
                handler.wfile.flush()
        return True

    monkeypatch.setattr(server, "SECONDS", 1)
    odoo.faults = [drip] * server.ATTEMPTS
    assert "it was still answering after 1 seconds" in refused(adapter(odoo, tmp_path))


FINAL: dict[str, tuple[dict[str, Any], str, str]] = {
    "wrong key": ({"key": "WRONG"}, "key_variable", "it is wrong or has expired"),
    "no key": ({"key": None}, "key_variable", f"{KEY_VARIABLE} is not set"),
    "no access": (
        {"key": "BOT"},
        "model",
        "may not read this: You are not allowed to access 'Journal Entry' (account.move)",
    ),
    "company": ({"companies": [9]}, "companies", "unauthorized or invalid companies"),
    "database": ({"database": "nodb"}, "database", "no such database"),
    "model": ({"tables": changed_table(model="account.paymnt")}, "model", "does not exist"),
    "field of a column": (
        {"tables": changed_table(columns=TRANSACTIONS["columns"] | {"partner_id.mobil": "note"})},
        "partner_id.mobil",
        "res.partner has no field 'mobil'",
    ),
    "field of the domain": (
        {"tables": changed_table(domain=[["nope", "=", 1]])},
        "domain",
        "Invalid field account.payment.nope",
    ),
    "a list": (
        {"tables": changed_table(columns=TRANSACTIONS["columns"] | {LINE: "note"})},
        LINE,
        "is a list of records",
    ),
    "no reference": (
        {"tables": changed_table(columns=TRANSACTIONS["columns"] | {"memo.name": "note"})},
        "memo.name",
        "refers to no other record",
    ),
    "no date": (
        {"tables": changed_table(date="name")},
        "date",
        "'name' of account.payment is no date",
    ),
}


@pytest.mark.parametrize(("changes", "key", "told"), FINAL.values(), ids=FINAL.keys())
def test_what_is_final_is_told_with_its_line_and_not_repeated(
    odoo: Odoo, tmp_path: Path, changes: dict[str, Any], key: str, told: str
) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    problem = refused(adapter(odoo, tmp_path, **changes))
    text = (tmp_path / "config" / "epn-2026.yaml").read_text("utf-8").splitlines()
    line = int(problem.split("line ")[1].split(":")[0])
    assert key in text[line - 1] or key in text[line - 2], problem
    assert told in problem
    calls = [(model, method, repr(body)) for model, method, body in odoo.requests]
    assert len(calls) == len(set(calls))


def test_a_record_that_may_not_be_seen_is_refused(odoo: Odoo, tmp_path: Path) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    odoo.delete("product.product", 1)
    assert "product_id of account.move.line refers to product.product 1" in refused(
        adapter(odoo, tmp_path)
    )


def test_an_unreachable_server_is_told_once(odoo: Odoo, tmp_path: Path) -> None:
    """The months of a year do not each wait for it."""
    with running(Odoo()) as gone:
        url = gone.url
    found = adapter(odoo, tmp_path, url=url)
    told = refused(found)
    assert f"{url} does not answer: no connection" in told
    assert refused(found) == told


def test_a_refusal_is_not_remembered(odoo: Odoo, tmp_path: Path) -> None:
    """What Odoo refused once, for want of a right, it may allow the next time, although nothing changed."""
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    configured = configuration(tmp_path, source(odoo.url))
    memory = SourceMemory(tmp_path / "seen")
    isolated = IsolatedSource(OdooAdapter(configured, memory, secret), memory)
    isolated.look(*TARGET)
    odoo.write("account.payment", 1, "2026-03-02 08:00:00", memo="X")
    odoo.faults = [forbid_reading] * 99
    with pytest.raises(SourceError, match="may not read this: Not today"):
        isolated.look(*TARGET)
    odoo.faults = []
    assert isolated.look(*TARGET).rows_kept == 1


def forbid_reading(handler: Handler) -> bool:
    """Refuse to give records, not to sum them up."""
    if not handler.path.endswith("search_read"):
        return False
    handler.reply(403, b'{"name": "odoo.exceptions.AccessError", "message": "Not today"}')
    return True


def test_keys_are_warned_of_in_time(odoo: Odoo, tmp_path: Path) -> None:
    today = configuration(tmp_path, source(odoo.url)).registry.calendar.now().date()
    late = adapter(odoo, tmp_path, key_expires=today + timedelta(days=30), url="http://school.test")
    assert late.warnings("EPN", 2026) == ["the key travels to school.test unprotected. Use https"]
    soon = adapter(odoo, tmp_path, key_expires=today + timedelta(days=13))
    assert soon.warnings("EPN", 2026)[0].startswith(f"the key in {KEY_VARIABLE} expires on ")


def test_the_adapter_goes_to_other_processes_without_a_key(odoo: Odoo, tmp_path: Path) -> None:
    configured = configuration(tmp_path, source(odoo.url))
    routed = RoutedSource(tmp_path, configured)
    assert routed.months("EPN")[0] == Month(2026, 1)
    assert b"KEY" not in pickle.dumps(routed).replace(KEY_VARIABLE.encode(), b"")


def test_other_tables_go_on_and_what_was_loaded_stays(odoo: Odoo, tmp_path: Path) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    students = {
        "workbook": "students",
        "sheets": {2: "students"},
        "header_row": 1,
        "columns": {"NAME": "student_name", "UNIT": "unit"},
    }
    configured = configuration(
        tmp_path,
        source(odoo.url),
        workbooks={"students": "students.csv"},
        tables={"students": students},
    )
    (tmp_path / "students.csv").write_text("NAME;UNIT\nAni;PRIVAT\n", "utf-8")
    store = RawStore(tmp_path / "raw")
    february = Scope(("EPN",), (FEBRUARY,))

    def loaded() -> Extraction:
        return extract(IsolatedSource(WithKey(tmp_path, configured)), store, february)

    assert not loaded().problems
    before = store.partition_hashes()
    enroll(odoo, "2026-02-11", "Budi", 2.0)
    (tmp_path / "students.csv").write_text("NAME;UNIT\nAni;PRIVAT\nBudi;PRIVAT\n", "utf-8")
    odoo.faults = [forbid_reading] * 99
    half = loaded()
    assert [line.split(": ", 1)[1] for line in half.problems] == [
        "the user of the key may not read this: Not today. Ask for the right."
    ]
    assert (
        half.row_counts[Partition("EPN", FEBRUARY)] == 2
    )  # students; the payments stay as they were
    odoo.faults = []
    assert store.head(OdooAdapter(configured, None, secret).read(*TARGET)).height == 1
    assert not loaded().problems
    assert store.partition_hashes() != before


class WithKey(RoutedSource):
    """The sources of an installation whose environment has the key."""

    def _of_kind(self, kind: str) -> OdooAdapter:
        assert kind == "odoo"
        return OdooAdapter(self._configuration, self._memory, secret)


def test_what_one_process_met_goes_to_no_other(odoo: Odoo, tmp_path: Path) -> None:
    """An error could not be made again there."""
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    found = adapter(odoo, tmp_path)
    odoo.faults = [status(503, Retry_After="0")] * server.ATTEMPTS
    assert "does not answer: status 503" in refused(found)
    assert found.__getstate__()["_silent"] == {}
    assert refused(found)  # not asked again for some seconds


ODD_ANSWERS = {
    "null": b"null",
    "a number": b"7",
    "an error as 200": b'{"error": "x"}',
    "no groups": b"[]",
    "a group of nothing": b"[null]",
    "an endless number": b'[{"__count": 1, "write_date:max": false, "id:max": 1, "amount:sum": Infinity}]',
    "a huge number": b'[{"__count": 1, "write_date:max": false, "id:max": 1, "amount:sum": 1e30}]',
    "no time": b'[{"__count": 1, "write_date:max": "soon", "id:max": 1, "amount:sum": 1}]',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("answer", ODD_ANSWERS.values(), ids=ODD_ANSWERS.keys())
@pytest.mark.parametrize("method", ["formatted_read_group", "search_read", "fields_get"])
def test_odd_answers_are_refused_in_words(
    odoo: Odoo, tmp_path: Path, method: str, answer: bytes
) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)

    def odd(handler: Handler) -> bool:
        if handler.path.endswith(method):
            handler.reply(200, answer)
        return handler.path.endswith(method)

    odoo.faults = [odd] * 99
    told = refused(adapter(odoo, tmp_path))
    assert odoo.url in told or "changed while it was read" in told


def test_keys_and_cookies_stay_with_their_server(
    odoo: Odoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither `.netrc` nor an earlier answer adds to a request, and no message repeats the key."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    met: list[tuple[str | None, str | None]] = []

    def note(handler: Handler) -> bool:
        met.append((handler.headers["Authorization"], handler.headers["Cookie"]))
        handler.reply(403, b'{"name": "x", "message": "not KEY"}', Set_Cookie="session_id=1")
        return True

    odoo.faults = [note, note]
    assert "may not read this: not …" in refused(adapter(odoo, tmp_path))
    assert "may not read this" in refused(adapter(odoo, tmp_path))
    assert met == [("bearer KEY", None)] * 2
    for key in ("KEY\n", "KEY é", " "):
        assert "has blanks or letters that no key has" in refused(adapter(odoo, tmp_path, key=key))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"url": "https://user:secret@school.test"}, "expected an address"),
        ({"url": "https://school.test/?db=x"}, "expected an address"),
        ({"url": "school.test"}, "expected an address"),
        ({"key_variable": "a secret key"}, "expected the name of an environment variable"),
        ({"key_variable": "PYTHON_KEY"}, "is not heeded"),
        ({"companies": []}, "expected at least 1"),
        ({"companies": ["1"]}, "expected a whole number"),
        ({"companies": [0]}, "greater than or equal to 1"),
        ({"database": "a b"}, "expected letters, digits"),
        (
            {"tables": changed_table(domain=[["a", "=", 1], "|", ["b", "=", 1]])},
            "expected conditions",
        ),
        ({"tables": changed_table(domain=[["a", "=", 1], "!"])}, "expected conditions"),
        ({"tables": changed_table(domain=["|", ["a", "=", 1]])}, "expected conditions"),
        ({"tables": changed_table(domain=[["a", "=", date(2026, 1, 1)]])}, "expected conditions"),
        ({"tables": changed_table(domain=[["a", "="]])}, "expected conditions"),
        ({"tables": changed_table(date=None)}, "transactions need `date`"),
    ],
)
def test_wrong_configurations_are_told_without_their_secrets(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    wrong = configuration(tmp_path, source("https://school.test", **changes))
    with pytest.raises(ConfigurationError, match=r"epn-2026\.yaml, line ") as error:
        _ = wrong.years
    assert told in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "domain",
    [
        [],
        [["a", "=", 1]],
        ["|", ["a", "=", 1], ["b", "in", [1, 2]]],
        ["!", "&", ["a", "=", 1], ["b", "=", None]],
    ],
)
def test_domains_are_taken_as_odoo_writes_them(tmp_path: Path, domain: list[Any]) -> None:
    described = configuration(
        tmp_path, source("https://school.test", tables=changed_table(domain=domain))
    )
    assert described.years["EPN", 2026].sources[0].tables["transactions"].domain == domain


def test_another_field_or_time_zone_is_another_state(odoo: Odoo, tmp_path: Path) -> None:
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    states: list[str | None] = []
    for columns in (TRANSACTIONS["columns"], TRANSACTIONS["columns"] | {"name": "note"}):
        found = adapter(odoo, tmp_path, tables=changed_table(columns=columns))
        states.append(found.read(*TARGET).state)
        assert found.state(*TARGET) == states[-1]
    registry = tmp_path / "config" / "registry.yaml"
    registry.write_text(registry.read_text("utf-8").replace("Asia/Jakarta", "UTC"), "utf-8")
    elsewhere = OdooAdapter(
        Configuration(tmp_path / "config"), SourceMemory(tmp_path / "seen"), secret
    )
    states.append(elsewhere.read(*TARGET).state)
    assert len(set(states)) == 3


def test_two_databases_of_one_server_do_not_share_fields(odoo: Odoo, tmp_path: Path) -> None:
    """What is known of one must not decide which companies are read in the other."""
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    students = {
        "model": "res.partner",
        "columns": {"name": "student_name"},
        "values": {"unit": "PRIVAT"},
    }
    configured = configuration(
        tmp_path,
        source(odoo.url),
        source(odoo.url, database="test", tables={"students": students}),
    )
    found = OdooAdapter(configured, None, secret)
    found.read(*TARGET)
    asked = odoo.asked("fields_get", "res.partner")
    assert found.read("students", "EPN", Month(2026, 1)).rows_kept == 1
    assert odoo.asked("fields_get", "res.partner") == asked + 1


def test_a_table_is_in_one_place_and_amounts_are_in_fields(tmp_path: Path) -> None:
    twice = configuration(tmp_path, source("https://a.test"), source("https://b.test"))
    with pytest.raises(ConfigurationError, match="transactions are in another place already"):
        _ = twice.years
    columns = {k: v for k, v in TRANSACTIONS["columns"].items() if v != "amount"}
    fixed = changed_table(columns=columns, values={"amount": "5"})
    with pytest.raises(ConfigurationError, match="every row has an amount of its own"):
        _ = configuration(tmp_path, source("https://a.test", tables=fixed)).years


def test_a_refusal_is_forgotten_when_the_month_can_be_read(odoo: Odoo, tmp_path: Path) -> None:
    """Also if only another month is loaded then."""
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    configured = configuration(tmp_path, source(odoo.url))
    store = RawStore(tmp_path / "raw")
    march, february = Month(2026, 3), FEBRUARY
    odoo.faults = [forbid_reading] * 99
    isolated = IsolatedSource(WithKey(tmp_path, configured))
    assert extract(isolated, store, Scope(("EPN",), (february, march))).problems
    assert [of.month for _, of in store.refused()] == [february, march]
    odoo.faults = []
    assert not extract(isolated, store, Scope(("EPN",), (february,))).problems
    assert store.refused() == []


def test_a_month_that_cannot_be_read_twice_stays_as_it_was(odoo: Odoo, tmp_path: Path) -> None:
    """The second reading of the amounts fails: the new rows are not taken, and neither is a problem kept."""
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    configured = configuration(tmp_path, source(odoo.url))
    store, february = RawStore(tmp_path / "raw"), Scope(("EPN",), (FEBRUARY,))
    isolated = IsolatedSource(WithKey(tmp_path, configured))
    assert not extract(isolated, store, february).problems
    before = store.partition_hashes()
    enroll(odoo, "2026-02-11", "Budi", 2.0)
    read: list[str] = []

    def forbid_again(handler: Handler) -> bool:
        if handler.path.endswith("account.payment/search_read"):
            read.append(handler.path)
        return len(read) > 1 and forbid_reading(handler)

    odoo.faults = [forbid_again] * 99
    (problem,) = extract(isolated, store, february).problems
    assert "Not today" in problem
    assert store.partition_hashes() == before
    odoo.faults = []
    assert not extract(isolated, store, february).problems
    assert store.partition_hashes() != before


def test_an_odd_answer_is_not_remembered(odoo: Odoo, tmp_path: Path) -> None:
    """It says nothing of the month, which is the same the next time."""
    enroll(odoo, "2026-02-10", "Ani", 1.0)
    configured = configuration(tmp_path, source(odoo.url))
    memory = SourceMemory(tmp_path / "seen")
    isolated = IsolatedSource(OdooAdapter(configured, memory, secret), memory)
    isolated.look(*TARGET)
    odoo.write("account.payment", 1, "2026-03-02 08:00:00", memo="X")

    def odd(handler: Handler) -> bool:
        if handler.path.endswith("search_read"):
            handler.reply(200, b"7")
        return handler.path.endswith("search_read")

    odoo.faults = [odd] * 99
    with pytest.raises(SourceError, match="answers otherwise than an Odoo 19 does"):
        isolated.look(*TARGET)
    odoo.faults = []
    assert isolated.look(*TARGET).rows_kept == 1
