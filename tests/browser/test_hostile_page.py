"""A page of another site, in a real browser, against the web UI: nothing that it tries arrives."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium")
PATIENCE_SECONDS = 120
MUTATION = "mutation{setNuxSeen}"
SEEN = '{"query":"{shouldShowNux}"}'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@dataclass(frozen=True)
class Served:
    """The web UI of a home of its own, without any definitions of Atlas."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, body: str, **headers: str) -> tuple[int, Any]:
        """Send a query as a program does; return status and answer."""
        request = urllib.request.Request(  # noqa: S310  http only
            f"{self.url}/graphql",
            body.encode(),
            {
                "content-type": "application/json",
                **{k.replace("_", "-"): v for k, v in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def is_untouched(self) -> bool:
        """Whether no mutation has arrived: it would be remembered that the welcome was seen."""
        _, answer = self.ask(SEEN)
        return answer["data"]["shouldShowNux"]


@contextmanager
def serving(module: str, home: Path) -> Generator[Served]:
    """Serve a home without any definitions of Atlas by one of the two servers."""
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    (home / "defs.py").write_text(
        "import dagster as dg\ndefs = dg.Definitions()\n", encoding="utf-8"
    )
    port = free_port()
    command = ["-m", module, "-h", "127.0.0.1", "-p", str(port), "-f", str(home / "defs.py")]
    with (home / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, "DAGSTER_HOME": str(home)},
            cwd=home,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(port, process)
        yield Served(port)
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("atlas_assets.orchestration.ui.web", tmp_path_factory.mktemp("home")) as served:
        yield served


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)  # until it listens
    raise TimeoutError("the web UI does not listen")


@contextmanager
def page_of(origin: str, content: str, folder: Path) -> Generator[Page]:
    """Yield a page with some content that a browser shows, from a server of another origin."""
    (folder / "index.html").write_text(content, encoding="utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update"),
                "--host-resolver-rules=MAP *.example 127.0.0.1",
            ],
        )
        page = browser.new_page()
        page.goto(f"http://{origin}:{server.server_port}/index.html")
        yield page
        browser.close()
        server.shutdown()


TRIES = {
    "image": "await new Promise(done => {{const i = new Image(); i.onload = i.onerror = done; "
    "i.src = '{url}/graphql?query={mutation}'}})",
    "script": "await new Promise(done => {{const s = document.createElement('script'); "
    "s.onload = s.onerror = done; s.src = '{url}/graphql?query={mutation}'; document.body.append(s)}})",
    "fetch": "await fetch('{url}/graphql', {{method: 'POST', body: JSON.stringify({{query: '{mutation}'}}), "
    "headers: {{'content-type': 'application/json'}}}}).catch(() => 0)",
    "fetch without asking": "await fetch('{url}/graphql', {{method: 'POST', mode: 'no-cors', "
    "credentials: 'include', body: JSON.stringify({{query: '{mutation}'}}), "
    "headers: {{'content-type': 'text/plain;application/json'}}}}).catch(() => 0)",
    "beacon": "navigator.sendBeacon('{url}/graphql?query={mutation}', 'x'); "
    "await new Promise(done => setTimeout(done, 500))",
    "event": "await fetch('{url}/report_asset_materialization/x', {{method: 'POST', mode: 'no-cors'}})"
    ".catch(() => 0)",
}


@pytest.mark.parametrize("attempt", TRIES.values(), ids=TRIES)
def test_what_another_page_sends_does_not_arrive(
    served: Served, tmp_path: Path, attempt: str
) -> None:
    with page_of("evil.example", "<body>", tmp_path) as page:
        tried = attempt.format(url=served.url, mutation=MUTATION)
        page.evaluate(f"async () => {{ {tried} }}")
    assert served.is_untouched()
    query = (
        '{"query":"{assetNodes{id} assetRecordsOrError{... on AssetRecordConnection{assets{id}}}}"}'
    )
    assert '"x"' not in json.dumps(served.ask(query)[1])


@pytest.mark.parametrize("attempt", [TRIES["image"], TRIES["fetch without asking"]])
def test_it_would_arrive_at_dagsters_own_server(tmp_path: Path, attempt: str) -> None:
    """So that the tests above test something."""
    with (
        serving("dagster_webserver", tmp_path / "home") as stock,
        page_of("evil.example", "<body>", tmp_path) as page,
    ):
        assert stock.is_untouched()
        page.evaluate(f"async () => {{ {attempt.format(url=stock.url, mutation=MUTATION)} }}")
        assert not stock.is_untouched()


def test_a_form_of_another_page_does_not_arrive(served: Served, tmp_path: Path) -> None:
    form = (
        f"<form method=post enctype=text/plain action='{served.url}/graphql?query={MUTATION}'>"
        '<input name=\'{"query":"mutation{setNuxSeen}","x":"\' value=\'"}\'></form>'
    )
    with page_of("evil.example", form, tmp_path) as page:
        with page.expect_navigation():
            page.evaluate("document.forms[0].submit()")
        assert "Only the web UI's own pages may do that." in page.content()
    assert served.is_untouched()


def test_a_page_cannot_be_framed(served: Served, tmp_path: Path) -> None:
    with page_of("evil.example", f"<iframe src='{served.url}/runs'></iframe>", tmp_path) as page:
        page.wait_for_load_state("networkidle")
        framed = page.frames[1]
        assert "Dagster" not in framed.content()


def test_a_web_socket_of_another_page_is_refused(served: Served, tmp_path: Path) -> None:
    connect = (
        f"new Promise(done => {{const s = new WebSocket('ws://127.0.0.1:{served.port}/graphql', "
        "'graphql-ws'); s.onopen = () => done('open'); s.onerror = () => done('refused')})"
    )
    with page_of("evil.example", "<body>", tmp_path) as page:
        assert page.evaluate(connect) == "refused"
        page.goto(served.url)
        assert page.evaluate(connect) == "open"


def test_a_name_that_is_made_to_point_here_shows_nothing(served: Served, tmp_path: Path) -> None:
    with page_of("evil.example", "<body>", tmp_path) as page:
        page.goto(f"http://rebound.example:{served.port}/runs")
        assert "This name is not one of the web UI." in page.content()
        answer = page.evaluate(
            "fetch('/graphql', {method: 'POST', body: '{\"query\":\"{version}\"}', "
            "headers: {'content-type': 'application/json'}}).then(a => a.status)"
        )
    assert answer == 403


def test_its_own_pages_work(served: Served, tmp_path: Path) -> None:
    with page_of("evil.example", "<body>", tmp_path) as page:
        page.goto(f"{served.url}/runs")
        page.get_by_text("You have not launched any runs yet.").first.wait_for()
        page.goto(f"http://localhost:{served.port}/runs")
        page.get_by_text("You have not launched any runs yet.").first.wait_for()


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "[::1"},
        {"host": ""},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "http://["},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"content_type": "text/plain"},
        {"content_type": "text/plain;application/json"},
        {"content_type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_foreign_request_is_refused(served: Served, headers: dict[str, str]) -> None:
    status, _ = served.ask(json.dumps({"query": MUTATION}), **headers)
    assert status in {400, 403}
    assert served.is_untouched()


def test_programs_are_answered(served: Served) -> None:
    status, answer = served.ask('{"query":"{version}"}')
    assert (status, list(answer["data"])) == (200, ["version"])
