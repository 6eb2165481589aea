"""Command line that installs the wheel in a new environment with each backend alone.

    python -m conformance.packaging [--backends "jax torch"] [--torch REQUIREMENT]

The wheel is built in an isolated environment. Installing the backends takes several minutes.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from conformance.__main__ import BACKENDS

HERE = Path(__file__).parent
PROGRAM = HERE / "user_program.py"
OTHERS = """
import importlib.util, sys
found = [name for name in {others} if importlib.util.find_spec(name)]
sys.exit(f"other backends are installed: {{found}}" if found else 0)
"""


def run(*command: object, **env: str) -> str:
    """Run a command that must succeed and return its output."""
    done = subprocess.run(
        list(map(str, command)), env={**os.environ, **env}, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{command[1:]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def installed(wheel: Path, backend: str, folder: Path, before: list[str]) -> str:
    """Install the wheel with one backend, check the environment and run a program there."""
    run(sys.executable, "-m", "venv", folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    for requirement in before:
        run(python, "-m", "pip", "install", "-q", requirement)
    run(python, "-m", "pip", "install", "-q", f"{wheel}[{backend}]")
    run(python, "-m", "pip", "check")
    others = [name for name in BACKENDS if name != backend]
    run(python, "-c", OTHERS.format(others=others))
    # Outside of the source tree, so that the program imports the wheel.
    program = folder / PROGRAM.name
    program.write_text(PROGRAM.read_text())
    output = run(python, program, KERAS_BACKEND=backend, TF_CPP_MIN_LOG_LEVEL="2", PYTHONPATH="")
    version, _, path = output.splitlines()[0].partition(" ")
    if not Path(path).is_relative_to(folder.resolve()):
        raise SystemExit(f"{path} was imported instead of the installed wheel in {folder}")
    names = ("keras", "numpy", backend)
    print_versions = (
        "import sys, importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    )
    return f"keras-seqext {version}; {run(python, '-c', print_versions, *names)}"


def main() -> int:
    """Build the wheel, check it and install it with each backend; exit at the first failure."""
    parser = argparse.ArgumentParser(prog="python -m conformance.packaging", description=__doc__)
    parser.add_argument("--backends", default=" ".join(BACKENDS), help="e.g. 'jax torch'")
    parser.add_argument(
        "--torch", default="torch", help="requirement for torch, e.g. of a CPU build"
    )
    options = parser.parse_args()
    dist = Path("dist")
    for old in dist.glob("keras_seqext-*"):
        old.unlink()
    run(sys.executable, "-m", "build", "--outdir", dist, ".")
    files = sorted(dist.glob("keras_seqext-*"))
    print(run(sys.executable, "-m", "twine", "check", "--strict", *files))
    (wheel,) = (file.resolve() for file in files if file.suffix == ".whl")
    for backend in options.backends.replace(",", " ").split():
        start = time.monotonic()
        before = [options.torch] if backend == "torch" else []
        with tempfile.TemporaryDirectory() as folder:
            found = installed(wheel, backend, Path(folder), before)
        print(f"{backend} alone: {found} ({time.monotonic() - start:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
