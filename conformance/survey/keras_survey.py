"""`python -m conformance.survey.keras_survey`: the layer checks on Keras' own layers."""

import keras

from . import RESULTS
from .keras_layers import CASES
from .run import options, run_to_file


def main() -> None:
    """Runs them and writes `results/keras-VERSION.json`."""
    chosen = options(main.__doc__ or "").parse_args()
    run_to_file(
        "conformance.survey.keras_layers:CASES",
        [case.label for case in CASES],
        RESULTS / f"keras-{keras.__version__}.json",
        chosen.backends.split(","),
        chosen.level,
        chosen.only,
        chosen.costs.split(","),
        [name for name in chosen.checks.split(",") if name],
    )


if __name__ == "__main__":
    main()
