"""An imitation of Odoo 19's JSON-2 interface; `test_odoo_server.py` holds it against a recorded real one."""

from __future__ import annotations

import json
import operator
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby
from typing import Any

Record = dict[str, Any]
Fault = Callable[["Handler"], bool]

# The fields of each model: name to type, with the model that it refers to.
MODELS: dict[str, dict[str, str]] = {
    "account.payment": {
        "name": "char", "partner_id": "many2one res.partner", "date": "date", "state": "selection",
        "payment_type": "selection", "partner_type": "selection", "amount": "monetary",
        "currency_id": "many2one res.currency", "company_id": "many2one res.company",
        "journal_id": "many2one account.journal", "memo": "char",
        "reconciled_invoice_ids": "many2many account.move",
    },
    "account.move": {
        "name": "char", "partner_id": "many2one res.partner", "invoice_date": "date", "date": "date",
        "state": "selection", "payment_state": "selection", "move_type": "selection",
        "amount_total": "monetary", "amount_residual": "monetary", "currency_id": "many2one res.currency",
        "company_id": "many2one res.company", "invoice_origin": "char", "ref": "char",
        "invoice_line_ids": "one2many account.move.line",
    },
    "account.move.line": {
        "move_id": "many2one account.move", "product_id": "many2one product.product", "name": "char",
        "display_type": "selection", "quantity": "float", "price_unit": "float",
        "price_subtotal": "monetary", "price_total": "monetary", "sale_line_ids": "many2many sale.order.line",
    },
    "sale.order": {
        "name": "char", "partner_id": "many2one res.partner", "date_order": "datetime",
        "state": "selection", "amount_total": "monetary", "invoice_status": "selection",
        "invoice_ids": "many2many account.move", "source_id": "many2one utm.source",
        "medium_id": "many2one utm.medium", "team_id": "many2one crm.team", "x_intake": "char",
    },
    "sale.order.line": {
        "order_id": "many2one sale.order", "product_id": "many2one product.product", "name": "char",
        "product_uom_qty": "float", "price_unit": "float", "price_total": "monetary",
    },
    "res.partner": {
        "name": "char", "phone": "char", "email": "char", "street": "char", "city": "char", "ref": "char",
        "active": "boolean", "company_id": "many2one res.company", "parent_id": "many2one res.partner",
        "category_id": "many2many res.partner.category", "customer_rank": "integer",
        "x_level": "char",
    },
    "account.journal": {"name": "char"}, "crm.team": {"name": "char"}, "utm.source": {"name": "char"},
    "product.product": {"name": "char", "categ_id": "many2one product.category", "active": "boolean"},
}  # fmt: skip
SELECTIONS = {
    "account.payment.state": [
        ["draft", "Draft"], ["in_process", "In Process"], ["paid", "Paid"], ["canceled", "Canceled"],
        ["rejected", "Rejected"],
    ]
}  # fmt: skip
LABELS = {"partner_id": "Customer/Vendor", "write_date": "Last Updated on"}
ALWAYS = {
    "id": "integer",
    "create_date": "datetime",
    "write_date": "datetime",
    "display_name": "char",
}
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
USERS = {"KEY": {1, 2}, "BOT": {1}}  # keys, and the companies of their users


class RefusalError(Exception):
    """An answer that is no value."""

    def __init__(self, status: int, name: str, message: str, *, has_status: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "name": name,
            "message": message,
            "arguments": [message, status] if has_status else [message],
            "context": {},
            "debug": "Traceback (most recent call last):\n  …",
        }


def http_refusal(status: int, name: str, message: str) -> RefusalError:
    return RefusalError(status, f"werkzeug.exceptions.{name}", message, has_status=True)


def value_error(message: str, kind: str = "ValueError") -> RefusalError:
    return RefusalError(500, f"builtins.{kind}", message)


@dataclass
class Odoo:
    """The records of an Odoo, what was asked of it, and what is to go wrong with the next requests.

    `faults` are called with the handler of a request, one for each; True means that it was answered.
    `after` is called with the number of each request after its answer.
    """

    records: dict[str, dict[int, Record]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    after: Callable[[int], None] = lambda _number: None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    url: str = ""

    def add(self, model: str, written: str = "2026-03-01 08:00:00", **values: Any) -> int:
        """Add a record, and return its id."""
        table = self.records.setdefault(model, {})
        number = values.pop("id", max(table, default=0) + 1)
        blank = {name: [] if "2many" in kind else False for name, kind in MODELS[model].items()}
        if "active" in MODELS[model]:
            blank["active"] = True
        table[number] = {**blank, "id": number, "write_date": written, **values}
        return number

    def write(self, model: str, number: int, when: str, **values: Any) -> None:
        """Change a record at a time."""
        self.records[model][number].update(values, write_date=when)

    def delete(self, model: str, number: int) -> None:
        """Delete a record, which leaves no trace."""
        del self.records[model][number]

    def asked(self, method: str, model: str | None = None) -> int:
        """Return how often a method was called, of one model or of any."""
        return sum(m == method and model in (None, name) for name, m, _ in self.requests)

    def answer(self, model: str, method: str, body: dict[str, Any], key: str) -> Any:
        """Return what a method returns. Raises RefusalError."""
        if model not in MODELS and model != "res.users":
            raise http_refusal(404, "NotFound", f"the model '{model}' does not exist")
        if method.startswith("_"):
            name = f"{model}.{method}"
            raise access_error(f"Private methods (such as '{name}') cannot be called remotely.")
        found = getattr(self, f"_{method}", None)
        if found is None:
            name = f"{model}.{method}"
            raise http_refusal(404, "NotFound", f"The method '{name}' does not exist")
        if key == "BOT" and model == "account.move":
            raise access_error(
                "You are not allowed to access 'Journal Entry' (account.move) records.\n\nThis …"
            )
        context = body.pop("context", {})
        if context.get("lang", "en_US") != "en_US":
            raise RefusalError(
                422, "odoo.exceptions.UserError", f"Invalid language code: {context['lang']}"
            )
        if "ids" in body and method != "read":
            raise http_refusal(422, "UnprocessableEntity", f"cannot call {model}.{method} with ids")
        return found(View(self, model, context, USERS[key]), **body)

    def _search_read(self, view: View, **arguments: Any) -> list[Record]:
        known = {"domain", "fields", "order", "limit", "offset", "load"}
        if unknown := sorted(arguments.keys() - known):
            raise value_error(
                f"BaseModel._read_format() got an unexpected keyword argument '{unknown[0]}'",
                "TypeError",
            )
        names = arguments.get("fields") or [*MODELS[view.model], "write_date"]
        found = view.found(arguments.get("domain", []), arguments.get("order"))
        found = found[arguments.get("offset", 0) :][: arguments.get("limit") or None]
        return [
            view.shown(record, names, arguments.get("load", "_classic_read")) for record in found
        ]

    def _read(self, view: View, ids: list[int], fields: list[str]) -> list[Record]:
        table = self.records.get(view.model, {})
        return [view.shown(table[i], fields, "_classic_read") for i in ids if i in table]

    def _search_count(self, view: View, **arguments: Any) -> int:
        if "domain" not in arguments:
            raise http_refusal(422, "UnprocessableEntity", "missing a required argument: 'domain'")
        if unknown := sorted(arguments.keys() - {"domain", "limit"}):
            raise http_refusal(
                422,
                "UnprocessableEntity",
                f"got an unexpected keyword argument '{unknown[0]}'",
            )
        return len(view.found(arguments["domain"], None))

    def _search(self, view: View, domain: list[Any]) -> list[int]:
        return [record["id"] for record in view.found(domain, None)]

    def _fields_get(
        self, view: View, allfields: list[str] | None = None, attributes: list[str] | None = None
    ) -> dict[str, Any]:
        fields = {**ALWAYS, **MODELS[view.model]}
        return {
            name: view.described(name, kind, attributes or ["type", "string"])
            for name, kind in fields.items()
            if allfields is None or name in allfields
        }

    def _context_get(self, _view: View) -> dict[str, Any]:
        return {"lang": "en_US", "tz": False, "uid": 2}

    def _formatted_read_group(
        self, view: View, domain: list[Any], groupby: list[str], aggregates: list[str]
    ) -> list[Record]:
        found = view.found(domain, None)
        if not groupby:
            return [{"__extra_domain": [[1, "=", 1]], **aggregated(found, aggregates)}]
        name = groupby[0].removesuffix(":month")
        months = groups(sorted(found, key=lambda r: str(r[name])), name)
        return [
            {groupby[0]: label, "__extra_domain": extra, **aggregated(records, aggregates)}
            for label, extra, records in months
        ]


def access_error(message: str) -> RefusalError:
    return RefusalError(403, "odoo.exceptions.AccessError", message)


def groups(records: list[Record], name: str) -> Iterator[tuple[Any, Any, list[Record]]]:
    """Yield label, domain and records of each month."""
    for month, members in groupby(records, key=lambda r: r[name] and r[name][:7]):
        if not month:
            yield False, [[name, "=", False]], list(members)
            continue
        first = datetime.fromisoformat(f"{month}-01")
        following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        begin, end = f"{first:%Y-%m-%d}", f"{following:%Y-%m-%d}"
        extra = ["&", [name, ">=", begin], [name, "<", end]]
        yield [begin, f"{first:%B %Y}"], extra, list(members)


def aggregated(records: list[Record], aggregates: list[str]) -> Record:
    found: Record = {}
    for aggregate in aggregates:
        name, _, how = aggregate.partition(":")
        column = [record[name] for record in records] if how else []
        if name == "__count":
            found[aggregate] = len(records)
        elif how == "sum":
            found[aggregate] = float(sum(map(Decimal, map(str, column)))) if column else False
        else:
            shown = [value[:19] if isinstance(value, str) else value for value in column]
            found[aggregate] = max(shown, default=False)
    return found


@dataclass
class View:
    """A model as a user with some companies sees it in a context."""

    odoo: Odoo
    model: str
    context: dict[str, Any]
    companies: set[int]

    def __post_init__(self) -> None:
        self.allowed = set(self.context.get("allowed_company_ids", self.companies))
        if not self.allowed <= self.companies:
            raise access_error("Access to unauthorized or invalid companies.")

    @property
    def fields(self) -> dict[str, str]:
        return {**ALWAYS, **MODELS.get(self.model, {})}

    def found(self, domain: list[Any], order: str | None) -> list[Record]:
        """Return the records of a domain in an order."""
        records = list(self.odoo.records.get(self.model, {}).values())
        if "company_id" in self.fields:
            records = [
                r for r in records if not r["company_id"] or r["company_id"][0] in self.allowed
            ]
        if "active" in self.fields and self.context.get("active_test", True):
            records = [r for r in records if r["active"]]
        records = [r for r in records if self._meets(r, domain)]
        for term in reversed((order or "id").split(",")):
            name, _, direction = term.strip().partition(" ")
            if name not in self.fields:
                raise value_error(f"Invalid field '{name}' on model '{self.model}'")
            records.sort(key=lambda r, n=name: (r[n] is False, r[n]), reverse=direction == "desc")
        return records

    def _meets(self, record: Record, domain: list[Any]) -> bool:
        stack: list[bool] = []
        for item in reversed(domain):
            if item == "!":
                stack.append(not stack.pop())
            elif item in ("&", "|"):
                one, other = stack.pop(), stack.pop()
                stack.append(one and other if item == "&" else one or other)
            else:
                stack.append(self._is(record, *item))
        return all(stack)

    def _is(self, record: Record, path: str, comparison: str, value: Any) -> bool:
        name, _, rest = path.partition(".")
        if name not in self.fields:
            raise value_error(
                f"Invalid field {self.model}.{name} in condition {(path, comparison, value)!r}"
            )
        kind, _, relation = self.fields[name].partition(" ")
        if kind == "datetime" and isinstance(value, str) and value[10:11] == "T":
            raise value_error(f"expecting only datetimes with no timezone: '{value}'")
        own = record.get(name, False)
        if rest:
            view = View(self.odoo, relation, self.context, self.companies)
            ids = own if "2many" in kind else own[:1] if own else []
            others = self.odoo.records[relation]
            return any(view._is(others[i], rest, comparison, value) for i in ids)
        if kind == "many2one":
            own = own[0] if own else False
        if kind == "datetime":
            own = own and own[:19]  # compared in whole seconds
        return COMPARISONS[comparison](own, value)

    def shown(self, record: Record, names: list[str], load: str | None) -> Record:
        """Return the fields of a record as an answer has them."""
        shown: Record = {"id": record["id"]}
        for name in names:
            if name not in self.fields:
                raise value_error(f"Invalid field '{name}' on '{self.model}'")
            value = record.get(name, False)
            kind = self.fields[name]
            if kind == "datetime" and value:
                value = value[:19]
            shown[name] = value[0] if kind.startswith("many2one") and value and not load else value
        return shown

    def described(self, name: str, kind: str, attributes: list[str]) -> dict[str, Any]:
        kind, _, relation = kind.partition(" ")
        label = LABELS.get(name, name.removesuffix("_id").replace("_", " ").title())
        every = {
            "type": kind,
            "string": label,
            "relation": relation,
            "selection": SELECTIONS.get(f"{self.model}.{name}", []),
        }
        return {a: every[a] for a in attributes if every.get(a)}


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "in": lambda own, values: own in values,
    "not in": lambda own, values: own not in values,
    "=like": lambda own, pattern: bool(own) and own.startswith(pattern.rstrip("%")),
    ">": lambda own, value: own is not False and own > value,
    ">=": lambda own, value: own is not False and own >= value,
    "<": lambda own, value: own is not False and own < value,
    "<=": lambda own, value: own is not False and own <= value,
}


class Handler(BaseHTTPRequestHandler):
    """Answers requests with the Odoo of its server."""

    protocol_version = "HTTP/1.1"
    odoo: Odoo

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
        """Return the time of the Odoo."""
        return super().date_time_string(self.odoo.now.timestamp())

    def reply(self, status: int, body: bytes, kind: str = JSON, **headers: str) -> None:
        """Send an answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Answer what needs no key."""
        if self.path == "/web/version":
            body = {"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}
            return self.reply(200, json.dumps(body).encode())
        return self._refuse(
            http_refusal(404, "NotFound", "Did you mean POST /json/2/<model>/<method>?")
        )

    def do_POST(self) -> None:
        """Answer a call of a method."""
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        model, _, method = self.path.removeprefix("/json/2/").partition("/")
        self.odoo.requests.append((model, method, {}))
        if self.odoo.faults and self.odoo.faults.pop(0)(self):
            return
        try:
            value = self._value(model, method, raw)
        except RefusalError as refusal:
            self._refuse(refusal)
        else:
            if value is not None:
                self.reply(200, json.dumps(value).encode())
        self.odoo.after(len(self.odoo.requests))

    def _value(self, model: str, method: str, raw: bytes) -> Any:
        if self.headers.get("X-Odoo-Database", "test") != "test":
            return self.reply(404, b"<!DOCTYPE html>\n<title>404 Not Found</title>\n", HTML)
        if self.headers.get("Content-Type") != "application/json":
            return self.reply(
                415, b"<!doctype html>\n<title>415 Unsupported Media Type</title>\n", HTML
            )
        if not method:
            raise http_refusal(404, "NotFound", "Did you mean POST /json/2/<model>/<method>?")
        key = self.headers.get("Authorization", "").removeprefix("bearer ")
        if not key:
            message = "User not authenticated, use an API Key with a Bearer Authorization header."
            raise http_refusal(401, "Unauthorized", message)
        if key not in USERS:
            raise http_refusal(401, "Unauthorized", "Invalid apikey")
        try:
            body = json.loads(raw or b"{}")
        except ValueError as error:
            message = f"could not parse the body as json: {error}"
            raise http_refusal(400, "BadRequest", message) from error
        self.odoo.requests[-1] = (model, method, body.copy())
        return self.odoo.answer(model, method, body, key)

    def _refuse(self, refusal: RefusalError) -> None:
        self.reply(refusal.status, json.dumps(refusal.body).encode())


@contextmanager
def running(odoo: Odoo) -> Iterator[Odoo]:
    """Serve an Odoo at `url` while the context lasts."""
    handler = type("OfOdoo", (Handler,), {"odoo": odoo})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    odoo.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield odoo
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
