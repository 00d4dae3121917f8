"""A server that does not answer, or answers something else, is told in words and in time."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest
import sqlalchemy as sa

from atlas_assets.operational import sessions
from atlas_assets.operational.sessions import OperationalStore, StoreError

HTML = b"<html><body><h1>Something else</h1></body></html>"


def refused(url: str) -> str:
    """Read from a server; return what it was refused with."""
    store = OperationalStore(url)
    with pytest.raises(StoreError) as error, store.reader() as connection:
        connection.execute(sa.text("SELECT 1"))
    text = str(error.value)
    assert url in text
    assert text.endswith("Nothing was changed.")
    assert len(text) < 300
    assert "\n" not in text
    return text


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def closing() -> Iterator[str]:
    """The address of a server that accepts and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    server.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_that_never_answers_is_given_up(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "ANSWER_SECONDS", 1.0)
    assert "did not answer within 1 s" in refused(silent)
    assert [
        p for p in psutil.Process().children() if "remote_process" in " ".join(p.cmdline())
    ] == []


def test_a_server_that_hangs_up_is_told(closing: str) -> None:
    assert "cannot be reached" in refused(closing)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (502, HTML, "is not available now (502 Bad Gateway)"),
        (503, HTML, "is not available now (503 Service Unavailable)"),
        (500, b"", "is not available now (500 Internal Server Error)"),
        (504, b"x" * 100_000, "is not available now (504 Gateway Timeout)"),
        (429, HTML, "is not available now (429 Too Many Requests)"),
        (401, HTML, "needs a token"),
        (403, HTML, "may only read"),
        (404, HTML, "answers like no libSQL server"),
        (200, HTML, "answers like no libSQL server"),
        (200, b"{}", "answers like no libSQL server"),
        (200, b"\xff" * 10, "answers like no libSQL server"),
        (301, b"", "answers like no libSQL server"),
    ],
)
def test_what_a_server_answers_instead_is_told(status: int, body: bytes, told: str) -> None:
    with answering(status, body) as url:
        assert told in refused(url)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_waiting_for_a_server_can_be_stopped(silent: str, number: signal.Signals) -> None:
    program = (
        "from atlas_assets.faults.stopping import end_on_signals\n"
        "from atlas_assets.operational.sessions import OperationalStore\n"
        "end_on_signals()\n"
        "print('begins', flush=True)\n"
        "with OperationalStore('%s').reader() as connection:\n"
        "    connection.exec_driver_sql('SELECT 1')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program % silent],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    ) as process:
        assert process.stdout
        process.stdout.readline()
        while not psutil.Process(process.pid).children():
            assert process.poll() is None
        process.send_signal(number)
        _, told = process.communicate(timeout=20)
    assert "Stopped." in told
    assert process.returncode == 128 + number
