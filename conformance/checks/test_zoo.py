"""No check fails on a good layer: at the core, or with `make plants` at every level."""

import os

import pytest

from keras_seqext.testing import check_layer

from .zoo import ZOO


@pytest.mark.parametrize("case", ZOO, ids=[case.label for case in ZOO])
def test_nothing_fails_on_a_good_layer(case):
    level = "strict" if os.environ.get("KERAS_SEQEXT_LONG") else "core"
    report = check_layer(case, level=level, on_fail="collect")
    assert not report.failed, "\n\n".join(result.message for result in report.failed)
    assert report.passed
