"""Result of a demo: values as JSON and on the console."""

from typing import Any

from recipes._report.result import common_fields, write_json

from .run_options import RunOptions


def write_demo_result(options: RunOptions, name: str, title: str, values: dict[str, Any]) -> None:
    """Print the values and write them to a JSON file in `options.out`."""
    options.console.print(f"[bold]{name}[/]  {title}")
    for key, value in values.items():
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        options.console.print(f"  {key}: {shown}", highlight=False, markup=False, soft_wrap=True)
    result = {**common_fields(name, "demo", title), "figures": values}
    write_json(options.out / f"{name}.json", result)
    options.console.print(f"written  {options.out / name}.json", highlight=False)
