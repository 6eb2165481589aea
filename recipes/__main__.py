"""Run experiments on text and time series: real data, small models, baselines."""

import argparse
import sys
from pathlib import Path

from recipes._cli.parser import Parser
from recipes.usage_error import UsageError

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
    run.add_argument(
        "--backend", choices=BACKENDS, help="default: KERAS_BACKEND, or an installed one"
    )
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
    predict.add_argument("--file", type=Path, help="text file, instead of the text")
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
    options.arguments = sys.argv[1:] if arguments is None else list(arguments)
    return verbs[options.verb](options)


def _list(options: argparse.Namespace) -> int:
    from recipes.catalogue import catalogue

    for recipe in catalogue().values():
        print(f"{recipe.name:<28} {recipe.summary}")
    return 0


def _run(options: argparse.Namespace) -> int:
    from recipes._cli.command_line import checked_run
    from recipes._cli.interruption import interruption_message
    from recipes._cli.requirements import require_packages, use_backend

    wanted = checked_run(options)
    require_packages("run")
    # Keras reads its backend at its first import, so this precedes the imports below.
    backend = use_backend(options.backend)
    folder = None
    try:
        from rich.console import Console

        from recipes._cli.run_all import run_all, run_one
        from recipes._engine.finite_loss import NonFinite
        from recipes._engine.forecast_config import UnusableData
        from recipes._engine.run_lock import RunLocked
        from recipes._engine.run_options import RunOptions
        from recipes._report.output_files import NotWritten
        from recipes._report.result import result_stem

        console = Console()
        settings = RunOptions(
            options.out, options.runs, console, options.data, options.epochs, options.resume
        )
        try:
            if options.all:
                return run_all(wanted.recipes, wanted.seeds, wanted.budget, settings)
            for seed in wanted.seeds:
                folder = options.runs / result_stem(options.name, backend, seed)
                run_one(wanted.recipes[0], seed, settings)
        except (RunLocked, FileNotFoundError, NonFinite, NotWritten, UnusableData) as error:
            console.print(str(error), style="red", highlight=False, markup=False)
            return 1
    except KeyboardInterrupt:
        # Not wrapped, so that the command can be copied.
        print("\n" + interruption_message(options.arguments, folder))
        return 130
    return 0


def _report(options: argparse.Namespace) -> int:
    from recipes._cli.requirements import REPORT_PAGE, require_packages

    require_packages("report", REPORT_PAGE if options.write else ())
    from recipes._report.result import read_results
    from recipes._report.tables import data_notes, every_table, update_page

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
        print("\n\n".join(filter(None, [*every_table(results), data_notes(results)])))
    return 0


def _predict(options: argparse.Namespace) -> int:
    from recipes._cli.predict_input import checked_input
    from recipes._cli.requirements import require_packages, use_backend
    from recipes.catalogue import find

    recipe = find(options.name)
    text = checked_input(recipe, options.text, options.csv, options.file)
    require_packages("predict")
    use_backend()
    from recipes._cli.predict import predict

    print(predict(recipe, text, options.csv, options.runs))
    return 0


def command() -> int:
    """Run the command of the command line, and print the message of a usage error."""
    try:
        return main()
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(command())
