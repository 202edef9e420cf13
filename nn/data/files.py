"""Files as they come: plain, gzipped, in a folder, or inside a tar or zip archive."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from .errors import DataError

__all__ = ["Source", "contents", "members", "text_of"]

Source: TypeAlias = str | os.PathLike[str] | bytes
"""The path of a file, or the bytes of one."""


class Content(bytes):
    """The bytes of a file, which know where they come from, for the sake of error messages."""

    name = "<bytes>"


GZIP_MAGIC = b"\x1f\x8b"
ARCHIVES = (".tar", ".tar.gz", ".tgz", ".zip")


def contents(source: Source) -> tuple[bytes, str]:
    """Read a file whole, unpacked if it is gzipped, and what to call it in an error.

    Whether it is gzipped is seen from its first bytes, not from its name.

    Raises
    ------
    DataError
        If the gzip stream is cut short or damaged.
    """
    if isinstance(source, bytes):
        data, name = source, getattr(source, "name", Content.name)
    else:
        data, name = Path(source).read_bytes(), os.fspath(source)
    return _unzipped(data, name), name


def _unzipped(data: bytes, name: str) -> bytes:
    if not data.startswith(GZIP_MAGIC):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{name}: damaged or truncated gzip file ({error}); fetch it again"
        ) from error


def text_of(source: Source) -> tuple[str, str]:
    """Read a UTF-8 text, gzipped or not, and what to call it in an error.

    Raises
    ------
    DataError
        If it is not UTF-8.
    """
    data, name = contents(source)
    try:
        return data.decode("utf-8"), name
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: not a UTF-8 text ({error})") from error


def members(path: Path, wanted: Callable[[str], bool]) -> dict[str, Content]:
    """Contents of the wanted files in a folder (two levels deep) or in an archive.

    Archives inside a folder are opened only if the wanted files do not lie there openly.

    Parameters
    ----------
    path : Path
        A folder, or a ``.tar``, ``.tar.gz``, ``.tgz`` or ``.zip``, or a single file.
    wanted : callable
        Says of a file's name, without folders and without ``.gz``, whether to read it.

    Returns
    -------
    dict
        The unpacked bytes by that name, in the order of names; empty if nothing was found. Of two
        files of one name the one that lies less deep counts.

    Raises
    ------
    DataError
        If an archive or a file in it is damaged.
    """
    if not path.is_dir():
        archive = path.name.endswith(ARCHIVES)
        found = dict(_archived(path, wanted) if archive else _plain([path], wanted))
        return dict(sorted(found.items()))
    entries = (*sorted(path.glob("*/*")), *sorted(path.glob("*")))
    files = [file for file in entries if file.is_file()]
    found = dict(_plain(files, wanted))
    for file in files:
        if not found and file.name.endswith(ARCHIVES):
            found = dict(_archived(file, wanted))
    return dict(sorted(found.items()))


def _plain(files: list[Path], wanted: Callable[[str], bool]) -> Iterator[tuple[str, Content]]:
    for file in files:
        name = file.name.removesuffix(".gz")
        if wanted(name):
            yield name, _named(*contents(file))


def _named(data: bytes, name: str) -> Content:
    content = Content(data)
    content.name = name
    return content


def _archived(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Content]]:
    # Members are read into memory and never written out, so their paths can do no harm.
    try:
        for member, data in _entries(path, lambda name: wanted(name.removesuffix(".gz"))):
            name = f"{path}: {member}"
            yield member.removesuffix(".gz"), _named(_unzipped(data, name), name)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error) as error:
        raise DataError(
            f"{path}: damaged or truncated archive ({error}); fetch it again"
        ) from error


def _entries(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as pack:
            for entry in pack.namelist():
                if wanted(PurePosixPath(entry).name):
                    yield PurePosixPath(entry).name, pack.read(entry)
        return
    with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as tar:
        for info in tar:
            file = tar.extractfile(info) if wanted(PurePosixPath(info.name).name) else None
            if file is not None:
                yield PurePosixPath(info.name).name, file.read()
