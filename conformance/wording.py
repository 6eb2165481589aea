"""`python -m conformance.wording`: phrases that the glossary replaces must not come back."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

LIST = Path(__file__).with_name("wording.toml")
KINDS = ("*.py", "*.md", "*.toml", "Makefile")


def tracked() -> list[str]:
    """Return the files that git tracks or would add, of the kinds that hold prose."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *KINDS]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")


def findings(paths: Iterable[str]) -> Iterator[str]:
    """Yield a line per phrase found: place, phrase, replacement."""
    content = tomllib.loads(LIST.read_text(encoding="utf-8"))
    phrases = [
        (re.compile(pattern, re.IGNORECASE), instead)
        for pattern, instead in content["phrases"].items()
    ]
    # One expression decides for most lines, which hold none of the phrases.
    any_phrase = re.compile("|".join(f"(?:{p})" for p in content["phrases"]), re.IGNORECASE)
    ignored = set(content["ignore"]["paths"])
    for path in paths:
        if path in ignored or not Path(path).is_file():
            continue
        for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
            if not any_phrase.search(line):
                continue
            for pattern, instead in phrases:
                if found := pattern.search(line):
                    yield f"{path}:{number}: {found[0].strip()!r}: write {instead}"


def main() -> int:
    """Print every finding; 1 if there is one."""
    paths = sys.argv[1:] or tracked()
    found = list(findings(path for path in paths if path))
    print("\n".join(found))
    print(f"{len(found)} phrases to replace; see conformance/wording.toml")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
