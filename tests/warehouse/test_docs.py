from pathlib import Path

from conftest import Installation


def test_the_documentation_is_written_without_a_network(built: Installation) -> None:
    page = Path(built.atlas("docs", "--no-serve").stdout.strip())
    text = page.read_text(encoding="utf-8")
    assert page.name == "static_index.html"
    assert "One row per pair of figures that must be equal" in text  # a model
    assert "What became of every sheet and row of a year" in text  # an exposure
