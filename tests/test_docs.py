"""What the documentation shows works: its commands run, its links lead somewhere."""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Installation

from atlas_assets.settings import PROJECT_DIR

PAGES = [
    *(PROJECT_DIR / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    PROJECT_DIR / "output" / "README.md",
    *sorted((PROJECT_DIR / "docs").glob("*.md")),
]
# The two commands of the README, which install; CI runs them itself.
INSTALLING = "pip install uv && "


@dataclass(frozen=True)
class Project(Installation):
    """A built installation whose files have the names that the documentation gives them."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {
            "ATLAS_DUCKDB": str(self.root / "atlas.db"),
            "DATABASE_URL": f"file:{self.root / 'atlas-ops.db'}",
        }


@pytest.fixture
def project(built: Installation, tmp_path: Path) -> Project:
    root = tmp_path / "atlas"
    shutil.copytree(built.root, root)
    for before, after in (
        ("warehouse.db", "atlas.db"),
        ("warehouse-raw", "atlas-raw"),
        ("operational.db", "atlas-ops.db"),
    ):
        (root / before).rename(root / after)
    shutil.copytree(PROJECT_DIR / "source" / "jaffle_shop", root / "source" / "jaffle_shop")
    return Project(root)


def commands(page: Path) -> list[str]:
    """Return the lines of a page's blocks of `bash`; blocks of `sh` cannot run unattended."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^( *)```bash\n(.*?)^\1```", text, flags=re.DOTALL | re.MULTILINE)
    lines = [line.strip() for _, block in blocks for line in block.splitlines()]
    return [line for line in lines if not line.startswith(INSTALLING)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if commands(page)], ids=lambda page: page.name
)
def test_the_commands_of_a_page_run(page: Path, project: Project) -> None:
    for command in commands(page):
        uv, run, program, *arguments = shlex.split(command)
        assert (uv, run) == ("uv", "run"), command
        if program == "atlas":
            project.atlas(*arguments)
        else:
            assert program == "python", command
            subprocess.run([sys.executable, *arguments], cwd=project.root, check=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors(linked), f"{page.name}: {target}"


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", re.sub(r"&\w+;", "", text.lower())) for text in headings]
    return {text.strip().replace(" ", "-") for text in plain}
