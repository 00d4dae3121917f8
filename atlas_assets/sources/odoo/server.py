"""Calls an Odoo by JSON-2: repeats what may pass, and explains what is final.

The documented statuses leave much open; what they mean here was observed on an Odoo 19.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.auth import AuthBase
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.stop import stop_before_delay

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pydantic import SecretStr

    from atlas_assets.configuration.odoo_source import OdooSource

Record = dict[str, Any]
Domain = list[Any]

PAGE = 1000  # records
ATTEMPTS = 4
SECONDS = 55  # for everything that is asked of a server at once; a reader may do so twice
CONNECT_SECONDS, READ_SECONDS = 5, 30
FIRST_WAIT_SECONDS = 0.5
AT_A_TIME = 65_536  # bytes
_PASSING = {429, 502, 503, 504}
_SERVER_ERROR = 500
_DATABASE = "psycopg2."  # how errors of the database begin, such as of two that write at once
_NO_DATA = object()


class OdooError(OSError):
    """What an Odoo refused, or that it gave no answer; `key` is what to look at in the configuration.

    It counts as an error of the system, because the same request may succeed the next time.
    """

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class SilentError(OdooError):
    """A server gave no answer, although it was asked several times."""


class _PassingError(Exception):
    """What a later attempt may not meet again; `wait` are the seconds that the server asks for."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class _LateError(_PassingError):
    """The time is over, although the server answers."""


class _Key(AuthBase):
    """Authorizes requests; what `.netrc` says of the server does not count."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"bearer {self._key}"
        return request

    def without(self, text: str) -> str:
        """Return a text that a server sent, without the key."""
        return text.replace(self._key, "…")


class OdooServer:
    """One Odoo, as the user whose key it is sees it, for some companies and a limited time.

    `now` is the time of the server, as it told with its last answer.
    """

    def __init__(self, source: OdooSource, key: SecretStr) -> None:
        self.now = datetime.now(UTC)
        self._source, self._key = source, _Key(key.get_secret_value())
        self._headers = {
            "Content-Type": "application/json",
            "User-Agent": "atlas",
            **({"X-Odoo-Database": source.database} if source.database else {}),
        }
        self._context = {"active_test": False, "allowed_company_ids": source.companies}
        self._end = time.monotonic() + SECONDS

    def records(self, model: str, domain: Domain, fields: Sequence[str]) -> Iterator[Record]:
        """Yield the records of a domain in the order of their ids, page by page.

        Each page begins after the last id of the one before, so that no record is lost or doubled while
        others are changed or deleted.
        """
        last = 0
        while True:
            page = self.call(
                model,
                "search_read",
                domain=[*domain, ["id", ">", last]],
                fields=list(fields),
                order="id",
                limit=PAGE,
            )
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1]["id"]

    def records_of(self, model: str, ids: Collection[int], fields: Sequence[str]) -> list[Record]:
        """Return the records with some ids, those left out that do not exist or are not to be seen."""
        ordered = sorted(ids)
        return [
            record
            for first in range(0, len(ordered), PAGE)
            for record in self.records(model, [["id", "in", ordered[first : first + PAGE]]], fields)
        ]

    def summary(self, model: str, domain: Domain, aggregates: Sequence[str]) -> Record:
        """Return aggregates of the records of a domain, such as `amount:sum`, by their names."""
        groups = self.call(
            model, "formatted_read_group", domain=domain, groupby=[], aggregates=list(aggregates)
        )
        return {name: None if groups[0][name] is False else groups[0][name] for name in aggregates}

    def call(self, model: str, method: str, **arguments: Any) -> Any:
        """Return what a method of a model returns. Raises OdooError."""
        body = json.dumps({**arguments, "context": self._context}).encode()
        attempts = Retrying(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(SECONDS),
            wait=_wait,
            reraise=True,
        )
        try:
            return attempts(self._post, f"{self._source.url}/json/2/{model}/{method}", body)
        except _LateError as error:
            raise OdooError(
                "url", f"{self._source.url} is too slow: {error}. Repeat it when less is going on"
            ) from error
        except _PassingError as error:
            raise SilentError(
                "url", f"{self._source.url} does not answer: {error}. Look whether it runs"
            ) from error

    def _post(self, url: str, body: bytes) -> Any:
        left = self._end - time.monotonic()
        if left <= 0:
            raise _LateError(f"not everything was answered within {SECONDS} seconds")
        try:
            with _session().post(
                url,
                data=body,
                headers=self._headers,
                auth=self._key,
                timeout=(CONNECT_SECONDS, min(READ_SECONDS, left)),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._content(response)
        except requests.exceptions.SSLError as error:
            raise OdooError("url", f"the certificate of {url} is not valid: {error}") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _PassingError(_in_words(error)) from error
        return self._answer(response, content)

    def _content(self, response: requests.Response) -> bytes:
        """Return the whole body; a timeout alone would not end a server that sends a byte at a time."""
        content = bytearray()
        while piece := response.raw.read1(AT_A_TIME, decode_content=True):
            content += piece
            if time.monotonic() > self._end:
                raise _LateError(f"it was still answering after {SECONDS} seconds")
        return bytes(content)

    def _answer(self, response: requests.Response, content: bytes) -> Any:
        """Return the value in an answer. Raises _PassingError or OdooError."""
        status = response.status_code
        self.now = _clock(response.headers.get("Date", ""))
        if status in _PASSING:
            raise _PassingError(f"status {status}", _seconds_to_wait(response))
        if location := response.headers.get("Location"):
            parts = urlsplit(self._key.without(location))
            raise OdooError(
                "url",
                f"{self._source.url} leads on to {parts.scheme}://{parts.netloc}. Write the address of Odoo "
                "itself",
            )
        data = _parsed(content)
        if data is not _NO_DATA and status == requests.codes.ok:
            return data
        if isinstance(data, dict) and "message" in data:
            if str(data.get("name", "")).startswith(_DATABASE):
                raise _PassingError("its database was busy")
            raise _refusal(status, self._key.without(str(data["message"])), self._source)
        if status == requests.codes.not_found:
            raise OdooError(
                "database" if self._source.database else "url",
                f"{self._source.url} has no such database, or is no Odoo 19 or later",
            )
        if status == requests.codes.ok or status >= _SERVER_ERROR:
            raise _PassingError(f"a page instead of data, status {status}")
        raise OdooError(
            "url", f"{self._source.url} answers with a page instead of data, status {status}"
        )


@cache
def _session() -> requests.Session:
    """Return the connections of this process, which are kept open between requests, without cookies."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _wait(state: RetryCallState) -> float:
    """Return the seconds before the next attempt: what the server asks for, or twice as long each time."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, _PassingError) else None
    return FIRST_WAIT_SECONDS * 2 ** (state.attempt_number - 1) if asked is None else asked


def _seconds_to_wait(response: requests.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else None


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return _NO_DATA


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _clock(text: str) -> datetime:
    """Return the time that a server tells, or that of this machine."""
    try:
        told = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return datetime.now(UTC)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _refusal(status: int, message: str, source: OdooSource) -> OdooError:
    """Return the error for an answer with a message. Its traceback is never shown."""
    told = message.split("\n", maxsplit=1)[0].rstrip(".")
    if status == requests.codes.unauthorized:
        return OdooError(
            "key_variable",
            f"Odoo does not accept the key in {source.key_variable}: it is wrong or has expired. Make "
            "a new one in Odoo, under Preferences, Security, and write it into .env or the environment",
        )
    if status == requests.codes.forbidden:
        key = "companies" if "companies" in told else "model"
        return OdooError(key, f"the user of the key may not read this: {told}. Ask for the right")
    if status == requests.codes.not_found:
        return OdooError("model", told)
    return OdooError("domain", f"Odoo refuses the request: {told}")


def _in_words(error: Exception) -> str:
    """Return what went wrong with a connection, without addresses of memory and the like."""
    if isinstance(error, requests.ConnectTimeout):
        return f"no connection within {CONNECT_SECONDS} seconds"
    if isinstance(error, requests.ReadTimeout | urllib3.exceptions.ReadTimeoutError):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError) and "Name" in str(error):
        return "its name is not known"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "the connection broke off in the middle of an answer"
