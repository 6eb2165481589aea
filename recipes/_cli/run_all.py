"""Runs what is not done yet, for as long as it may."""

import json
import time
import traceback
from dataclasses import replace
from pathlib import Path

import keras

from recipes._engine.run_lock import RunLocked, only_process
from recipes._engine.run_options import OutOfTime, RunOptions
from recipes._report.output_files import NotWritten
from recipes._report.result import result_stem
from recipes.catalogue import Recipe


def run_one(recipe: Recipe, seed: int, options: RunOptions) -> None:
    """One recipe with one seed.

    Raises:
        RunLocked: Another process trains the same.
    """
    from recipes._engine.run_forecast import run_forecast
    from recipes._engine.run_text import run_text

    if recipe.kind == "demo":  # keeps no states
        recipe.load().run(replace(options, data_name=recipe.data))
        return
    run = {"forecast": run_forecast, "text": run_text}[recipe.kind]
    stem = result_stem(recipe.name, keras.backend.backend(), seed)
    with only_process(options.runs / stem):
        run(recipe, seed, options)


def run_all(
    recipes: list[Recipe], seeds: list[int], budget: float | None, options: RunOptions
) -> int:
    """Runs every recipe with every seed that has no result yet.

    A run without a result is taken up where it stopped. What another process is at work on, or
    has finished meanwhile, is left to it, so that several can share the work. When the budget is
    used up, the run in hand ends after its epoch and leaves no result, and the next call goes on
    with it.

    Returns:
        0, or 1 if the data of some recipe were not there, or some recipe failed.
    """
    begin = time.monotonic()
    deadline = None if budget is None else begin + budget
    options = replace(options, resume=True, deadline=deadline)
    console = options.console
    tasks = [task for recipe in recipes for task in _tasks(recipe, seeds)]
    todo = [task for task in tasks if not finished(*task, options.out)]
    console.print(
        f"{len(tasks)} runs: {len(tasks) - len(todo)} finished before, {len(todo)} to do",
        highlight=False,
    )
    done, elsewhere, absent, failed = 0, 0, [], []
    for place, (recipe, seed) in enumerate(todo, 1):
        if deadline is not None and time.monotonic() > deadline:
            break
        if finished(recipe, seed, options.out):
            elsewhere += 1
            continue
        console.rule(f"{place} of {len(todo)}")
        try:
            run_one(recipe, 0 if seed is None else seed, options)
        except OutOfTime:
            break
        except RunLocked as error:
            console.print(str(error), highlight=False, markup=False)
            continue
        except FileNotFoundError as error:
            absent.append(recipe.name)
            console.print(str(error), style="red", highlight=False, markup=False)
            continue
        except NotWritten as error:
            # The others would train for nothing.
            failed.append(recipe.name)
            console.print(str(error), style="red", highlight=False, markup=False)
            break
        except Exception:
            # One broken recipe must not cost a night its other results.
            failed.append(recipe.name)
            console.print(traceback.format_exc(), style="red", highlight=False, markup=False)
            continue
        done += 1
        # A compiled program of every model would stay in memory.
        keras.utils.clear_session()
    left = len(todo) - done - elsewhere
    console.print(
        f"{done} runs done in {time.monotonic() - begin:.0f} s, {left} left"
        f"{'' if not elsewhere else f', {elsewhere} done by another process'}"
        f"{'' if not absent else ': no data for ' + ', '.join(absent)}"
        f"{'' if not failed else ': failed ' + ', '.join(failed)}",
        highlight=False,
    )
    return 1 if absent or failed else 0


def _tasks(recipe: Recipe, seeds: list[int]) -> list[tuple[Recipe, int | None]]:
    """Seeds for what has chance in it; once for what has none."""
    module = recipe.load()
    chance = recipe.kind != "demo" and module.build is not None
    fixed = not chance or hasattr(module, "solve")
    return (
        [(recipe, None)] if not chance else [(recipe, s) for s in (seeds[:1] if fixed else seeds)]
    )


def finished(recipe: Recipe, seed: int | None, out: Path) -> bool:
    """Whether there is a whole result of that run, made by this backend if by any."""
    backend = None if seed is None else keras.backend.backend()
    path = out / f"{result_stem(recipe.name, backend, seed)}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("recipe") == recipe.name
