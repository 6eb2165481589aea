"""Location of the GloVe files. `keras_seqext` reads them."""

import os
from pathlib import Path

from datasets._files.file_search import locate
from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import wrong_value

DIMENSIONS = {"6B": (50, 100, 200, 300)}


def locate_glove(
    dimension: int = 100, tokens: str = "6B", path: str | os.PathLike[str] | None = None
) -> Path:
    """Find or download the file that holds the GloVe vectors of `dimension` numbers.

    The text file, a zip of it and the original zip of all four dimensions (862 MB) are searched
    for in the folder of `KERAS_SEQEXT_DATA`, in `datasets/files/` and in the Keras cache. If
    none is found, the original is downloaded. If a data folder holds only the first lines of a
    file (`glove.6B.100d.head.zip` or `.txt`), that file is returned and a warning is logged.

    Args:
        dimension: Length of the vectors: 50, 100, 200 or 300.
        tokens: Name of the corpus. Only `"6B"` is supported.
        path: A file, which is used without a search, or a folder to search.

    Returns:
        The path of a `.txt` or `.zip` file.
    """
    remedy = "Pass the path of any other GloVe file directly to the reader."
    checked_choice("tokens", tokens, DIMENSIONS, remedy)
    # A float or a string that equals a dimension would give another file name.
    if type(dimension) is not int or dimension not in DIMENSIONS[tokens]:
        expected = f"one of {', '.join(map(str, DIMENSIONS[tokens]))}"
        raise wrong_value("dimension", dimension, expected, remedy)
    return locate("glove_6b", path, dimension=str(dimension)).paths[0]
