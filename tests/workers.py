"""Workers that share a warehouse, as on several machines."""

from __future__ import annotations

import os
from dataclasses import dataclass

from conftest import Installation


@dataclass(frozen=True)
class Servers:
    """What all workers share."""

    address: str
    bucket: str
    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "ATLAS_PROFILE": "scale",
            "ATLAS_CATALOG": self.address,
            "ATLAS_LAKE": f"s3://{self.bucket}/lake",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": self.endpoint,
        }


@dataclass(frozen=True)
class Worker(Installation):
    """An installation that shares the warehouse with others; its raw files are those of `root`."""

    servers: Servers | None = None
    name: str = "worker"

    @property
    def environment(self) -> dict[str, str]:
        assert self.servers
        own = {"DAGSTER_HOME": str(self.root / self.name)}
        return super().environment | own | self.servers.environment

    @property
    def process_environment(self) -> dict[str, str]:
        """The environment of a command in a process of its own."""
        return os.environ | self.environment | {"PYTHONDONTWRITEBYTECODE": ""}
