"""The graph of a value, to be looked at: nodes, edges, and the derivative on each edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from . import definition, errors, local, opening, rules
from .value import Value

if TYPE_CHECKING:
    from .contributions import Contribution
    from .op import Op

__all__ = ["Edge", "Graph", "Node"]

Names = Mapping["Node", str]


class Graph:
    """The read-only view of everything that a root was computed from.

    Parameters
    ----------
    root : Value
    opened : callable, optional
        ``opened(value)`` says which composites give way to their definitions.

    Attributes
    ----------
    root : Node
    nodes : tuple of Node
        In topological order: the root first, every node before its operands.
    sections : list of Section
        What the opened composites were replaced by.

    Raises
    ------
    GraphFreedError
        If a backward pass released arrays of the graph.

    Examples
    --------
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> graph = Graph.of((a + b) * (b + 1))
    >>> [str(node.data) for node in graph.nodes]
    ['6.0', '3.0', '2.0', '2.0', '1.0', '1']
    >>> [edge.derivative() for edge in graph.edges]
    [2.0, 3.0, 1.0, 1.0, 1.0, 1.0]
    """

    def __init__(self, root: Value, opened: Callable[[Value], bool] = lambda value: False) -> None:
        self._result = root
        order, stands_for, self.sections = opening.opened(root, opened)
        for value in order:
            if value.op is not None and not value.operands:
                rules.check_intact(value)
        self._nodes = {value: Node(self, value) for value in order}
        self.nodes = tuple(self._nodes.values())
        self._nodes |= {value: self._nodes[same] for value, same in stands_for.items()}
        self.root = self._nodes[root]

    # Edges are made when they are asked for: a large graph is folded without them.
    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All edges, from node to node in topological order, by operand index."""
        return tuple(edge for node in self.nodes for edge in node.incoming)

    @cached_property
    def _users(self) -> dict[Value, tuple[Edge, ...]]:
        users: dict[Value, list[Edge]] = {}
        for edge in self.edges:
            users.setdefault(edge.operand.value, []).append(edge)
        return {value: tuple(edges) for value, edges in users.items()}

    @classmethod
    def of(cls, root: Value, opened: Callable[[Value], bool] = lambda value: False) -> Graph:
        """The graph of a root; see the class."""
        if not isinstance(root, Value):
            raise errors.UnsupportedError(f"Graph.of: got {type(root).__name__}; need a Value")
        return cls(root, opened)

    def cotangents(self, grad: Any = None) -> dict[Node, Any]:
        """∂root/∂node for every node that requires a gradient.

        Parameters
        ----------
        grad : float or array_like, optional
            Cotangent of the root; needed where it is no scalar.
        """
        return self._by_node(opening.cotangents(self._result, self.sections, grad))

    def tangents(self, wrt: Value) -> dict[Node, Any]:
        """∂node/∂wrt for every node that requires a gradient; `wrt` is a scalar of the graph."""
        return self._by_node(opening.tangents(self._result, self.sections, wrt))

    def ledger(
        self, grad: Any = None, order: Literal["topological", "naive"] = "topological"
    ) -> list[Contribution]:
        """Every contribution of the reverse sweep; see `autograd_core.reverse.ledger`."""
        return opening.ledger(
            self._result, self.sections, lambda v: self._nodes[v].value, grad, order
        )

    def _by_node(self, found: Mapping[Value, Any]) -> dict[Node, Any]:
        at = self._nodes
        return {at[v]: entry for v, entry in found.items() if v in at and at[v].value is v}

    def values_of(self, node: Node) -> tuple[Value, ...]:
        """All values that the node is: its own, and those of opened composites it results from."""
        own = (section.node for section in self.sections if self._nodes[section.node] is node)
        return (node.value, *own)

    @property
    def leaves(self) -> tuple[Node, ...]:
        """Nodes that were not computed, constants left out."""
        return tuple(node for node in self.nodes if node.is_leaf and not node.is_constant)

    def node(self, value: Value) -> Node:
        """The node of a value.

        Raises
        ------
        ArgumentError
            If it is not part of the graph.
        """
        if value not in self._nodes:
            raise errors.ArgumentError(f"Graph.node: {rules.describe(value)} is not in this graph")
        return self._nodes[value]

    def __contains__(self, value: object) -> bool:
        return isinstance(value, Value) and value in self._nodes

    def __len__(self) -> int:
        return len(self.nodes)

    def __repr__(self) -> str:
        return f"Graph({len(self.nodes)} nodes, {len(self.edges)} edges)"


class Node:
    """One value of a graph.

    Attributes
    ----------
    graph : Graph
    value : Value
    """

    __slots__ = ("_incoming", "_operands", "graph", "value")

    def __init__(self, graph: Graph, value: Value) -> None:
        self.graph = graph
        self.value = value
        self._incoming: tuple[Edge, ...] | None = None
        self._operands: tuple[Node, ...] | None = None

    @property
    def op(self) -> Op | None:
        """What computed it; ``None`` for a leaf."""
        return self.value.op

    @property
    def name(self) -> str | None:
        """The name the value was given."""
        return self.value.name

    @property
    def data(self) -> Any:
        """A number, or a read-only array."""
        return self.value.data

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data."""
        return self.value.shape

    @property
    def dtype(self) -> str:
        """Name of the data type."""
        return str(self.value.dtype)

    @property
    def scope(self) -> str:
        """Path of the module in which it was recorded."""
        return self.value.scope

    @property
    def requires_grad(self) -> bool:
        """Whether it has a gradient."""
        return self.value.requires_grad

    @property
    def is_leaf(self) -> bool:
        """Whether it was given rather than computed."""
        return self.value.op is None

    @property
    def is_constant(self) -> bool:
        """Whether it is a leaf without a gradient."""
        return self.is_leaf and not self.value.requires_grad

    # Both are kept, and by hand: a large graph has a hundred thousand nodes.

    @property
    def operands(self) -> tuple[Node, ...]:
        """What it was computed from; one that is used twice is there twice."""
        if self._operands is None:
            nodes = self.graph._nodes
            self._operands = tuple([nodes[operand] for operand in self.value.operands])
        return self._operands

    @property
    def incoming(self) -> tuple[Edge, ...]:
        """The edges from its operands, in their order."""
        if self._incoming is None:
            self._incoming = tuple([Edge(self, i) for i in range(len(self.value.operands))])
        return self._incoming

    @property
    def outgoing(self) -> tuple[Edge, ...]:
        """The edges to its users."""
        return self.graph._users.get(self.value, ())

    @property
    def is_composite(self) -> bool:
        """Whether it stands for a definition that can be shown instead."""
        return self.op is not None and self.op.definition is not None

    def pull(self, g: Any, wanted: Sequence[bool]) -> list[Any]:
        """What a cotangent of the node becomes on its way to each operand.

        Parameters
        ----------
        g : float or ndarray
            Of the node's shape.
        wanted : sequence of bool
            For which operands.

        Returns
        -------
        list
            ``None`` where it is not wanted, or where there is no derivative.
        """
        vjps = self.op.vjps if self.op is not None else ()
        if isinstance(vjps, tuple):
            wanted = [w and v is not None for w, v in zip(wanted, vjps, strict=True)]
        rules.check_unchanged(self.value)
        return rules.pull(self.value, g, wanted)

    def expand(self) -> Graph:
        """The graph of a composite's definition, on leaves that stand for its operands."""
        return Graph(definition.expand(self.value)[1])

    def expression(self, names: Names) -> str:
        """Its op applied to its operands' names, with constants written out.

        Examples
        --------
        >>> a, b = Value(2.0), Value(1.0)
        >>> graph = Graph.of(a + b)
        >>> graph.root.expression({graph.node(a): "a", graph.node(b): "b"})
        'a + b'
        """
        called = self._name_of(names)
        return local.expression(self.value, called, lambda value: called(value) is None)

    def _name_of(self, names: Names) -> Any:
        nodes = self.graph._nodes

        def name_of(value: Value) -> str | None:
            return names.get(nodes[value]) if value in nodes else value.name

        return name_of

    def __repr__(self) -> str:
        return f"Node({rules.describe(self.value)})"


class Edge:
    """One use of an operand by a node: ``x * x`` has two.

    Attributes
    ----------
    node : Node
        That uses.
    operand_index : int
    operand : Node
        That is used.
    """

    __slots__ = ("node", "operand_index")

    def __init__(self, node: Node, operand_index: int) -> None:
        self.node = node
        self.operand_index = operand_index

    @property
    def operand(self) -> Node:
        """The node that is used."""
        return self.node.graph._nodes[self.node.value.operands[self.operand_index]]

    @property
    def key(self) -> tuple[Node, int]:
        """What tells the edge from all others."""
        return self.node, self.operand_index

    def derivative(self) -> float | local.LocalDerivative | None:
        """∂node/∂operand: a number between scalars, else the rule, with the Jacobian on demand.

        ``None`` for an operand without a derivative, such as a condition.
        """
        op = self.node.op
        if op is not None and isinstance(op.vjps, tuple) and op.vjps[self.operand_index] is None:
            return None
        if self.node.shape or self.operand.shape:
            return local.LocalDerivative(self.node.value, self.operand_index)
        return float(rules.local_jacobian(self.node.value, self.operand_index))

    def rule(self, names: Names) -> str:
        """What the cotangent ``g`` becomes on the edge, in these names: ``g @ Wᵀ``."""
        return local.rule_text(self.node.value, self.operand_index, self.node._name_of(names))

    def symbol(self, names: Names) -> str:
        """The derivative as an expression in these names: ``d`` for ``c*d`` by ``c``."""
        derivative = self.derivative()
        if isinstance(derivative, float) and (self.node.op is None or not self.node.op.partials):
            return local.number(derivative)
        return local.slope(self.node.value, self.operand_index, self.node._name_of(names))

    def __repr__(self) -> str:
        return f"Edge({self.operand!r} -> {self.node!r}, operand {self.operand_index})"
