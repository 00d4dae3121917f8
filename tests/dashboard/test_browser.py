"""The dashboard in a real browser: from a bar to a cell, by keyboard, without scripts, on any screen."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from dashboard_pages import ROUTES
from dashboard_server import PASSWORD, Served
from playwright.sync_api import Browser, Page, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

CHROMIUM = shutil.which("chromium")
MOST_BYTES, MOST_REQUESTS = 30_000, 3  # of the first page, compressed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"),
                *(
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                ),
            ],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, open_server: Served) -> Generator[Page]:
    """A page on which nothing may go wrong: no error of a script, no request to another host."""
    context = browser.new_context(base_url=open_server.url)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "request",
        lambda asked: problems.append(asked.url) if _is_foreign(asked.url, open_server) else None,
    )
    yield opened
    context.close()
    assert problems == []


def _is_foreign(url: str, served: Served) -> bool:
    return not url.startswith(("data:", served.url))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("path", [*ROUTES, "/trace?figure=units.TM.revenue.gap_to_target"])
def test_every_page_is_for_everybody(page: Page, path: str, language: str) -> None:
    """axe-core finds nothing, in light and dark; nothing is wider than a small screen."""
    joint = "&" if "?" in path else "?"
    address = f"{path}{joint}entity=IONS&period=2026-10&lang={language}"
    for scheme, width in (("light", 1440), ("dark", 360)):
        page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_from_a_bar_to_a_cell_in_two_clicks(page: Page, open_server: Served) -> None:
    page.goto("/?entity=IONS&period=2026-10&lang=en")
    page.locator("svg.multiple a[href*='figure=units.TM.revenue.trend.12.actuals']").click()
    expect(page.locator("h1")).to_have_text("Where a figure comes from")
    told = page.locator(".message").inner_text()
    total = open_server.installation.report("IONS", "2026-10")["units"]["TM"]["revenue"]
    assert f"{total['revenue_actuals']:,} = cash received" in told
    assert "adds up to this figure" in told
    sum_row = page.locator("#records tr.total").inner_text()
    assert f"{total['revenue_actuals']:,}" in sum_row
    amount = page.locator("#records tbody tr").first.locator("td.right a")
    shown = amount.inner_text().replace(",", "")
    amount.click()
    meant = page.locator("tr:has(td.meant)")
    expect(meant).to_contain_text("amount")
    assert shown in meant.inner_text().replace(",", "").replace(".", "")
    page.go_back()
    expect(page.locator("#records")).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_have_text("Overview")
    page.go_forward()
    expect(page.locator("#records")).to_be_visible()


def test_an_order_leads_to_its_student_school_and_receipts(page: Page) -> None:
    page.goto("/students?entity=IONS&period=2026-10&lang=en")
    page.locator("#students tbody a").first.click()
    page.locator("#orders tbody a").first.click()
    expect(page.locator("#receipts")).to_contain_text("OKTOBER")
    page.locator("dd a").first.click()
    expect(page.locator("#orders")).to_be_visible()


def test_choices_take_effect_at_once_and_are_in_the_address(page: Page) -> None:
    page.goto("/revenue?entity=IONS&period=2026-10&lang=en")
    page.select_option("select[name=unit]", "TM")
    page.wait_for_url("**/revenue?*unit=TM*")
    expect(page.locator(".message")).to_contain_text("True Mandarin")
    page.select_option("select[name=entity]", "EPN")
    page.wait_for_url("**/*entity=EPN*")
    expect(page.locator(".side strong")).to_have_text("EPN")


def test_search_and_navigation_by_keyboard_alone(page: Page) -> None:
    page.goto("/?entity=IONS&period=2026-10&lang=en")
    page.keyboard.press("Control+k")
    dialog = page.locator("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.type("SMA")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*q=SMA*")
    expect(page.locator("#found")).to_contain_text("Organization")
    page.keyboard.press("Alt+j")
    focused = page.evaluate("document.activeElement.tagName")
    assert focused == "A"
    page.keyboard.press("Alt+2")
    page.wait_for_url("**/revenue?*")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent")


def test_the_first_page_is_small(browser: Browser, open_server: Served) -> None:
    """Its files are counted as they are sent."""
    context = browser.new_context(base_url=open_server.url)
    opened = context.new_page()
    sizes: list[int] = []
    opened.on("requestfinished", lambda asked: sizes.append(_sent(asked)))
    opened.goto("/", wait_until="networkidle")
    context.close()
    assert len(sizes) <= MOST_REQUESTS
    assert sum(sizes) < MOST_BYTES, sizes


def _sent(request) -> int:  # noqa: ANN001
    return 0 if request.url.startswith("data:") else request.sizes()["responseBodySize"]


def test_pages_need_no_script(browser: Browser, open_server: Served) -> None:
    context = browser.new_context(base_url=open_server.url, java_script_enabled=False)
    opened = context.new_page()
    opened.goto("/?entity=IONS&period=2026-10&lang=en")
    opened.select_option("select[name=unit]", "TM")
    opened.get_by_role("button", name="Show").click()
    assert "unit=TM" in opened.url
    opened.get_by_role("link", name="Revenue", exact=True).click()
    opened.locator("svg.months a").first.click()
    assert urlsplit(opened.url).path == "/trace"
    opened.get_by_role("searchbox", name="Search", exact=True).first.fill("SMA")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/search?*q=SMA*")
    context.close()


def test_printed_pages_leave_out_what_cannot_be_clicked(page: Page) -> None:
    page.goto("/revenue?entity=IONS&period=2026-10&lang=en")
    page.emulate_media(media="print")
    assert not page.locator(".side").is_visible()
    assert not page.locator("header form").first.is_visible()
    assert page.locator("svg.months").is_visible()
    assert len(page.pdf()) > 20_000


def test_log_in_lock_out_and_log_out(browser: Browser, guarded: Served) -> None:
    context = browser.new_context(base_url=guarded.url)
    opened = context.new_page()
    opened.goto("/revenue?entity=IONS&period=2026-10&lang=en")
    assert urlsplit(opened.url).path == "/login"
    assert Axe().run(opened).response["violations"] == []

    def log_in(name: str, password: str) -> None:
        opened.locator("input[name=name]").fill(name)
        opened.locator("input[name=password]").fill(password)
        with opened.expect_navigation():
            opened.locator("button").click()

    log_in("budi", PASSWORD)
    assert re.search(r"/revenue\?entity=IONS", opened.url)
    assert opened.locator("select[name=entity] option").all_inner_texts() == ["IONS"]
    opened.get_by_role("button", name="Log out").click()
    opened.wait_for_url("**/login")
    for _ in range(6):
        log_in("rina", "wrong password")
    expect(opened.locator(".problem")).to_contain_text(re.compile("Terlalu banyak|Too many"))
    context.close()
