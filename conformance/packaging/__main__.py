"""`python -m conformance.packaging`: the wheel, in a clean environment with each backend alone.

Builds in an environment of its own, as an index would see it; long, for it installs backends.
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
sys.exit(f"not alone: {{found}}" if found else 0)
"""


def run(*command: object, **env: str) -> str:
    """A command that must succeed; gives what it prints."""
    done = subprocess.run(
        list(map(str, command)), env={**os.environ, **env}, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{command[1:]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def installed(wheel: Path, backend: str, folder: Path, before: list[str]) -> str:
    """Installs the wheel with one backend, checks what came, and runs a program there."""
    run(sys.executable, "-m", "venv", folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    for requirement in before:
        run(python, "-m", "pip", "install", "-q", requirement)
    run(python, "-m", "pip", "install", "-q", f"{wheel}[{backend}]")
    run(python, "-m", "pip", "check")
    others = [name for name in BACKENDS if name != backend]
    run(python, "-c", OTHERS.format(others=others))
    program = folder / PROGRAM.name  # away from the sources, so that the wheel is what is imported
    program.write_text(PROGRAM.read_text())
    shown = run(python, program, KERAS_BACKEND=backend, TF_CPP_MIN_LOG_LEVEL="2", PYTHONPATH="")
    version, _, path = shown.splitlines()[0].partition(" ")
    if not Path(path).is_relative_to(folder.resolve()):
        raise SystemExit(f"{path} is not what was installed")
    names = ("keras", "numpy", backend)
    each = (
        "import sys, importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    )
    return f"keras-seqext {version}; {run(python, '-c', each, *names)}"


def main() -> int:
    """Builds, checks and installs; any failure ends it."""
    parser = argparse.ArgumentParser(prog="python -m conformance.packaging", description=__doc__)
    parser.add_argument("--backends", default=" ".join(BACKENDS), help="e.g. 'jax torch'")
    parser.add_argument("--torch", default="torch", help="requirement of torch, for its CPU build")
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
