"""`python -m conformance.survey.packages_survey NAME`: the layer checks on a published package.

Each package is installed without its dependencies in an environment of its own, which also
contains the packages of the current environment: the backends are large, and all packages are
tested with the same versions.
"""

import importlib
import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from typing import Any

from . import RESULTS
from .stored_results import SUFFIX

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
INSIDE = "SURVEY_INSIDE"  # set in the process that runs in the environment of the package


def registry() -> dict[str, dict[str, Any]]:
    """Return the entry of each surveyed package by its name."""
    packages = tomllib.loads((HERE / "packages" / "registry.toml").read_text(encoding="utf-8"))
    return {package["name"]: package for package in packages["package"]}


def results_path(name: str) -> Path:
    """Return the path of the results of a package."""
    return RESULTS / f"package-{name}{SUFFIX}"


def prepare(package: dict[str, Any]) -> Path:
    """Create the environment of a package unless it exists.

    Args:
        package: Entry of the package in the registry.

    Returns:
        The Python interpreter of the environment.
    """
    folder = ROOT / ".survey" / package["name"]
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = [f"{package['name']}=={package['version']}", *package.get("requires", [])]
    done = folder / "installed.txt"
    if done.exists() and done.read_text(encoding="utf-8").split("\n") == wanted:
        return python
    venv.create(folder, clear=True, with_pip=False, symlinks=os.name != "nt")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", *wanted], check=True)
    current = f"{sysconfig.get_path('purelib')}\n{ROOT}\n"
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    # Written after the installation: pip would otherwise take the packages of the current
    # environment for packages of the new one.
    Path(site.stdout.strip(), "survey.pth").write_text(current, encoding="utf-8")
    done.write_text("\n".join(wanted), encoding="utf-8")
    return python


def main() -> None:
    """Run the layer checks on a package and write `results/package-NAME.json.xz`."""
    from .run import options, run_to_file

    packages = registry()
    parser = options(main.__doc__ or "")
    parser.set_defaults(level="recommended", backends="")
    parser.add_argument("name", choices=sorted(packages))
    parser.add_argument("--prepare", action="store_true", help="create the environment and stop")
    chosen = parser.parse_args()
    package = packages[chosen.name]
    backends = chosen.backends.split(",") if chosen.backends else package["backends"]
    if INSIDE not in os.environ:
        python = prepare(package)
        if chosen.prepare:
            return
        # The child imports the cases for their names, so it needs a backend that the package
        # supports.
        env = {**os.environ, INSIDE: "1", "KERAS_BACKEND": backends[0]}
        command = [str(python), "-m", "conformance.survey.packages_survey", *sys.argv[1:]]
        sys.exit(subprocess.run(command, cwd=ROOT, env=env).returncode)
    module = f"conformance.survey.packages.{chosen.name.replace('-', '_')}"
    run_to_file(
        f"{module}:CASES",
        [case.label for case in importlib.import_module(module).CASES],
        results_path(chosen.name),
        backends,
        chosen.level,
        chosen.only,
        chosen.costs.split(","),
    )


if __name__ == "__main__":
    main()
