"""Public names, registered names, recipes and checks: a released name stays."""

import json
from pathlib import Path
from types import ModuleType

import keras
import pytest

import datasets
import keras_seqext
import keras_seqext.testing
from keras_seqext.testing.checks.catalogue import REGISTRIES, load_checks
from recipes.catalogue import catalogue

STORED = json.loads(Path(__file__).with_name("public_names.json").read_text(encoding="utf-8"))


def public(module: ModuleType) -> set[str]:
    return {
        name
        for name in dir(module)
        if not name.startswith("_") and not isinstance(getattr(module, name), ModuleType)
    }


def registered() -> set[str]:
    # Every public name is loaded before the registry is read.
    assert all(hasattr(keras_seqext, name) for name in keras_seqext.__all__)
    return {name for name in keras.saving.get_custom_objects() if name.startswith("keras_seqext>")}


NAMES = {
    "keras_seqext": lambda: public(keras_seqext),
    "keras_seqext.testing": lambda: public(keras_seqext.testing),
    "datasets": lambda: public(datasets),
    "registered": registered,
    "recipes": lambda: set(catalogue()),
}


@pytest.mark.parametrize("kind", NAMES)
def test_no_released_name_is_gone_and_new_ones_are_listed(kind):
    assert NAMES[kind]() == set(STORED[kind])


@pytest.mark.parametrize("kind", REGISTRIES)
def test_checks_have_the_names_families_and_levels_of_stored_reports(kind):
    found = {check.name: [check.module, check.level] for check in load_checks(kind).values()}
    assert found == STORED[f"checks.{kind}"]
    assert list(found) == list(STORED[f"checks.{kind}"]), "the order in which they run"
