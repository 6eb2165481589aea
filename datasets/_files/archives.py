"""Zip files, looked at before a byte of them is unpacked. Nothing is unpacked to the disk.

So no member can be written anywhere, whatever its name is; links and devices are passed over.
"""

import errno
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The files of the registry unpack to less than 8 times their size, and to 2.3 GB at most.
RATIO = 100
ALWAYS = 64 << 20
LARGEST = 4 << 30

DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, struct.error),
    *(NotImplementedError, RuntimeError, OverflowError, UnicodeError),
)
"""What the standard library raises for archives that are damaged, locked or of other kinds."""


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever is wrong with it is a ValueError with its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (OSError, *DAMAGED) as error:
        # A damaged archive may name a place before its beginning.
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise
        raise ValueError(
            f"{path} is no zip file that can be read to its end: {error}. Is it a part of a "
            "download, or behind a password? Delete it and download it again."
        ) from error


def regular_members(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    """The members that are files, in the order of their names, if they fit in memory.

    Raises:
        ValueError: They would unpack to far more than any of our files does.
    """
    files = [
        info
        for info in sorted(archive.infolist(), key=lambda info: info.filename)
        # Systems without such attributes leave the type 0; `is_dir` fails without a name.
        if info.filename
        and not info.is_dir()
        and stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG)
    ]
    for info in files:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError(f"{info.filename} is neither stored nor deflated")
    check_unpacked(path, sum(info.file_size for info in files))
    return files


def check_unpacked(path: Path, size: int) -> None:
    """Refuses an archive that would unpack to `size` bytes, where that cannot be right."""
    packed = max(path.stat().st_size, 1)
    allowed = min(max(ALWAYS, RATIO * packed), LARGEST)
    if size > allowed:
        raise ValueError(
            f"{path} has {packed:,} bytes and would unpack to {size:,}, {size / packed:,.0f} times "
            f"as many: that is no data set of ours but a zip bomb. Allowed are {ALWAYS:,} bytes, "
            f"or {RATIO} times the archive, and never more than {LARGEST:,}. Delete it and "
            "download it again."
        )
