"""`docs/soak.md`, made of the stored figures and of nothing else."""

from typing import Any

from conformance.benchmarks.pages.page import table

HEAD = """# Many readers at once

Made by `make soak` from `docs/results/soak.json`; do not edit. Every window carries its own number,
and every number that comes back is counted: where it was read, and for `fit` in a layer of the
model that trains. The order is shuffled anew each epoch. Memory is what the process itself holds
(`RssAnon`), after the first quarter of the epochs and at the end; of several processes, of the
one that grew most.
"""


def make_page(stored: dict[str, Any]) -> str:
    """The page as text."""
    machine, versions = stored["machine"], stored["versions"]
    rows = [
        (
            record["way"],
            f"{record['batches']:,}",
            f"{record['windows']:,}",
            record["duplicates"],
            record["lost"],
            "{start:.1f} to {end:.1f}".format(**grown(record)),
            record["threads_left"],
            f"{record['seconds']:.0f}",
        )
        for record in stored["ways"]
    ]
    head = ("way", "batches", "windows", "twice", "lost", "MB", "threads left", "seconds")
    return "\n".join(
        [
            HEAD,
            f"{stored['date'][:10]}, {machine['cores']} cores of {machine['cpu']}, "
            f"{machine['system']}, under {stored['backend']}; "
            f"{', '.join(f'{k} {v}' for k, v in versions.items())}.\n",
            table(head, rows),
        ]
    )


def grown(record: dict[str, Any]) -> dict[str, float]:
    """The memory of the process that grew most."""
    found: dict[str, float] = max(record["megabytes"], key=lambda one: one["end"] - one["start"])
    return found
