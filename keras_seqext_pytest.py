"""Pytest options of `keras_seqext.testing`, and runs on several backends.

This module is outside of the package because pytest imports it at every start, also in projects
that have no layer checks. It imports the package only if one of its options is used.
"""

import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

BACKENDS = ("tensorflow", "jax", "torch")
LEVELS = ("core", "recommended", "strict")
SUFFIXES = (".json", ".md", ".html")
EXCHANGE = "KERAS_SEQEXT_LAYER_CHECKS_EXCHANGE"

_configs: list[Any] = []


def active_config() -> Any:
    """Return the config of the running session, or `None`."""
    return _configs[-1] if _configs else None


def pytest_addoption(parser: Any) -> None:
    """Add the options, all of which begin with `--layer-checks`."""
    group = parser.getgroup("layer checks", "checks of Keras layers (keras_seqext.testing)")
    group.addoption("--layer-checks-level", choices=LEVELS, help="overrides the level in the file")
    group.addoption(
        "--layer-checks-backends",
        metavar="LIST",
        help="e.g. tensorflow,jax,torch: run all tests once per backend, each in a separate "
        "process, and compare the values with those of the first",
    )
    group.addoption("--layer-checks-list", action="store_true", help="print all checks and exit")
    group.addoption(
        "--layer-checks-baseline",
        metavar="FILE",
        help="expected failures with reasons, as .json or .toml; an outdated entry is a failure",
    )
    group.addoption(
        "--layer-checks-accept",
        action="store_true",
        help="add the failures of this run to the baseline, and remove outdated entries",
    )
    group.addoption(
        "--layer-checks-report",
        metavar="FILE",
        help="write a report; must end in .json, .md or .html",
    )
    group.addoption("--layer-checks-seed", type=int, metavar="N", help="seed of inputs and weights")
    group.addoption(
        "--layer-checks-strict-na",
        action="store_true",
        help="fail if a declared trait disables a core check",
    )


def pytest_load_initial_conftests(early_config: Any) -> None:
    """Set the backend before a conftest can import Keras."""
    options = vars(early_config.known_args_namespace)
    names = [name for name in _names(options["layer_checks_backends"]) if name in BACKENDS]
    if len(names) == 1:
        os.environ["KERAS_BACKEND"] = names[0]
    elif names:  # this process starts others, but a conftest may import Keras in it
        os.environ.setdefault("KERAS_BACKEND", names[0])
    elif any(value for name, value in options.items() if name.startswith("layer_checks_")):
        _select_backend()
    if os.environ.get("KERAS_BACKEND") == "torch" and find_spec("torch"):
        # Importing TensorFlow before torch may cause a segmentation fault.
        import torch  # noqa: F401


def pytest_configure(config: Any) -> None:
    """Register the marker, validate the options and register the plugin that they need."""
    import pytest

    config.addinivalue_line(
        "markers", "layer_check(name, level): one check of one layer, by parametrize_layer_checks"
    )
    _configs.append(config)
    options = config.option
    for name in _names(options.layer_checks_backends):
        if name not in BACKENDS:
            raise pytest.UsageError(
                f"--layer-checks-backends: there is no backend {name!r}; known: "
                f"{', '.join(BACKENDS)}"
            )
        if find_spec(name) is None:
            raise pytest.UsageError(
                f"--layer-checks-backends: {name} is not installed; pip install {name}"
            )
    report = options.layer_checks_report
    if report and Path(report).suffix not in SUFFIXES:
        raise pytest.UsageError(
            f"--layer-checks-report must end in {', '.join(SUFFIXES)}; received {report!r}"
        )
    if options.layer_checks_accept and not options.layer_checks_baseline:
        raise pytest.UsageError(
            "--layer-checks-accept needs --layer-checks-baseline FILE, the file to write"
        )
    if len(_names(options.layer_checks_backends)) < 2 and (options.layer_checks_baseline or report):
        from keras_seqext.testing.pytest_plugin import register

        register(config)


def pytest_unconfigure(config: Any) -> None:
    """Remove the session."""
    if config in _configs:
        _configs.remove(config)


def pytest_cmdline_main(config: Any) -> int | None:
    """Print the list of checks, or run pytest once per backend, instead of an ordinary run."""
    if config.option.layer_checks_list:
        from keras_seqext.testing.cli.explain import check_lines

        print("\n".join(check_lines(config.option.layer_checks_level or "strict")))
        return 0
    backends = _names(config.option.layer_checks_backends)
    return _run_each(config, backends) if len(backends) > 1 else None


def _select_backend() -> None:
    """Choose an installed backend, which otherwise Keras requires of the user."""
    import pytest

    from keras_seqext._common.backend_selection import BackendError, select_backend

    try:
        select_backend()
    except BackendError as error:
        raise pytest.UsageError(str(error)) from error


def _names(text: str | None) -> list[str]:
    return list(dict.fromkeys((text or "").replace(",", " ").split()))


def _run_each(config: Any, backends: list[str]) -> int:
    """Run the same pytest command once per backend and return the largest exit status."""
    statuses = []
    with tempfile.TemporaryDirectory(prefix="layer-checks-") as folder:
        for backend in backends:
            print(f"\n=== {backend} ===", flush=True)
            command = [sys.executable, "-m", "pytest", *config.invocation_params.args]
            command += ["--layer-checks-backends", backend]
            command += ["--layer-checks-report", str(Path(folder, f"{backend}.json"))]
            if config.option.xmlpath:
                xml = Path(config.option.xmlpath)
                command.append(f"--junitxml={xml.with_stem(f'{xml.stem}-{backend}')}")
            shared = json.dumps({"folder": folder, "first": backends[0]})
            done = subprocess.run(
                command,
                env={**os.environ, "KERAS_BACKEND": backend, EXCHANGE: shared},
                cwd=config.invocation_params.dir,
            )
            statuses.append(done.returncode)
            # The other backends do not wait for files that the first has not written.
            Path(folder, "ended").touch()
        if config.option.layer_checks_report:
            from keras_seqext.testing.report.report_file import read_reports, write_reports

            written = [Path(folder, f"{backend}.json") for backend in backends]
            reports = [report for path in written if path.exists() for report in read_reports(path)]
            write_reports(reports, Path(config.option.layer_checks_report))
    print("\n=== summary ===")
    for backend, status in zip(backends, statuses, strict=True):
        print(f"{backend}: {'ok' if status == 0 else f'exit status {status}'}")
    # Status 5, no tests collected, is only a failure if it occurs on all backends.
    failed = [status for status in statuses if status not in (0, 5)]
    return max(failed) if failed else (0 if 0 in statuses else 5)
