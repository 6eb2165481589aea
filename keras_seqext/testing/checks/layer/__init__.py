"""Checks of layers. Importing this package registers them in the order of `MODULES`."""

from importlib import import_module

MODULES = (
    "build.basics",
    "build.penalties",
    "build.arguments",
    "build.weights",
    "build.initial_values",
    "build.losses",
    "compilation.basics",
    "compilation.export",
    "composition",
    "construction.basics",
    "construction.config",
    "dtypes.basics",
    "dtypes.long",
    "dtypes.low",
    "dtypes.wide",
    "gradients.basics",
    "gradients.numeric",
    "gradients.training",
    "imports",
    "masking.basics",
    "masking.compiled",
    "masking.gradients",
    "masking.padding",
    "masking.use",
    "parity",
    "performance",
    "purity.basics",
    "purity.copies",
    "purity.inputs",
    "purity.noise",
    "purity.randomness",
    "purity.state",
    "recurrence.basics",
    "recurrence.state",
    "saving",
    "scaling",
    "shapes.basics",
    "shapes.batch",
    "shapes.length",
)

for _module in MODULES:
    import_module(f"{__name__}.{_module}")
