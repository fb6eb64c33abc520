"""A file that somebody asked for: written whole under a temporary name, or not at all.

Contents
    whole    a temporary path beside the one wanted; renamed over it on success
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from rewatch.errors import ExportError
from rewatch.library.atomic import swapped

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "no permission to write there",
    errno.EPERM: "no permission to write there",
    errno.ENOENT: "there is no such folder",
    errno.ENOTDIR: "part of the path is a file, not a folder",
    errno.EISDIR: "that is a folder",
    errno.ENAMETOOLONG: "the name is too long",
}


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write to; when the block ends well it becomes `path`, otherwise `path` is as it was.

    What is no ordinary file (a pipe, ``/dev/stdout``) is written straight to. A link stays a link: what it points to
    is replaced. Raises ExportError where the system refuses, in one line.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder")
        if path.exists() and not path.is_file():
            yield path
            return
        with swapped(Path(os.path.realpath(path))) as part:
            yield part
    except OSError as error:
        reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
        raise ExportError(f"{path} could not be written: {reason}") from error
