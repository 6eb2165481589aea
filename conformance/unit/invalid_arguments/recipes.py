"""Invalid command lines: the program exits with a message that contains a remedy."""

from pathlib import Path

from recipes.__main__ import main
from recipes.usage_error import UsageError

from .case import Case, cases_for

NOWHERE = "no/such/folder"
README = str(Path(__file__).parents[3] / "README.md")


def run(*words):
    return lambda: main(["run", *words])


def predict(*words):
    return lambda: main(["predict", *words, "--runs", NOWHERE])


def exits(name, argument, value, remedy, call, error=UsageError):
    return cases_for(f"recipes.{name}")(argument, value, remedy, call, error=error, named=argument)


CASES: list[Case] = [
    exits("run", "NAME", "=None without --all", "a NAME from `list`", run()),
    exits("run", "NAME", "='weather-gru' with --all", "or --all", run("weather-gru", "--all")),
    exits("run", "NAME", "'weather-gro'", "Did you mean 'weather-gru'", run("weather-gro")),
    exits("run", "NAME", "'xyz'", "recipes list", run("xyz")),
    exits("run", "--budget", "--budget 2h", "Add --all", run("weather-gru", "--budget", "2h")),
    exits("run", "--only", "--only imdb-*", "Add --all", run("weather-gru", "--only", "imdb-*")),
    exits("run", "--only", "'xyz-*'", "recipes list", run("--all", "--only", "xyz-*")),
    exits("run", "--epochs", "Received: 0", "Omit it", run("weather-gru", "--epochs", "0")),
    exits("run", "--epochs", "Received: -3", "Omit it", run("weather-gru", "--epochs", "-3")),
    exits("run", "--seeds", "'a'", "such as 0,1,2", run("weather-gru", "--seeds", "a")),
    exits("run", "--seeds", "'0,-1'", "such as 0,1,2", run("weather-gru", "--seeds", "0,-1")),
    exits("run", "--seeds", "'1.5'", "such as 0,1,2", run("weather-gru", "--seeds", "1.5")),
    exits("run", "--seeds", "''", "such as 0,1,2", run("weather-gru", "--seeds", "")),
    exits("run", "--budget", "'soon'", "2h, 30m or 90s", run("--all", "--budget", "soon")),
    exits("run", "--budget", "'0h'", "2h, 30m or 90s", run("--all", "--budget", "0h")),
    exits("run", "--budget", "'-1h'", "2h, 30m or 90s", run("--all", "--budget=-1h")),
    exits("run", "--budget", "'nanh'", "2h, 30m or 90s", run("--all", "--budget", "nanh")),
    exits(
        "report",
        "result",
        NOWHERE,
        "run NAME",
        lambda: main(["report", "--results", NOWHERE]),
        SystemExit,
    ),
    exits(
        "predict", "NAME", "'imdb-gro'", "Did you mean 'imdb-gru'", predict("imdb-gro", "a text")
    ),
    exits("predict", "--csv", "--csv None", "requires --csv FILE", predict("weather-gru")),
    exits("predict", "text", "text=None", "requires a text", predict("imdb-gru")),
    exits("predict", "text", repr(README), "--file", predict("imdb-gru", README)),
    exits("predict", "--file", NOWHERE, "UTF-8", predict("imdb-gru", "--file", NOWHERE)),
    exits("predict", "--file", "'good'", "Pass one", predict("imdb-gru", "good", "--file", "x")),
    exits(
        "predict", "model", NOWHERE, "trains one", predict("imdb-gru", "a good film"), SystemExit
    ),
]
