"""Tests of every page in Chromium, with two window widths and both palettes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from .browser import PALETTES, WIDTHS, chromium, opened, served

pytest.importorskip("playwright", reason="a browser: pip install 'keras-seqext[docs]'")
pytestmark = pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")

# Elements that extend beyond the window and are inside no box that scrolls. Tables and code blocks
# are in such boxes.
CUT_OFF = """() => {
  const wide = [];
  const edge = document.documentElement.clientWidth + 1;
  for (const element of document.querySelectorAll("article *")) {
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height || box.right <= edge) continue;
    let around = element;
    while (around && !/auto|scroll/.test(getComputedStyle(around).overflowX))
      around = around.parentElement;
    if (!around || around === document.body || around === document.documentElement)
      wide.push(element.tagName + " " + (element.textContent || "").trim().slice(0, 40));
  }
  return wide;
}"""
# Menus move when the width changes. Without transitions they reach their position immediately.
NO_TRANSITIONS = (
    "*, *::before, *::after { transition: none !important; animation: none !important }"
)
HORIZONTAL_OVERFLOW = (
    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
)


def record_errors(page: Any) -> list[str]:
    """Record console errors, failed requests and requests to other hosts of a page.

    Returns:
        List that grows while the page is used.
    """
    found: list[str] = []
    page.on("console", lambda message: message.type == "error" and found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "requestfailed",
        # Opening the next page aborts the pending requests of the current one.
        lambda request: (
            request.failure != "net::ERR_ABORTED" and found.append(f"not loaded: {request.url}")
        ),
    )
    page.on(
        "request",
        lambda request: (
            urlsplit(request.url).hostname not in ("127.0.0.1", None)
            and found.append(f"other host: {request.url}")
        ),
    )
    return found


def overflow(page: Any) -> list[str]:
    """Return a description of everything that is wider than the window."""
    beyond = page.evaluate(HORIZONTAL_OVERFLOW)
    return ([f"scrolls {beyond} pixels horizontally"] if beyond > 0 else []) + page.evaluate(
        CUT_OFF
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened() as chromium_browser:
        yield chromium_browser


# These folders contain pages generated from one template: two pages of each are tested.
TEMPLATE_FOLDERS = ("api/pooling/", "api/testing/", "upstream/")


def addresses(site: Path) -> list[str]:
    """Return the addresses of all pages, but only two of each folder in TEMPLATE_FOLDERS."""
    pages = sorted(f"{path.parent.relative_to(site)}/" for path in site.rglob("index.html"))
    selected = [page for page in pages if not page.startswith(TEMPLATE_FOLDERS)]
    for folder in TEMPLATE_FOLDERS:
        selected += [page for page in pages if page.startswith(folder)][:2]
    return selected


def test_every_page_fits_the_window_and_has_no_errors(site, browser):
    pages = addresses(site)
    assert {"./", "guide/text/", "api/text/HashingOneHot/", "results/"} <= set(pages)
    found = []
    with served(site) as home:
        page = browser.new_page()
        errors = record_errors(page)
        for address in pages:
            page.goto(f"{home}/{address}", wait_until="load")
            page.add_style_tag(content=NO_TRANSITIONS)
            for width, (columns, rows) in WIDTHS.items():
                page.set_viewport_size({"width": columns, "height": rows})
                found += [f"{address} ({width}): {element}" for element in overflow(page)]
            for palette, scheme in PALETTES.items():
                page.emulate_media(color_scheme=palette)
                page.wait_for_function(f"document.body.dataset.mdColorScheme === '{scheme}'")
            found += [f"{address}: {error}" for error in errors]
            errors.clear()
        page.close()
    assert not found, "\n".join(found)


def test_search_finds_a_class(site, browser):
    with served(site) as home:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(home)
        page.locator("input.md-search__input").click()  # loads the search index
        # One event of `fill` is lost if it is sent before the index is loaded.
        page.locator("input.md-search__input").press_sequentially("GloVeEmbedding", delay=100)
        first = page.locator(".md-search-result__link").first
        first.wait_for(timeout=60_000)
        assert "GloVe" in first.text_content()
        page.close()


def test_the_helpers_detect_overflow_and_errors(browser):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    errors = record_errors(page)
    wide = "<p style='width: 900px'>too wide</p>"
    page.set_content(f"<article>{wide}</article><script>console.error('oh')</script>")
    assert overflow(page) == ["scrolls 518 pixels horizontally", "P too wide"]
    page.set_content(f"<style>html {{overflow: hidden}}</style><article>{wide}</article>")
    assert "P too wide" in overflow(page)
    page.set_content(f"<article><div style='overflow-x: auto'>{wide}</div></article>")
    assert overflow(page) == []
    assert errors == ["oh"]
    page.close()
