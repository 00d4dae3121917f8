"""Whatever is sent to the dashboard, it answers with a page or a refusal, and tells nothing of its inside."""

from __future__ import annotations

import socket
from urllib.parse import quote, unquote_plus, urlencode, urlsplit

import pytest
import requests
from dashboard_pages import ROUTES
from dashboard_server import PATIENCE_SECONDS, Served
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

INSIDE = (
    "Traceback",
    "site-packages",
    "sqlite",
    "duckdb",
    "atlas_assets",
    "/dashboard/",
    "SELECT ",
)
PATHS = (
    *ROUTES,
    *(
        "/trace",
        "/search",
        "/students/01DXF6DT0004FAAWD63XTFATDW",
        "/orders/x",
        "/organizations/%00",
    ),
    *(
        "/rows/transactions/2026-10-01/9",
        "/rows/students/2026-10-01/x",
        "/reports/monthly/x.json",
    ),
    *("/static/app.css", "/login", "/healthz", "/nowhere"),
    f"/rows/transactions/2026-10-01/{'9' * 47}",
)
ATTACKS = [
    *(
        "' OR 1=1 --",
        "'; DROP TABLE marts.mart_revenue; --",
        '" OR ""="',
        "1) UNION SELECT 1,2,3--",
    ),
    *(
        "../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "/etc/passwd\0.json",
        "{{7*7}}",
        "${7*7}",
    ),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"),
    *("%", "_", "!", "\0", "\u202e", "😀", "-1", "99999999999999999999", "NaN", "1e400"),
    *("0001-01..9999-12", "2026-13", "2026-Q9", "9999", "0000-01", "2026-10..2020-01"),
    *("totals", "units.TM", "__class__", "totals.revenue.trend.-1.actuals", "a" * 190, "\r\nX: y"),
]
# The parameters, and pages that use them.
PARAMETERS = {
    "entity": ("/", "/students", "/trace"),
    "period": ("/", "/students", "/trace", "/findings", "/schools", "/quality", "/reports"),
    "unit": ("/", "/orders", "/schools"),
    "lang": ("/", "/search"),
    "q": ("/search",),
    "figure": ("/trace", "/"),
    "part": ("/trace",),
    "table": ("/students", "/programs"),
    "format": ("/students", "/programs"),
    "file": ("/rows/transactions/2026-10-01/9",),
    "sheet": ("/rows/transactions/2026-10-01/9",),
    "column": ("/rows/transactions/2026-10-01/9",),
    "next": ("/login",),
    **dict.fromkeys(
        ("students.q", "students.sort", "students.page", "students.organization"), ("/students",)
    ),
    "findings.place": ("/findings",),
    "records.sort": ("/trace",),
    "schools.level": ("/schools",),
}


def refute(answer: requests.Response, sent: str) -> str | None:
    """Return what is wrong with an answer, or None."""
    if answer.status_code >= 500:
        return f"{answer.status_code} for {sent!r}"
    text = answer.text.replace(quote(sent), "")
    leaks = [word for word in INSIDE if word in text and word not in sent]
    if leaks and not answer.url.endswith((".css", ".js")):
        return f"{leaks} in the answer to {sent!r}"
    if "<script>alert" in text or "<img src=x" in text:
        return f"{sent!r} is not escaped"
    return None


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_every_parameter_bears_an_attack(open_server: Served, parameter: str) -> None:
    """Not even with a figure whose records are asked for, and a table that is taken along."""
    usual = {"entity": "IONS", "figure": "units.TM.revenue.revenue_actuals"}
    with requests.Session() as session:
        wrong = [
            refute(
                open_server.get(f"{path}?{urlencode({**usual, parameter: attack})}", session),
                attack,
            )
            for path in PARAMETERS[parameter]
            for attack in ATTACKS
        ]
    assert [text for text in wrong if text] == []


@pytest.mark.thorough
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=st.sampled_from(PATHS),
    query=st.dictionaries(
        st.sampled_from(sorted(PARAMETERS)) | st.text(max_size=8),
        st.sampled_from(ATTACKS) | st.text(max_size=60),
        max_size=5,
    ),
)
def test_no_address_is_answered_with_an_error_of_the_server(
    open_server: Served, path: str, query: dict[str, str]
) -> None:
    address = f"{path}?{urlencode(query)}"
    assert refute(open_server.get(address), unquote_plus(address)) is None


@pytest.mark.parametrize(
    "path",
    [
        *("/static/..%2f..%2fsettings.py", "/static/../app.py", "/reports/..%2f..%2f/warehouse.db"),
        *("/reports/monthly/..%2fIONS-2026-10.json", "/reports/serving/current.json"),
        *("/rows/..%2fregistry_units/2026-10-01/1", "/rows/sheet_manifest/2026-10-01/1"),
        *(
            "/rows/transactions%3B%20drop/2026-10-01/1",
            "/students/..%2f..%2f",
            "/%2e%2e/%2e%2e/etc/passwd",
        ),
    ],
)
def test_no_path_leads_out(open_server: Served, path: str) -> None:
    with requests.Session() as session:
        request = requests.Request("GET", f"{open_server.url}/").prepare()
        request.url = f"{open_server.url}{path}"
        answer = session.send(request, timeout=PATIENCE_SECONDS)
    assert answer.status_code == 404
    assert refute(answer, path) is None


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=range(7),
)
def test_malformed_requests_are_refused_and_the_next_one_is_answered(
    open_server: Served, sent: bytes
) -> None:
    port = urlsplit(open_server.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    assert b"Traceback" not in answer
    assert not answer or answer.split()[1][:1] == b"4"
    assert open_server.get("/healthz").status_code == 200
