"""Checks of RNN cells. Importing this package registers them all, the required checks first."""

from . import contract as contract  # isort: skip
from . import description as description
from . import dropout as dropout
from . import sequences as sequences
from . import wrappers as wrappers
