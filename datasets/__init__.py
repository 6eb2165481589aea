"""Raw data with its dirt reported: loaders, and where each file comes from."""

from ._locate import locate as locate
from ._report import DirtReport as DirtReport
from ._series import SeriesData as SeriesData
from .glove import locate_glove as locate_glove
from .jena import load_jena as load_jena
from .weather import load_weather as load_weather
