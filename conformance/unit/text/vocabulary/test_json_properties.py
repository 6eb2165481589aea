"""Saved vocabularies are restored exactly; other file contents raise an error."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_seqext import IMDB_IDS, TextEncoder, Tokenizer, Vocabulary

pytestmark = pytest.mark.backend_free

words = st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, unique=True)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@quick
@given(words, st.booleans(), st.sampled_from([1, (1, 2), (2,)]), st.data())
def test_saved_encoder_is_restored(tmp_path: Path, tokens, imdb, ngrams, data) -> None:
    count = len(tokens)
    counts = data.draw(st.lists(st.integers(1, 2**40), min_size=count, max_size=count))
    layout = {"special_ids": IMDB_IDS} if imdb else {}
    encoder = TextEncoder(Vocabulary(tokens, counts=counts, **layout), Tokenizer(ngrams=ngrams))
    encoder.save(tmp_path / "e.json")
    loaded = TextEncoder.load(tmp_path / "e.json")
    assert loaded == encoder and loaded.vocabulary.tokens == tuple(tokens)
    assert [path.name for path in tmp_path.iterdir()] == ["e.json"]


KEYS = ["format", "version", *Vocabulary(["a"]).get_config()]


@quick
@given(st.sampled_from(KEYS), values)
def test_changed_values_raise_or_give_a_valid_vocabulary(tmp_path: Path, key, value) -> None:
    path = tmp_path / "v.json"
    Vocabulary(["b", "a"], counts=[2, 1]).save(path)
    content = json.loads(path.read_text()) | {key: value}
    path.write_text(json.dumps(content))
    try:
        found = Vocabulary.load(path)
    except ValueError as error:
        assert str(path) in str(error)
        return
    found.save(path)
    assert Vocabulary.load(path) == found
    assert found.encode(list(found.tokens)) == list(found.values())


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "", "nul", "\x00", "NaN"])
def test_invalid_json_raises(tmp_path: Path, text: str) -> None:
    (tmp_path / "v.json").write_text(text)
    with pytest.raises(ValueError, match="v.json (is not a JSON file|is not a saved vocabulary)"):
        Vocabulary.load(tmp_path / "v.json")
