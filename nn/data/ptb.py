"""Trees in the bracket notation of the Penn Treebank, in which the sentiment treebank comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .errors import DataError
from .files import Source, text_of

__all__ = ["Tree", "read_ptb_trees"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tree:
    """A node with what hangs below it: a leaf holds a word, an inner node its children.

    Trees may be deep: no method here recurses.

    Attributes
    ----------
    label : object
        What the node is marked with: a category, or for sentiment a number from 0 to 4.
    word : str or None
        The word of a leaf; ``None`` for an inner node.
    children : tuple of Tree
        Empty for a leaf.

    Examples
    --------
    >>> tree, = read_ptb_trees(b"(3 (2 a) (4 (3 good) (2 film)))", label=int)
    >>> tree.words(), [node.label for node in tree.postorder()]
    (['a', 'good', 'film'], [2, 3, 2, 4, 3])
    >>> tree
    (3 (2 a) (4 (3 good) (2 film)))
    """

    label: Any
    word: str | None = None
    children: tuple[Tree, ...] = ()

    @property
    def is_leaf(self) -> bool:
        """Whether the node holds a word."""
        return self.word is not None

    def postorder(self) -> Iterator[Tree]:
        """All nodes, each after its children: the order in which a recursive network runs."""
        reversed_order: list[Tree] = []
        pending = [self]
        while pending:
            node = pending.pop()
            reversed_order.append(node)
            pending.extend(node.children)
        return reversed(reversed_order)

    def leaves(self) -> list[Tree]:
        """The leaves from left to right."""
        return [node for node in self.postorder() if node.is_leaf]

    def words(self) -> list[str]:
        """The words from left to right."""
        return [leaf.word for leaf in self.leaves() if leaf.word is not None]

    def __eq__(self, other: object) -> bool:
        """Whether the other tree has the same form, labels and words."""
        return isinstance(other, Tree) and self._signature() == other._signature()

    def __hash__(self) -> int:
        return hash(tuple(self._signature()))

    def _signature(self) -> list[tuple[Any, ...]]:
        # With the number of children, the postorder determines the tree.
        return [(node.label, node.word, len(node.children)) for node in self.postorder()]

    def __repr__(self) -> str:
        """Return the tree in brackets, on one line."""
        parts: list[str] = []
        pending: list[Tree | str] = [self]
        while pending:
            item = pending.pop()
            if isinstance(item, str):
                parts.append(item)
            elif item.word is not None:
                parts.append(f"({item.label} {item.word})")
            else:
                parts.append(f"({item.label}")
                pending.append(")")
                for child in reversed(item.children):
                    pending.extend((child, " "))
        return "".join(parts)


def read_ptb_trees(source: Source, label: Callable[[str], Any] = str) -> list[Tree]:
    r"""Read trees in bracket notation.

    Words are kept as they stand in the file, with the treebank's escapes (``-LRB-``, ``\/``).

    Parameters
    ----------
    source : path or bytes
        UTF-8, plain or gzipped. Trees may span lines, and share them.
    label : callable
        Makes a label of its text: `int` for sentiment.

    Returns
    -------
    list of Tree

    Raises
    ------
    DataError
        If brackets do not match, a node is empty or mixes a word with children, or a label
        cannot be made of its text. The message names the line.

    Examples
    --------
    >>> read_ptb_trees(b"(S (NP I)\n   (VP (V see)))")
    [(S (NP I) (VP (V see)))]
    """
    text, name = text_of(source)
    trees: list[Tree] = []
    # For each open bracket its line, the texts in it (a label, a word) and its finished children.
    nodes: list[tuple[int, list[str], list[Tree]]] = []
    line = 1
    # ASCII blanks only: the treebank has words with a no-break space in them ("8 1\/2").
    for match in re.finditer(r"\n|[()]|[^\s()]+", text, re.ASCII):
        token = match.group()
        if token == "\n":
            line += 1
        elif token == "(":
            nodes.append((line, [], []))
        elif not nodes:
            fault = "a closing bracket too many" if token == ")" else f"{token!r} outside a tree"
            raise DataError(f"{name}, line {line}: {fault}")
        elif token == ")":
            _, texts, children = nodes.pop()
            tree = _closed(texts, children, label, name, line)
            (nodes[-1][2] if nodes else trees).append(tree)
        elif nodes[-1][2]:
            raise DataError(f"{name}, line {line}: {token!r} after a child; a label comes first")
        else:
            nodes[-1][1].append(token)
    if nodes:
        raise DataError(
            f"{name}: {len(nodes)} brackets are never closed, the first in line {nodes[0][0]}; "
            "the file is truncated"
        )
    return trees


def _closed(
    texts: list[str], children: list[Tree], label: Callable[[str], Any], name: str, line: int
) -> Tree:
    if len(texts) > 1 if children else len(texts) != 2:
        raise DataError(
            f"{name}, line {line}: a node of {texts} and {len(children)} children; need a label "
            "and one word, or a label and children"
        )
    # A treebank's outermost bracket often carries no label; then there is none to convert.
    if not texts:
        return Tree("", None, tuple(children))
    try:
        mark = label(texts[0])
    except ValueError as error:
        raise DataError(f"{name}, line {line}: bad label {texts[0]!r} ({error})") from error
    return Tree(mark, None if children else texts[1], tuple(children))
