"""Detection of the compression of a file from its first bytes."""

import os
import re
from typing import IO

HEAD_BYTES = 512

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
# Ten bytes, as a text may begin with the word "BZh".
_BZ2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_SUFFIXES = {".gz": "gzip", ".bz2": "bz2", ".zip": "zip"}
_UNSUPPORTED = {
    b"\xfd7zXZ\0": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
}


def compression_of(path: str) -> str:
    """Return `"gzip"`, `"bz2"` or `"zip"` by the content of the file, or an empty string.

    The name decides only for a file without such content: a damaged archive. A `.txt` that is
    compressed is read, since downloads lose their suffix.
    """
    with open(path, "rb") as stream:
        head = stream.read(HEAD_BYTES)
    for magic, kind in _UNSUPPORTED.items():
        if head.startswith(magic):
            raise _unsupported(path, kind)
    check_no_tar(path, head)
    if head.startswith((_GZIP, _ZIP)):
        return "gzip" if head.startswith(_GZIP) else "zip"
    if _BZ2.match(head):
        return "bz2"
    return _SUFFIXES.get(os.path.splitext(path)[1].lower(), "")


def check_no_tar(path: str, head: bytes) -> None:
    """Raise an error if `head`, the beginning of an unpacked file, is that of a tar archive."""
    if head[257:262] == b"ustar":
        raise _unsupported(path, "a tar archive")


def head_of(stream: IO[bytes]) -> bytes:
    """Return the first bytes of a compressed stream, which stay in its buffer."""
    peek = getattr(stream, "peek", None)
    return b"" if peek is None else bytes(peek(HEAD_BYTES))


def _unsupported(path: str, kind: str) -> ValueError:
    return ValueError(
        f"{path} is {kind}. Expected a text of word vectors, plain or as .gz, .bz2 or .zip. "
        "Unpack it with another program, and pass the path of the text file in it."
    )
