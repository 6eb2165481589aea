"""Files of expected failures: layer, check, reason, backends and versions."""

import fnmatch
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keras_seqext._common.choices import did_you_mean
from keras_seqext.testing.checks.catalogue import load_checks
from keras_seqext.testing.core.case import LayerCase
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.core.usage_error import UsageError
from keras_seqext.testing.core.versions import PACKAGES, versions

KEYS = ("case", "check", "reason", "backend", *PACKAGES, "python")


@dataclass(frozen=True)
class Entry:
    """One expected failure.

    Args:
        case: Name of the case; `*` matches any text.
        check: Name of the check.
        reason: Reason of the failure; never empty.
        backend: Backends on which the check fails; empty for all.
        versions: Range of versions by package, such as `">=3.12,<3.16"`.
    """

    case: str
    check: str
    reason: str
    backend: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)

    def holds(self, backend: str) -> bool:
        """Return whether the entry applies to this backend and the installed versions."""
        from packaging.specifiers import SpecifierSet

        installed = versions()
        return (not self.backend or backend in self.backend) and all(
            package in installed
            and SpecifierSet(wanted).contains(installed[package], prereleases=True)
            for package, wanted in self.versions.items()
        )

    def is_about(self, case: str, check: str) -> bool:
        """Return whether the entry is about this check of this case."""
        return check == self.check and fnmatch.fnmatchcase(case, self.case)

    def content(self) -> dict[str, Any]:
        """Return the content of the entry in the file."""
        content: dict[str, Any] = {"case": self.case, "check": self.check, "reason": self.reason}
        if self.backend:
            content["backend"] = list(self.backend)
        return {**content, **self.versions}


def read_baseline(path: Path) -> list[Entry]:
    """Return the entries of a `.json` or `.toml` file.

    Raises:
        UsageError: If the file is invalid or an entry has no reason.
    """
    if path.suffix not in (".json", ".toml"):
        raise UsageError(f"a baseline must end in .json or .toml. Received: {str(path)!r}.")
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise UsageError(
            f"the baseline {path} cannot be read: {error.strerror}. --layer-checks-accept "
            "creates it."
        ) from error
    except ValueError as error:
        raise UsageError(
            f"the baseline {path} is not valid {path.suffix[1:].upper()}: {error}"
        ) from error
    entries = content.get("expected", []) if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise UsageError(f"the baseline {path} must have a list named `expected`.")
    return [_entry(each, f"entry {n} of {path}") for n, each in enumerate(entries, start=1)]


def _entry(content: Any, where: str) -> Entry:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if not isinstance(content, dict):
        raise UsageError(f"{where} must be a table. Received: {content!r}.")
    for key in content:
        if key not in KEYS:
            raise UsageError(f"{where} has an unknown key {key!r}.{did_you_mean(key, KEYS)}")
    for key in ("case", "check", "reason"):
        if not str(content.get(key, "")).strip():
            raise UsageError(f"{where} has no {key}. Received: {content}.")
    known = load_checks()
    if content["check"] not in known:
        close = did_you_mean(content["check"], known)
        raise UsageError(f"{where} names an unknown check: {content['check']!r}.{close}")
    backend = content.get("backend", [])
    wanted = {key: content[key] for key in content if key in (*PACKAGES, "python")}
    for package, specifier in wanted.items():
        try:
            SpecifierSet(specifier)
        except InvalidSpecifier as error:
            raise UsageError(
                f"{where}: {package} must be a version range such as '>=3.12,<3.16'. "
                f"Received: {specifier!r}."
            ) from error
    return Entry(
        content["case"],
        content["check"],
        content["reason"],
        tuple([backend] if isinstance(backend, str) else backend),
        wanted,
    )


def write_baseline(entries: Sequence[Entry], path: Path) -> None:
    """Write entries in the format of `read_baseline`."""
    contents = [entry.content() for entry in entries]
    if path.suffix == ".toml":
        tables = [
            "[[expected]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in each.items())
            for each in contents
        ]
        text = "\n".join(tables)
    else:
        text = json.dumps({"expected": contents}, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


def _toml(value: Any) -> str:
    # A JSON string or list of strings is valid TOML.
    return json.dumps(value, ensure_ascii=False)


def expected_by(entries: Iterable[Entry], case: LayerCase, backend: str) -> dict[str, str]:
    """Return the reasons of the expected failures of a case; those of the case take precedence."""
    found = dict(case.expected_failures)
    for entry in entries:
        if fnmatch.fnmatchcase(case.label, entry.case) and entry.holds(backend):
            found.setdefault(entry.check, entry.reason)
    return found


def out_of_date(
    entries: Iterable[Entry], results: Sequence[tuple[str, Result]], backend: str
) -> list[Entry]:
    """Return the entries that apply here and match no failure in `results` (case and result)."""
    without_failure = ("passed", "not_applicable")
    return [
        entry
        for entry in entries
        if entry.holds(backend)
        and not any(
            entry.is_about(case, result.name)
            and result.status not in without_failure
            and not result.message.startswith("expected to fail")
            for case, result in results
        )
    ]


def accepted(
    entries: Sequence[Entry], results: Sequence[tuple[str, Result]], backend: str, date: str
) -> list[Entry]:
    """Return the entries after a run: failures are added, outdated entries removed.

    Only this backend is removed from an outdated entry for several backends.
    """
    stale = out_of_date(entries, results, backend)
    updated = []
    for entry in entries:
        others = tuple(name for name in entry.backend if name != backend)
        if entry not in stale:
            updated.append(entry)
        elif others:
            updated.append(Entry(entry.case, entry.check, entry.reason, others, entry.versions))
    for case, result in results:
        unexpected_pass = result.message.startswith("expected to fail")
        if result.status != "failed" or unexpected_pass:
            continue
        # The third line of a failure message is the finding.
        finding = (result.message.splitlines() + ["", "", ""])[2].strip()
        new = Entry(case, result.name, f"accepted {date}: {finding}", (backend,))
        if not any(old.is_about(case, result.name) and old.holds(backend) for old in updated):
            updated.append(new)
    return updated
