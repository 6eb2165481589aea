"""What recipes without a runner leave behind: a JSON of figures, and words on the screen."""

from typing import Any

from recipes._report.result import head, write_json

from .run_options import RunOptions


def write_figures(options: RunOptions, name: str, title: str, figures: dict[str, Any]) -> None:
    """Prints the figures and writes them to `options.out`."""
    options.console.print(f"[bold]{name}[/]  {title}")
    for key, value in figures.items():
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        options.console.print(f"  {key}: {shown}", highlight=False, markup=False, soft_wrap=True)
    result = {**head(name, "demo", title), "figures": figures}
    write_json(options.out / f"{name}.json", result)
    options.console.print(f"written  {options.out / name}.json", highlight=False)
