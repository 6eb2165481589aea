"""The Large Movie Review Dataset as texts, read out of its archive."""

import hashlib
import os
import re
import tarfile
from functools import partial
from pathlib import Path

import numpy as np

from datasets._files.archives import DAMAGED, check_unpacked
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
    """Loads 25,000 reviews to train with and 25,000 to test with, as texts.

    The archive is read as a stream: nothing is unpacked, so no member can be written anywhere,
    and links and members with other names are passed over. Reviews are sorted by their names
    before anything else, so their order in the archive does not matter.

    Args:
        path: `aclImdb_v1.tar.gz`, or a folder that holds it. By default it is looked for in
            the folder of `KERAS_SEQEXT_DATA`, in `datasets/files/` and in the Keras cache,
            and downloaded (84 MB) if it is nowhere.
        validation: the share of the training reviews that is held back, in both classes.
        seed: of that split.
        duplicates: `"keep"` leaves all reviews, as published results do; `"drop"` leaves out
            training reviews that are in the test part, or for the second time in training. The
            test part always stays as it is.

    Returns:
        `TextData` of kind `"texts"`.

    Raises:
        FileNotFoundError: the archive is nowhere; says where it was looked for and what to do.
        ValueError: the archive is damaged, is not UTF-8 or has other members than expected.

    Source: Maas et al. 2011, "Learning Word Vectors for Sentiment Analysis".
    """
    check_split(validation, seed, duplicates)
    located = locate("imdb_raw", path)
    archive = located.paths[0]
    members = _read(archive)
    parts = {}
    for part in ("train", "test"):
        rows = sorted(key for key in members if key[0] == part)
        labels = np.array([label == "pos" for _, label, _ in rows], np.int8)
        if len(rows) < 2 or len(np.unique(labels)) < 2:
            raise ValueError(
                f"{archive} has no {part} reviews of both kinds. Expected members such as "
                f"aclImdb/{part}/pos/0_9.txt. Received: {len(members):,} reviews in all."
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
        word_vectors=partial(_glove, path),
        notes=located.notes,
    )


def _read(archive: Path) -> dict[tuple[str, str, str], str]:
    found, unpacked = {}, 0
    try:
        with tarfile.open(archive, "r:*") as tar:
            for member in tar:
                unpacked += member.size
                check_unpacked(archive, unpacked)
                named = MEMBER.fullmatch(member.name)
                file = tar.extractfile(member) if named and member.isreg() else None
                if named and file is not None:
                    found[named[1], named[2], named[3]] = _text(file.read(), member.name)
    except (tarfile.TarError, OSError, *DAMAGED) as error:
        raise ValueError(
            f"{archive} cannot be read to its end as a tar archive: {error}. "
            "Is it a part of a download? Delete it and download it again."
        ) from error
    return found


def _fingerprint(members: dict[tuple[str, str, str], str]) -> str:
    """SHA-256 of the reviews, so that an archive packed anew is the same data."""
    digest = hashlib.sha256()
    for key in sorted(members):
        for field in (*key, members[key]):
            digest.update(field.encode() + b"\0")
    return digest.hexdigest()


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not UTF-8: {error}.") from error


def _glove(path: str | os.PathLike[str] | None, dimension: int) -> Path:
    folder = path if path is not None and Path(path).is_dir() else None
    return locate_glove(dimension, path=folder)
