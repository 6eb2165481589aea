"""What a forecasting recipe has to state, and which data it can run on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WEATHER_SOURCE = "Chollet, Deep Learning with Python, 2017, section 6.3"


@dataclass(frozen=True)
class Config:
    """How one model is trained.

    Args:
        title: What the model is, in a few words.
        epochs: Epochs at most.
        patience: Epochs without a better validation loss before training stops.
        learning_rate: Of Adam.
        loss: Keras name of the loss, on scaled targets.
        batch_size: Windows in a batch.
        parameters: How many the chapter counts for its 240 steps of 14 features, asserted at
            every run.
        published: By data, the figure in print: validation MAE in the units of the target.
        delay: Instead of the data's own, rows from the last input to the first target.
        horizon: Targets in a row.
        target_column: Whether `build` is also given the place of the target among the features.
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
    """How the windows of one data set are cut; sizes in rows."""

    lookback: int
    step: int
    delay: int
    fractions: tuple[float, float, float] = (0.5, 0.25, 0.25)

    def sizes(self, config: Config) -> dict[str, int]:
        """The arguments of `TimeseriesWindow` that state sizes."""
        return {
            "lookback": self.lookback,
            "step": self.step,
            "delay": self.delay if config.delay is None else config.delay,
            "horizon": config.horizon,
        }


def _weather(path: str | None) -> Any:
    from datasets import load_weather

    # Filling forward looks at nothing that was not known at the time.
    return load_weather(path, fill="forward")


def _jena(path: str | None) -> Any:
    from datasets import load_jena

    return load_jena(path, fill="forward")


@dataclass(frozen=True)
class Data:
    """One data set: how it is loaded, and how its windows are cut."""

    load: Callable[[str | None], Any]
    windows: WindowConfig


# Ten days of hourly input, the temperature 24 hours after the last of them.
DATA = {
    "weather": Data(_weather, WindowConfig(lookback=240, step=1, delay=24)),
    "jena": Data(_jena, WindowConfig(lookback=1440, step=6, delay=144)),
}
