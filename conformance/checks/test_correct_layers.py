"""No check fails on a good layer."""

import pytest

from keras_seqext.testing import check_layer

from .correct_layers import CORRECT_LAYERS
from .scope import extent


@pytest.mark.parametrize("case", CORRECT_LAYERS, ids=[case.label for case in CORRECT_LAYERS])
def test_nothing_fails_on_a_good_layer(case):
    report = check_layer(case, **extent("strict"), on_fail="collect")
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert report.passed
