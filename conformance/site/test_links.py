"""Every link inside the site leads to a page, a file and a place that are there."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit


class Anchors(HTMLParser):
    """The links of a page and the places that one can link to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name in ("href", "src"):
                self.links.append(value)
            elif name == "id" or (tag == "a" and name == "name"):
                self.places.add(value)


def broken_links(site: Path) -> list[str]:
    """What leads nowhere, as `page: link`. Links to other hosts are not followed."""
    pages = {path: Anchors(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    found = []
    for path, page in pages.items():
        here = f"http://site/{path.relative_to(site).as_posix()}"
        for link in page.links:
            to = urlsplit(urljoin(here, link))
            if to.hostname != "site":
                continue
            target = site / unquote(to.path).lstrip("/")
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                found.append(f"{path.relative_to(site)}: {link} (no such file)")
            elif to.fragment and target in pages:
                if unquote(to.fragment) not in pages[target].places:
                    found.append(f"{path.relative_to(site)}: {link} (no such place)")
    return found


def test_internal_links_lead_somewhere(site):
    assert not broken_links(site)


def test_the_probe_can_fail(tmp_path):
    links = '<a href="b.html">1</a> <a href="#no">2</a> <a id="yes" href="#yes">3</a>'
    (tmp_path / "a.html").write_text(f'{links} <a href="https://example.org/x">4</a>')
    assert broken_links(tmp_path) == [
        "a.html: b.html (no such file)",
        "a.html: #no (no such place)",
    ]
