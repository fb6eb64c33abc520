"""Files that are there wholly or not at all.

Everything in the library is written to a temporary name in the same folder, synced, and renamed over the old one. A
reader at any moment, and the next run after a kill or a power cut, sees the old file or the new one.

Contents
    swapped     a temporary path beside the one wanted; renamed over it on success
    replacing   the same for the library's own files: their folder is made, errors are told in one line
    settle      sync what was written without that
    explained   what the operating system says of a write, in one line
    sweep       away with what killed runs left
"""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rewatch.errors import LibraryError

_SYNCS = 8
"""Files that are synced at once."""
TEMPORARY = ".part"
"""How the names of unfinished files end."""


@contextlib.contextmanager
def swapped(path: Path, synced: bool = True) -> Iterator[Path]:
    """Give a temporary path to write to; on success it becomes `path`, on failure it is gone and `path` untouched.

    synced: without, a power cut may leave an empty file; see `settle`
    Raises OSError as the system does.
    """
    # Cut short: a name may have 255 bytes, and a letter up to four of them.
    part = path.with_name(f".{path.name[:50]}.{uuid.uuid4().hex[:8]}{TEMPORARY}")
    try:
        yield part
        if synced:
            _sync(part)
        os.replace(part, path)
        if synced:
            _sync(path.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing(path: Path, synced: bool = True) -> Iterator[Path]:
    """`swapped`, in a folder that is made where there is none.

    Raises LibraryError where the disk is full or may not be written.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with replacing(target) as part:
    ...     _ = part.write_text("whole")
    >>> target.read_text()
    'whole'
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with swapped(path, synced) as part:
            yield part


def settle(paths: Iterable[Path]) -> None:
    """Sync files that were written without that, and their folders once: many, in a fraction of the time of each."""
    there = [path for path in dict.fromkeys(paths) if path.exists()]
    if there:
        with explained(there[0]), ThreadPoolExecutor(min(_SYNCS, len(there))) as pool:
            # The disk waits for no one file when all are asked of it.
            list(pool.map(_sync, there))
            for folder in dict.fromkeys(path.parent for path in there):
                _sync(folder)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the operating system says of a write into one line for a person."""
    try:
        yield
    except OSError as error:
        reasons = {
            errno.ENOSPC: f"the disk is full: {path.name} could not be written to {path.parent}",
            errno.EDQUOT: f"the disk quota is used up: {path.name} could not be written to {path.parent}",
            errno.EROFS: f"{path.parent} is read-only: choose another library with --library DIR",
            errno.EACCES: f"no permission to write to {path.parent}: choose another library with --library DIR",
            errno.EPERM: f"no permission to write to {path.parent}: choose another library with --library DIR",
            errno.ENOTDIR: f"{path.parent} is no folder: choose another library with --library DIR",
            errno.EEXIST: f"{path.parent} is no folder: choose another library with --library DIR",
        }
        line = reasons.get(error.errno or 0)
        if line is None:
            line = f"{path} could not be written: {error.strerror or error}"
        raise LibraryError(line) from error


def _sync(path: Path) -> None:
    # Folders cannot be opened for syncing everywhere (Windows): the rename is then as safe as the system makes it.
    with contextlib.suppress(PermissionError, IsADirectoryError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EBADF):
                raise
        finally:
            os.close(handle)


def sweep(folder: Path) -> None:
    """Remove what unfinished writes of killed runs left in a folder. Only for who holds the edition's lock."""
    for part in folder.glob(f".*{TEMPORARY}"):
        with contextlib.suppress(OSError):
            part.unlink()
