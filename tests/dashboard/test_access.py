"""Nobody sees what is not theirs, and nothing but a plain request from here is answered."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from dashboard_pages import ROUTES
from dashboard_server import PASSWORD, PATIENCE_SECONDS, serving

from atlas_assets.dashboard.access.attempts import MOST_OF_NAME, WINDOW_SECONDS, Attempts
from atlas_assets.dashboard.access.sessions import COOKIE, Sessions
from atlas_assets.dashboard.access.users import User, Users
from atlas_assets.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Installation
    from dashboard_server import Served

ULID = r"[0-9A-HJKMNP-TV-Z]{26}"


@pytest.mark.parametrize("path", [*ROUTES, "/trace?figure=totals.revenue.gap_pct", "/search?q=sma"])
def test_without_a_session_there_is_only_the_log_in(guarded: Served, path: str) -> None:
    answer = guarded.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/login?next=%2F")
    assert "Revenue" not in answer.text


def test_log_in_shows_the_page_that_was_wanted_and_log_out_ends_it(guarded: Served) -> None:
    session = requests.Session()
    form = {"name": "sri", "password": PASSWORD, "next": "/orders?entity=EPN"}
    answer = session.post(f"{guarded.url}/login", form, allow_redirects=False, timeout=60)
    assert answer.headers["Location"] == "/orders?entity=EPN"
    cookie = answer.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", f"{COOKIE}="))
    assert guarded.get("/", session).status_code == 200
    copied = {"Cookie": f"{COOKIE}={session.cookies[COOKIE]}"}
    assert guarded.get("/", headers=copied).status_code == 200
    session.post(f"{guarded.url}/logout", allow_redirects=False, timeout=60)
    assert guarded.get("/", session).status_code == 303
    assert guarded.get("/", headers=copied).status_code == 303  # nor does a copy of the cookie help


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "///evil.example/x", "x"],
)
def test_log_in_leads_to_no_other_site(guarded: Served, wanted: str) -> None:
    form = {"name": "sri", "password": PASSWORD, "next": wanted}
    answer = requests.post(f"{guarded.url}/login", form, allow_redirects=False, timeout=60)
    assert answer.headers["Location"] == "/"


def test_who_fails_too_often_has_to_wait(guarded: Served) -> None:
    form = {"name": "nobody", "password": "wrong", "next": "/"}

    def tried() -> int:
        return requests.post(f"{guarded.url}/login", form, timeout=60).status_code

    assert [tried() for _ in range(MOST_OF_NAME + 1)] == [401] * MOST_OF_NAME + [429]
    guarded.logged_in("sri")  # another name is not held back


def test_waiting_ends(tmp_path: Path) -> None:
    now = [1_000_000.0]
    attempts = Attempts(tmp_path / "attempts.db", now=lambda: now[0])
    assert all(attempts.may_try("sri", "10.0.0.1") for _ in range(MOST_OF_NAME))
    assert not attempts.may_try("sri", "10.0.0.2")
    assert attempts.may_try("budi", "10.0.0.2")
    now[0] += WINDOW_SECONDS + 1
    assert attempts.may_try("sri", "10.0.0.1")
    attempts.succeeded("sri")
    assert all(attempts.may_try("sri", "10.0.0.1") for _ in range(MOST_OF_NAME))


def test_attempts_at_the_same_moment_are_counted_one_by_one(tmp_path: Path) -> None:
    attempts = Attempts(tmp_path / "attempts.db")
    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(lambda _: attempts.may_try("sri", "10.0.0.1"), range(24)))
    assert sum(allowed) == MOST_OF_NAME


def ids(text: str, kind: str) -> list[str]:
    return sorted(set(re.findall(rf"/{kind}/({ULID})", text)))


def test_a_user_of_one_entity_gets_404_for_anything_of_another(guarded: Served) -> None:
    """Also by ids that only a user of the other can know."""
    eka, budi = guarded.logged_in("eka"), guarded.logged_in("budi")
    assert guarded.get("/revenue?entity=IONS", budi).status_code == 200
    for path in (*ROUTES, "/trace?figure=totals.revenue.gap_pct", "/search?q=sma"):
        joint = "&" if "?" in path else "?"
        assert guarded.get(f"{path}{joint}entity=EPN", budi).status_code == 404, path
    students = guarded.get("/students?entity=EPN", eka).text
    student = ids(students, "students")[0]
    records = {
        "orders": guarded.get(f"/students/{student}?entity=EPN", eka).text,
        "students": students,
        "organizations": guarded.get("/organizations?entity=EPN", eka).text,
    }
    for kind, text in records.items():
        found = ids(text, kind)[:5]
        assert found, kind
        for identifier in found:
            assert guarded.get(f"/{kind}/{identifier}?entity=EPN", eka).status_code == 200
            for entity in ("?entity=EPN", "?entity=IONS", ""):
                assert guarded.get(f"/{kind}/{identifier}{entity}", budi).status_code == 404
    trace = "/trace?entity=EPN&figure=totals.revenue.revenue_actuals"
    rows = re.findall(r'href="(/rows/[^"]+)"', guarded.get(trace, eka).text)
    address = rows[0].replace("&amp;", "&")
    assert guarded.get(address, eka).status_code == 200
    assert guarded.get(address, budi).status_code == 404
    assert guarded.get(address.replace("entity=EPN", "entity=IONS"), budi).status_code == 404
    assert guarded.get("/reports/monthly/EPN-2026-10.json?entity=IONS", budi).status_code == 404
    assert "EPN" not in guarded.get("/", budi).text


def test_personal_details_are_for_administrators(guarded: Served) -> None:
    sri, budi = guarded.logged_in("sri"), guarded.logged_in("budi")
    students = ids(guarded.get("/students?entity=IONS", sri).text, "students")
    told, masked = 0, 0
    for identifier in students[:20]:
        seen = guarded.get(f"/students/{identifier}?entity=IONS", sri).text
        hidden = guarded.get(f"/students/{identifier}?entity=IONS", budi).text
        for number in set(re.findall(r"\b\d{10,16}\b", seen)):
            told += 1
            assert number not in hidden
        masked += hidden.count("•••")
    assert told > 10
    assert masked > 10


def test_a_new_password_leaves_role_and_entities(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.yaml")
    users.add("budi", PASSWORD, "administrator", ["IONS"])
    users.add("budi", f"{PASSWORD} 2")
    assert users.verified("budi", f"{PASSWORD} 2") == User(
        "budi", "administrator", frozenset({"IONS"})
    )
    users.add("budi", PASSWORD, "manager", "all")
    assert users.verified("budi", PASSWORD) == User("budi", "manager", None)
    users.add("eka", PASSWORD, entities=[])
    eka = users.named("eka")
    assert eka
    assert not eka.may_see("IONS")


def test_every_view_of_a_record_is_noted_with_the_user(guarded: Served) -> None:
    budi = guarded.logged_in("budi")
    identifier = ids(guarded.get("/students?entity=IONS", budi).text, "students")[0]
    before = len(audit_log(guarded))
    for _ in range(2):  # the second one comes from memory
        guarded.get(f"/students/{identifier}?entity=IONS", budi)
    log = audit_log(guarded)
    views = log[before:]
    assert [(line["user"], line["page"]) for line in views] == [
        ("budi", f"/students/{identifier}")
    ] * 2
    assert all(line["at"].startswith("20") for line in views)
    assert PASSWORD not in json.dumps(log)


def audit_log(served: Served) -> list[dict]:
    path = max(served.folder.glob("audit.jsonl"))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_headers_are_strict(open_server: Served) -> None:
    for path in ("/", "/login", "/healthz", "/nowhere"):
        headers = open_server.get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Server" not in headers


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"method": "GET", "path": "/", "headers": {"Host": "evil.example"}}, 421),
        ({"method": "GET", "path": "/?q=" + "x" * 5_000}, 414),
        ({"method": "GET", "path": "/", "headers": {"Host": "["}}, 421),
        ({"method": "GET", "path": "/", "headers": {"Host": "evil@127.0.0.1"}}, 421),
        ({"method": "GET", "path": "/students%0A"}, 404),
        ({"method": "POST", "path": "/login", "headers": {"Origin": "http://["}}, 403),
        ({"method": "DELETE", "path": "/"}, 405),
        ({"method": "PUT", "path": "/orders"}, 405),
        ({"method": "POST", "path": "/login", "data": "x" * 20_000}, 413),
        ({"method": "POST", "path": "/login", "headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
        ({"method": "POST", "path": "/login", "headers": {"Origin": "https://evil.example"}}, 403),
        ({"method": "POST", "path": "/", "data": "a=b"}, 405),
    ],
    ids=str,
)
def test_what_is_no_plain_request_is_refused(
    open_server: Served, options: dict, status: int
) -> None:
    path = options.pop("path")
    options.setdefault("data", "a=b" if options["method"] == "POST" else None)
    answer = requests.request(
        url=f"{open_server.url}{path}", timeout=PATIENCE_SECONDS, allow_redirects=False, **options
    )
    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_a_proxy_names_the_user_if_it_is_a_known_one(built: Installation, tmp_path: Path) -> None:
    users = Users(tmp_path / "users.yaml")
    users.add("budi", PASSWORD, "manager", ["IONS"])
    environment = {"ATLAS_DASHBOARD_DIR": str(tmp_path), "ATLAS_USER_HEADER": "Remote-User"}
    with serving(built, **environment) as served:
        assert served.get("/", headers={"Remote-User": "budi"}).status_code == 200
        assert served.get("/?entity=EPN", headers={"Remote-User": "budi"}).status_code == 404
        assert served.get("/", headers={"Remote-User": "sri"}).status_code == 303
        assert served.get("/").status_code == 303
    with serving(built, **environment, ATLAS_PROXIES="10.9.9.9") as served:
        assert served.get("/", headers={"Remote-User": "budi"}).status_code == 303


def test_everybody_is_let_in_on_this_machine_only(built: Installation) -> None:
    refused = built.atlas("dashboard", "--no-auth", "--host", "0.0.0.0", status=2)  # noqa: S104  refused
    assert "this machine only" in refused.stderr
    nobody = built.atlas("dashboard", status=2)
    assert "atlas dashboard add-user" in nobody.stderr


def test_a_session_ends_with_the_password_and_cannot_be_forged(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.yaml")
    users.add("budi", PASSWORD, "manager", ["ions"])
    sessions = Sessions(tmp_path, users)
    budi = users.verified("budi", PASSWORD)
    assert budi == User("budi", "manager", frozenset({"IONS"}))
    cookie = sessions.issued(budi)
    assert sessions.user(cookie) == budi
    assert sessions.user(cookie[:-2]) is None
    assert sessions.user(cookie.replace(".", "x", 1)) is None
    users.add("budi", f"{PASSWORD} 2", "manager", ["ions"])
    assert sessions.user(cookie) is None
    assert users.verified("budi", PASSWORD) is None
    assert (tmp_path / "users.yaml").stat().st_mode & 0o077 == 0
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert PASSWORD not in (tmp_path / "users.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "password"), [("a b", PASSWORD), ("", PASSWORD), ("budi", "short")]
)
def test_weak_users_are_refused(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(UsageError):
        Users(tmp_path / "users.yaml").add(name, password, "manager", [])
