"""Checks that every Keras 3 layer should pass, and reports of their results."""

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
