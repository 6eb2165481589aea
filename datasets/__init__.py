"""Raw data with its dirt reported: loaders, and where each file comes from."""

from ._series import SeriesData as SeriesData
from .weather import load_weather as load_weather
