"""Recursive networks over batches of trees."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ArgumentError, ShapeError
from nn.data.ptb import read_ptb_trees
from nn.recurrent.recursive_net import RecursiveNet
from nn.recurrent.tree import ChildSumTreeLSTM, TreeLSTM
from nn.recurrent.treebatch import TreeBatch

# --- TreeBatch ------------------------------------------------------------------------------


def test_nested_tuples_become_nodes_in_postorder():
    batch = TreeBatch.of([(("a", "b"), "c"), "d"])
    assert batch.children.tolist() == [[-1, -1], [-1, -1], [0, 1], [-1, -1], [2, 3], [-1, -1]]
    assert batch.words == ["a", "b", "c", "d"]
    assert batch.inputs.tolist() == [0, 1, 3, 5]
    assert batch.roots.tolist() == [4, 5]
    assert batch.labels is None
    assert repr(batch) == "TreeBatch(2 trees, 6 nodes)"


def test_trees_of_a_treebank_bring_labels_for_every_node():
    batch = TreeBatch.of(read_ptb_trees(b"(3 (2 a) (4 (1 good) (2 film)))\n(0 bad)", label=int))
    assert batch.words == ["a", "good", "film", "bad"]
    assert batch.labels == [2, 1, 2, 4, 3, 0]
    assert batch.children[batch.roots].tolist() == [[0, 3], [-1, -1]]


def test_a_node_may_have_any_number_of_children():
    batch = TreeBatch.of([("a", ("b",), ("c", "d", "e"))])
    assert batch.children.tolist()[-1] == [0, 2, 6]
    assert batch.children[2].tolist() == [1, -1, -1]


def test_no_trees_are_a_batch_too():
    assert len(TreeBatch.of([])) == 0
    assert RecursiveNet(2)(np.ones((0, 2)), TreeBatch.of([])).shape == (0, 2)


def test_heads_become_children_and_each_word_knows_its_node():
    batch = TreeBatch.of_heads([[1, -1, 3, 1], [-1]], words=["dogs", "chase", "the", "cat", "go"])
    word_of = dict(zip(batch.inputs.tolist(), batch.words, strict=True))
    governs = {
        word_of[node]: sorted(word_of[child] for child in row if child >= 0)
        for node, row in enumerate(batch.children.tolist())
    }
    assert governs == {"dogs": [], "chase": ["cat", "dogs"], "the": [], "cat": ["the"], "go": []}
    assert [word_of[root] for root in batch.roots] == ["chase", "go"]
    assert (batch.children < np.arange(5)[:, None]).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TreeBatch.of([("a", ())]), "an empty tuple"),
        (lambda: TreeBatch.of_heads([[1, 0]]), "has 0 roots"),
        (lambda: TreeBatch.of_heads([[-1, -1]]), "has 2 roots"),
        (lambda: TreeBatch.of_heads([[-1, 2, 1]]), "has a cycle"),
        (lambda: TreeBatch.of_heads([[-1, 5]]), "head 5 in a tree of 2 nodes"),
        (lambda: TreeBatch([[-1, 7]], [0]), "children goes from -1 to 7; there are 1 nodes"),
        (lambda: TreeBatch([[-1]], [3]), "inputs goes from 3 to 3"),
        (lambda: TreeBatch([-1], [0]), "children is .1,.; need|children is \\(1,\\)"),
        (lambda: TreeBatch([[-1]], [0], labels=[1, 2]), "there are 2 labels; need 1"),
        (lambda: TreeBatch([[-1]], [0], words=[]), "there are 0 words; need 1"),
    ],
)
def test_what_is_no_tree_is_refused(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


@pytest.mark.parametrize(
    ("children", "message"),
    [
        ([[-1, -1], [0, 0]], "node 0 has several parents"),
        ([[1, 2], [-1, -1], [-1, -1]], "node 0 has the children .1, 2.; need children .* before"),
        ([[0, -1]], "before their parent"),
    ],
)
def test_a_graph_that_is_no_tree_in_order_is_refused_when_it_is_run(children, message):
    batch = TreeBatch(children, inputs=[])
    with pytest.raises(ArgumentError, match=message):
        TreeLSTM(1, 1)(np.ones((0, 1)), batch)


# --- the networks ---------------------------------------------------------------------------

SENTENCES = [(("not", "very"), ("good", ("at", "all"))), "fine", ("so", "so")]


def networks():
    return {
        "recursive": RecursiveNet(4, dtype=np.float64, rng=0),
        "tree_lstm": TreeLSTM(4, 3, dtype=np.float64, rng=0),
        "child_sum": ChildSumTreeLSTM(4, 3, dtype=np.float64, rng=0),
    }


every = pytest.mark.parametrize("net", networks().values(), ids=networks())


@every
def test_a_batch_gives_what_its_trees_give_one_by_one(net, rng):
    x = rng.normal(size=(8, 4))
    whole = net(x, TreeBatch.of(SENTENCES)).data
    words, nodes = 0, 0
    for sentence in SENTENCES:
        tree = TreeBatch.of([sentence])
        alone = net(x[words : words + len(tree.inputs)], tree).data
        np.testing.assert_allclose(whole[nodes : nodes + len(tree)], alone, rtol=0, atol=1e-15)
        words += len(tree.inputs)
        nodes += len(tree)


@every
def test_gradients_agree_with_finite_differences(net, rng):
    trees = TreeBatch.of(SENTENCES)
    ag.assert_gradients(lambda x: net(x, trees), (rng.normal(size=(8, 4)),), params=net)


@every
def test_the_whole_batch_is_one_node_that_opens(net):
    out = net(np.ones((8, 4)), TreeBatch.of(SENTENCES))
    assert out.op.name in ("recursive_net", "tree_lstm", "child_sum_tree_lstm")
    assert out.scope == type(net).__name__


@every
def test_the_dtype_is_the_parameters(net):
    single = type(net)(*((4,) if isinstance(net, RecursiveNet) else (4, 3)))
    assert single(np.ones((8, 4)), TreeBatch.of(SENTENCES)).dtype == np.float32


@every
def test_trees_of_thousands_of_levels_run(net, rng):
    levels = 10_000 if isinstance(net, RecursiveNet) else 3_000
    tree = "w"
    for i in range(levels - 1):
        tree = ("w", tree) if i % 2 else (tree, "w")
    trees = TreeBatch.of([tree])
    x = ag.Value(rng.normal(size=(levels, 4)))
    out = net(x, trees)
    out[trees.roots].sum().backward()
    assert np.isfinite(x.grad).all()
    assert x.grad[[0, -1]].any(axis=1).all()
    assert len(trees) == 2 * levels - 1


@every
def test_inputs_that_do_not_fit_the_trees_are_refused(net):
    with pytest.raises(ShapeError, match=r"the input is \(7, 4\); need \(8, 4\)"):
        net(np.ones((7, 4)), TreeBatch.of(SENTENCES))


def test_words_come_from_an_embedding_that_learns(rng):
    trees = TreeBatch.of(SENTENCES)
    vocabulary = {word: i for i, word in enumerate(sorted(set(trees.words)))}
    embedding = nn.Embedding(len(vocabulary), 4, dtype=np.float64)
    index = np.array([vocabulary[word] for word in trees.words])
    net = TreeLSTM(4, 3, dtype=np.float64)
    net(embedding(index), trees)[trees.roots].sum().backward()
    assert embedding.weight.grad.all(axis=1).all()


def test_the_plain_net_is_the_formula_of_socher(rng):
    net = RecursiveNet(2, dtype=np.float64, rng=0)
    w, b = net.weight.data, net.bias.data
    x = rng.normal(size=(3, 2))
    out = net(x, TreeBatch.of([(("a", "b"), "c")])).data
    inner = np.tanh(w @ np.concatenate([x[0], x[1]]) + b)
    root = np.tanh(w @ np.concatenate([inner, x[2]]) + b)
    np.testing.assert_allclose(out, [x[0], x[1], inner, x[2], root], rtol=1e-15)


def test_the_plain_net_without_a_bias_and_with_three_children(rng):
    net = RecursiveNet(2, arity=3, bias=False, dtype=np.float64, rng=0)
    assert list(net.state_dict()) == ["weight"]
    x = rng.normal(size=(3, 2))
    out = net(x, TreeBatch.of([("a", "b", "c")])).data
    np.testing.assert_allclose(out[-1], np.tanh(net.weight.data @ x.ravel()), rtol=1e-15)


def test_the_plain_net_needs_all_children_and_inputs_at_the_leaves():
    net = RecursiveNet(2)
    with pytest.raises(ArgumentError, match="node 1 has 1 children; need 2, or none"):
        net(np.ones((1, 2)), TreeBatch.of([(("a",),)]))
    with pytest.raises(ArgumentError, match="an input for each leaf, and for no other node"):
        net(np.ones((1, 2)), TreeBatch([[-1, -1], [-1, -1], [0, 1]], inputs=[0]))
    with pytest.raises(ArgumentError, match="an input for each leaf, and for no other node"):
        net(np.ones((3, 2)), TreeBatch([[-1, -1], [-1, -1], [0, 1]], inputs=[0, 1, 2]))


def test_more_children_than_matrices_are_refused():
    with pytest.raises(ArgumentError, match="up to 3 children per node; need at most 2"):
        TreeLSTM(4, 3)(np.ones((3, 4)), TreeBatch.of([("a", "b", "c")]))


def test_the_order_of_children_matters_to_the_n_ary_net_only(rng):
    x = rng.normal(size=(2, 4))
    trees = TreeBatch.of([("a", "b")])
    for name, net in networks().items():
        same = np.allclose(net(x, trees).data[-1], net(x[::-1], trees).data[-1])
        assert same == (name == "child_sum")


def test_a_chain_makes_the_child_sum_net_an_lstm(rng):
    """Its gates are those of an LSTM, in another order: i, o, u, f."""
    net = ChildSumTreeLSTM(3, 2, dtype=np.float64, rng=0)
    x = rng.normal(size=(5, 3))
    trees = TreeBatch.of_heads([[1, 2, 3, 4, -1]])
    h, c = np.zeros(2), np.zeros(2)
    for t in range(5):
        z = net.weight_ih.data @ x[t] + net.weight_hh.data @ h + net.bias.data
        i, o, f = (ag.sigmoid(z[k : k + 2]) for k in (0, 2, 6))
        c = f * c + i * np.tanh(z[4:6])
        h = o * np.tanh(c)
    np.testing.assert_allclose(net(x, trees).data[trees.roots[0]], h, rtol=1e-13)


def test_it_learns_a_label_at_every_node():
    """Of arithmetic: the parity of the number of "1"s below each node."""
    nn.manual_seed(0)
    rng = np.random.default_rng(0)

    def tree(depth):
        return str(rng.integers(2)) if depth == 0 else (tree(depth - 1), tree(rng.integers(depth)))

    trees = TreeBatch.of([tree(4) for _ in range(30)])
    ones = np.zeros(len(trees) + 1, int)
    ones[trees.inputs] = [int(word) for word in trees.words]
    for node, row in enumerate(trees.children):
        ones[node] += ones[row].sum()
    odd = ones[:-1] % 2
    x = np.eye(2, dtype=np.float32)[[int(word) for word in trees.words]]
    net, head = TreeLSTM(2, 16), nn.Linear(16, 2)
    optimizer = nn.optim.Adam([*net.parameters(), *head.parameters()], lr=0.03)
    for _ in range(150):
        optimizer.zero_grad()
        logits = head(net(x, trees))
        nn.functional.cross_entropy(logits, odd).backward()
        optimizer.step()
    assert (logits.data.argmax(1) == odd).mean() > 0.98
