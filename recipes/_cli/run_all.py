"""Execution of single recipes, and of all unfinished runs within a time limit."""

import json
import time
import traceback
from dataclasses import replace
from pathlib import Path

import keras

from recipes._engine.run_lock import RunLocked, lock_run
from recipes._engine.run_options import OutOfTime, RunOptions
from recipes._report.output_files import NotWritten
from recipes._report.result import result_stem
from recipes.catalogue import Recipe


def run_one(recipe: Recipe, seed: int, options: RunOptions) -> None:
    """Run a recipe with one seed.

    Raises:
        RunLocked: If another process is executing the same run.
    """
    from recipes._engine.run_forecast import run_forecast
    from recipes._engine.run_text import run_text

    if recipe.kind == "demo":  # stores no training state, so it needs no lock
        recipe.load().run(replace(options, data_name=recipe.data))
        return
    run = {"forecast": run_forecast, "text": run_text}[recipe.kind]
    stem = result_stem(recipe.name, keras.backend.backend(), seed)
    with lock_run(options.runs / stem):
        run(recipe, seed, options)


def run_all(
    recipes: list[Recipe], seeds: list[int], budget: float | None, options: RunOptions
) -> int:
    """Execute all runs without a result, for every recipe and seed.

    Interrupted runs are resumed. Runs that another process is executing, or has finished in the
    meantime, are skipped, so several processes can share the work. When the time limit is
    reached, the current run stops after its epoch without a result and is resumed by the next
    call.

    Returns:
        0, or 1 if the data of a recipe were not found or a recipe failed.
    """
    start = time.monotonic()
    deadline = None if budget is None else start + budget
    options = replace(options, resume=True, deadline=deadline)
    console = options.console
    tasks = [task for recipe in recipes for task in _tasks(recipe, seeds)]
    todo = [task for task in tasks if not finished(*task, options.out)]
    console.print(
        f"{len(tasks)} runs: {len(tasks) - len(todo)} already finished, {len(todo)} to do",
        highlight=False,
    )
    done, done_elsewhere, no_data, failed = 0, 0, [], []
    for number, (recipe, seed) in enumerate(todo, 1):
        if deadline is not None and time.monotonic() > deadline:
            break
        if finished(recipe, seed, options.out):
            done_elsewhere += 1
            continue
        console.rule(f"{number} of {len(todo)}")
        try:
            run_one(recipe, 0 if seed is None else seed, options)
        except OutOfTime:
            break
        except RunLocked as error:
            console.print(str(error), highlight=False, markup=False)
            continue
        except FileNotFoundError as error:
            no_data.append(recipe.name)
            console.print(str(error), style="red", highlight=False, markup=False)
            continue
        except NotWritten as error:
            # No further result could be written either.
            failed.append(recipe.name)
            console.print(str(error), style="red", highlight=False, markup=False)
            break
        except Exception:
            # The error of one recipe must not prevent the results of the others.
            failed.append(recipe.name)
            console.print(traceback.format_exc(), style="red", highlight=False, markup=False)
            continue
        done += 1
        # Otherwise the compiled program of every model would stay in memory.
        keras.utils.clear_session()
    left = len(todo) - done - done_elsewhere
    console.print(
        f"{done} runs done in {time.monotonic() - start:.0f} s, {left} left"
        f"{'' if not done_elsewhere else f', {done_elsewhere} done by another process'}"
        f"{'' if not no_data else ': no data for ' + ', '.join(no_data)}"
        f"{'' if not failed else ': failed ' + ', '.join(failed)}",
        highlight=False,
    )
    return 1 if no_data or failed else 0


def _tasks(recipe: Recipe, seeds: list[int]) -> list[tuple[Recipe, int | None]]:
    """Return the runs of a recipe: one per seed, or one if its result does not depend on seeds."""
    module = recipe.load()
    if recipe.kind == "demo" or module.build is None:
        return [(recipe, None)]
    # A closed-form solution is the same for every seed.
    return [(recipe, seed) for seed in (seeds[:1] if hasattr(module, "solve") else seeds)]


def finished(recipe: Recipe, seed: int | None, out: Path) -> bool:
    """Return whether the run has a complete result, of this backend if it depends on one."""
    backend = None if seed is None else keras.backend.backend()
    path = out / f"{result_stem(recipe.name, backend, seed)}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("recipe") == recipe.name
