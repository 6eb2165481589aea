"""Texts to ids, padded ids and matrices, and back."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from keras_seqext._common.validation import format_value
from keras_seqext.text.tokens.tokenizer import Tokenizer, checked_tokenizer
from keras_seqext.text.tokens.validation import checked_config, checked_items, checked_texts

from .json_file import read_json, write_json
from .padding import PaddedSequences, Side, pad_ids
from .special_ids import TEXT_VECTORIZATION_IDS, SpecialIds
from .text_matrix import Idf, Mode, bag_matrix
from .vocabulary import Vocabulary


class TextEncoder:
    """Turns texts into ids with a tokenizer and a vocabulary, and ids into texts.

    Fit it on training texts only, then use the same object, or its saved file,
    for validation, test and serving.

    Args:
        vocabulary: The tokens and their ids.
        tokenizer: How texts are split; the same as when the vocabulary was fitted.

    >>> encoder = TextEncoder.fit(["The cat sat on the mat.", "The dog ate."], num_words=3)
    >>> encoder.vocabulary.tokens
    ('the', 'ate', 'cat')
    >>> encoder.encode(["The cat barked"])
    [[2, 4, 1]]
    >>> ids, mask = encoder.pad(encoder.encode(["The cat"]), 3, padding="right", truncation="right")
    >>> ids
    array([[2, 4, 0]], dtype=int32)
    >>> encoder.matrix(["the cat, the dog"], mode="count")
    array([[0., 1., 2., 0., 1.]], dtype=float32)
    >>> encoder.decode([[2, 4, 1, 0]])
    ['the cat [OOV]']
    """

    def __init__(self, vocabulary: Vocabulary, tokenizer: Tokenizer | None = None) -> None:
        if not isinstance(vocabulary, Vocabulary):
            raise TypeError(
                f"`vocabulary` must be a Vocabulary. Received: {format_value(vocabulary)} of type "
                f"{type(vocabulary).__name__}; "
                "wrap a list of words, Vocabulary(words), or use TextEncoder.fit(texts)."
            )
        self.vocabulary = vocabulary
        self.tokenizer = checked_tokenizer(tokenizer)

    @classmethod
    def fit(
        cls,
        texts: Iterable[str],
        *,
        num_words: int | None = None,
        min_count: int = 1,
        special_ids: SpecialIds = TEXT_VECTORIZATION_IDS,
        tokenizer: Tokenizer | None = None,
    ) -> "TextEncoder":
        """Learns the vocabulary of a stream of texts, which is read once.

        Args:
            texts: Strings, one a document.
            num_words: How many words to keep, exactly; all by default.
            min_count: Rarer tokens are left out.
            special_ids: Where padding, OOV, start and the first word are.
            tokenizer: How texts are split.
        """
        tokenizer = checked_tokenizer(tokenizer)
        vocabulary = Vocabulary.fit(
            map(tokenizer, checked_texts(texts)),
            num_words=num_words,
            min_count=min_count,
            special_ids=special_ids,
        )
        return cls(vocabulary, tokenizer)

    def encode(self, texts: Iterable[str]) -> list[list[int]]:
        """Ids of each text; the start id leads where the vocabulary has one."""
        start = self.vocabulary.special_ids.start
        lead = [] if start is None else [start]
        return [lead + ids for ids in self._bags(texts)]

    def decode(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Texts of id sequences: words with a space between, or characters.

        Encoding the result gives the same ids again, unless they hold OOV or,
        with `apostrophes="split"`, a clitic without its word.
        """
        if self.tokenizer.sizes != (1,):
            raise ValueError(
                f"Overlapping n-grams make no text. Received: `ngrams`={self.tokenizer.sizes}. "
                "Use `vocabulary.decode(ids)` for the list of n-grams."
            )
        rows = checked_items("sequences", sequences, "sequences of ids")
        return [self.tokenizer.join(self.vocabulary.decode(ids)) for ids in rows]

    def pad(
        self,
        sequences: Iterable[Sequence[int]],
        length: int | None = None,
        *,
        padding: Side,
        truncation: Side,
    ) -> PaddedSequences:
        """Cuts and fills id sequences to one length; see `pad_ids`."""
        return pad_ids(sequences, length, padding=padding, truncation=truncation)

    def matrix(
        self,
        texts: Iterable[str],
        mode: Mode = "binary",
        *,
        idf: Idf = "keras",
        sparse: bool = False,
        dtype: str = "float32",
        max_gigabytes: float = 4.0,
    ) -> Any:
        """Bags of tokens, `(texts, num_ids)`; see `bag_matrix`."""
        return bag_matrix(
            self._bags(texts),
            self.vocabulary,
            mode=mode,
            idf=idf,
            sparse=sparse,
            dtype=dtype,
            max_gigabytes=max_gigabytes,
        )

    def to_tensorflow(self) -> Any:
        """The same encoding as TensorFlow operations, for use inside `tf.data`.

        Returns:
            A `tf.Module` to call with a string tensor: `()` gives ids `(tokens,)`,
            `(batch,)` gives a ragged `(batch, None)`, both int32. Needs
            `pip install keras-seqext[text]`.
        """
        from ._tensorflow_text import in_graph_encoder

        return in_graph_encoder(self.tokenizer, self.vocabulary)

    def get_config(self) -> dict[str, Any]:
        """All of it, as plain JSON."""
        return {
            "tokenizer": self.tokenizer.get_config(),
            "vocabulary": self.vocabulary.get_config(),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "TextEncoder":
        """The encoder that `get_config` described."""
        config = checked_config(config, ("tokenizer", "vocabulary"))
        tokenizer = Tokenizer.from_config(config["tokenizer"])
        return cls(Vocabulary.from_config(config["vocabulary"]), tokenizer)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes tokenizer and vocabulary to a JSON file, at once or not at all."""
        write_json(path, "text_encoder", 1, self.get_config())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "TextEncoder":
        """Reads what `save` wrote."""
        return read_json(path, "text_encoder", 1, cls.from_config)

    def _bags(self, texts: Iterable[str]) -> list[list[int]]:
        encode = self.vocabulary.encode
        return [encode(tokens) for tokens in map(self.tokenizer, checked_texts(texts))]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TextEncoder):
            return NotImplemented
        return self.tokenizer == other.tokenizer and self.vocabulary == other.vocabulary

    def __hash__(self) -> int:
        return hash((self.tokenizer, self.vocabulary))

    def __repr__(self) -> str:
        return f"<TextEncoder: {self.tokenizer!r}\n  {self.vocabulary!r}>"
