"""The command `autograd-viz`: from an expression to a derivative diagram.

Results go to standard output or a file. Whatever is wrong with the input is one line on standard
error (with the place below it, for a bad expression) and exit status 2.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, get_args

from viz.diagram import EdgeLabel, Mode, Rankdir, Theme
from viz.errors import ArgumentError, ExpressionError, VizError

__all__ = ["main"]

_FORMATS = ("svg", "html", "dot", "tex", "json", "txt", "png", "pdf")
_EXAMPLES = """\
examples:
  autograd-viz "(a+b)*(b+1)" a=2 b=1
  autograd-viz "e = c*d; c = a+b; d = b+1" a=2 b=1 --mode reverse -o e.svg
  autograd-viz "relu(w*x + b)" w=2 x=0.5 b=-0.3 --mode forward --wrt w -o - --format html
  autograd-viz --paths "X->Y: α β γ; Y->Z: δ ε ζ" --of Z --wrt X -o paths.svg
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        shortened = message if len(message) <= 200 else message[:200] + "…"
        self.exit(2, f"{self.prog}: error: {shortened} (--help shows the options)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        0, or 2 if the input is bad or the output cannot be written.

    Examples
    --------
    >>> main(["x*y", "x=3", "y=4"])
    node  expression  value  ∂a/∂·
    a     x*y         12     1
    x                 3      4
    y                 4      3
    <BLANKLINE>
    edge   local derivative  value
    x → a  ∂a/∂x = y         4
    y → a  ∂a/∂y = x         3
    0
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show ∂ must not end in a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    arguments = _spaced(sys.argv[1:] if argv is None else argv)
    try:
        options = _parser().parse_intermixed_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    from autograd_core.errors import AutogradError

    try:
        _run(options)
    except (VizError, AutogradError) as error:
        return _fail(str(error))
    except BrokenPipeError:
        # The reader of a pipe has seen enough. Nothing is left to say, not even at exit.
        sys.stdout = None
        return 0
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _fail(f"cannot write{where}: {error.strerror or error}")
    return 0


def _fail(message: str) -> int:
    print(f"autograd-viz: error: {message}", file=sys.stderr)
    return 2


def _spaced(arguments: Sequence[str]) -> list[str]:
    """Let an expression begin with a minus sign: to argparse, a space makes it no option.

    So may one that begins with ``-o``: only what ends like a file name is ``-oe.svg``.
    """
    return [
        text
        if not text.startswith("-") or text.startswith("--") or _is_option(text)
        else f" {text}"
        for text in arguments
    ]


def _is_option(text: str) -> bool:
    return text in ("-", "-o", "-h") or re.fullmatch(r"-o[^*+/()]*\.[a-z]+", text) is not None


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="autograd-viz",
        description="Draw the graph of an expression with the local derivative on every edge.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("expression", nargs="?", help="such as (a+b)*(b+1), or definitions separated by ;")
    add("values", nargs="*", metavar="name=number", help="a value for every variable")
    add("--paths", metavar="GRAPH", help='instead of an expression: "X->Y: α β γ; Y->Z: δ ε ζ"')
    add("--mode", choices=get_args(Mode), help="put the derivatives of a sweep into the nodes")
    add("--wrt", metavar="NAME", help="what to differentiate by, for --mode forward and --paths")
    add("--of", metavar="NAME", help="what to differentiate, for --paths")
    add("--root", metavar="NAME", help="which definition to draw, where there are several")
    add("-o", "--output", metavar="FILE", help="where to write the picture; - for standard output")
    add("--format", choices=_FORMATS, help="by default what the suffix of FILE says")
    add("--rankdir", choices=get_args(Rankdir), help="where the root is (BT: on top)")
    add("--theme", choices=get_args(Theme), default="light")
    add("--edge-label", choices=get_args(EdgeLabel), default="both")
    add("--precision", type=int, default=4, metavar="N", help="significant digits (4)")
    add("--show-constants", action="store_true", help="draw constants as nodes")
    add("--max-nodes", type=int, default=500, metavar="N", help="fold larger pictures (500)")
    add("--limit", type=int, default=1000, metavar="N", help="most paths to write out (1000)")
    add("--version", action="version", version=f"%(prog)s {_version()}")
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("autograd-viz")
    except PackageNotFoundError:
        import autograd_core

        return autograd_core.__version__


def _run(options: argparse.Namespace) -> None:
    # Checked before anything is computed, let alone printed.
    format = _format(options)
    if options.limit < 1:
        raise ArgumentError(f"--limit is {options.limit}; it must be at least 1")
    picture, text = _from_paths(options) if options.paths is not None else _from_program(options)
    try:
        # The text of a path graph is its report, which a picture does not have.
        data = text.encode("utf-8", "backslashreplace") + b"\n"
        if format not in (None, "txt"):
            data = picture.render(format)
        if options.output not in (None, "-"):
            _to_file(options.output, data)
    except VizError:
        # A picture that cannot be had is no reason to withhold the tables.
        if options.output not in (None, "-"):
            print(text)
        raise
    if options.output == "-" or (options.output is None and format not in (None, "txt")):
        _to_stdout(data)
    else:
        print(text)


def _format(options: argparse.Namespace) -> str | None:
    if options.format or options.output in (None, "-"):
        chosen: str | None = options.format
        if chosen is None and options.output == "-":
            raise ArgumentError("-o - needs --format, one of " + ", ".join(_FORMATS))
        return chosen
    suffix = Path(options.output).suffix.lower().removeprefix(".")
    suffix = "dot" if suffix == "gv" else suffix
    if suffix not in _FORMATS:
        raise ArgumentError(
            f"the format of {options.output} cannot be told from its suffix; give --format, one "
            f"of {', '.join(_FORMATS)}"
        )
    return suffix


def _to_file(path: str, data: bytes) -> None:
    from viz.files import write_atomically

    try:
        write_atomically(path, data)
    except OSError as error:
        raise ArgumentError(f"cannot write {path}: {error.strerror or error}") from None


def _to_stdout(data: bytes) -> None:
    sys.stdout.flush()
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        sys.stdout.write(data.decode())


def _from_program(options: argparse.Namespace) -> tuple[Any, str]:
    from viz.drawing import draw
    from viz.expression import build

    if options.expression is None:
        raise ExpressionError('an expression is needed, such as "(a+b)*(b+1)" a=2 b=1')
    if options.of is not None:
        raise ArgumentError("--of goes with --paths; an expression's root is chosen with --root")
    if options.wrt is not None and options.mode != "forward":
        raise ArgumentError("--wrt goes with --mode forward")
    built = build(options.expression, _values(options.values), options.root)
    picture = draw(
        built.root,
        names=built.names,
        mode=options.mode,
        wrt=options.wrt,
        rankdir=options.rankdir or "BT",
        show_constants=options.show_constants,
        **_style(options),
    )
    return picture, picture.to_text()


def _from_paths(options: argparse.Namespace) -> tuple[Any, str]:
    from viz.networks import from_networkx
    from viz.notation import from_paths
    from viz.path_report import path_report, sink_of, source_of

    if options.expression is not None:
        raise ArgumentError(f"with --paths there is no expression; {options.expression!r} given")
    if options.root is not None:
        raise ArgumentError("--root goes with an expression; with --paths it is --of")
    graph = from_paths(options.paths)
    of, wrt = sink_of(graph, options.of), source_of(graph, options.wrt)
    picture = from_networkx(
        graph,
        mode=options.mode,
        wrt=wrt if options.mode == "forward" else None,
        of=of,
        rankdir=options.rankdir or "LR",
        **_style(options),
    )
    return picture, path_report(graph, of, wrt, options.limit, options.precision)


def _style(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "theme": options.theme,
        "edge_label": options.edge_label,
        "precision": options.precision,
        "max_nodes": options.max_nodes,
    }


def _values(pairs: Sequence[str]) -> dict[str, float]:
    values: dict[str, float] = {}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not equals or not name.isidentifier():
            raise ArgumentError(f"{pair.strip()!r} is no value; write for example a=2")
        if name in values:
            raise ArgumentError(f"{name} is given twice")
        try:
            values[name] = float(text)
        except ValueError:
            raise ArgumentError(f"{name} = {text!r} is no number; write 2, -0.5 or 1e-3") from None
        if not math.isfinite(values[name]):
            raise ArgumentError(f"{name} = {text} is not a finite number")
    return values
