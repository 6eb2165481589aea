"""Loaders of raw data that report every data issue, and a registry of the sources."""

from ._files.file_search import locate as locate
from ._series.cleaning_report import CleaningReport as CleaningReport
from ._series.series_data import SeriesData as SeriesData
from ._texts.text_data import LabelledTexts as LabelledTexts
from ._texts.text_data import TextData as TextData
from ._texts.text_data import TextReport as TextReport
from .glove import locate_glove as locate_glove
from .imdb import load_imdb as load_imdb
from .imdb_ids import load_imdb_ids as load_imdb_ids
from .jena import load_jena as load_jena
from .sample_reviews import load_sample_reviews as load_sample_reviews
from .weather import load_weather as load_weather

DirtReport = CleaningReport  # the earlier name, for code that uses it
