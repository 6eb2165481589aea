"""Run experiments on text and time series: real data, small models, baselines."""

import argparse
import os
import sys
from pathlib import Path

from recipes._cli.parser import Parser

BACKENDS = ("tensorflow", "jax", "torch")
EXAMPLE = """for example:
  python -m recipes list
  python -m recipes run weather-gru --backend jax
  python -m recipes run --all --only 'weather-*' --budget 30m
  python -m recipes predict reviews-bag-bigrams "a film worth seeing twice"
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = Parser(
        prog="python -m recipes",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = top.add_subparsers(dest="verb", metavar="list | run | report | predict")
    verbs.add_parser("list", help="list all recipes")
    run = verbs.add_parser("run", help="train and evaluate one recipe or all")
    run.add_argument("name", metavar="NAME", nargs="?", help="a name from `list`")
    run.add_argument(
        "--all", action="store_true", help="run all recipes; finished runs are skipped"
    )
    run.add_argument(
        "--only", default="*", help="with --all: patterns such as 'imdb-*,weather-gru'"
    )
    run.add_argument("--budget", help="with --all: time limit such as 2h, 30m or 90s")
    run.add_argument("--backend", choices=BACKENDS, help="default: KERAS_BACKEND, or that of Keras")
    run.add_argument("--seeds", default="0", help="one or more integers such as 0,1,2")
    run.add_argument("--epochs", type=int, help="maximum number of epochs, instead of the recipe's")
    run.add_argument("--data", metavar="FOLDER", help="file or folder with the raw data")
    run.add_argument(
        "--out", type=Path, default=Path("docs/results"), help="folder for JSON and PNG files"
    )
    run.add_argument(
        "--runs", type=Path, default=Path("runs"), help="folder for weights and metrics"
    )
    run.add_argument("--resume", action="store_true", help="resume an interrupted run")
    report = verbs.add_parser("report", help="convert all results to tables and plots")
    report.add_argument("--results", type=Path, default=Path("docs/results"))
    report.add_argument(
        "--page", type=Path, help="write the short table between its marks on this page"
    )
    report.add_argument("--write", type=Path, help="write the page of all results, with its plots")
    predict = verbs.add_parser("predict", help="predict with a trained model")
    predict.add_argument("name", metavar="NAME", help="a recipe with a trained model")
    predict.add_argument("text", nargs="?", help="text, for recipes on texts")
    predict.add_argument("--csv", type=Path, help="file with the most recent rows, for forecasts")
    predict.add_argument("--runs", type=Path, default=Path("runs"), help="folder with the model")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return the exit status."""
    top = parser()
    options = top.parse_args(arguments)
    if options.verb is None:
        top.print_help()
        return 0
    verbs = {"list": _list, "run": _run, "report": _report, "predict": _predict}
    return verbs[options.verb](options)


def _list(options: argparse.Namespace) -> int:
    from recipes.catalogue import catalogue

    for recipe in catalogue().values():
        print(f"{recipe.name:<28} {(recipe.load().__doc__ or '').splitlines()[0]}")
    return 0


def _run(options: argparse.Namespace) -> int:
    from recipes._cli.command_line import checked_run

    wanted = checked_run(options)
    # Keras reads its backend at its first import, so this precedes the imports below.
    if options.backend:
        os.environ["KERAS_BACKEND"] = options.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from rich.console import Console

    from recipes._cli.run_all import run_all, run_one
    from recipes._engine.finite_loss import NonFinite
    from recipes._engine.run_lock import RunLocked
    from recipes._engine.run_options import RunOptions
    from recipes._report.output_files import NotWritten

    console = Console()
    settings = RunOptions(
        options.out, options.runs, console, options.data, options.epochs, options.resume
    )
    try:
        if options.all:
            return run_all(wanted.recipes, wanted.seeds, wanted.budget, settings)
        for seed in wanted.seeds:
            run_one(wanted.recipes[0], seed, settings)
    except (RunLocked, FileNotFoundError, NonFinite, NotWritten) as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        return 1
    except KeyboardInterrupt:
        again = "--all" if options.all else f"{options.name} --resume"
        console.print(
            f"\ninterrupted. The best weights and those of the last complete epoch are stored in "
            f"{options.runs}/; `python -m recipes run {again}` resumes the run.",
            highlight=False,
        )
        return 130
    return 0


def _report(options: argparse.Namespace) -> int:
    from recipes._report.result import read_results
    from recipes._report.tables import data_notes, markdown, update_page

    results = read_results(options.results)
    if not results:
        raise SystemExit(
            f"no result in {options.results}: `python -m recipes run NAME` creates one"
        )
    if options.write:
        from recipes._report.results_page import write_page

        write_page(options.write, options.results)
        print(f"{options.write} written")
    elif options.page:
        changed = update_page(options.page, options.results)
        print(f"{options.page} {'updated' if changed else 'is up to date'}")
    else:
        print(markdown(results) + "\n\n" + data_notes(results))
    return 0


def _predict(options: argparse.Namespace) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from recipes._cli.predict import predict
    from recipes.catalogue import find

    print(predict(find(options.name), options.text, options.csv, options.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
