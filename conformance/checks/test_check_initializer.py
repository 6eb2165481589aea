"""Tests of `check_initializer`: correct initializers pass, broken ones fail their check."""

import itertools
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_seqext import GloVeEmbedding
from keras_seqext.testing import (
    InitializerCheckError,
    Report,
    check_initializer,
    list_initializer_checks,
)

CORRECT = {
    "GlorotUniform": keras.initializers.GlorotUniform,
    "GlorotUniform, seeded": lambda: keras.initializers.GlorotUniform(seed=3),
    "Orthogonal": keras.initializers.Orthogonal,
    "TruncatedNormal": lambda: keras.initializers.TruncatedNormal(stddev=0.02),
    "Constant": lambda: keras.initializers.Constant(0.5),
    "Zeros": keras.initializers.Zeros,
    "an instance": keras.initializers.HeNormal(seed=1),
}


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_initializer_passes(name):
    expected = {}
    if name == "Orthogonal":
        expected = {
            "dtypes": "Keras 3.15.1 uses a QR decomposition in bfloat16, which no backend supports"
        }
    report = check_initializer(
        CORRECT[name], level="strict", expected_failures=expected, on_fail="collect"
    )
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert len(report.passed) >= 9
    assert all(result.message for result in report.not_applicable)


@pytest.mark.parametrize("oov", ["zeros", "mean", "normal"])
def test_word_vectors_pass(tmp_path: Path, oov):
    words = ["the", "cat", "sat", "zzz", "yyy"]
    path = tmp_path / "tiny.txt"
    path.write_text("".join(f"{word} 0.{n} 1 2 -{n}\n" for n, word in enumerate(words[:3])))
    report = check_initializer(
        lambda: GloVeEmbedding(path, words, oov=oov, cache=False),
        random=oov == "normal",
        resources=[path],
        level="strict",
        on_fail="collect",
    )
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert path.exists()
    assert "load_and_clone" in {result.name for result in report.passed}


def register(cls):
    return keras.saving.register_keras_serializable(package="test_check_initializer")(cls)


@register
class Noise(keras.initializers.Initializer):
    """A correct initializer: seeded noise, the same on every backend."""

    def __init__(self, seed=1, scale=1.0):
        self.seed = seed
        self.scale = scale

    def draw(self, shape):
        return self.scale * np.random.default_rng(self.seed).normal(size=tuple(shape))

    def __call__(self, shape, dtype=None):
        dtype = dtype or keras.config.floatx()
        return keras.ops.convert_to_tensor(self.draw(shape), dtype=dtype)

    def get_config(self):
        return {"seed": self.seed, "scale": self.scale}


CORRECT["Noise"] = Noise


@register
class ReturnsArray(Noise):
    def __call__(self, shape, dtype=None):
        return self.draw(shape).astype("float32")


@register
class FixedShape(Noise):
    def draw(self, shape):
        return super().draw((3, 3))


@register
class FixedDtype(Noise):
    def __call__(self, shape, dtype=None):
        return super().__call__(shape, "float32")


@register
class Overflows(Noise):
    def draw(self, shape):
        return super().draw(shape) * 1e6


@register
class GlobalNoise(Noise):
    def draw(self, shape):
        return np.random.normal(size=tuple(shape))


@register
class SetsGlobalSeed(Noise):
    def draw(self, shape):
        np.random.seed(self.seed)
        return np.random.normal(size=tuple(shape))


@register
class IgnoresSeed(Noise):
    def draw(self, shape):
        return np.random.default_rng(0).normal(size=tuple(shape))


@register
class ArrayConfig(Noise):
    def get_config(self):
        return {**super().get_config(), "scale": {self.scale}}


@register
class ForgetsScale(Noise):
    def get_config(self):
        return {"seed": self.seed}


@register
class Drifts(Noise):
    def __init__(self, seed=1, scale=1.0):
        super().__init__(seed, scale * 2)


@register
class PopsConfig(Noise):
    @classmethod
    def from_config(cls, config):
        return cls(config.pop("seed"), **config)


class Unregistered(Noise):
    pass


@keras.saving.register_keras_serializable()
class InDefaultPackage(Noise):
    pass


@register
class LosesTable(Noise):
    """Its clone, which a layer calls, has no table and does not warn."""

    def __init__(self, table=None, seed=1):
        super().__init__(seed)
        self.table = table

    def draw(self, shape):
        return np.zeros(tuple(shape)) if self.table is None else self.table

    def get_config(self):
        return {"seed": self.seed}


@register
class OpensFile(Noise):
    """Opens its file in the constructor, also when it is made from its config."""

    def __init__(self, path, seed=1):
        super().__init__(seed)
        self.path = str(path)
        self.table = np.load(self.path)

    def draw(self, shape):
        return self.table

    def get_config(self):
        return {"path": self.path, "seed": self.seed}


@register
class OpensFileInCall(OpensFile):
    """Opens its file in the call, and fails without the file."""

    def __init__(self, path, seed=1):
        Noise.__init__(self, seed)
        self.path = str(path)

    def draw(self, shape):
        return np.load(self.path)


@register
class HasIterator(Noise):
    """Has an iterator, which can be neither copied nor pickled."""

    def __init__(self, seed=1, scale=1.0):
        super().__init__(seed, scale)
        self.iterator = (number for number in itertools.count())


def plain_function(shape, dtype=None):
    return keras.ops.zeros(shape, dtype)


SAME = Noise()
# The check that must fail, and other checks that may fail too.
BROKEN = {
    "a function": (lambda: plain_function, "construct", set()),
    "one object": (lambda: SAME, "construct", set()),
    "ReturnsArray": (ReturnsArray, "call", set()),
    "FixedShape": (FixedShape, "call", set()),
    "FixedDtype": (FixedDtype, "dtypes", set()),
    "Overflows": (Overflows, "dtypes", set()),
    "GlobalNoise": (
        GlobalNoise,
        "deterministic",
        {"config_roundtrip", "no_global_draws", "deepcopy", "pickled"},
    ),
    "SetsGlobalSeed": (SetsGlobalSeed, "no_global_draws", set()),
    "IgnoresSeed": (IgnoresSeed, "seed_matters", set()),
    "ArrayConfig": (ArrayConfig, "config_json", {"seed_matters"}),
    "ForgetsScale": (lambda: ForgetsScale(scale=3.0), "config_roundtrip", set()),
    "Drifts": (Drifts, "config_roundtrip", set()),
    "PopsConfig": (PopsConfig, "from_config_pure", set()),
    "Unregistered": (Unregistered, "registered_name", set()),
    "InDefaultPackage": (InDefaultPackage, "registered_name", set()),
    "LosesTable": (lambda: LosesTable(np.eye(6, 4)), "config_roundtrip", {"seed_matters"}),
    "HasIterator": (HasIterator, "pickled", {"deepcopy"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_initializer_fails_only_the_expected_checks(name):
    target, check, also_fails = BROKEN[name]
    report = check_initializer(target, on_fail="collect")
    failed = {result.name for result in report.failed}
    assert check in failed, report.to_markdown()
    assert failed <= {check, *also_fails}, "\n\n".join(result.message for result in report.failed)


@register
class WarnsAndLosesTable(LosesTable):
    """Warns without a table, which is sufficient for the config but not for the clone."""

    def draw(self, shape):
        if self.table is None:
            import warnings

            warnings.warn("no table here", UserWarning, stacklevel=2)
        return super().draw(shape)


def test_a_clone_must_return_the_same_values_even_if_it_warns():
    table = np.eye(6, 4)
    report = check_initializer(lambda: WarnsAndLosesTable(table), random=False, on_fail="collect")
    assert {result.name for result in report.failed} == {"clone"}


@pytest.mark.parametrize("cls", [OpensFile, OpensFileInCall])
def test_a_model_must_load_without_the_file(tmp_path: Path, cls):
    path = tmp_path / "table.npy"
    np.save(path, np.eye(6, 4))
    options = {"random": False, "on_fail": "collect"}
    assert not check_initializer(lambda: cls(path), **options).failed
    report = check_initializer(lambda: cls(path), resources=[path], **options)
    assert {result.name for result in report.failed} == {"load_and_clone"}
    assert np.load(path).shape == (6, 4)


def test_the_error_has_finding_reason_and_reproduction():
    with pytest.raises(InitializerCheckError, match="seed=11 and seed=12 give the same") as error:
        check_initializer(IgnoresSeed, level="core")
    text = str(error.value)
    assert "Why it matters: " in text and "Usual causes: " in text
    assert "check_initializer(IgnoresSeed, shape=(6, 4), checks=['seed_matters'], seed=0)" in text
    assert [result.name for result in error.value.report.failed] == ["seed_matters"]


def test_an_expected_failure_that_passes_is_a_failure():
    reason = {"seed_matters": "a fixed table"}
    options = {"level": "core", "on_fail": "collect", "expected_failures": reason}
    report = check_initializer(IgnoresSeed, **options)
    assert not report.failed and [r.name for r in report.expected] == ["seed_matters"]
    report = check_initializer(Noise, **options)
    assert [result.name for result in report.failed] == ["seed_matters"]


def test_report_as_json():
    report = check_initializer(Noise, checks=["dtypes"])
    again = Report.from_json(report.to_json())
    assert again.results == report.results
    assert {result["name"] for result in json.loads(report.to_json())["results"]} == {
        "construct",
        "call",
        "dtypes",
    }
    assert report.header["backend"] == keras.backend.backend()


@pytest.mark.backend_free
def test_a_level_includes_the_lower_levels():
    core, more = list_initializer_checks("core"), list_initializer_checks("recommended")
    assert {check.name for check in core} < {check.name for check in more}
    assert all(check.claim and check.why and check.causes for check in more)
