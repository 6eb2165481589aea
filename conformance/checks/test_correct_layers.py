"""No check fails on a correct layer."""

import pytest

from keras_seqext.testing import check_layer

from .correct_layers import CORRECT_LAYERS
from .scope import scope


@pytest.mark.parametrize("case", CORRECT_LAYERS, ids=[case.label for case in CORRECT_LAYERS])
def test_no_check_fails_on_a_correct_layer(case):
    report = check_layer(case, **scope("strict"), on_fail="collect")
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert report.passed
