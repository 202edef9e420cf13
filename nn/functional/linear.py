"""Fully connected maps, and the lookup of embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError
from autograd_core.value import data_of, shape_of

__all__ = ["bilinear", "embedding", "linear"]


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """``x Wᵀ + b``.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(..., in)``.
    weight : array_like or Value
        Shape ``(out, in)``.
    bias : array_like or Value, optional
        Shape ``(out,)``.

    Returns
    -------
    ndarray or Value
        Shape ``(..., out)``.

    Raises
    ------
    ShapeError
        If the shapes are not these.

    Examples
    --------
    >>> linear(np.ones((2, 3)), np.eye(3)[:2], np.array([0.0, 1.0]))
    array([[1., 2.],
           [1., 2.]])
    """
    return ag.affine(input, weight) if bias is None else ag.affine(input, weight, bias)


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """``y_k = x₁ᵀ W_k x₂ + b_k``.

    Parameters
    ----------
    input1 : array_like or Value
        Shape ``(..., in1)``.
    input2 : array_like or Value
        Shape ``(..., in2)``.
    weight : array_like or Value
        Shape ``(out, in1, in2)``.
    bias : array_like or Value, optional
        Shape ``(out,)``.

    Returns
    -------
    ndarray or Value
        Shape ``(..., out)``.

    Examples
    --------
    >>> bilinear(np.ones((4, 2)), np.ones((4, 3)), np.ones((5, 2, 3))).shape
    (4, 5)
    """
    out = ag.einsum("...i,kij,...j->...k", input1, weight, input2)
    return out if bias is None else out + bias


def embedding(input: Any, weight: Any, padding_idx: int | None = None) -> Any:
    """The rows of a table, by their index.

    Parameters
    ----------
    input : array_like of int
        Any shape ``(...)``, from 0 to V − 1.
    weight : array_like or Value
        Shape ``(V, D)``.
    padding_idx : int, optional
        The row that stands for nothing: it is looked up as it is, and never gets a gradient.

    Returns
    -------
    ndarray or Value
        Shape ``(..., D)``.

    Raises
    ------
    ArgumentError
        If an index is out of range.

    Examples
    --------
    >>> embedding([[0, 2]], np.array([[1.0, 1.5], [2.0, 2.5], [3.0, 3.5]]))
    array([[[1. , 1.5],
            [3. , 3.5]]])
    """
    rows = ag.embedding(weight, input)
    if padding_idx is None:
        return rows
    count = shape_of(weight)[0]
    if not -count <= padding_idx < count:
        raise ArgumentError(
            f"embedding: padding_idx is {padding_idx}; need {-count} <= padding_idx < {count}"
        )
    padded = np.expand_dims(np.asarray(data_of(input)) == padding_idx % count, -1)
    return ag.where(padded, data_of(rows), rows)
