"""Value: a node of the computational graph, a scalar or a tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import ArgumentError, DtypeError, UnsupportedError

if TYPE_CHECKING:
    from types import CodeType

    from .op import Op

__all__ = ["Value", "as_data", "constant", "data_of", "dtype_of", "is_floating", "shape_of"]


class Value:
    """A number or an array that remembers how it was computed.

    Parameters
    ----------
    data : float, int, bool, array_like
        A Python or float64 scalar is held as a Python float and computed with as such; an
        ndarray is held as it is, not copied. Lists become arrays.
    name : str, optional
        What the node is called in pictures and messages.
    requires_grad : bool, optional
        Whether `backward` gives it a gradient: by default ``True`` for floating data and
        ``False`` for integers and booleans, which cannot have one.

    Attributes
    ----------
    data : float or ndarray
        The primal. Results of ops are read-only arrays.
    grad : float, ndarray or None
        The gradient that `backward` accumulated, of the shape and dtype of `data`.
    op : Op or None
        The op that computed it; ``None`` for a leaf.
    operands : tuple of Value
        What the op was applied to. The edge to the i-th is ``(node, i)``: ``x * x`` has two.
    params : dict or None
        The op's static arguments, such as an axis.
    scope : str
        Path of the module in which the node was recorded.

    Raises
    ------
    DtypeError
        If a gradient is asked for integers, booleans or complex numbers, or the data is
        not numeric.

    Examples
    --------
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> e = (a + b) * (b + 1)
    >>> e.backward()
    >>> e.data, a.grad, b.grad
    (6.0, 2.0, 5.0)
    """

    # `inputs` and `output` are the operands' data as the op saw them and what it made of them:
    # what the rules are evaluated at, whatever is assigned to `data` later.
    # `seals` guard those of them that somebody else may write to; `residuals` is what a
    # kernel hands to its vjp; `hooks` run on the node's cotangent; `code` and `offset` are the
    # line of the program that made it.
    __slots__ = (
        "__weakref__",
        "code",
        "data",
        "freed",
        "grad",
        "hooks",
        "inputs",
        "name",
        "offset",
        "op",
        "operands",
        "output",
        "params",
        "requires_grad",
        "residuals",
        "scope",
        "seals",
    )

    data: Any
    freed: bool
    grad: Any
    hooks: list[Callable[[Value, Any], Any]] | None
    inputs: tuple[Any, ...]
    name: str | None
    op: Op | None
    operands: tuple[Value, ...]
    output: Any
    params: dict[str, Any] | None
    requires_grad: bool
    residuals: Any
    scope: str
    seals: tuple[tuple[Any, Any], ...] | None
    code: CodeType | None
    offset: int

    def __init__(
        self, data: Any, *, name: str | None = None, requires_grad: bool | None = None
    ) -> None:
        if type(data) is not float:
            data = as_data(data)
            if requires_grad is not False and not is_floating(data):
                if requires_grad:
                    raise DtypeError(
                        f"Value: {dtype_of(data)} data cannot require a gradient; "
                        f"use floating-point data, such as {_as_float_text(data)}"
                    )
                requires_grad = False
        if name is not None and type(name) is not str:
            raise DtypeError(f"Value: the name is {name!r}; need a string")
        self.data = data
        self.freed = False
        self.grad = None
        self.hooks = None
        self.inputs = ()
        self.name = name
        self.op = None
        self.operands = ()
        self.output = None
        self.params = None
        self.requires_grad = requires_grad is not False
        self.residuals = None
        self.scope = ""
        self.seals = None
        self.code = None
        self.offset = 0

    # --- looking at it -------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data; ``()`` for a scalar."""
        return shape_of(self.data)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.size(self.data))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Data type; float64 for a Python float."""
        return dtype_of(self.data)

    def item(self) -> Any:
        """The only element, as a Python number."""
        return self.data if isinstance(self.data, (bool, int, float)) else self.data.item()

    def __repr__(self) -> str:
        text = repr(self.data) if np.ndim(self.data) else str(self.item())
        parts = [text.replace("\n", "\n      ")]
        if isinstance(self.data, np.generic):
            parts.append(f"dtype={self.dtype}")
        if self.name is not None:
            parts.append(f"name={self.name!r}")
        if self.op is not None:
            parts.append(f"op={self.op.name}")
        elif not self.requires_grad:
            parts.append("requires_grad=False")
        return f"Value({', '.join(parts)})"

    def __float__(self) -> float:
        return float(self._plain("float"))

    def __int__(self) -> int:
        return int(self._plain("int"))

    def _plain(self, kind: str) -> Any:
        """The only element, unless a gradient would be lost: `math.log` asks for a float too."""
        item = self.item()
        if self.requires_grad:
            raise UnsupportedError(
                f"{kind}: the Value requires a gradient, which a plain number would lose; use "
                ".item() for the number, or an op such as ag.log instead of math.log"
            )
        return item

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and not self.shape else format(str(self), spec)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __len__(self) -> int:
        if not self.shape:
            raise UnsupportedError("len: the Value is a scalar and has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Value]:
        return (self[i] for i in range(len(self)))

    # --- differentiating it --------------------------------------------------------------

    def backward(
        self, grad: Any = None, *, retain_graph: bool = False, create_graph: bool = False
    ) -> None:
        """Add the gradient of this value to the `grad` of every leaf it depends on.

        Parameters
        ----------
        grad : float or array_like, optional
            Cotangent of this value, of its shape; 1 for a scalar.
        retain_graph : bool
            Keep what the graph saved, so that it can be differentiated again.
        create_graph : bool
            Record the gradients, as Values, so that they can be differentiated.

        See Also
        --------
        autograd_core.reverse.backward : the errors it raises.
        """
        reverse.backward(self, grad, retain_graph=retain_graph, create_graph=create_graph)

    def detach(self) -> Value:
        """The same data as a constant, cut off from the graph."""
        return constant(self.data)

    def retain_grad(self) -> None:
        """Ask `backward` to keep the gradient of this intermediate in its `grad`."""
        hooks.retain_grad(self)

    def register_hook(self, hook: Callable[[Any], Any]) -> Callable[[], None]:
        """Call ``hook(g)`` with the cotangent of this node in every backward pass.

        Parameters
        ----------
        hook : callable
            May return a replacement of the same shape, or ``None`` to leave it.

        Returns
        -------
        callable
            Removes the hook.
        """
        return hooks.register_hook(self, hook)

    # --- operators: each calls the op of its name ----------------------------------------

    def __add__(self, other: Any) -> Any:
        return binary(add, self, other)

    def __radd__(self, other: Any) -> Any:
        return binary(add, other, self)

    def __sub__(self, other: Any) -> Any:
        return binary(subtract, self, other)

    def __rsub__(self, other: Any) -> Any:
        return binary(subtract, other, self)

    def __mul__(self, other: Any) -> Any:
        return binary(multiply, self, other)

    def __rmul__(self, other: Any) -> Any:
        return binary(multiply, other, self)

    def __truediv__(self, other: Any) -> Any:
        return binary(divide, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return binary(divide, other, self)

    def __pow__(self, other: Any) -> Any:
        return binary(power, self, other)

    def __rpow__(self, other: Any) -> Any:
        return binary(power, other, self)

    def __matmul__(self, other: Any) -> Any:
        return ops.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return ops.matmul(other, self)

    def __neg__(self) -> Any:
        return unary(negative, self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Any:
        return ops.abs(self)

    def __getitem__(self, index: Any) -> Any:
        return ops.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise UnsupportedError(
            "setitem: a Value is not changed in place, because its gradient would be wrong; "
            "use y = x.at[index].set(value)"
        )

    def __floordiv__(self, other: Any) -> Any:
        raise UnsupportedError("floor_divide: `//` has no useful derivative; use `/` or .data")

    def __mod__(self, other: Any) -> Any:
        raise UnsupportedError("mod: `%` has no op here; use .data, or x - n * k with a constant k")

    __rfloordiv__, __rmod__ = __floordiv__, __mod__

    # Comparisons are piecewise constant, so they answer with plain booleans.

    def __lt__(self, other: Any) -> Any:
        return self.data < data_of(other)

    def __le__(self, other: Any) -> Any:
        return self.data <= data_of(other)

    def __gt__(self, other: Any) -> Any:
        return self.data > data_of(other)

    def __ge__(self, other: Any) -> Any:
        return self.data >= data_of(other)

    def __eq__(self, other: Any) -> Any:
        return self.data == data_of(other)

    def __ne__(self, other: Any) -> Any:
        return self.data != data_of(other)

    # The graph tells nodes apart by identity.
    __hash__ = object.__hash__

    # --- numpy ---------------------------------------------------------------------------

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return numpy_protocol.as_array(self, dtype, copy)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return numpy_protocol.call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return numpy_protocol.call_function(function, args, kwargs)

    # --- the methods that everybody expects ----------------------------------------------

    @property
    def T(self) -> Any:
        """The axes reversed, as numpy's."""
        return ops.transpose(self)

    @property
    def at(self) -> Any:
        """Functional updates: ``x.at[i].set(y)`` and ``x.at[i].add(y)`` are new Values."""
        return ops.indexing.At(self)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Sum over axes; see `autograd_core.sum`."""
        return ops.sum(self, axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Mean over axes; see `autograd_core.mean`."""
        return ops.mean(self, axis, keepdims)

    def prod(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Product over axes; see `autograd_core.prod`."""
        return ops.prod(self, axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Maximum over axes; see `autograd_core.max`."""
        return ops.max(self, axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Minimum over axes; see `autograd_core.min`."""
        return ops.min(self, axis, keepdims)

    def var(self, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Any:
        """Variance over axes; see `autograd_core.var`."""
        return ops.var(self, axis, keepdims, ddof)

    def std(self, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Any:
        """Standard deviation over axes; see `autograd_core.std`."""
        return ops.std(self, axis, keepdims, ddof)

    def reshape(self, *shape: Any) -> Any:
        """The same elements in another shape; see `autograd_core.reshape`."""
        return ops.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Any:
        """Permuted axes; see `autograd_core.transpose`."""
        return ops.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def astype(self, dtype: Any) -> Any:
        """Another floating dtype; see `autograd_core.astype`."""
        return ops.astype(self, dtype)

    def exp(self) -> Any:
        """Elementwise exponential."""
        return unary(ops.exp, self)

    def log(self) -> Any:
        """Elementwise natural logarithm."""
        return unary(ops.log, self)

    def sqrt(self) -> Any:
        """Elementwise square root."""
        return unary(ops.sqrt, self)

    def tanh(self) -> Any:
        """Elementwise hyperbolic tangent."""
        return unary(ops.tanh, self)

    def sigmoid(self) -> Any:
        """Elementwise logistic sigmoid."""
        return unary(ops.sigmoid, self)

    def relu(self) -> Any:
        """Elementwise rectifier."""
        return unary(ops.relu, self)


def constant(data: Any) -> Value:
    """A Value without a gradient, as raw numbers in an expression become.

    Examples
    --------
    >>> constant(3)
    Value(3, requires_grad=False)
    """
    return Value(data, requires_grad=False)


def as_data(data: Any) -> Any:
    """Bring raw data into the one form that a node holds.

    Returns
    -------
    float, int, bool, numpy scalar or ndarray
        A Python float for any float64 scalar, a Python int or bool for integer and boolean
        scalars, a numpy scalar for the other 0-d data, else an ndarray (not copied).

    Raises
    ------
    DtypeError
        If the data is not numeric.
    """
    kind = type(data)
    if kind is np.ndarray and data.ndim and data.dtype.kind in "fiub":
        return data
    if kind is float or kind is int or kind is bool or kind is np.float32:
        return data
    if isinstance(data, Value):
        raise UnsupportedError("Value: the data is a Value already; use it as it is")
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ArgumentError(f"Value: the data is ragged: {error}") from error
    if array.dtype.kind not in "fiubc":
        raise DtypeError(
            f"Value: the data is {kind.__name__} of dtype {array.dtype}; need numbers or arrays"
        )
    if array.ndim:
        return array
    element = array[()]
    return element if element.dtype.kind in "fc" and element.dtype != np.float64 else element.item()


def shape_of(data: Any) -> tuple[int, ...]:
    """Shape of raw data; ``()`` for a Python number."""
    return getattr(data, "shape", ())


def dtype_of(data: Any) -> np.dtype[Any]:
    """Data type of raw data: float64 for a Python float."""
    return getattr(data, "dtype", None) or np.result_type(type(data))


def is_floating(data: Any) -> bool:
    """Whether raw data is of a kind that can have a gradient."""
    return type(data) is float or (hasattr(data, "dtype") and data.dtype.kind == "f")


def data_of(x: Any) -> Any:
    """The raw data of a Value; anything else as it is."""
    return x.data if isinstance(x, Value) else x


def _as_float_text(data: Any) -> str:
    return f"{float(data)!r}" if isinstance(data, (bool, int)) else "x.astype(float)"


# The ops are made of Values, and Values call the ops: one of the two has to come last.
from . import hooks, numpy_protocol, ops, reverse  # noqa: E402
from .ops.arithmetic import add, divide, multiply, negative, power, subtract  # noqa: E402
from .trace import binary, unary  # noqa: E402
