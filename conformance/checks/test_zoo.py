"""No check fails on a good layer."""

import pytest

from keras_seqext.testing import check_layer

from .extent import extent
from .zoo import ZOO


@pytest.mark.parametrize("case", ZOO, ids=[case.label for case in ZOO])
def test_nothing_fails_on_a_good_layer(case):
    report = check_layer(case, **extent("strict"), on_fail="collect")
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert report.passed
