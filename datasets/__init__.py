"""Raw data with its dirt reported: loaders, and where each file comes from."""

from ._locate import locate as locate
from ._report import DirtReport as DirtReport
from ._series import SeriesData as SeriesData
from ._texts import LabelledTexts as LabelledTexts
from ._texts import TextData as TextData
from ._texts import TextReport as TextReport
from .glove import locate_glove as locate_glove
from .imdb import load_imdb as load_imdb
from .imdb_ids import load_imdb_ids as load_imdb_ids
from .jena import load_jena as load_jena
from .sample_reviews import load_sample_reviews as load_sample_reviews
from .weather import load_weather as load_weather
