"""All settings, read from the environment or `.env`. No other module reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from atlas_assets.errors import ConfigurationError

PROJECT_DIR = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_DIR / "dbt_atlas"

_YEAR_10000 = 253_402_300_800  # in seconds since 1970
_SECRETS = {
    *("DATABASE_URL", "TURSO_AUTH_TOKEN", "ATLAS_NOTIFY", "ATLAS_POSTGRES_URL"),
    *("ATLAS_CATALOG", "AWS_SECRET_ACCESS_KEY"),
}
# Characters that libraries take for something else in a path, and that nothing protects.
_REFUSED = {"duckdb_path": "?\\", "dagster_home": "%?[*"}


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=PROJECT_DIR / ".env", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )


class Settings(_Environment):
    """Where Atlas reads and writes. Relative paths are relative to the current folder.

    `DATABASE_URL` and `TURSO_AUTH_TOKEN` are the usual names for LibSQL. Both, the addresses in
    `ATLAS_NOTIFY`, and `ATLAS_POSTGRES_URL`, which Dagster's own configuration reads, are secrets and
    are never printed. `source_date_epoch` is in seconds since 1970.
    """

    source_dir: Path = Field(default=PROJECT_DIR / "source", validation_alias="ATLAS_SOURCE_DIR")
    output_dir: Path = Field(default=PROJECT_DIR / "output", validation_alias="ATLAS_OUTPUT_DIR")
    duckdb_path: Path = Field(default=PROJECT_DIR / "atlas.db", validation_alias="ATLAS_DUCKDB")
    database_url: SecretStr = Field(
        default=SecretStr(f"file:{PROJECT_DIR / 'atlas-ops.db'}"), validation_alias="DATABASE_URL"
    )
    turso_auth_token: SecretStr | None = Field(default=None, validation_alias="TURSO_AUTH_TOKEN")
    notify: SecretStr | None = Field(default=None, validation_alias="ATLAS_NOTIFY")
    postgres_url: SecretStr | None = Field(default=None, validation_alias="ATLAS_POSTGRES_URL")
    dagster_home: Path = Field(default=PROJECT_DIR / ".dagster", validation_alias="DAGSTER_HOME")
    repository: str | None = Field(
        default=None, pattern=r"^https://[^\s]+$", validation_alias="ATLAS_REPOSITORY"
    )
    web_names: str = Field(default="", validation_alias="ATLAS_HOSTS")
    ui_address: str = Field(default="http://127.0.0.1:3000", validation_alias="ATLAS_UI")
    dashboard_address: str = Field(
        default="http://127.0.0.1:8000", validation_alias="ATLAS_DASHBOARD"
    )
    dashboard_dir: Path = Field(
        default=PROJECT_DIR / ".dashboard", validation_alias="ATLAS_DASHBOARD_DIR"
    )
    snapshots_url: str | None = Field(default=None, validation_alias="ATLAS_SNAPSHOTS")
    user_header: str | None = Field(default=None, validation_alias="ATLAS_USER_HEADER")
    proxies: str = Field(default="127.0.0.1", validation_alias="ATLAS_PROXIES")
    profile: Literal["local", "scale"] = Field(default="local", validation_alias="ATLAS_PROFILE")
    catalog: SecretStr | None = Field(default=None, validation_alias="ATLAS_CATALOG")
    lake_url: str | None = Field(
        default=None, pattern=r"^s3://[^/\s]+(/[^\s]*)?$", validation_alias="ATLAS_LAKE"
    )
    s3_key_id: str | None = Field(default=None, validation_alias="AWS_ACCESS_KEY_ID")
    s3_key: SecretStr | None = Field(default=None, validation_alias="AWS_SECRET_ACCESS_KEY")
    s3_endpoint: str | None = Field(default=None, validation_alias="AWS_ENDPOINT_URL")
    s3_region: str = Field(default="us-east-1", validation_alias="AWS_REGION")
    locale: Literal["id", "en"] = Field(default="id", validation_alias="ATLAS_LOCALE")
    source_date_epoch: int | None = Field(
        default=None, ge=0, lt=_YEAR_10000, validation_alias="SOURCE_DATE_EPOCH"
    )

    @field_validator("source_dir", "output_dir", "duckdb_path", "dagster_home", "dashboard_dir")
    @classmethod
    def _absolute(cls, path: Path, info: ValidationInfo) -> Path:
        return _usable(path, _REFUSED.get(info.field_name or "", ""))

    @field_validator("database_url")
    @classmethod
    def _absolute_file(cls, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if text.startswith("file:"):
            return SecretStr(f"file:{_usable(Path(text.removeprefix('file:')), '')}")
        return url

    @model_validator(mode="after")
    def _apart(self) -> Settings:
        """Refuse one place for two things: each would take the other's for damaged."""
        places = {
            "ATLAS_SOURCE_DIR": self.source_dir,
            "ATLAS_OUTPUT_DIR": self.output_dir,
            "ATLAS_DUCKDB": self.duckdb_path,
            "the folder of raw files beside ATLAS_DUCKDB": self.raw_dir,
            "DATABASE_URL": Path(self.database_url.get_secret_value().removeprefix("file:")),
            "DAGSTER_HOME": self.dagster_home,
            "ATLAS_DASHBOARD_DIR": self.dashboard_dir,
        }
        names: dict[Path, str] = {}
        for name, place in places.items():
            if (other := names.setdefault(place, name)) != name:
                raise ValueError(
                    f"{other} and {name} are the same place, {place}. Choose another place for one of them"
                )
        return self

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        """Refuse the profile of several machines without what it needs."""
        needed = {
            "ATLAS_CATALOG": self.catalog,
            "ATLAS_LAKE": self.lake_url,
            "AWS_ACCESS_KEY_ID": self.s3_key_id,
            "AWS_SECRET_ACCESS_KEY": self.s3_key,
        }
        missing = [name for name, value in needed.items() if value is None]
        if self.profile == "scale" and missing:
            raise ValueError(f"ATLAS_PROFILE=scale needs {', '.join(missing)} as well. Set them.")
        return self

    @property
    def hosts(self) -> list[str]:
        """The names under which the web UI is reached, beside those of this machine."""
        return self.web_names.split()

    def exported(self) -> dict[str, str]:
        """Return the variables that make another process, in any folder, work with the same places."""
        return {
            "ATLAS_SOURCE_DIR": str(self.source_dir),
            "ATLAS_OUTPUT_DIR": str(self.output_dir),
            "ATLAS_DUCKDB": str(self.duckdb_path),
            "DATABASE_URL": self.database_url.get_secret_value(),
            "DAGSTER_HOME": str(self.dagster_home),
            "ATLAS_DASHBOARD_DIR": str(self.dashboard_dir),
        }

    @property
    def commentary_dir(self) -> Path:
        """The folder of commentary, with one file per report."""
        return self.source_dir / "commentary"

    @property
    def config_dir(self) -> Path:
        """The folder of the registry and the yearly files."""
        return self.source_dir / "config"

    @property
    def raw_dir(self) -> Path:
        """The folder of the raw Parquet files, next to the DuckDB file that they are copied into."""
        return self.duckdb_path.with_name(f"{self.duckdb_path.stem}-raw")

    @property
    def jaffle_shop_path(self) -> Path:
        """The database of the Jaffle Shop, beside that of Atlas."""
        return self.duckdb_path.with_name("jaffle_shop.duckdb")

    @property
    def dbt_target_dir(self) -> Path:
        """The folder of dbt's manifest, partial parse and logs."""
        return self.dagster_home / "dbt"


def secret(name: str) -> SecretStr | None:
    """Return the value of a variable that the configuration names, or None if it is not set."""

    class Secret(_Environment):
        value: SecretStr | None = Field(default=None, validation_alias=name)

    return Secret().value


def load_settings() -> Settings:
    """Read the settings. Raises ConfigurationError with every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [_problem(problem) for problem in error.errors()]
        raise ConfigurationError("\n".join(problems)) from error


def _problem(problem: Any) -> str:
    """Return what is wrong with a variable, without the value of a secret."""
    message = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
    if not problem["loc"]:  # it is about several of them
        return f"{message}."
    variable = str(problem["loc"][0])
    if variable in _SECRETS:
        return f"{variable}: {message}."
    return f"{variable} is {problem['input']!r}: {message}."


def _usable(path: Path, refused: str) -> Path:
    """Return a path as an absolute one. Raises ValueError if no library could be given it."""
    whole = path.expanduser().absolute()
    if wrong := [character for character in str(whole) if character in refused]:
        raise ValueError(
            f"the path {whole} contains {wrong[0]!r}, which is taken for something else; choose another one"
        )
    try:
        str(whole).encode()
    except UnicodeEncodeError as error:
        raise ValueError("the path is not in UTF-8; rename it") from error
    return whole
