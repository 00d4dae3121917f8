"""Messages arrive: in the log file, by a real mail server and at a real webhook, once a day each."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from pydantic import SecretStr

from atlas_assets.errors import ConfigurationError
from atlas_assets.monitoring.notifications import Notice, Notifier, SentMemory
from atlas_assets.settings import Settings

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOTICE = Notice(
    title="Atlas: sync of EPN 2026-02 failed", text="There is no sheet <TM>.\nRename it."
)
OTHER = Notice(title=NOTICE.title, text="Another reason.")


class Hook(BaseHTTPRequestHandler):
    """A webhook that keeps what it is sent."""

    received: list[dict]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        message = json.loads(self.rfile.read(length))
        refused = "poison" in message["message"] or len(message["message"]) > 2000
        if not refused:
            self.received.append(message)
        self.send_response(400 if refused else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing."""


class Mailbox(Message):
    """A mail server's handler that keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[tuple[str, str]] = []

    def handle_message(self, message) -> None:  # noqa: ANN001
        body = next(part for part in message.walk() if part.get_content_type() == "text/plain")
        self.received.append((message["Subject"], body.get_payload(decode=True).decode()))


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict]]]:
    received: list[dict] = []
    handler = type("OneHook", (Hook,), {"received": received})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}/hook", received
        server.shutdown()


@pytest.fixture
def mailbox() -> Iterator[tuple[str, Mailbox]]:
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"mailto://127.0.0.1:{port}?to=finance@example.org&from=atlas@example.org", mailbox
    controller.stop()


def test_a_message_goes_to_the_log_to_the_mailbox_and_to_the_hook(
    tmp_path: Path,
    hook: tuple[str, list[dict]],
    mailbox: tuple[str, Mailbox],
) -> None:
    notifier = Notifier(tmp_path / "notifications.log", (mailbox[0], hook[0]))
    notifier.check()
    memory = notifier.notify([NOTICE], SentMemory(), NOW)
    assert memory.unsent == []
    assert notifier.log_file.read_text(encoding="utf-8") == (
        "2026-11-20 09:00 Atlas: sync of EPN 2026-02 failed\n    There is no sheet <TM>.\n    Rename it.\n"
    )
    ((subject, body),) = mailbox[1].received
    assert subject == NOTICE.title
    assert body.splitlines() == NOTICE.text.splitlines()
    (sent,) = hook[1]
    assert (sent["title"], sent["message"]) == (NOTICE.title, NOTICE.text)


def test_the_same_message_is_told_once_a_day(tmp_path: Path) -> None:
    notifier = Notifier(tmp_path / "notifications.log")
    memory = notifier.notify([NOTICE, NOTICE], SentMemory(), NOW)
    memory = notifier.notify([NOTICE, OTHER], memory, NOW + timedelta(hours=3))
    notifier.notify([NOTICE], memory, NOW + timedelta(days=1))
    lines = notifier.log_file.read_text(encoding="utf-8").splitlines()
    assert [line[:16] for line in lines if not line.startswith(" ")] == [
        "2026-11-20 09:00",
        "2026-11-20 12:00",
        "2026-11-21 09:00",
    ]


def test_what_could_not_be_sent_is_sent_later(tmp_path: Path) -> None:
    received: list[dict] = []
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    notifier = Notifier(tmp_path / "notifications.log", (f"json://127.0.0.1:{port}/hook",))
    memory = notifier.notify([NOTICE], SentMemory(), NOW)
    memory = SentMemory.model_validate_json(memory.model_dump_json())
    with HTTPServer(("127.0.0.1", port), type("Late", (Hook,), {"received": received})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert notifier.notify([], memory, NOW).unsent == []
        server.shutdown()
    assert [sent["title"] for sent in received] == [NOTICE.title]


def test_an_address_that_does_not_answer_holds_no_other_back(
    tmp_path: Path, hook: tuple[str, list[dict]]
) -> None:
    log_file = tmp_path / "notifications.log"
    nobody = Notifier(log_file, (hook[0], "json://127.0.0.1:9/nobody"))
    memory = nobody.notify([NOTICE], SentMemory(), NOW)
    assert [notice for _, notice in memory.unsent] == [NOTICE]
    assert len(hook[1]) == 1
    memory = SentMemory.model_validate_json(memory.model_dump_json())
    elsewhere = [(digest, notice) for digest, notice in memory.unsent]
    away = Notifier(log_file, (hook[0],))  # that address is no longer configured
    assert away.notify([], memory, NOW).unsent == []
    assert len(hook[1]) == 1
    assert nobody.notify([OTHER], memory, NOW).unsent == [*elsewhere, (elsewhere[0][0], OTHER)]
    assert len(hook[1]) == 2
    assert log_file.read_text(encoding="utf-8").count(NOTICE.title) == 2


def test_an_address_that_is_none_is_named_by_its_number_only() -> None:
    settings = Settings.model_validate({"notify": SecretStr("json://localhost/x secret-nonsense")})
    with pytest.raises(ConfigurationError, match="does not know address 2 of 2") as refused:
        Notifier.of(settings).check()
    assert "secret" not in str(refused.value)
    assert "secret" not in repr(settings)


def test_a_message_that_is_refused_for_good_holds_no_other_up_and_is_told(
    hook: tuple[str, list[dict]], tmp_path: Path
) -> None:
    url, received = hook
    notifier = Notifier(tmp_path / "notifications.log", (url,))
    poison = Notice(title="Atlas: poison", text="poison")
    memory = notifier.notify([poison], SentMemory(), NOW)
    assert [notice for _, notice in memory.unsent] == [poison]  # perhaps the address is away
    long = Notice(title="Atlas: long", text="x" * 100_000)
    memory = notifier.notify([NOTICE, long, OTHER], memory, NOW)
    assert memory.unsent == []
    texts = [message["message"] for message in received]
    assert {NOTICE.text, OTHER.text} <= set(texts)
    (shortened,) = [text for text in texts if text.startswith("xxx")]
    assert shortened.endswith("All of it is in notifications.log.")
    log = (tmp_path / "notifications.log").read_text(encoding="utf-8")
    assert "Address 1 of ATLAS_NOTIFY takes others, but not this one: Atlas: poison" in log
    assert "x" * 100_000 in log
