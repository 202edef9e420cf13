"""Named arrays with metadata in one file, with a checksum over all of it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError, AutogradError

from .atomic import replacing

__all__ = ["FORMAT", "FileFormatError", "read_archive", "write_archive"]

FORMAT = "nn/1"
"""What the metadata calls the format: its name and version."""

_METADATA = "__metadata__.json"  # the member of an npz file that holds it

# The dtypes of safetensors that numpy has.
_DTYPES = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "I64": np.int64,
    "I32": np.int32,
    "I16": np.int16,
    "I8": np.int8,
    "U64": np.uint64,
    "U32": np.uint32,
    "U16": np.uint16,
    "U8": np.uint8,
    "BOOL": np.bool_,
}


class FileFormatError(AutogradError, ValueError):
    """The content of a file is not what its format says: it is damaged, or another format."""


def write_archive(
    path: str | os.PathLike[str], arrays: Mapping[str, Any], metadata: Mapping[str, str]
) -> None:
    """Write arrays to a file, all or nothing.

    Parameters
    ----------
    path : path_like
        Its suffix says the format: ``.safetensors`` [1]_, which every framework reads, or
        ``.npz``, which numpy reads. A file that is there is replaced when the new one is
        complete; see `replacing`.
    arrays : mapping of str to ndarray
        Of real numbers or booleans.
    metadata : mapping of str to str
        The format, its version and a checksum are added.

    Raises
    ------
    ArgumentError
        If the suffix is another one, or an array holds something else.
    ImportError
        Without the package safetensors, where it is needed.

    References
    ----------
    .. [1] https://github.com/huggingface/safetensors

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.npz")
    ...     write_archive(path, {"x": np.arange(3)}, {"why": "an example"})
    ...     arrays, metadata = read_archive(path)
    >>> arrays["x"], metadata["why"]
    (array([0, 1, 2]), 'an example')
    """
    kind = _kind(path)
    # As they lie in memory in both formats; ascontiguousarray would give a 0-d array an axis.
    arrays = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    for name, array in arrays.items():
        if array.dtype.type not in _DTYPES.values():
            raise ArgumentError(
                f"save: {name} is of dtype {array.dtype}; need real numbers of 8 to 64 bits, or "
                "booleans"
            )
    metadata = {"format": FORMAT, **metadata}
    metadata["sha256"] = _digest(arrays, metadata)
    library = _safetensors() if kind == ".safetensors" else None
    with replacing(path) as new:
        if library is not None:
            library.numpy.save_file(arrays, new, metadata=metadata)
        else:
            _write_npz(new, arrays, metadata)


def read_archive(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the arrays of a file, and its metadata.

    Parameters
    ----------
    path : path_like
        Of a file of `write_archive`, or of any other ``.safetensors`` or ``.npz`` file of
        arrays. Arrays of bfloat16, which numpy lacks, become float32 without loss.

    Returns
    -------
    arrays : dict of str to ndarray
    metadata : dict of str to str

    Raises
    ------
    FileFormatError
        If it is damaged or not of that format. In a file of `write_archive` a single changed
        bit is noticed, by the checksum; files of others have none.
    ArgumentError
        If the suffix is another one.
    OSError
        If it cannot be read.
    """
    kind = _kind(path)
    library = _safetensors() if kind == ".safetensors" else None
    content = Path(path).read_bytes()
    try:
        if library is not None:
            arrays, metadata = _parse_safetensors(library, content)
        else:
            arrays, metadata = _parse_npz(content)
    except FileFormatError as error:
        raise FileFormatError(f"{os.fspath(path)}: {error}") from None
    except Exception as error:  # parsers raise whatever the damage leads them to
        raise FileFormatError(
            f"{os.fspath(path)}: not a complete {kind[1:]} file ({len(content):,} bytes; "
            f"{type(error).__name__}: {error}); it was cut off, damaged, or is of another format"
        ) from error
    ours = "sha256" in metadata or metadata.get("format", "").startswith("nn/")
    if ours and metadata.get("format") != FORMAT:
        raise FileFormatError(
            f"{os.fspath(path)}: the format is {metadata.get('format')!r}, and this version reads "
            f"{FORMAT!r}; the file is damaged, or was written by another version"
        )
    if ours and metadata.get("sha256") != _digest(arrays, metadata):
        raise FileFormatError(
            f"{os.fspath(path)}: the content does not have the checksum it was saved with; the "
            "file was changed or damaged afterwards"
        )
    return arrays, metadata


def _kind(path: str | os.PathLike[str]) -> str:
    suffix = Path(path).suffix
    if suffix not in (".safetensors", ".npz"):
        hint = "; pickle, which .pt files are, can run any code" if suffix[:3] == ".pt" else ""
        raise ArgumentError(
            f"{os.fspath(path)}: the suffix is {suffix!r}; need '.safetensors' or '.npz'{hint}"
        )
    return suffix


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            "the package safetensors is not installed; install it with "
            "pip install 'autograd-viz[train]', or use the suffix .npz"
        ) from error
    return safetensors


def _digest(arrays: Mapping[str, Any], metadata: Mapping[str, str]) -> str:
    """SHA-256 over names, dtypes, shapes and data, and all metadata but itself."""
    rest = sorted((key, text) for key, text in metadata.items() if key != "sha256")
    digest = hashlib.sha256(json.dumps(rest).encode())
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)  # on every machine alike
        digest.update(json.dumps([name, array.dtype.str, array.shape]).encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _parse_safetensors(library: Any, content: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    arrays = {}
    for name, entry in library.deserialize(content):
        kind, data, shape = entry["dtype"], entry["data"], entry["shape"]
        if kind == "BF16":  # the upper half of a float32
            wide = np.frombuffer(data, "<u2").astype("<u4") << 16
            array = wide.view("<f4")
        elif kind in _DTYPES:
            array = np.frombuffer(data, np.dtype(_DTYPES[kind]).newbyteorder("<"))
        else:
            raise FileFormatError(f"{name} is of dtype {kind}, which numpy does not have")
        arrays[name] = array.astype(array.dtype.newbyteorder("="), copy=False).reshape(shape)
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    return arrays, dict(header.get("__metadata__", {}))


def _parse_npz(content: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    if not content.startswith(b"PK"):
        raise FileFormatError("not an npz file, which begins with PK; it is damaged, or another")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files if name != _METADATA}
        stored = archive[_METADATA] if _METADATA in archive.files else b"{}"
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise FileFormatError(f"its member {name} is not an array")
    return arrays, json.loads(stored)


def _write_npz(path: Path, arrays: Mapping[str, Any], metadata: Mapping[str, str]) -> None:
    # Not np.savez, which takes the names as keywords and so cannot store one called "file". A
    # fixed date makes equal content equal bytes.
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(_METADATA), json.dumps(metadata))
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
