"""Loader of the Large Movie Review Dataset (IMDB) as texts."""

import hashlib
import os
import re
import tarfile
from functools import partial
from pathlib import Path

import numpy as np

from datasets._files.archives import ARCHIVE_ERRORS, check_unpacked_size
from datasets._files.file_search import locate
from datasets._texts.text_data import LabelledTexts, TextData, check_split, split_documents

from .glove import locate_glove

MEMBER = re.compile(r"(?:\./)?aclImdb/(train|test)/(neg|pos)/(\d+_\d+\.txt)")


def load_imdb(
    path: str | os.PathLike[str] | None = None,
    *,
    validation: float = 0.2,
    seed: int = 0,
    duplicates: str = "keep",
) -> TextData:
    """Load 25,000 training and 25,000 test reviews as texts.

    The archive is read as a stream and never unpacked to disk. Links and members with
    unexpected names are skipped. Reviews are sorted by name first, so their order in the
    archive does not matter.

    Args:
        path: `aclImdb_v1.tar.gz`, or a folder that contains it. By default the archive is
            searched for in the folder of `KERAS_SEQEXT_DATA`, in `datasets/files/` and in the
            Keras cache, and downloaded (84 MB) if it is not found.
        validation: Fraction of the training reviews that is held out, stratified by class.
        seed: Seed of that split.
        duplicates: `"keep"` retains all reviews, as published results do. `"drop"` removes
            training reviews that are also in the test set or repeated in the training set. The
            test set is never changed.

    Returns:
        `TextData` of kind `"texts"`.

    Raises:
        FileNotFoundError: If the archive is not found. The message lists the places searched
            and the remedies.
        ValueError: If the archive is damaged, is not UTF-8 or lacks the expected members.

    Source: Maas et al. 2011, "Learning Word Vectors for Sentiment Analysis".
    """
    check_split(validation, seed, duplicates)
    located = locate("imdb_raw", path)
    archive = located.paths[0]
    members = _read_members(archive)
    parts = {}
    for part in ("train", "test"):
        rows = sorted(key for key in members if key[0] == part)
        labels = np.array([label == "pos" for _, label, _ in rows], np.int8)
        if len(rows) < 2 or len(np.unique(labels)) < 2:
            raise ValueError(
                f"{archive} does not contain {part} reviews of both classes. Expected members "
                f"such as aclImdb/{part}/pos/0_9.txt. Received: {len(members):,} reviews in total."
            )
        parts[part] = LabelledTexts(tuple(members[key] for key in rows), labels)
    return split_documents(
        "imdb",
        "texts",
        parts["train"],
        parts["test"],
        validation=validation,
        seed=seed,
        duplicates=duplicates,
        fingerprint=_fingerprint(members),
        word_vectors=partial(locate_vectors, path),
        notes=located.notes,
    )


def _read_members(archive: Path) -> dict[tuple[str, str, str], str]:
    found, unpacked_bytes = {}, 0
    try:
        with tarfile.open(archive, "r:*") as tar:
            for member in tar:
                # Skipped members count too: the stream is decompressed to get past them.
                unpacked_bytes += member.size
                check_unpacked_size(archive, unpacked_bytes)
                match = MEMBER.fullmatch(member.name)
                file = tar.extractfile(member) if match and member.isreg() else None
                if match and file is not None:
                    found[match[1], match[2], match[3]] = _decode(file.read(), member.name)
    except (tarfile.TarError, OSError, *ARCHIVE_ERRORS) as error:
        raise ValueError(
            f"{archive} cannot be read completely as a tar archive: {error}. "
            "It may be an incomplete download. Delete it and download it again."
        ) from error
    return found


def _fingerprint(members: dict[tuple[str, str, str], str]) -> str:
    """Return the SHA-256 of the reviews, which a repacked archive does not change."""
    digest = hashlib.sha256()
    for key in sorted(members):
        for field in (*key, members[key]):
            digest.update(field.encode() + b"\0")
    return digest.hexdigest()


def _decode(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not UTF-8: {error}.") from error


def locate_vectors(path: str | os.PathLike[str] | None, dimension: int) -> Path:
    """Return the file of GloVe vectors, from the folder `path` if it is one."""
    folder = path if path is not None and Path(path).is_dir() else None
    return locate_glove(dimension, path=folder)
