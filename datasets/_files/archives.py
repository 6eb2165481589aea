"""Safe access to zip files: checked before anything is unpacked, and never unpacked to disk.

Member names therefore cannot lead out of a folder. Links and devices are skipped.
"""

import errno
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The files of the registry unpack to less than 8 times their size and to at most 2.3 GB.
MAX_RATIO = 100
ALWAYS_ALLOWED = 64 << 20  # bytes
MAX_BYTES = 4 << 30

ARCHIVE_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, EOFError, struct.error),
    *(NotImplementedError, RuntimeError, OverflowError, UnicodeError),
)
"""Exceptions of the standard library for damaged, encrypted or unsupported archives."""


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip file. Damage is reported as a ValueError that names the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (OSError, *ARCHIVE_ERRORS) as error:
        # EINVAL: a damaged archive may refer to an offset before the start of the file. Other
        # errors of the operating system are not about the content.
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise
        raise ValueError(
            f"{path} cannot be read completely as a zip file: {error}. It may be an incomplete "
            "download or need a password. Delete it and download it again."
        ) from error


def regular_members(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    """Return the members that are regular files, sorted by name.

    Raises:
        ValueError: If they would unpack to far more data than any supported file.
    """
    files = [
        info
        for info in sorted(archive.infolist(), key=lambda info: info.filename)
        # Systems without Unix attributes leave the type 0. `is_dir` fails for an empty name.
        if info.filename
        and not info.is_dir()
        and stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG)
    ]
    for info in files:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError(f"{info.filename} is neither stored nor deflated")
    check_unpacked_size(path, sum(info.file_size for info in files))
    return files


def check_unpacked_size(path: Path, size: int) -> None:
    """Raise ValueError if `size` bytes are implausible for the unpacked content of an archive."""
    packed = max(path.stat().st_size, 1)
    allowed = min(max(ALWAYS_ALLOWED, MAX_RATIO * packed), MAX_BYTES)
    if size > allowed:
        raise ValueError(
            f"{path} has {packed:,} bytes and would unpack to {size:,} bytes, "
            f"{size / packed:,.0f} times as many: it may be a zip bomb. The limit is "
            f"{ALWAYS_ALLOWED:,} bytes or {MAX_RATIO} times the archive, and at most "
            f"{MAX_BYTES:,} bytes. Delete it and download it again."
        )
