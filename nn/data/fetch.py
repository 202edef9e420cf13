"""Where the files of a data set are: a folder, ``AUTOGRAD_DATA``, or a verified download."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from .errors import MissingDataError
from .files import Content, members

__all__ = ["Files", "Folder", "Remote"]

Folder: TypeAlias = str | os.PathLike[str] | None
"""A folder or archive that holds a data set; ``None`` to look in the usual places."""


@dataclass(frozen=True)
class Remote:
    """A public file, and the SHA-256 that it must have."""

    url: str
    sha256: str


@dataclass(frozen=True)
class Files:
    """The files of a part of a data set, and where to get them.

    Attributes
    ----------
    dataset : str
        The name of the data set, and of its folder below ``AUTOGRAD_DATA``.
    wanted : str, or callable of a name
        What a file of it is called, without folders and without ``.gz``.
    remotes : sequence of Remote
        Where to download: the file itself, or an archive that holds it.
    remedy : str
        What to do where there is nothing to download.
    """

    dataset: str
    wanted: str | Callable[[str], bool]
    remotes: Sequence[Remote] = ()
    remedy: str = ""

    def read(self, folder: Folder = None) -> dict[str, Content]:
        """Contents of the files by their names.

        Looked for in `folder` if one is given, and nowhere else then; otherwise in
        ``$AUTOGRAD_DATA/<dataset>``, and if they are not there, in pooch's cache, into which
        they are downloaded.

        Raises
        ------
        MissingDataError
            If they are in none of these places. The message says where it looked, and what to do.
        DataError
            If a file is there and damaged.
        """
        tried = []
        for place in self._places(folder):
            found = members(place, self._is_wanted) if place.exists() else {}
            if found:
                return found
            tried.append(f"{place} ({'has no such file' if place.exists() else 'does not exist'})")
        if folder is not None:
            raise self._missing(tried, "correct the folder, or leave it out to look elsewhere")
        if not tried:
            tried.append("$AUTOGRAD_DATA is not set")
        return self._download(tried)

    def _is_wanted(self, name: str) -> bool:
        return self.wanted(name) if callable(self.wanted) else name == self.wanted

    def _places(self, folder: Folder) -> list[Path]:
        if folder is not None:
            return [Path(folder)]
        root = os.environ.get("AUTOGRAD_DATA")
        return [Path(root) / self.dataset] if root else []

    def _download(self, tried: list[str]) -> dict[str, Content]:
        if not self.remotes:
            raise self._missing(tried, self.remedy)
        try:
            import pooch
        except ImportError as error:
            tried.append("download: pooch is not installed")
            raise self._missing(
                tried, f'pip install "autograd-viz[train]", or {self._by_hand()}'
            ) from error
        found: dict[str, Content] = {}
        for remote in self.remotes:
            try:
                file = pooch.retrieve(
                    remote.url,
                    known_hash=f"sha256:{remote.sha256}",
                    fname=remote.url.rsplit("/", 1)[-1],
                    path=pooch.os_cache("autograd-viz") / self.dataset,
                )
            except (OSError, ValueError) as error:  # no connection; another content than expected
                tried.append(f"download of {remote.url} failed: {error}")
                raise self._missing(tried, f"try again, or {self._by_hand()}") from error
            found.update(members(Path(file), self._is_wanted))
        return found

    def _by_hand(self) -> str:
        urls = " and ".join(remote.url for remote in self.remotes)
        return (
            f"put {urls} into $AUTOGRAD_DATA/{self.dataset} or a folder of your choice (folder=…)"
        )

    def _missing(self, tried: list[str], remedy: str) -> MissingDataError:
        what = "its files" if callable(self.wanted) else self.wanted
        return MissingDataError(
            f"{self.dataset}: {what} not found. Tried: {'; '.join(tried)}. Remedy: {remedy}"
        )
