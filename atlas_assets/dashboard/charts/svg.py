"""The elements of a drawing."""

from __future__ import annotations

from markupsafe import Markup, escape


def element(name: str, *content: str | Markup, **attributes: str | float | None) -> Markup:
    """Return an element; text in it is escaped, and a trailing underscore of an attribute's name dropped."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_told(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(escape(part) for part in content)
    return Markup(f"<{name}{told}>{inner}</{name}>" if inner else f"<{name}{told}/>")  # noqa: S704  all escaped


def link(href: str, title: str, *marks: Markup) -> Markup:
    """Return marks that lead somewhere; the title is read out and shown when pointed at."""
    return element("a", element("title", title), *marks, href=href)


def rectangle(x: float, y: float, width: float, height: float, style: str) -> Markup:
    """Return a rectangle, whatever the sign of its height."""
    top, tall = (y, height) if height >= 0 else (y + height, -height)
    return element("rect", x=x, y=top, width=width, height=tall, class_=style)


def label(x: float, y: float, text: str, style: str = "") -> Markup:
    """Return text whose middle, or end or start by its class, is at `x`."""
    return element("text", text, x=x, y=y, class_=style or None)


def _told(value: str | float) -> str:
    return (
        f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(escape(value))
    )
