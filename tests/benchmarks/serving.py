"""The lines of the dashboard: how long a page takes for one reader and for many, while a build is writing.

A page of figures and pages of records are held against the same page made anew for each request, and
against the least that the framework can answer, all in one run. The memory of the server is looked at after
the first and after the last of many requests.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import sys
import time
import urllib.request
from itertools import count, cycle
from typing import TYPE_CHECKING, Any

from tests.benchmarks.installations import NEWEST
from tests.benchmarks.process import (
    MEBIBYTE,
    Program,
    answering,
    free_port,
    memory_of_tree,
    repeated,
)
from tests.benchmarks.runner import Row, Several, also_within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.installations import Bench, Installation
    from tests.benchmarks.runner import Line

CLIENTS = (1, 20, 50)
MANY = 20  # clients that the goals are about
REQUESTS, SLOW_REQUESTS = 4_000, 600  # of a measurement; of pages that are made anew
FIRST, LAST = 1_000, 100_000  # requests after which the memory is looked at
AGGREGATES_WITHIN, RECORDS_WITHIN, GROWTH_WITHIN = 10.0, 25.0, 1.1
PAGE = f"/revenue?entity=IONS&period={NEWEST}&lang=id"
_HELLO = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
async def hello(_request): return PlainTextResponse("hello")
uvicorn.run(Starlette(routes=[Route("/", hello)]), port={port}, log_level="error", access_log=False)
"""


def _percentile(port: int, addresses: Callable[[], str], clients: int, requests: int) -> float:
    """Return the milliseconds within which 95 of 100 requests are answered."""
    waited = asyncio.run(_asked(port, addresses, clients, requests))
    return statistics.quantiles(waited, n=20)[-1] * 1_000


async def _asked(
    port: int, addresses: Callable[[], str], clients: int, requests: int
) -> list[float]:
    """Return how long each request of some clients took, each of which sends one after the other."""
    waited: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(requests // clients):
            started = time.perf_counter()
            writer.write(
                f"GET {addresses()} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head[:200])
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
            waited.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return waited


def _always(address: str) -> Callable[[], str]:
    return lambda: address


def _anew(address: str) -> Callable[[], str]:
    """Return addresses of the same page, none of which was asked for before."""
    numbers = count()
    return lambda: f"{address}&n={next(numbers)}"


def _records(port: int) -> Callable[[], str]:
    """Return the addresses of students, one after the other, again and again."""
    page = f"http://127.0.0.1:{port}/students?entity=IONS&period={NEWEST}"
    with urllib.request.urlopen(page) as answer:
        students = sorted(set(re.findall(r"/students/\w{26}", answer.read().decode())))
    return cycle(f"{student}?entity=IONS" for student in students).__next__


def _server(made: Installation, port: int) -> Program:
    return made.atlas("dashboard", "--no-auth", "--port", str(port))


def _hello(made: Installation, port: int) -> Program:
    command = (sys.executable, "-c", _HELLO.format(port=port))
    return Program(command, made.environment, made.root)


def _pages(bench: Bench, _waits_for: str) -> Iterator[Row]:
    """Yield a row for pages of figures, and one for pages of records."""
    made, port, hello_port = bench.built(), free_port(), free_port()
    building = made.atlas("transform", "--entity", "EPN", "--period", NEWEST)
    with answering(_hello(made, hello_port), hello_port), answering(_server(made, port), port):
        records = _records(port)
        with repeated(building):
            hello = {
                f"hello, {clients} clients, ms": _percentile(
                    hello_port, _always("/"), clients, REQUESTS
                )
                for clients in CLIENTS
            }
            kept = _measured(port, _always(PAGE), REQUESTS)
            anew = _percentile(port, _anew(PAGE), MANY, SLOW_REQUESTS)
            of_records = _measured(port, records, REQUESTS)
            numbers = count()
            one_anew = _percentile(
                port, lambda: f"{records()}&n={next(numbers)}", MANY, SLOW_REQUESTS
            )
    made_anew = f"made anew, {MANY} clients, ms"
    also = kept | {made_anew: anew} | hello
    goal = f"{MANY} clients, ms"
    yield Row(
        "dashboard",
        "a page of figures, 95 of 100 requests, while models are built",
        reference="Starlette's hello",
        also=also,
        goals=(also_within(goal, AGGREGATES_WITHIN, ""),),
    )
    yield Row(
        "dashboard-records",
        "a page of a student",
        reference="Starlette's hello",
        also=of_records | {made_anew: one_anew} | hello,
        goals=(also_within(goal, RECORDS_WITHIN, ""),),
    )


def _measured(port: int, addresses: Callable[[], str], requests: int) -> dict[str, float]:
    return {
        f"{clients} clients, ms": _percentile(port, addresses, clients, requests)
        for clients in CLIENTS
    }


def _memory(bench: Bench, waits_for: str) -> Iterator[Row]:
    """Yield the row of the server's memory: pages of figures, made anew one time in fifty."""
    made, port = bench.built(), free_port()
    with answering(_server(made, port), port) as process:
        anew, numbers = _anew(PAGE), count()

        def address() -> str:
            return anew() if next(numbers) % 50 == 0 else PAGE

        def held_after(requests: int) -> float:
            asyncio.run(_asked(port, address, MANY, requests))
            return memory_of_tree(process) / MEBIBYTE

        first, last = held_after(FIRST), held_after(LAST - FIRST)
    measure = "growth"
    found: dict[str, Any] = {"MiB first": first, "MiB last": last, measure: last / first}
    goals = (also_within(measure, GROWTH_WITHIN, "×"),)
    yield Row("dashboard-memory", waits_for, also=found, goals=goals)


LINES: list[Line] = [
    Several("dashboard", "pages of figures and of records, while models are built", _pages),
    Several("dashboard-memory", f"the server's memory after {LAST:,} requests", _memory),
]
