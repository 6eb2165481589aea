"""Help of the command line, and suggestions for misspelled arguments."""

import pytest

from keras_seqext.testing.cli.main import main as checks_main
from recipes.__main__ import main

pytestmark = pytest.mark.backend_free


def test_help_shows_each_command_and_an_example(capsys):
    assert main([]) == 0
    output = capsys.readouterr().out
    for words in ("list  ", "run  ", "report  ", "predict  ", "for example:", "run weather-gru"):
        assert words in output


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (["rnu", "weather-gru"], "'run'"),
        (["run", "weather-gru", "--backend", "jaxx"], "'jax'"),
        (["run", "weather-gru", "--sedes", "1"], "'--seeds'"),
    ],
)
def test_misspelled_argument_gets_a_suggestion(arguments, nearest, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert f"Did you mean {nearest}?" in capsys.readouterr().err


def test_misspelled_recipe_gets_a_suggestion():
    with pytest.raises(
        SystemExit, match="no recipe 'wether-gru' .NAME.. Did you mean 'weather-gru'"
    ):
        main(["run", "wether-gru"])


def test_unknown_argument_without_similar_name_gets_no_suggestion(capsys):
    with pytest.raises(SystemExit):
        main(["xyzzy"])
    assert "Did you mean" not in capsys.readouterr().err


def test_command_line_of_the_checks_has_the_same_help(capsys):
    assert checks_main([]) == 0
    assert "python -m keras_seqext.testing run keras.layers:Dense" in " ".join(
        capsys.readouterr().out.split()
    )
    assert checks_main(["list", "--level", "strickt"]) == 2
    assert "Did you mean 'strict'?" in capsys.readouterr().err
