"""Configuration of forecasting recipes and their data sets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WEATHER_SOURCE = "Chollet, Deep Learning with Python, 2017, section 6.3"


class UnusableData(ValueError):
    """The data cannot be used by the recipe."""


@dataclass(frozen=True)
class Config:
    """Training configuration of a model.

    Args:
        title: Short description of the model.
        epochs: Maximum number of epochs.
        patience: Epochs without improvement of the validation loss before training stops.
        learning_rate: Learning rate of Adam.
        loss: Keras name of the loss, computed on scaled targets.
        batch_size: Number of windows per batch.
        parameters: Number of parameters published for 240 steps of 14 features in Chollet, *Deep
            Learning with Python* (2017), chapter 6. Checked at every run.
        published: Published validation MAE in the unit of the target, by data set.
        delay: Rows from the last input to the first target. Defaults to that of the data set.
        horizon: Number of consecutive targets.
        target_column: Whether `build` also receives the index of the target among the features.
    """

    title: str
    epochs: int = 20
    patience: int = 4
    learning_rate: float = 1e-3
    loss: str = "mae"
    batch_size: int = 128
    parameters: int | None = None
    published: dict[str, float] = field(default_factory=dict)
    delay: int | None = None
    horizon: int = 1
    target_column: bool = False


@dataclass(frozen=True)
class WindowConfig:
    """Window sizes of a data set, in rows."""

    lookback: int
    step: int
    delay: int
    fractions: tuple[float, float, float] = (0.5, 0.25, 0.25)

    def sizes(self, config: Config) -> dict[str, int]:
        """Return the size arguments of `TimeseriesWindow`."""
        return {
            "lookback": self.lookback,
            "step": self.step,
            "delay": self.delay if config.delay is None else config.delay,
            "horizon": config.horizon,
        }


def _weather(path: str | None) -> Any:
    from datasets import load_weather

    # Forward filling uses no future values.
    return load_weather(path, fill="forward")


def _jena(path: str | None) -> Any:
    from datasets import load_jena

    return load_jena(path, fill="forward")


@dataclass(frozen=True)
class Data:
    """Loader and window sizes of a data set, whose rows must be one `period` apart."""

    load: Callable[[str | None], Any]
    windows: WindowConfig
    period: str


# Ten days of hourly input; the target is the temperature 24 hours after the last row.
DATA = {
    "weather": Data(_weather, WindowConfig(lookback=240, step=1, delay=24), "1h"),
    "jena": Data(_jena, WindowConfig(lookback=1440, step=6, delay=144), "10min"),
}


def load_data(name: str, path: str | None) -> Any:
    """Load a data set by name.

    Raises:
        UnusableData: If a file cannot be read, or its rows are not as far apart as the window
            sizes require.
    """
    import pandas as pd

    try:
        data = DATA[name].load(path)
    except ValueError as error:
        raise UnusableData(str(error)) from error
    expected, found = pd.Timedelta(DATA[name].period), pd.Timedelta(data.period)
    if found != expected:
        raise UnusableData(
            f"recipes on {name} count their windows in rows of {DATA[name].period}. Received: rows "
            f"every {found.total_seconds() / 60:g} minutes. Pass a file with rows every "
            f"{DATA[name].period}, or use `TimeseriesWindow` directly"
        )
    return data
