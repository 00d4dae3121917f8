"""YAML that would never end, or fill all memory, is refused with its line."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import RootModel

from atlas_assets.documents.yaml_file import DEEPEST, MOST_NODES, load
from atlas_assets.errors import ConfigurationError


class Anything(RootModel[object]):
    """Whatever a file says."""


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
MERGED = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{b: [{', '.join([f'*a{n - 1}'] * 9)}], <<: *a{n - 1}}}\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BOMB, f"line 6: more than {MOST_NODES} values, aliases included"),
        (MERGED, f"more than {MOST_NODES} values, aliases included"),
        ("a: &a [*a]", f"more than {DEEPEST} levels, or an alias of itself"),
        ("a: &a {b: *a}", f"more than {DEEPEST} levels, or an alias of itself"),
        ("[" * 40 + "]" * 40, f"more than {DEEPEST} levels"),
        ("[" * 100_000, f"more than {DEEPEST} levels"),
        ("- " * 100_000 + "x", f"more than {DEEPEST} levels"),
        ("a: [\n", "line 2: did not find expected node content"),
        ("a: \x00", "is not valid YAML"),
        ("a: !!python/object/apply:os.getcwd []", "line 1: could not determine a constructor"),
    ],
)
def test_what_no_file_of_people_says_is_refused_in_words(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "registry.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load(path, Anything)
    assert str(path) in str(refused.value)
    assert told in str(refused.value)


def test_aliases_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "registry.yaml"
    path.write_text("a: &a [1, 2]\nb: *a\nc: {<<: {d: *a}}\n", encoding="utf-8")
    assert load(path, Anything).root == {"a": [1, 2], "b": [1, 2], "c": {"d": [1, 2]}}


@given(text=st.text(st.sampled_from("[]{}&*a:- \n'\"!|>?,#%@`<x1\t")))
def test_any_text_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8")
    with suppress(ConfigurationError):
        load(path, Anything)
