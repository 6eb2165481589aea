"""Invalid arguments of the checks for layers, cells, datasets and initializers."""

import keras
import numpy as np

from keras_seqext import TimeseriesWindow
from keras_seqext.testing import (
    ErrorSample,
    LayerCase,
    Report,
    Sample,
    Traits,
    benchmark_layer,
    check_cell,
    check_dataset,
    check_initializer,
    check_layer,
    list_cell_checks,
    list_checks,
    list_dataset_checks,
    list_initializer_checks,
    parametrize_layer_checks,
)

from .case import Case, cases_for

# The checks register their helper layers when they are imported, which must not happen in a case.
list_checks(), list_cell_checks(), list_dataset_checks(), list_initializer_checks()

NOWHERE = "no/such/vectors.txt"
ONE = {"checks": ["config_json"], "input_shape": (4, 7, 6)}


def layer(target=None, **options):
    return check_layer(target or keras.layers.Dense(3), **{**ONE, **options})


def built():
    layer = keras.layers.Dense(3)
    layer.build((None, 6))
    return layer


def cell(target=keras.layers.GRUCell, **options):
    return check_cell(target, **options)


def dataset(make=None, **options):
    make = make or (lambda: TimeseriesWindow(np.arange(9.0), lookback=2, delay=1))
    return check_dataset(make, **options)


def initializer(target=keras.initializers.Zeros, **options):
    return check_initializer(target, **options)


def timed(target=None, benchmark=None, **options):
    used = {"against": keras.layers.Dense(3), "input_shape": (4, 6), **options}
    return benchmark_layer(benchmark, target or keras.layers.Dense(3), **used)


def common(name, call):
    """Return the cases that the four `check_*` functions share."""
    new = cases_for(f"testing.{name}")
    return [
        new("on_fail", "='rise'", "'raise'", lambda: call(on_fail="rise")),
        new(
            "level", "='recomended'", "'recommended'", lambda: call(level="recomended", checks=None)
        ),
        new("level", "=None", "Pass e.g.", lambda: call(level=None, checks=None)),
        new("checks", "'construkt'", "Did you mean", lambda: call(checks=["construkt"])),
        new("checks", "='config_json'", "a list of names", lambda: call(checks="config_json")),
        new("checks", "=[]", "a list of names", lambda: call(checks=[])),
        new("checks", "=3", "a list of names", lambda: call(checks=3)),
        new("seed", "='s'", "whole number", lambda: call(seed="s"), error=TypeError),
        new("seed", "=-1", "whole number >= 0", lambda: call(seed=-1)),
        new(
            "expected_failures",
            "['call_finite']",
            "'pads by design'",
            lambda: call(expected_failures={"call_finite": " "}),
        ),
        new(
            "expected_failures",
            "=['call_finite'] (of type list)",
            "'pads by design'",
            lambda: call(expected_failures=["call_finite"]),
            error=TypeError,
        ),
    ]


checks = cases_for("testing.check_layer")
LAYER = [
    checks("target", "='Dense'", "MyLayer", lambda: layer("Dense"), error=TypeError),
    checks("target", "=3", "MyLayer", lambda: check_layer(3, **ONE), error=TypeError),
    checks("target", "is built", "Pass a function", lambda: layer(built())),
    checks("input_shape", "=None", "(4, 7, 6)", lambda: layer(input_shape=None)),
    checks("shape", "=(4, -1)", "(4, 7, 6)", lambda: layer(input_shape=(4, -1))),
    checks("shape", "=(4, 2.5)", "(4, 7, 6)", lambda: layer(input_shape=(4, 2.5))),
    checks("shape", "=7", "(4, 7, 6)", lambda: layer(input_shape=7)),
    checks("dtype", "='float99'", "'float32'", lambda: layer(input_dtype="float99")),
    checks(
        "samples", "=[(4, 7)]", "Sample(shape", lambda: layer(samples=[(4, 7)]), error=TypeError
    ),
    checks("traits", "={'causal'", "Traits(", lambda: layer(traits={"causal": 1}), error=TypeError),
    checks("reference", "=3", "lambda x", lambda: layer(reference=3), error=TypeError),
    checks("progress", "='bar'", "Leave it out", lambda: layer(progress="bar"), error=TypeError),
    checks(
        "expected_failures",
        "'no_such'",
        "`list_checks()`",
        lambda: layer(expected_failures={"no_such": "x"}),
    ),
]

cells = cases_for("testing.check_cell")
CELL = [
    cells("target", "='GRUCell'", "MyCell", lambda: cell("GRUCell"), error=TypeError),
    cells("input_dim", "=0", "whole number >= 1", lambda: cell(input_dim=0)),
    cells("input_dim", "='6'", "whole number", lambda: cell(input_dim="6"), error=TypeError),
    cells("batch_size", "=1", "whole number >= 2", lambda: cell(batch_size=1)),
    cells("steps", "=2", "whole number >= 3", lambda: cell(steps=2)),
    cells("steps", "=4.0", "whole number", lambda: cell(steps=4.0), error=TypeError),
]

data = cases_for("testing.check_dataset")
DATASET = [
    data("make", "='windows'", "MyDataset", lambda: dataset("windows"), error=TypeError),
    data("make", "=[1]", "MyDataset", lambda: dataset([1]), error=TypeError),
    data("key", "='id'", "lambda batch", lambda: dataset(key="id"), error=TypeError),
    data("num_samples", "=-1", "whole number >= 0", lambda: dataset(num_samples=-1)),
    data("num_samples", "='9'", "whole number", lambda: dataset(num_samples="9"), error=TypeError),
    data("random", "='no'", "random=True or", lambda: dataset(random="no"), error=TypeError),
    data("drops", "=None", "drops=True or", lambda: dataset(drops=None), error=TypeError),
    data("finite", "=1", "finite=True or", lambda: dataset(finite=1), error=TypeError),
    data("max_batches", "=0", "whole number >= 1", lambda: dataset(max_batches=0)),
    data("max_batches", "=inf", "whole", lambda: dataset(max_batches=np.inf), error=TypeError),
]

inits = cases_for("testing.check_initializer")
INITIALIZER = [
    inits("target", "='zeros'", "MyInitializer", lambda: initializer("zeros"), error=TypeError),
    inits("shape", "=(6, 0)", "(6, 4)", lambda: initializer(shape=(6, 0))),
    inits("shape", "=6", "(6, 4)", lambda: initializer(shape=6)),
    inits("shape", "='64'", "(6, 4)", lambda: initializer(shape="64")),
    inits("dtypes", "=['float99']", "['float32']", lambda: initializer(dtypes=["float99"])),
    inits("dtypes", "='float32'", "['float32']", lambda: initializer(dtypes="float32")),
    inits("dtypes", "=[]", "['float32']", lambda: initializer(dtypes=[])),
    inits("random", "='no'", "random=True or", lambda: initializer(random="no"), error=TypeError),
    inits(
        "resources",
        "='v.txt'",
        "['vectors.txt']",
        lambda: initializer(resources="v.txt"),
        error=TypeError,
    ),
    inits(
        "resources",
        f"'{NOWHERE}'",
        "Pass the paths",
        lambda: initializer(resources=[NOWHERE]),
        error=FileNotFoundError,
    ),
]

clock = cases_for("testing.benchmark_layer")
BENCHMARK = [
    clock("phase", "='forwards'", "'forward'", lambda: timed(phase="forwards")),
    clock("phase", "=None", "'forward'", lambda: timed(phase=None)),
    clock("benchmark", "=3", "or None", lambda: timed(benchmark=3), error=TypeError),
    clock("target", "='Dense'", "lambda", lambda: timed("Dense"), error=TypeError),
    clock("against", "=None", "lambda", lambda: timed(against=None), error=TypeError),
    clock("rounds", "=0", "whole number >= 1", lambda: timed(rounds=0)),
    clock("rounds", "=2.5", "whole number", lambda: timed(rounds=2.5), error=TypeError),
    clock("sample", "=(4, 6)", "Sample(", lambda: timed(sample=(4, 6)), error=TypeError),
    clock("input_shape", "=None", "(4, 7, 6)", lambda: timed(input_shape=None)),
    clock("seed", "=-1", "whole number >= 0", lambda: timed(seed=-1)),
]

items = cases_for("testing.parametrize_layer_checks")
PARAMETRIZE = [
    items(
        "cases", "='Dense'", "[MyLayer]", lambda: parametrize_layer_checks("Dense"), error=TypeError
    ),
    items("cases", "is built", "Pass a function", lambda: parametrize_layer_checks([built()])),
    items("cases", "=3", "[MyLayer]", lambda: parametrize_layer_checks(3), error=TypeError),
    items("cases", "=None", "lambda", lambda: parametrize_layer_checks([None]), error=TypeError),
    items(
        "cases",
        "generator",
        "[MyLayer]",
        lambda: parametrize_layer_checks(c for c in ()),
        error=TypeError,
    ),
    items("level", "='all'", "Pass e.g.", lambda: parametrize_layer_checks([], level="all")),
    items(
        "checks",
        "'no_such'",
        "`list_checks()`",
        lambda: parametrize_layer_checks([], checks=["no_such"]),
    ),
    items(
        "input_shape",
        "=None",
        "(4, 7, 6)",
        lambda: parametrize_layer_checks([keras.layers.Dense(2)]),
    ),
    items("seed", "='s'", "whole", lambda: parametrize_layer_checks([], seed="s"), error=TypeError),
]

LISTS = [
    cases_for(f"testing.{call.__name__}")("level", value, remedy, make)
    for call in (list_checks, list_cell_checks, list_dataset_checks, list_initializer_checks)
    for value, remedy, make in (
        ("='strictest'", "Did you mean 'strict'", lambda call=call: call("strictest")),
        ("=1", "Pass e.g.", lambda call=call: call(1)),
    )
]

sample = cases_for("testing.Sample")
traits = cases_for("testing.Traits")
case = cases_for("testing.LayerCase")
error = cases_for("testing.ErrorSample")
report = cases_for("testing.Report")
DATA_CLASSES = [
    sample("shape", "=None", "(4, 7, 6)", lambda: Sample()),
    sample("shape", "='4,7'", "(4, 7, 6)", lambda: Sample(shape="4,7")),
    sample("shape", "=[]", "list or dict of such tuples", lambda: Sample(shape=[])),
    sample("shape", "={}", "list or dict of such tuples", lambda: Sample(shape={})),
    sample("arguments", "=3", "(4, 7, 6)", lambda: Sample(shape=(2,), arguments=3)),
    sample("dtype", "='complex64'", "'float32'", lambda: Sample(shape=(2,), dtype="complex64")),
    sample("dtype", "='O'", "'float32'", lambda: Sample(shape=(2,), dtype="O")),
    sample("high", "=0", "whole number >= 1", lambda: Sample(shape=(2,), high=0)),
    sample("values", "shape (2,)", "(array,)", lambda: Sample(values=np.ones(2)), error=TypeError),
    traits("causal", "='yes'", "causal=True or", lambda: Traits(causal="yes"), error=TypeError),
    traits("takes_mask", "=1", "=True or", lambda: Traits(takes_mask=1), error=TypeError),
    traits("time_axis", "=0", "whole number >= 1", lambda: Traits(time_axis=0)),
    traits("min_length", "=-1", "whole number >= 0", lambda: Traits(min_length=-1)),
    traits("time_exponent", "=nan", "their square", lambda: Traits(time_exponent=np.nan)),
    case("make", "is built", "Pass a function", lambda: LayerCase(built())),
    case("make", "='Dense'", "lambda", lambda: LayerCase("Dense"), error=TypeError),
    case(
        "traits",
        "=None",
        "Traits(",
        lambda: LayerCase(keras.layers.Dense, traits=None),
        error=TypeError,
    ),
    case(
        "samples",
        "=3",
        "Sample(",
        lambda: LayerCase(keras.layers.Dense, samples=3),
        error=TypeError,
    ),
    case(
        "reference",
        "='np.mean'",
        "lambda",
        lambda: LayerCase(keras.layers.Dense, reference="np.mean"),
        error=TypeError,
    ),
    error("make", "=3", "lambda", lambda: ErrorSample("x", 3), error=TypeError),
    error(
        "error",
        "=(3,)",
        "(ValueError,)",
        lambda: ErrorSample("x", list, error=(3,)),
        error=TypeError,
    ),
    error("match", "='('", "re.escape", lambda: ErrorSample("x", list, match="(")),
    report("text", "='{}'", "`to_json`", lambda: Report.from_json("{}")),
    report("text", "='not json'", "`to_json`", lambda: Report.from_json("not json")),
    report("text", "=None", "`to_json`", lambda: Report.from_json(None)),
]

CASES: list[Case] = [
    *common("check_layer", layer),
    *common("check_cell", cell),
    *common("check_dataset", dataset),
    *common("check_initializer", initializer),
    *LAYER,
    *CELL,
    *DATASET,
    *INITIALIZER,
    *BENCHMARK,
    *PARAMETRIZE,
    *LISTS,
    *DATA_CLASSES,
]
