"""N-grams of tokens."""

from collections.abc import Sequence

from keras_seqext._common.validation import wrong_value


def ngram_sizes(ngrams: int | Sequence[int]) -> tuple[int, ...]:
    """Return the n-gram sizes: `(1, 2, 3)` for `3`, and a sequence of sizes unchanged.

    >>> ngram_sizes(2), ngram_sizes((2,))
    ((1, 2), (2,))
    """
    if isinstance(ngrams, int) and not isinstance(ngrams, bool):
        sizes = tuple(range(1, ngrams + 1))
    elif isinstance(ngrams, (tuple, list)):
        sizes = tuple(ngrams)
    else:
        sizes = ()
    if not sizes or any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in sizes):
        raise wrong_value(
            "ngrams",
            ngrams,
            "a positive integer or a tuple of positive sizes",
            "Pass e.g. 2 for single tokens and pairs, or (2,) for pairs only.",
        )
    if len(set(sizes)) < len(sizes):
        raise wrong_value(
            "ngrams", ngrams, "distinct sizes", f"Pass {tuple(dict.fromkeys(sizes))}."
        )
    return sizes


def join_ngrams(tokens: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """Return all n-grams of the given sizes in the order of the sizes, joined by one space.

    >>> join_ngrams(["the", "cat", "sat"], (1, 2))
    ['the', 'cat', 'sat', 'the cat', 'cat sat']
    """
    grams: list[str] = []
    for size in sizes:
        neighbours = [tokens[start:] for start in range(size)]
        grams.extend(tokens if size == 1 else map(" ".join, zip(*neighbours, strict=False)))
    return grams
