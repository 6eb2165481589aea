"""Token and document counts in one pass over a stream."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from keras_seqext._common.progress import show_progress
from keras_seqext.text.tokens.token_lists import as_tokens
from keras_seqext.text.tokens.validation import checked_items


class TokenCounts(NamedTuple):
    """Counts of each token, of the documents with each token, and of all documents."""

    counts: Counter[str]
    document_counts: Counter[str]
    num_documents: int

    def ranked(self, num_words: int | None = None, min_count: int = 1) -> list[str]:
        """Return the tokens sorted by descending count.

        Tokens with equal counts are sorted by name, so that the order of the documents
        does not matter.
        """
        tokens = [token for token, count in self.counts.items() if count >= min_count]
        tokens.sort(key=lambda token: (-self.counts[token], token))
        return tokens[:num_words]


def count_tokens(documents: Iterable[Iterable[str]]) -> TokenCounts:
    """Count the tokens of a stream of token lists; memory depends on the distinct tokens only.

    >>> count_tokens([["b", "a", "b"], ["a"]]).ranked()
    ['a', 'b']
    """
    counts: Counter[str] = Counter()
    document_counts: Counter[str] = Counter()
    num_documents = 0
    items = checked_items("documents", documents, "lists of tokens", ordered=False)
    for document in show_progress(items, "counting words", "documents"):
        if isinstance(document, (str, bytes)):
            raise TypeError(
                "`documents` must be lists of tokens. Received a text: "
                f"{document[:40]!r}; split it first, or use TextEncoder.fit(texts)."
            )
        tokens = as_tokens(
            "documents",
            document,
            "lists of tokens",
            expected="lists of strings",
            ordered=False,
        )
        counts.update(tokens)
        document_counts.update(set(tokens))
        num_documents += 1
    return TokenCounts(counts, document_counts, num_documents)
