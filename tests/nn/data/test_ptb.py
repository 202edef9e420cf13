"""Bracketed trees: reading, walking, and faults with their line."""

from __future__ import annotations

import gc
import gzip

import pytest

from nn.data import DataError, Tree, read_ptb_trees

TEXT = b"""(S (NP (DT The) (NN dog))
   (VP barks))
(X y)"""


def test_trees_are_read_over_several_lines_and_several_in_a_file():
    sentence, other = read_ptb_trees(TEXT)
    assert sentence.label == "S" and not sentence.is_leaf and sentence.word is None
    assert [child.label for child in sentence.children] == ["NP", "VP"]
    assert sentence.words() == ["The", "dog", "barks"]
    assert other == Tree("X", "y") and other.is_leaf and other.children == ()


def test_labels_are_converted_and_words_are_not():
    (tree,) = read_ptb_trees(b"(4 (3 10) (2 -LRB-))", label=int)
    assert (tree.label, tree.words()) == (4, ["10", "-LRB-"])


def test_gzipped_files_are_read(tmp_path):
    path = tmp_path / "trees"
    path.write_bytes(gzip.compress(TEXT))
    assert read_ptb_trees(path) == read_ptb_trees(TEXT)


def test_the_unlabelled_bracket_around_a_treebank_sentence_is_kept():
    (tree,) = read_ptb_trees(b"( (S (NP I) (VP see)))")
    assert tree.label == "" and tree.children[0].label == "S"


def test_a_word_may_hold_a_no_break_space():
    (tree,) = read_ptb_trees("(2 8\u00a01\\/2)".encode())
    assert tree.word == "8\u00a01\\/2"


def test_postorder_gives_children_before_their_parent_from_left_to_right():
    (tree,) = read_ptb_trees(b"(a (b (c 1) (d 2)) (e (f 3)))")
    assert [node.label for node in tree.postorder()] == list("cdbfea")
    assert [leaf.label for leaf in tree.leaves()] == list("cdf")


def test_writing_and_reading_are_inverse():
    trees = read_ptb_trees(TEXT)
    assert repr(trees[0]) == "(S (NP (DT The) (NN dog)) (VP barks))"
    assert read_ptb_trees("\n".join(map(repr, trees)).encode()) == trees


def test_trees_are_equal_if_form_labels_and_words_are():
    trees = read_ptb_trees(b"(a (b x) (c y)) (a (b x) (c y)) (a (b x) (c z)) (a (b (c x) (c y)))")
    assert trees[0] == trees[1] and hash(trees[0]) == hash(trees[1])
    assert trees[0] != trees[2] and trees[0] != trees[3] and trees[0] != "(a (b x) (c y))"


def test_a_tree_of_a_hundred_thousand_levels_needs_no_recursion():
    depth = 100_000
    text = b"(a " * depth + b"(b word" + b")" * (depth + 1)
    (tree,) = read_ptb_trees(text)
    assert sum(1 for _ in tree.postorder()) == depth + 1
    assert tree.words() == ["word"] and tree == read_ptb_trees(text)[0]
    assert repr(tree).encode() == text
    del tree
    gc.collect()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"(a (b x)\n(c y)", "1 brackets are never closed, the first in line 1.*truncated"),
        (b"(a x))", "line 1: a closing bracket too many"),
        (b"(a x)\n\nword", "line 3: 'word' outside a tree"),
        (b"(a x)\n(b)", r"line 2: a node of \['b'\] and 0 children"),
        (b"()", "a node of .. and 0 children"),
        (b"(a x y)", "a node of .'a', 'x', 'y'. and 0 children"),
        (b"(a x (b y))", "a node of .'a', 'x'. and 1 children"),
        (b"(a (b y) x)", "'x' after a child"),
        (b"\xff(a x)", "not a UTF-8 text"),
    ],
)
def test_faults_are_named_with_their_line(text, message):
    with pytest.raises(DataError, match=message):
        read_ptb_trees(text)


def test_a_label_that_does_not_convert_is_named_with_its_line():
    with pytest.raises(DataError, match="line 2: bad label 'NP'"):
        read_ptb_trees(b"(1 x)\n(NP y)", label=int)


def test_an_empty_file_holds_no_tree():
    assert read_ptb_trees(b"\n \n") == []
