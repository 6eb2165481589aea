"""Counts tokens and documents in one pass over a stream."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from keras_seqext._common.progress import show_progress
from keras_seqext._common.validation import wrong_type
from keras_seqext.text.tokens.validation import checked_items


class TokenCounts(NamedTuple):
    """How often each token occurs, in how many documents, and how many documents there are."""

    counts: Counter[str]
    document_counts: Counter[str]
    num_documents: int

    def ranked(self, num_words: int | None = None, min_count: int = 1) -> list[str]:
        """Tokens by falling count; equal counts by token, so that no file order matters."""
        kept = [token for token, count in self.counts.items() if count >= min_count]
        kept.sort(key=lambda token: (-self.counts[token], token))
        return kept[:num_words]


def count_tokens(documents: Iterable[Iterable[str]]) -> TokenCounts:
    """Counts a stream of token lists; memory grows with the distinct tokens only.

    >>> count_tokens([["b", "a", "b"], ["a"]]).ranked()
    ['a', 'b']
    """
    counts: Counter[str] = Counter()
    document_counts: Counter[str] = Counter()
    num_documents = 0
    items = checked_items("documents", documents, "lists of tokens")
    for document in show_progress(items, "counting words", "documents"):
        if isinstance(document, (str, bytes)):
            raise TypeError(
                "`documents` must be lists of tokens. Received a text: "
                f"{document[:40]!r}; split it first, or use TextEncoder.fit(texts)."
            )
        tokens = list(checked_items("documents", document, "lists of tokens"))
        try:
            counts.update(tokens)
        except TypeError:  # what cannot be hashed is no token
            odd = next(token for token in tokens if not isinstance(token, str))
            raise wrong_type(
                "documents", odd, "lists of tokens, each a str", "Split each text into strings."
            ) from None
        document_counts.update(set(tokens))
        num_documents += 1
    return TokenCounts(counts, document_counts, num_documents)
