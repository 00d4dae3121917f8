"""The imitation of Odoo answers like the real Odoo 19 whose exchanges were recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from odoo_server import Odoo, running

if TYPE_CHECKING:
    from collections.abc import Iterator

EXCHANGES = [
    json.loads(line)
    for line in Path(__file__).with_name("odoo_exchanges.jsonl").read_text("utf-8").splitlines()
]
MODEL_OF = {
    exchange["name"]: exchange["request"]["path"].split("/")[3]
    for exchange in EXCHANGES
    if exchange["request"]["path"].endswith("/search_read")
}
PARTNERS = 251  # with archived ones, as recorded
UNSEEN = {"res.partner": {"active": True}, "account.move.line": {"display_type": "product"}}


@pytest.fixture(scope="module")
def recorded() -> Iterator[Odoo]:
    """An Odoo that has the recorded records, and as many partners as were counted."""
    odoo = Odoo()
    for exchange in EXCHANGES:
        model, body = MODEL_OF.get(exchange["name"]), exchange["response"]["body"]
        for record in body if model and exchange["response"]["status"] == 200 else []:
            if "write_date" in record or model in {"account.move.line", "sale.order.line"}:
                odoo.add(str(model), **{**UNSEEN.get(str(model), {}), **record})
    for number in range(PARTNERS - 2):
        odoo.add("res.partner", id=1000 + number, name=f"Siswa {number}", active=False)
    with running(odoo):
        yield odoo


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange["name"])
def test_an_exchange_is_imitated(recorded: Odoo, exchange: dict[str, Any]) -> None:
    wanted, expected = exchange["request"], exchange["response"]
    headers = {"Content-Type": "application/json", **wanted["headers"]}
    if wanted["key"]:
        headers["Authorization"] = f"bearer {wanted['key']}"
    body = wanted["raw"] if wanted["body"] is None else json.dumps(wanted["body"])
    response = requests.request(
        wanted["method"],
        recorded.url + wanted["path"],
        data=body,
        headers={name: value for name, value in headers.items() if value is not None},
        timeout=10,
    )
    assert response.status_code == expected["status"]
    assert response.headers["Content-Type"] == expected["headers"]["Content-Type"]
    if not isinstance(expected["body"], str):
        assert comparable(response.json()) == comparable(expected["body"])


def comparable(body: Any) -> Any:
    """Return an answer without what only Odoo's own programs would look at."""
    if isinstance(body, dict) and "debug" in body:
        return body["name"], body["message"].split("\n")[0]
    return body
