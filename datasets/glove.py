"""Where the GloVe files are; reading them is the business of `keras_seqext`."""

import os
from pathlib import Path

from datasets._files.file_search import locate
from datasets._files.validation import check_choice

DIMENSIONS = {"6B": (50, 100, 200, 300)}


def locate_glove(
    dimension: int = 100, tokens: str = "6B", path: str | os.PathLike[str] | None = None
) -> Path:
    """Finds, or downloads, the file that holds the GloVe vectors of `dimension` numbers.

    Looked for are the text file, a zip of it and the original zip of all four dimensions
    (862 MB), in the folder of `KERAS_SEQEXT_DATA`, in `datasets/files/` and in the Keras cache,
    before the original is downloaded. If only the head of a file lies in a data folder
    (`glove.6B.100d.head.zip` or `.txt`), that is returned, and the log warns of it.

    Args:
        dimension: 50, 100, 200 or 300.
        tokens: the corpus, so far only `"6B"`.
        path: a file, taken as it is, or a folder to look in.

    Returns:
        The path of a `.txt` or `.zip` file.
    """
    other = "Pass the path of any other GloVe file to the reader itself."
    check_choice("tokens", tokens, DIMENSIONS, other)
    check_choice("dimension", dimension, DIMENSIONS[tokens], other)
    return locate("glove_6b", path, dimension=str(dimension)).paths[0]
