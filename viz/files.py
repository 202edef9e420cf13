"""Writing pictures to disk, and the one use of the `dot` program: PNG and PDF."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from viz.errors import LayoutError, ProgramMissingError

__all__ = ["render_with_dot", "write_atomically"]


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write `data` to `path` so that a reader sees the old file or the new one, never a part.

    Raises
    ------
    OSError
        If the directory cannot be written to.
    """
    target = Path(path)
    if target.exists() and not target.is_file():
        # A device or a pipe (/dev/stdout) is written to, never replaced; a directory refuses.
        target.write_bytes(data)
        return
    # Replacing a link would leave the file that it points to unchanged.
    target = Path(os.path.realpath(target))
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:50]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def render_with_dot(dot_source: str, format: str) -> bytes:
    """Render DOT source as PNG or PDF with the `dot` program.

    Raises
    ------
    ProgramMissingError
        If `dot` is not on PATH.
    """
    import graphviz

    try:
        # Fixed sizes make `dot` warn about fonts; the warnings are not about the graph.
        data: bytes = graphviz.pipe(
            "dot", format, dot_source.encode("utf-8", "backslashreplace"), quiet=True
        )
    except graphviz.ExecutableNotFound:
        raise ProgramMissingError(
            f"writing {format.upper()} needs the `dot` program of Graphviz, which is not on PATH: "
            "install it (apt install graphviz, brew install graphviz, winget install "
            "Graphviz.Graphviz), or save as .svg, which needs nothing"
        ) from None
    except graphviz.CalledProcessError as error:
        raise LayoutError(f"dot could not draw the graph: {error}") from None
    return data
