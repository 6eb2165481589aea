"""Convert `imdb.npz`, which holds pickled lists of ids, to a file of plain numbers.

Usage: `python -m datasets convert-ids imdb.npz`.
"""

import argparse
import sys
from pathlib import Path

from datasets._files.convert_ids import NAME, convert_ids
from datasets._files.download import sha256
from datasets._files.registry import entry


def main(arguments: list[str] | None = None) -> int:
    """Ask for confirmation, convert the file and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m datasets", description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    convert = verbs.add_parser("convert-ids", help="convert pickled lists to a file of numbers")
    convert.add_argument("source", type=Path, metavar="imdb.npz")
    convert.add_argument("--out", type=Path, help=f"default: {NAME} in the same folder")
    options = parser.parse_args(arguments)
    source = options.source
    if not source.is_file():
        parser.error(f"file {str(source)!r} not found: pass the path of imdb.npz")
    target = options.out or source.with_name(NAME)
    known = sha256(source) == entry("imdb_ids").sha256
    print(
        f"{source} is {'' if known else 'NOT '}the file that Keras publishes (by its SHA-256).\n"
        "Its lists are pickled. They are read without loading the pickle, so no code in it runs.\n"
        "Anything other than lists of integers stops the conversion. This takes about a minute.\n"
        f"Output: {target}{' (replaces the existing file)' if target.exists() else ''}"
    )
    try:
        agreed = input("Convert it? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        agreed = False
    if not agreed:
        print("nothing written")
        return 1
    try:
        print(f"{convert_ids(source, target):,} reviews written to {target}")
    except ValueError as error:
        raise SystemExit(str(error)) from error
    return 0


if __name__ == "__main__":
    sys.exit(main())
