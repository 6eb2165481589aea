"""Word indices of Keras 2: mappings from word to rank."""

from collections.abc import Mapping

from keras_seqext._common.validation import format_value, wrong_type, wrong_value


def ranked_tokens(word_index: Mapping[str, int], oov_token: str | None) -> list[str]:
    """Return the words in the order of their ranks, without the OOV token.

    >>> ranked_tokens({"<OOV>": 1, "cat": 3, "the": 2}, oov_token="<OOV>")
    ['the', 'cat']
    """
    if not isinstance(word_index, Mapping):
        raise wrong_type(
            "word_index", word_index, "a dict from word to rank", "Pass a list to Vocabulary()."
        )
    for token, rank in word_index.items():
        if isinstance(rank, bool) or not hasattr(rank, "__index__"):
            raise TypeError(
                f"`word_index` must map words to integers. Received: {token!r} -> "
                f"{format_value(rank)}. Pass ranks 1, 2, 3, ..."
            )
    tokens = sorted(word_index, key=lambda token: word_index[token])
    if [word_index[token] for token in tokens] != list(range(1, len(tokens) + 1)):
        raise ValueError(
            "`word_index` must map words to distinct ranks 1, 2, 3, ... without a gap. "
            f"Received ranks {min(word_index.values(), default=None)} to "
            f"{max(word_index.values(), default=None)} for {len(tokens)} words. "
            "Pass e.g. dict(zip(words, range(1, len(words) + 1))), or a list of `get_vocabulary` "
            "of Keras to Vocabulary()."
        )
    return _without_oov(tokens, oov_token)


def _without_oov(tokens: list[str], oov_token: str | None) -> list[str]:
    first = tokens[0] if tokens else ""
    if oov_token is not None:
        if first != oov_token:
            raise wrong_value(
                "oov_token",
                oov_token,
                f"the word of rank 1, {first!r}",
                "Pass the `oov_token` of the Tokenizer, or None if it had none.",
            )
        return tokens[1:]
    if isinstance(first, str) and first[:1] + first[-1:] in ("<>", "[]"):
        # The Tokenizer of Keras 2 removes brackets from words, so this entry is not a word.
        raise ValueError(
            f"`oov_token` must be passed for a `word_index` that begins with an OOV token. "
            f"Received: oov_token=None, but {first!r} has rank 1. Pass oov_token={first!r}."
        )
    return tokens
