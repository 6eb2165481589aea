"""Every page in a real browser, at two widths and in both palettes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from .browser import PALETTES, WIDTHS, chromium, opened, served

pytest.importorskip("playwright", reason="a browser: pip install 'keras-seqext[docs]'")
pytestmark = pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")

# What reaches beyond the window and cannot be scrolled to: neither the page nor a box around it
# scrolls. Tables and code have such boxes.
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
# Menus slide in when the width changes: they are to be where they go at once.
AT_ONCE = "*, *::before, *::after { transition: none !important; animation: none !important }"
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def troubles(page: Any) -> list[str]:
    """What the page says in its console, cannot load, or loads from elsewhere, from now on."""
    found: list[str] = []
    page.on("console", lambda said: said.type == "error" and found.append(said.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "requestfailed",
        # A page that is left for the next one gives up what it was still loading.
        lambda request: (
            request.failure != "net::ERR_ABORTED" and found.append(f"not loaded: {request.url}")
        ),
    )
    page.on(
        "request",
        lambda request: (
            urlsplit(request.url).hostname not in ("127.0.0.1", None)
            and found.append(f"from elsewhere: {request.url}")
        ),
    )
    return found


def overflow(page: Any) -> list[str]:
    """What makes the page wider than the window, or is cut off by it."""
    beyond = page.evaluate(SIDEWAYS)
    return ([f"scrolls {beyond} pixels sideways"] if beyond > 0 else []) + page.evaluate(CUT_OFF)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened() as one:
        yield one


ALIKE = ("api/pooling/", "api/testing/", "upstream/")  # two pages of each say enough


def addresses(site: Path) -> list[str]:
    """All pages, but of those that are made alike the first two."""
    pages = sorted(f"{path.parent.relative_to(site)}/" for path in site.rglob("index.html"))
    kept = [page for page in pages if not page.startswith(ALIKE)]
    return kept + [page for one in ALIKE for page in [p for p in pages if p.startswith(one)][:2]]


def test_every_page_fits_and_is_quiet(site, browser):
    pages = addresses(site)
    assert {"./", "guide/text/", "api/text/HashingOneHot/", "results/"} <= set(pages)
    found = []
    with served(site) as home:
        page = browser.new_page()
        said = troubles(page)
        for address in pages:
            page.goto(f"{home}/{address}", wait_until="load")
            page.add_style_tag(content=AT_ONCE)
            for width, (columns, rows) in WIDTHS.items():
                page.set_viewport_size({"width": columns, "height": rows})
                found += [f"{address} ({width}): {what}" for what in overflow(page)]
            for palette, scheme in PALETTES.items():
                page.emulate_media(color_scheme=palette)
                page.wait_for_function(f"document.body.dataset.mdColorScheme === '{scheme}'")
            found += [f"{address}: {what}" for what in said]
            said.clear()
        page.close()
    assert not found, "\n".join(found)


def test_search_finds_a_class(site, browser):
    with served(site) as home:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(home)
        page.locator("input.md-search__input").click()  # which loads the index
        page.locator("input.md-search__input").fill("GloVeEmbedding")
        first = page.locator(".md-search-result__link").first
        first.wait_for(timeout=60_000)
        assert "GloVe" in first.text_content()
        page.close()


def test_the_probes_can_fail(browser):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    said = troubles(page)
    wide = "<p style='width: 900px'>too wide</p>"
    page.set_content(f"<article>{wide}</article><script>console.error('oh')</script>")
    assert overflow(page) == ["scrolls 518 pixels sideways", "P too wide"]
    page.set_content(f"<style>html {{overflow: hidden}}</style><article>{wide}</article>")
    assert "P too wide" in overflow(page)
    page.set_content(f"<article><div style='overflow-x: auto'>{wide}</div></article>")
    assert overflow(page) == []
    assert said == ["oh"]
    page.close()
