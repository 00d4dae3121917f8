"""The layout of `docs/architecture.md` holds: rooms, their order, the Dagster shell, short functions."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from atlas_assets.settings import PROJECT_DIR

PACKAGE = PROJECT_DIR / "atlas_assets"
SHELL = {"orchestration", "cli"}
MOST_LOOSE_MODULES = 6
LONGEST_FUNCTION = 40  # lines
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]


def room(path: Path) -> str:
    """Return the package of Atlas that a module stands in, or the module itself if it is loose."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> Iterator[str]:
    """Yield every module that a module imports, for types and inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_rooms_depend_on_each_other_in_one_direction() -> None:
    needed: dict[str, set[str]] = {}
    for path in MODULES:
        names = [name.split(".") for name in imported(path) if name.startswith("atlas_assets.")]
        needed.setdefault(room(path), set()).update(name[1] for name in names)
    for name, others in needed.items():
        others.discard(name)
    assert list(
        TopologicalSorter(needed).static_order()
    )  # raises CycleError, which names the cycle


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_shell_imports_dagster(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imported(path)}
    if room(path) not in SHELL:
        assert not {name for name in libraries if name.startswith("dagster")}


def test_private_names_of_dagster_stand_in_one_module() -> None:
    private = {path.name for path in MODULES for name in imported(path) if "dagster._" in name}
    assert private == {"dagster_internals.py"}


def test_few_modules_are_loose() -> None:
    loose = [path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"]
    assert len(loose) <= MOST_LOOSE_MODULES, loose


def test_each_room_says_what_belongs_in_it() -> None:
    for path in MODULES:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert docstring or path.parent == PACKAGE, path
        if path.name == "__init__.py" and path.parent.parent == PACKAGE:
            assert len(docstring.splitlines()) > 1, path


def test_functions_are_short() -> None:
    too_long = [
        f"{path.relative_to(PACKAGE)} {node.name}: {length} lines"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and (length := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert too_long == []
