"""Contents of the wheel and the source archive, and type checking of a user program."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from conformance.__main__ import chosen_backends

pytestmark = [
    pytest.mark.backend_free,
    pytest.mark.skipif(
        not Path("pyproject.toml").exists(), reason="run from the root of the repository"
    ),
]

PROGRAM = Path(__file__).with_name("user_program.py")


def run(*arguments, cwd=None, **env):
    """Run a command that must succeed and return its output."""
    done = subprocess.run(
        list(map(str, arguments)),
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a folder with a wheel and a source archive of the working tree."""
    pytest.importorskip("build", reason="requires build, which is in the extra `test`")
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ".")
    return folder


@pytest.fixture(scope="module")
def environment(built, tmp_path_factory):
    """Return the Python of an environment with the wheel and the other packages of this one."""
    folder = tmp_path_factory.mktemp("user")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (wheel,) = built.glob("*.whl")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "-q", wheel)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    # A .pth file adds the folder of packages of this environment. The editable install of this
    # package in it is a .pth file as well, and those of added folders are not processed.
    Path(site, "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_wheel_contains_only_the_package_and_the_plugin(built):
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    info = {name for name in top if name.endswith(".dist-info")}
    assert top - info == {"keras_seqext", "keras_seqext_pytest.py"}
    assert "keras_seqext/py.typed" in names
    here = {str(path) for path in Path("keras_seqext").rglob("*.py")}
    assert here <= set(names)
    entries = next(name for name in names if name.endswith("entry_points.txt"))
    assert "keras_seqext_pytest" in zipfile.ZipFile(wheel).read(entries).decode()


def test_source_archive_contains_the_package_and_no_data(built):
    (archive,) = built.glob("*.tar.gz")
    top = {name.split("/")[1] for name in tarfile.open(archive).getnames() if "/" in name}
    assert {"keras_seqext", "pyproject.toml", "README.md", "LICENSE", "CITATION.cff"} <= top
    assert not top & {"datasets", "recipes", "conformance", "docs", "runs"}


def test_metadata_is_valid_for_package_indexes(built):
    pytest.importorskip("twine", reason="requires twine, which is in the extra `test`")
    assert "PASSED" in run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir())


def test_user_program_runs_with_the_wheel(environment, tmp_path):
    backend = chosen_backends(None)[-1]
    output = run(environment, PROGRAM, cwd=tmp_path, KERAS_BACKEND=backend, PYTHONPATH="")
    version, _, path = output.splitlines()[0].partition(" ")
    assert Path(path).is_relative_to(environment.parent.parent)
    assert list(environment.parent.parent.rglob(f"keras_seqext-{version}.dist-info"))


def test_user_program_passes_mypy_in_strict_mode(environment, tmp_path):
    # Without type information every program would pass, so a program with a type error must fail.
    program, wrong = tmp_path / PROGRAM.name, tmp_path / "wrong.py"
    program.write_text(PROGRAM.read_text())
    wrong.write_text("from keras_seqext import Tokenizer\n\nn: int = Tokenizer()('a')\n")
    config = tmp_path / "mypy.ini"
    config.write_text("[mypy]\nstrict = true\n[mypy-keras.*]\nignore_missing_imports = true\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", config]
        + ["--python-executable", environment, program, wrong],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1, done.stdout
    assert errors[0].startswith("wrong.py:3:") and '"list[str]"' in errors[0]


def test_user_program_passes_pyright(environment, tmp_path):
    # pyright downloads Node.js at its first start, so it is not part of the extra `test`.
    pytest.importorskip("pyright", reason="pyright is not installed: pip install pyright")
    program = tmp_path / PROGRAM.name
    program.write_text(PROGRAM.read_text())
    # Without network access the download fails. That skips the test, a type error must not.
    try:
        subprocess.run(
            [sys.executable, "-m", "pyright", "--version"],
            check=True,
            timeout=60,
            capture_output=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"pyright does not start here: {error}")
    assert "0 errors" in run(
        sys.executable, "-m", "pyright", "--pythonpath", environment, program, cwd=tmp_path
    )
