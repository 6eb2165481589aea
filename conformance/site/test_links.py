"""Every internal link of the site leads to an existing page, file and anchor."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit


class LinkParser(HTMLParser):
    """Links and anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name in ("href", "src"):
                self.links.append(value)
            elif name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)


def broken_links(site: Path) -> list[str]:
    """Return broken internal links as `page: link (reason)`. Links to other hosts are ignored."""
    pages = {path: LinkParser(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
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
                if unquote(to.fragment) not in pages[target].anchors:
                    found.append(f"{path.relative_to(site)}: {link} (no such anchor)")
    return found


def test_internal_links_are_not_broken(site):
    assert not broken_links(site)


def test_broken_links_are_detected(tmp_path):
    links = '<a href="b.html">1</a> <a href="#no">2</a> <a id="yes" href="#yes">3</a>'
    (tmp_path / "a.html").write_text(f'{links} <a href="https://example.org/x">4</a>')
    assert broken_links(tmp_path) == [
        "a.html: b.html (no such file)",
        "a.html: #no (no such anchor)",
    ]
