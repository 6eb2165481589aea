"""Command line of the layer checks."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_seqext._common.backend_selection import (
    BACKENDS,
    VARIABLE,
    BackendError,
    require_installed,
    select_backend,
)
from keras_seqext._common.choices import did_you_mean
from keras_seqext.testing.core.registry import LEVELS
from keras_seqext.testing.core.usage_error import UsageError

from .request import Request, parse_object, parse_shape

DESCRIPTION = """Check any Keras 3 layer. A failure is reported with its finding, why it matters and
a command that reproduces it. Example: python -m keras_seqext.testing run keras.layers:Dense
--kwargs '{"units": 3}' --input-shape 4,7,6"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m keras_seqext.testing", description=DESCRIPTION)
    verbs = top.add_subparsers(dest="verb", metavar="run | list | explain")
    run = verbs.add_parser("run", help="check a layer", description=DESCRIPTION)
    run.add_argument(
        "target",
        metavar="PACKAGE.MODULE:NAME",
        help="a layer, a layer class, a function that returns a layer, a LayerCase or a list of "
        "them; FILE.py:NAME is accepted too",
    )
    run.add_argument(
        "--input-shape", metavar="4,7,6", help="shape of the input, including the batch"
    )
    run.add_argument("--input-dtype", default="float32", metavar="DTYPE")
    run.add_argument("--high", type=int, default=5, help="upper bound of integer inputs")
    run.add_argument("--arguments", metavar="JSON", help="shapes of further positional arguments")
    run.add_argument("--call-kwargs", metavar="JSON", help="keyword arguments of each call")
    run.add_argument("--kwargs", metavar="JSON", help="arguments of the constructor")
    run.add_argument(
        "--traits", metavar="JSON", help="""traits to declare, e.g. '{"causal": true}'"""
    )
    run.add_argument(
        "--case", action="append", default=[], metavar="NAME", help="run only this case"
    )
    run.add_argument("--sample", action="append", default=[], metavar="NAME")
    run.add_argument(
        "--check", action="append", default=[], metavar="NAME", help="run only this check"
    )
    run.add_argument("--level", default="recommended", help=f"one of {', '.join(LEVELS)}")
    run.add_argument("--backends", metavar="LIST", help="e.g. tensorflow,jax,torch")
    run.add_argument("--seed", type=int, default=0)
    run.add_argument("--report", action="append", default=[], type=Path, metavar="FILE")
    listing = verbs.add_parser("list", help="list all checks")
    listing.add_argument("--level", default="strict", help=f"one of {', '.join(LEVELS)}")
    explain = verbs.add_parser("explain", help="explain a check")
    explain.add_argument("check", metavar="CHECK")
    verbs.add_parser("worker")  # started by `run` for each backend
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    The status is 0 on success, 1 if a check failed, and 2 if the command line is invalid.
    """
    top = parser()
    options = top.parse_args(arguments)
    if options.verb is None:
        top.print_help()
        return 0
    try:
        if options.verb == "worker":
            from .worker import main as work

            return work()
        if options.verb == "list":
            level = _level(options.level)
            select_backend()
            from .explain import check_lines

            print("\n".join(check_lines(level)))
            return 0
        if options.verb == "explain":
            select_backend()
            from .explain import explanation

            print(explanation(options.check))
            return 0
        return _run(options)
    except (UsageError, BackendError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `list | head`
        sys.stderr.close()
        return 0


def _run(options: argparse.Namespace) -> int:
    from rich.console import Console

    from keras_seqext.testing.report.report_file import require_suffix, write_reports
    from keras_seqext.testing.report.summary import print_summary

    from .progress import display

    for path in options.report:
        require_suffix(path)
    request = _request(options)
    backends = chosen_backends(options.backends)
    console = Console(stderr=False)
    with display(console, backends) as shown:
        reports = _reports(request, backends, shown.event)
    print_summary(console, reports)
    for path in options.report:
        try:
            write_reports(reports, path)
        except OSError as error:
            raise UsageError(f"the report {path} cannot be written: {error}.") from error
        console.print(f"report: {path}", markup=False, highlight=False, soft_wrap=True)
    return int(any(report.failed for report in reports))


def _reports(request: Request, backends: list[str], on_event: Any) -> list[Any]:
    # A process that only starts others imports neither Keras nor a backend.
    if len(backends) == 1 and "keras" not in sys.modules:
        os.environ[VARIABLE] = backends[0]
    if len(backends) > 1 or backends[0] != select_backend():
        from .backend_processes import run_backends

        return run_backends(request, backends, on_event)
    from .worker import run_request

    backend = backends[0]
    on_event(backend, {"event": "start"})
    reports = run_request(request, lambda event: on_event(backend, event))
    on_event(backend, {"event": "end"})
    return reports


def _request(options: argparse.Namespace) -> Request:
    arguments: Any = []
    if options.arguments:
        try:
            arguments = json.loads(options.arguments)
            arguments = [list(map(int, shape)) for shape in arguments]
        except (ValueError, TypeError) as error:
            raise UsageError(
                f"--arguments must be a JSON list of shapes, such as '[[4, 5, 6]]'. "
                f"Received: {options.arguments!r}."
            ) from error
    return Request(
        options.target,
        parse_shape(options.input_shape) if options.input_shape else None,
        options.input_dtype,
        options.high,
        arguments,
        parse_object("--call-kwargs", options.call_kwargs or "{}"),
        parse_object("--kwargs", options.kwargs or "{}"),
        parse_object("--traits", options.traits or "{}"),
        options.case,
        options.sample,
        options.check,
        _level(options.level),
        options.seed,
    )


def _level(text: str) -> str:
    if text not in LEVELS:
        raise UsageError(
            f"there is no level {text!r}.{did_you_mean(text, LEVELS)} Known: {', '.join(LEVELS)}."
        )
    return text


def chosen_backends(text: str | None) -> list[str]:
    """Return the backends named in `text`, or by default the backend that Keras would use."""
    if not text:
        return [select_backend()]
    names = list(dict.fromkeys(text.replace(",", " ").split()))
    for name in names:
        require_installed(name, "--backends")
    if not names:
        raise UsageError(f"--backends is empty. Known: {', '.join(BACKENDS)}.")
    return names
