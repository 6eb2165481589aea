"""Simulation of two backends in one process, for checks that compare backends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

import keras

from keras_seqext.testing import LayerCase, check_layer
from keras_seqext.testing.helpers.backend_exchange import VARIABLE


@contextmanager
def after_another_backend(case: LayerCase, peer, check: str, folder: Path) -> Iterator[None]:
    """Make the checks in the block compare their values with those of `peer`, if there is one."""
    if peer is None:
        yield
        return
    first = replace(case, make=peer, name=case.label)
    with exchange(folder, keras.backend.backend()):
        check_layer(first, checks=[check], on_fail="collect")
    (folder / "ended").touch()
    with exchange(folder, "another backend"):
        yield


@contextmanager
def exchange(folder: Path, first: str) -> Iterator[None]:
    """Set the environment of a process that compares backends."""
    content = json.dumps({"folder": str(folder), "first": first})
    with mock.patch.dict("os.environ", {VARIABLE: content}):
        yield
