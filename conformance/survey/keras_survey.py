"""`python -m conformance.survey.keras_survey`: the layer checks on Keras' built-in layers."""

import keras

from . import RESULTS
from .keras_layers import CASES
from .run import options, run_to_file
from .stored_results import SUFFIX


def main() -> None:
    """Run the layer checks on Keras' built-in layers and write `results/keras-VERSION.json.xz`."""
    chosen = options(main.__doc__ or "").parse_args()
    run_to_file(
        "conformance.survey.keras_layers:CASES",
        [case.label for case in CASES],
        RESULTS / f"keras-{keras.__version__}{SUFFIX}",
        chosen.backends.split(","),
        chosen.level,
        chosen.only,
        chosen.costs.split(","),
        [name for name in chosen.checks.split(",") if name],
    )


if __name__ == "__main__":
    main()
