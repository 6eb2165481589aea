"""Progress of the checks: bars in a terminal, plain lines elsewhere."""

from types import TracebackType
from typing import Any, Protocol

from .worker import Event


class Display(Protocol):
    """Display of events as they happen."""

    def __enter__(self) -> "Display": ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def event(self, backend: str, event: Event) -> None:
        """Show an event of a backend."""


def display(console: Any, backends: list[str]) -> Display:
    """Return bars if `console` is a terminal, otherwise plain lines."""
    return Bars(console, backends) if console.is_terminal else Lines(console)


class Lines:
    """A line for each start of a backend, each failure and each end."""

    def __init__(self, console: Any) -> None:
        self.console = console
        self.counts: dict[str, dict[str, int]] = {}

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def event(self, backend: str, event: Event) -> None:
        """Show an event of a backend."""
        counts = self.counts.setdefault(backend, {})
        kind = event["event"]
        if kind == "start":
            self._print(f"{backend}: started")
        elif kind == "result":
            result = event["result"]
            counts[result["status"]] = counts.get(result["status"], 0) + 1
            if result["status"] == "failed":
                self._print(f"{backend}: {result['name']} failed on {event['case']}")
        elif kind == "end":
            self._print(f"{backend}: done, {summary(counts)}")

    def _print(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


class Bars:
    """A bar per backend, with the running check and the number of failures."""

    def __init__(self, console: Any, backends: list[str]) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        self.progress: Any = Progress(
            TextColumn("{task.fields[backend]:<10}"),
            BarColumn(bar_width=10),
            MofNCompleteColumn(),
            Elapsed(),
            TextColumn("[red]{task.fields[failed]}[/red]"),
            TextColumn("{task.fields[doing]}"),
            console=console,
        )
        # The other columns and the spaces between them take 48 characters.
        self.room = console.width - 48
        self.tasks = {
            name: self.progress.add_task("", total=None, backend=name, failed="", doing="waiting")
            for name in backends
        }
        self.counts: dict[str, dict[str, int]] = {name: {} for name in backends}

    def __enter__(self) -> "Bars":
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def event(self, backend: str, event: Event) -> None:
        """Show an event of a backend."""
        counts = self.counts[backend]
        fields: dict[str, Any] = {}
        kind = event["event"]
        if kind == "start":
            fields = {"doing": "importing"}
        elif kind == "check":
            both = f"{event['check']}  {event['case']}"
            doing = both if len(both) <= self.room else event["check"]
            fields = {"completed": event["at"], "total": event["of"], "doing": doing}
        elif kind == "result":
            status = event["result"]["status"]
            counts[status] = counts.get(status, 0) + 1
            if counts.get("failed"):
                fields = {"failed": f"{counts['failed']} failed"}
        elif kind == "end":
            total = sum(counts.values())
            fields = {"completed": total, "total": total, "doing": "done"}
        self.progress.update(self.tasks[backend], **fields)


def summary(counts: dict[str, int]) -> str:
    """Return `12 passed, 1 failed`, in the order of the statuses."""
    from keras_seqext.testing.core.result import STATUSES

    parts = [f"{counts[s]} {s.replace('_', ' ')}" for s in STATUSES if counts.get(s)]
    return ", ".join(parts) or "no check ran"
