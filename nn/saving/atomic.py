"""Replacing a file all at once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = ["replacing"]


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file beside the one that it shall replace, and put it in its place at the end.

    Whoever opens `path` finds the old content or the new one, whole, also if this process is
    killed or the power fails. A process that is killed may leave the file it was writing,
    ``.name.….tmp``, in the folder.

    Parameters
    ----------
    path : path_like
        Of the file to replace, which need not exist. Of a symbolic link, the file it points to
        is replaced. The folder must exist.

    Yields
    ------
    Path
        Of an empty file in the same folder: write to it. If the block is left with an
        exception, it is removed, and `path` stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.txt")
    ...     with replacing(path) as new:
    ...         _ = new.write_text("whole")
    ...         before = path.exists()
    ...     before, path.read_text(), len(os.listdir(folder))
    (False, 'whole', 1)
    """
    target = Path(os.path.realpath(path))
    new = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    new.open("xb").close()  # unlike tempfile's, with the permissions that the umask gives
    try:
        with suppress(FileNotFoundError):
            os.chmod(new, target.stat().st_mode)
        yield new
        # The content must be on the disk before the name points to it: else a crash could
        # leave the new name with half a file.
        _sync(new, os.O_RDWR)
        os.replace(new, target)
    except BaseException:
        with suppress(FileNotFoundError):
            new.unlink()
        raise
    if os.name == "posix":  # elsewhere folders cannot be opened
        _sync(target.parent, os.O_RDONLY)


def _sync(path: Path, flags: Any) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
