"""Checks of datasets. Importing this package registers them all, the required checks first."""

from . import reading as reading  # isort: skip
from . import epochs as epochs
from . import sharing as sharing
from . import workers as workers
