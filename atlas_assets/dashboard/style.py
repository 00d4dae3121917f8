"""The style sheet: the tokens of the notation as variables, then the rules."""

from __future__ import annotations

from importlib.resources import files

from atlas_assets.notation.tokens import HEX, HEX_ON_DARK


def stylesheet() -> str:
    """Return the style sheet, with the colours of the decks and their counterparts on a dark ground."""
    light = "".join(f"--{role}:#{value};" for role, value in HEX.items())
    dark = "".join(f"--{role}:#{value};" for role, value in HEX_ON_DARK.items())
    rules = files("atlas_assets.dashboard").joinpath("static/app.css").read_text("utf-8")
    return (
        f":root{{{light}color-scheme:light dark}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{rules}"
    )
