"""`python -m recipes list | run NAME | report`."""

import argparse
import os
import sys
from pathlib import Path

BACKENDS = ("tensorflow", "jax", "torch")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m recipes", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="all recipes")
    run = verbs.add_parser("run", help="train and evaluate one recipe")
    run.add_argument("name", metavar="NAME", help="a name from `list`")
    run.add_argument("--backend", choices=BACKENDS, help="default: KERAS_BACKEND, or Keras' own")
    run.add_argument("--seeds", default="0", help="one or more integers, as in 0,1,2")
    run.add_argument("--epochs", type=int, help="epochs at most, instead of the recipe's")
    run.add_argument("--data", metavar="FOLDER", help="file or folder with the raw data")
    run.add_argument("--out", type=Path, default=Path("docs/results"), help="for JSON and PNG")
    run.add_argument("--runs", type=Path, default=Path("runs"), help="for weights and metrics")
    run.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    report = verbs.add_parser("report", help="turn all results into one table")
    report.add_argument("--results", type=Path, default=Path("docs/results"))
    report.add_argument("--page", type=Path, help="write it between the marks of this page")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns the exit status."""
    options = parser().parse_args(arguments)
    return {"list": _list, "run": _run, "report": _report}[options.verb](options)


def _list(options: argparse.Namespace) -> int:
    from ._catalogue import catalogue

    for recipe in catalogue().values():
        module = recipe.load()
        print(f"{recipe.name:<16} {(module.__doc__ or '').splitlines()[0]}")
    return 0


def _run(options: argparse.Namespace) -> int:
    # Keras reads its backend when it is first imported: so this comes before the imports.
    if options.backend:
        os.environ["KERAS_BACKEND"] = options.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from rich.console import Console

    from ._catalogue import EXPLORE, find

    recipe = find(options.name)
    seeds = _seeds(options.seeds)
    if options.epochs is not None and options.epochs < 1:
        raise SystemExit(f"--epochs must be at least 1. Received: {options.epochs}")
    console = Console()
    try:
        if recipe.name == EXPLORE:
            recipe.load().run(options.data, options.out, console)
            return 0
        from ._forecast import run_forecast

        for seed in seeds:
            run_forecast(
                recipe,
                seed,
                options.epochs,
                options.data,
                options.out,
                options.runs,
                options.resume,
                console,
            )
    except FileNotFoundError as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        return 1
    except KeyboardInterrupt:
        console.print(
            f"\ninterrupted. The best weights and the last complete epoch are kept in "
            f"{options.runs}/; `python -m recipes run {recipe.name} --resume` goes on from there.",
            highlight=False,
        )
        return 130
    return 0


def _seeds(text: str) -> list[int]:
    try:
        seeds = [int(part) for part in text.replace(" ", ",").split(",") if part]
    except ValueError:
        seeds = []
    if not seeds or min(seeds) < 0:
        raise SystemExit(f"--seeds must be integers >= 0, as in 0,1,2. Received: {text!r}")
    return seeds


def _report(options: argparse.Namespace) -> int:
    from ._report import data_notes, markdown, update_page
    from ._result import read_results

    results = read_results(options.results)
    if not results:
        raise SystemExit(f"no result in {options.results}: `python -m recipes run NAME` makes one")
    if options.page:
        changed = update_page(options.page, options.results)
        print(f"{options.page} {'updated' if changed else 'is up to date'}")
    else:
        print(markdown(results) + "\n\n" + data_notes(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
