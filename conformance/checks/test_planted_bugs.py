"""Every check detects its planted bug, and only the checks in `also_fails` fail too.

The second half needs every check on every planted bug, which is what `make planted-bugs` runs.
Otherwise only the check of each bug runs.
"""

import keras
import pytest

from keras_seqext.testing import check_layer, list_checks

from .peers import after_another_backend
from .planted_bugs import all_planted_bugs
from .scope import LONG

PLANTED_BUGS = all_planted_bugs()


@pytest.mark.parametrize(
    "bug", PLANTED_BUGS, ids=[f"{bug.check}-{bug.case().label}" for bug in PLANTED_BUGS]
)
def test_only_the_expected_checks_fail(bug, tmp_path):
    if bug.backends and keras.backend.backend() not in bug.backends:
        pytest.skip(f"a bug only on {', '.join(bug.backends)}")
    if bug.needs:
        pytest.importorskip(bug.needs)
    level = next(check.level for check in list_checks() if check.name == bug.check)
    case = bug.case()
    checks = None if LONG else [bug.check]
    with after_another_backend(case, bug.peer, bug.check, tmp_path):
        report = check_layer(case, level=level, checks=checks, on_fail="collect")
    failed = {result.name for result in report.failed}
    assert bug.check in failed, report.to_markdown()
    assert failed <= {bug.check, *bug.also_fails}, "\n\n".join(r.message for r in report.failed)


# Checks without a planted bug. The list may only become shorter: a check with a planted bug must
# be removed from it.
WITHOUT_PLANTED_BUG = {
    "export_litert",
    "export_onnx",
    "stateful_fit",
}


@pytest.mark.backend_free
def test_every_check_has_a_planted_bug():
    missing = {check.name for check in list_checks()} - {bug.check for bug in PLANTED_BUGS}
    assert missing == WITHOUT_PLANTED_BUG, (
        f"no planted bug, or one now: {sorted(missing ^ WITHOUT_PLANTED_BUG)}"
    )
