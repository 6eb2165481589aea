"""Checks that every Keras 3 layer should pass, and reports of their results.

Importing this package imports neither Keras nor a backend. A public name is loaded when it is
first used.
"""

from typing import TYPE_CHECKING

from keras_seqext._common.lazy_loading import lazy_attributes as _lazy_attributes

if TYPE_CHECKING:
    from .checks.catalogue import list_cell_checks as list_cell_checks
    from .checks.catalogue import list_checks as list_checks
    from .checks.catalogue import list_dataset_checks as list_dataset_checks
    from .checks.catalogue import list_initializer_checks as list_initializer_checks
    from .core.case import ErrorSample as ErrorSample
    from .core.case import LayerCase as LayerCase
    from .core.case import Sample as Sample
    from .core.case import Traits as Traits
    from .core.registry import Check as Check
    from .core.result import Result as Result
    from .parametrize import parametrize_layer_checks as parametrize_layer_checks
    from .report.report import Report as Report
    from .run.benchmark_layer import Comparison as Comparison
    from .run.benchmark_layer import benchmark_layer as benchmark_layer
    from .run.check_cell import check_cell as check_cell
    from .run.check_dataset import check_dataset as check_dataset
    from .run.check_errors import CellCheckError as CellCheckError
    from .run.check_errors import DatasetCheckError as DatasetCheckError
    from .run.check_errors import InitializerCheckError as InitializerCheckError
    from .run.check_errors import LayerCheckError as LayerCheckError
    from .run.check_initializer import check_initializer as check_initializer
    from .run.check_layer import check_layer as check_layer

# The module of each public name: the same list as above, for use at run time (a test compares).
_MODULES = {
    "list_cell_checks": "checks.catalogue",
    "list_checks": "checks.catalogue",
    "list_dataset_checks": "checks.catalogue",
    "list_initializer_checks": "checks.catalogue",
    "ErrorSample": "core.case",
    "LayerCase": "core.case",
    "Sample": "core.case",
    "Traits": "core.case",
    "Check": "core.registry",
    "Result": "core.result",
    "parametrize_layer_checks": "parametrize",
    "Report": "report.report",
    "Comparison": "run.benchmark_layer",
    "benchmark_layer": "run.benchmark_layer",
    "check_cell": "run.check_cell",
    "check_dataset": "run.check_dataset",
    "CellCheckError": "run.check_errors",
    "DatasetCheckError": "run.check_errors",
    "InitializerCheckError": "run.check_errors",
    "LayerCheckError": "run.check_errors",
    "check_initializer": "run.check_initializer",
    "check_layer": "run.check_layer",
}
_PACKAGES = ("backends", "checks", "contexts", "core", "helpers", "parametrize", "report", "run")

__all__ = list(_MODULES)  # pyright: ignore[reportUnsupportedDunderAll]

_load, __dir__ = _lazy_attributes(__name__, _MODULES, _PACKAGES)
if not TYPE_CHECKING:  # with `__getattr__`, a type checker would accept any name
    __getattr__ = _load
