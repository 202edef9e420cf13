"""Drawing the engine's graphs: from a root value to a picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from viz.diagram import EdgeLabel, Mode, Rankdir, Style, Theme, check_choice
from viz.groups import Group
from viz.networks import to_multidigraph
from viz.picture import Picture
from viz.scene import Scene, scene_of

if TYPE_CHECKING:
    from autograd_core import Value

__all__ = ["draw", "to_networkx"]


def draw(
    root: Value,
    names: Mapping[str, Any] | None = None,
    mode: Mode | None = None,
    wrt: Value | str | None = None,
    rankdir: Rankdir = "BT",
    show_constants: bool = False,
    edge_label: EdgeLabel = "both",
    precision: int = 4,
    theme: Theme = "light",
    max_nodes: int = 500,
    depth: int | None = None,
    expand: Collection[str] = (),
    collapse_fn: Callable[[Value], str | None] | None = None,
    fold_repeats: bool = False,
) -> Picture:
    """Draw the graph of `root`, with the local derivative on every edge.

    Parameters
    ----------
    root : Value
        The result; its operands, theirs and so on are drawn below it.
    names : mapping, optional
        Names to values; ``locals()`` will do. They win over the values' own names. A node without
        either is called by the smallest unused letter.
    mode : {"reverse", "forward"}, optional
        Put into every node what a sweep computes there: ∂root/∂node, or ∂node/∂wrt.
    wrt : Value or str, optional
        A value of the graph or the name of one; needed by the forward mode.
    rankdir : {"BT", "TB", "LR", "RL"}
        Where the root is: on top, at the bottom, on the right, on the left.
    show_constants : bool
        Draw the constants of the expressions as nodes of their own.
    edge_label : {"both", "symbol", "value", "none"}
        `∂e/∂c = 2`, `∂e/∂c = d`, `2`, or nothing.
    precision : int
        How many significant digits numbers are shown with.
    theme : {"light", "dark", "auto"}
        Colours; `auto` follows the reader's preference.
    max_nodes : int
        Above this the graph is folded until it fits, and the picture says so. Text and JSON are
        of the whole graph at any size.
    depth : int, optional
        Fold by scope: how many levels of modules are left open. 1 draws the whole network as one
        node, 2 its layers.
    expand : collection of str
        Names of composites (``"softmax"``) or scopes (``"net/lstm"``) whose definition is drawn
        in their place; ``"*"`` opens all composites.
    collapse_fn : callable, optional
        ``collapse_fn(value)`` names the fold that a value belongs to, or is ``None``.
    fold_repeats : bool
        Draw the calls of a module (the time steps of a recurrent network), and numbered modules of
        the same kind, as one node ``× 28``; its edges sum over them.

    Returns
    -------
    Picture
        With `to_svg`, `to_html`, `to_dot`, `to_text`, `to_json` and `save`.

    Raises
    ------
    ArgumentError
        If an option does not fit, or `wrt` is missing or not in the graph.
    autograd_core.errors.GraphFreedError
        If a backward pass has released the arrays that a derivative needs.

    Examples
    --------
    >>> import autograd_core as ag
    >>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    >>> c = a + b; d = b + 1; e = c * d
    >>> picture = draw(e, names=locals(), mode="reverse")
    >>> "∂e/∂b = 5" in picture.to_svg()
    True
    """
    style = Style(rankdir, edge_label, precision, theme, max_nodes)
    if mode is not None:
        check_choice("mode", mode, (*get_args(Mode), None))
    folds = (depth, expand, collapse_fn, fold_repeats)

    def scene(most: int | None, opened: Hashable = None) -> Scene:
        return scene_of(root, names, mode, wrt, show_constants, style, *folds, most, opened)

    drawn = scene(max_nodes)
    keys = [vertex.key if isinstance(vertex, Group) else None for vertex in drawn.vertices]
    return Picture(
        drawn.diagram,
        # Only a picture has to fit: what is folded for that is whole in text and JSON.
        (lambda: scene(None).diagram) if drawn.diagram.note else None,
        {
            i: partial(lambda key: scene(max_nodes, key).diagram, key)
            for i, key in enumerate(keys)
            if key is not None
        },
    )


def to_networkx(
    root: Value, names: Mapping[str, Any] | None = None, show_constants: bool = False
) -> Any:
    """Return the graph of `root` as a `networkx.MultiDiGraph`.

    Parameters
    ----------
    root, names, show_constants
        As in `viz.draw`.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are called by their names and have `name`, `kind`, `expression`, `value` and `scope`;
        edges point from operand to result, are keyed by operand index, and have `derivative` and
        `symbol`. An array is described by its shape and dtype. `viz.from_networkx` draws it.

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = ag.Value(3.0, name="x")
    >>> graph = to_networkx(x * x)
    >>> [graph.edges["x", "a", index]["derivative"] for index in (0, 1)]
    [3.0, 3.0]
    """
    return to_multidigraph(scene_of(root, names, None, None, show_constants, Style()).diagram)
