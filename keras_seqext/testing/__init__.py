"""Checks that any Keras 3 layer should pass, and reports that say what is wrong with one."""

from ._benchmark_layer import Comparison as Comparison
from ._benchmark_layer import benchmark_layer as benchmark_layer
from ._case import ErrorSample as ErrorSample
from ._case import LayerCase as LayerCase
from ._case import Sample as Sample
from ._case import Traits as Traits
from ._check_cell import CellCheckError as CellCheckError
from ._check_cell import check_cell as check_cell
from ._check_cell import list_cell_checks as list_cell_checks
from ._check_dataset import DatasetCheckError as DatasetCheckError
from ._check_dataset import check_dataset as check_dataset
from ._check_dataset import list_dataset_checks as list_dataset_checks
from ._check_initializer import InitializerCheckError as InitializerCheckError
from ._check_initializer import check_initializer as check_initializer
from ._check_initializer import list_initializer_checks as list_initializer_checks
from ._check_layer import LayerCheckError as LayerCheckError
from ._check_layer import check_layer as check_layer
from ._parametrize import parametrize_layer_checks as parametrize_layer_checks
from ._registry import Check as Check
from ._registry import list_checks as list_checks
from ._result import Report as Report
from ._result import Result as Result
