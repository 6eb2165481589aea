"""Every check catches its planted bug, and only its kin catch it with it.

The second half means every check on every planted bug: `make plants` does that. Otherwise each
bug is shown to its own check alone.
"""

import keras
import pytest

from keras_seqext.testing import check_layer, list_checks

from .peers import after_another_backend
from .planted_bugs import all_planted_bugs
from .scope import LONG

PLANTED_BUGS = all_planted_bugs()


@pytest.mark.parametrize(
    "plant", PLANTED_BUGS, ids=[f"{p.check}-{p.case().label}" for p in PLANTED_BUGS]
)
def test_the_check_and_only_its_kin_catch_the_bug(plant, tmp_path):
    if plant.backends and keras.backend.backend() not in plant.backends:
        pytest.skip(f"a bug on {', '.join(plant.backends)} alone")
    if plant.needs:
        pytest.importorskip(plant.needs)
    level = next(check.level for check in list_checks() if check.name == plant.check)
    case = plant.case()
    alone = None if LONG else [plant.check]
    with after_another_backend(case, plant.peer, plant.check, tmp_path):
        report = check_layer(case, level=level, checks=alone, on_fail="collect")
    failed = {result.name for result in report.failed}
    assert plant.check in failed, report.to_markdown()
    assert failed <= {plant.check, *plant.also_fails}, "\n\n".join(r.message for r in report.failed)


# Checks that no planted bug proves yet. The list may only become shorter: a check that gets a
# plant has to leave it.
UNPROVEN = {
    "export_litert",
    "export_onnx",
    "stateful_fit",
}


@pytest.mark.backend_free
def test_every_check_has_a_plant():
    missing = {check.name for check in list_checks()} - {plant.check for plant in PLANTED_BUGS}
    assert missing == UNPROVEN, f"no planted bug, or one now: {sorted(missing ^ UNPROVEN)}"
