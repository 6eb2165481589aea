"""Screenshots of pages of site/ as PNG files: `python -m conformance.site.screenshots`."""

import io
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from .browser import PALETTES, WIDTHS, opened, served
from .conftest import ROOT

PAGES = {
    "start": "",
    "guide": "guide/forecasting/",
    "api": "api/windows/TimeseriesWindow/",
    "results": "results/",
    "notebook": "notebooks/weather/#test-set",
}
OUT = ROOT / "docs" / "screenshots"


def main() -> None:
    """Write PAGE-WIDTH-PALETTE.png for each page, width and palette."""
    OUT.mkdir(exist_ok=True)
    with served(ROOT / "site") as home, opened() as browser:
        for name, address in PAGES.items():
            for width, (columns, rows) in WIDTHS.items():
                for palette in PALETTES:
                    page = browser.new_page(
                        viewport={"width": columns, "height": rows}, color_scheme=palette
                    )
                    page.goto(f"{home}/{quote(address, safe='/#')}", wait_until="networkidle")
                    write_small(page.screenshot(), OUT / f"{name}-{width}-{palette}.png")
                    page.close()


def write_small(png: bytes, path: Path) -> None:
    """Write `png` with a palette of 64 colours, which needs a third of the space."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
