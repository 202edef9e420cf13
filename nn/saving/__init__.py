"""Models in files: safetensors or npz, written all or not at all, and never pickle."""

from __future__ import annotations

from .archive import FileFormatError, read_archive, write_archive
from .model import load, save

__all__ = ["FileFormatError", "load", "read_archive", "save", "write_archive"]
