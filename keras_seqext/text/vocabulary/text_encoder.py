"""Encoder from texts to ids, padded ids and matrices, and its inverse."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from keras_seqext._common.validation import format_value, wrong_type
from keras_seqext.text.tokens.tokenizer import Tokenizer, checked_tokenizer
from keras_seqext.text.tokens.validation import checked_config, checked_items, checked_texts

from .json_file import read_json, write_json
from .padding import PaddedSequences, Side, pad_ids
from .special_ids import TEXT_VECTORIZATION_IDS, SpecialIds
from .text_matrix import Idf, Mode, bag_matrix
from .vocabulary import Vocabulary


class TextEncoder:
    """Converter from texts to ids, and from ids to texts, with a tokenizer and a vocabulary.

    Fit it on the training set only, then use the same object, or its saved file, for the
    validation set, the test set and serving.

    Args:
        vocabulary: Tokens and their ids.
        tokenizer: Tokenizer that splits the texts, the same as for fitting the vocabulary.

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
        """Fit the vocabulary to a stream of texts, which is read once.

        Args:
            texts: Strings, one per document.
            num_words: Maximum number of words, the most frequent ones; all by default.
            min_count: Minimum number of occurrences of a word.
            special_ids: Ids of padding, OOV tokens, the start and the first word.
            tokenizer: Tokenizer that splits the texts.
        """
        tokenizer = checked_tokenizer(tokenizer)
        vocabulary = Vocabulary.fit(
            map(tokenizer, checked_texts(texts, ordered=False)),
            num_words=num_words,
            min_count=min_count,
            special_ids=special_ids,
        )
        return cls(vocabulary, tokenizer)

    def encode(self, texts: Iterable[str]) -> list[list[int]]:
        """Return the ids of each text, after the start id if the vocabulary has one."""
        start = self.vocabulary.special_ids.start
        lead = [] if start is None else [start]
        return [lead + ids for ids in self._bags(texts)]

    def decode(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Return the texts of id sequences: words joined by spaces, or characters.

        Encoding the result returns the same ids, unless they contain OOV tokens or,
        with `apostrophes="split"`, a clitic without its word.
        """
        if self.tokenizer.sizes != (1,):
            raise ValueError(
                "`decode` requires a tokenizer for single tokens, because n-grams overlap. "
                f"Received: `ngrams`={self.tokenizer.sizes}. Use `vocabulary.decode(ids)` for the "
                "list of n-grams."
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
        """Pad and truncate id sequences to one length; see `pad_ids`."""
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
        """Return bags of tokens of shape `(texts, num_ids)`; see `bag_matrix`."""
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
        """Return the same encoding as TensorFlow operations, for use in `tf.data`.

        Returns:
            A `tf.Module` to be called with a string tensor. It returns int32 ids of
            shape `(tokens,)` for a text of shape `()`, and a ragged tensor of shape
            `(batch, None)` for texts of shape `(batch,)`. It requires
            `pip install keras-seqext[text]`.

        Raises:
            TypeError: If the tokenizer or the vocabulary is of a subclass, which may differ.
        """
        self._check_no_subclass(
            "to be converted to TensorFlow",
            "Tokenize in Python instead, and make the dataset from padded ids: "
            "`tf.data.Dataset.from_tensor_slices(encoder.pad(encoder.encode(texts), ...).ids)`.",
        )
        from ._tensorflow_text import in_graph_encoder

        return in_graph_encoder(self.tokenizer, self.vocabulary)

    def get_config(self) -> dict[str, Any]:
        """Return the tokenizer and the vocabulary as a JSON-serializable dict.

        Raises:
            TypeError: If the tokenizer or the vocabulary is of a subclass, which `from_config`
                could not create.
        """
        self._check_no_subclass(
            "to be saved",
            "Save the vocabulary alone, `encoder.vocabulary.save(path)`, and create the encoder "
            "again after loading it: `TextEncoder(MyVocabulary.load(path), MyTokenizer())`.",
        )
        return {
            "tokenizer": self.tokenizer.get_config(),
            "vocabulary": self.vocabulary.get_config(),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "TextEncoder":
        """Create an encoder from the result of `get_config`."""
        config = checked_config(config, ("tokenizer", "vocabulary"))
        tokenizer = Tokenizer.from_config(config["tokenizer"])
        return cls(Vocabulary.from_config(config["vocabulary"]), tokenizer)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the tokenizer and the vocabulary to a JSON file atomically."""
        write_json(path, "text_encoder", 1, self.get_config())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "TextEncoder":
        """Read a file written by `save`."""
        return read_json(path, "text_encoder", 1, cls.from_config)

    def _check_no_subclass(self, purpose: str, remedy: str) -> None:
        for part, kind in ((self.tokenizer, Tokenizer), (self.vocabulary, Vocabulary)):
            if type(part) is not kind:
                raise wrong_type(
                    kind.__name__.lower(),
                    part,
                    f"a {kind.__name__} itself, not of a subclass, {purpose}",
                    remedy,
                )

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
