"""Errors of the `check_*` functions, raised if a check fails."""

from keras_seqext.testing.report.report import Report


class LayerCheckError(AssertionError):
    """Error that lists every failed check of a layer; `report` holds all results."""

    def __init__(self, report: Report) -> None:
        self.report = report
        failures = "\n\n".join(result.message for result in report.failed)
        super().__init__(f"{report.summary()}\n\n{failures}")


class CellCheckError(LayerCheckError):
    """Error that lists every failed check of a cell; `report` holds all results."""


class DatasetCheckError(LayerCheckError):
    """Error that lists every failed check of a dataset; `report` holds all results."""


class InitializerCheckError(LayerCheckError):
    """Error that lists every failed check of an initializer; `report` holds all results."""


ERRORS = {
    "layer": LayerCheckError,
    "cell": CellCheckError,
    "dataset": DatasetCheckError,
    "initializer": InitializerCheckError,
}
