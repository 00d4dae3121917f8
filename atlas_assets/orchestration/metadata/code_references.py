"""Links from each asset to the lines that make it: files of this machine, or pages of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from atlas_assets.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Sequence


def with_code_references(
    assets: Sequence[dg.AssetsDefinition | dg.AssetSpec], repository: str | None
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Return assets with references to the functions and SQL files that make them.

    `repository` is the address of a branch such as `https://github.com/example/atlas/tree/main`;
    without it, the references lead to files of this machine.
    """
    referenced = dg.with_source_code_references(assets)
    if repository:
        address, _, branch = repository.partition("/tree/")
        referenced = dg.link_code_references_to_git(
            referenced,
            git_url=address,
            git_branch=branch or "main",
            file_path_mapping=dg.AnchorBasedFilePathMapping(
                local_file_anchor=PROJECT_DIR / "pyproject.toml",
                file_anchor_path_in_repository="pyproject.toml",
            ),
        )
    return [a for a in referenced if isinstance(a, dg.AssetsDefinition | dg.AssetSpec)]
