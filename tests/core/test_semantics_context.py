"""Row "context" of the table of semantics: right under threads, asyncio and exceptions."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value


def records():
    return (Value(1.0) * 2).requires_grad


def test_no_grad_records_nothing_and_is_restored():
    x = Value(3.0)
    with ag.no_grad():
        y = x * x
    assert y.op is None
    assert y.operands == ()
    assert records()


def test_context_is_restored_after_an_exception():
    for context in (ag.no_grad, ag.enable_grad, ag.detect_anomaly, lambda: ag.scope("s")):
        with pytest.raises(ZeroDivisionError), context():
            raise ZeroDivisionError
        assert records()
        assert (Value(1.0) * 2).scope == ""
        with np.errstate(invalid="ignore"):
            assert np.isnan(ag.log(Value(-1.0)).data)


def test_contexts_nest():
    with ag.no_grad():
        assert not records()
        with ag.enable_grad():
            assert records()
            with ag.no_grad():
                assert not records()
            assert records()
        assert not records()
    assert records()


def test_one_context_object_can_be_entered_again():
    quiet = ag.no_grad()
    with quiet:
        with quiet:
            assert not records()
        assert not records()
    assert records()
    with quiet:
        assert not records()
    assert records()


def test_context_is_a_threads_own():
    entered, checked, seen = threading.Event(), threading.Event(), {}

    def quiet():
        with ag.no_grad():
            entered.set()
            checked.wait(10)
            seen["inside"] = records()
        seen["after"] = records()

    thread = threading.Thread(target=quiet)
    thread.start()
    entered.wait(10)
    seen["main"] = records()
    checked.set()
    thread.join()
    assert seen == {"inside": False, "after": True, "main": True}


def test_one_context_object_may_be_shared_by_threads():
    quiet, first_in, second_in, failures = ag.no_grad(), threading.Event(), threading.Event(), []

    def guarded(body):
        try:
            body()
        except Exception as error:
            failures.append(error)

    def first():
        with quiet:
            first_in.set()
            second_in.wait(10)
            assert not records()
        assert records()

    def second():
        first_in.wait(10)
        with quiet:
            second_in.set()
            threads[0].join()
            assert not records()
        assert records()

    threads = [threading.Thread(target=guarded, args=(body,)) for body in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_graphs_are_built_and_differentiated_in_threads_at_once():
    results = {}

    def work(i):
        x = Value(float(i))
        y = x
        for _ in range(200):
            y = y + x * x
        y.backward()
        results[i] = x.grad

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {i: 1.0 + 200 * 2.0 * i for i in range(8)}


def test_context_is_an_asyncio_tasks_own():
    async def task(quiet):
        with ag.no_grad() if quiet else ag.enable_grad():
            await asyncio.sleep(0)
            inside = records()
            await asyncio.sleep(0)
        return inside == (not quiet) and records()

    async def main():
        return await asyncio.gather(*[task(i % 2 == 0) for i in range(6)])

    assert asyncio.run(main()) == [True] * 6


def test_decorator_holds_for_each_call():
    @ag.no_grad()
    def f(x):
        """Double it."""
        return x * 2

    assert f.__name__ == "f"
    assert f.__doc__ == "Double it."
    for _ in range(2):
        assert not f(Value(1.0)).requires_grad
        assert records()


def test_decorator_on_a_recursive_function():
    @ag.no_grad()
    def f(x, n):
        return x if n == 0 else f(x * 2, n - 1)

    assert f(Value(1.0), 5).data == 32.0
    assert not f(Value(1.0), 5).requires_grad
    assert records()


def test_decorator_on_a_function_that_raises():
    @ag.no_grad()
    def f():
        raise KeyError

    with pytest.raises(KeyError):
        f()
    assert records()


def test_decorator_on_a_generator_holds_inside_it_and_not_between():
    @ag.no_grad()
    def doubled(x):
        for _ in range(3):
            yield (x * 2).requires_grad

    between = []
    for inside in doubled(Value(1.0)):
        assert not inside
        between.append(records())
    assert between == [True] * 3


def test_decorator_on_a_coroutine_holds_inside_it():
    @ag.no_grad()
    async def f():
        await asyncio.sleep(0)
        return records()

    assert asyncio.run(f()) is False
    assert records()


def test_decorator_runs_in_threads_at_once():
    @ag.no_grad()
    def f(barrier):
        barrier.wait(10)
        return records()

    barrier, seen = threading.Barrier(4), []
    threads = [threading.Thread(target=lambda: seen.append(f(barrier))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [False] * 4


def test_scope_is_nested_and_restored():
    with ag.scope("mlp"):
        with ag.scope("layer1"):
            inner = Value(1.0) * 2
        outer = Value(1.0) * 2
    assert (inner.scope, outer.scope, (Value(1.0) * 2).scope) == ("mlp/layer1", "mlp", "")


def test_backward_inside_no_grad_works_and_gives_plain_gradients():
    x = Value(3.0)
    y = x * x
    with ag.no_grad():
        y.backward()
    assert type(x.grad) is float


def test_each_entry_of_a_scope_is_told_apart_though_its_path_is_the_same() -> None:
    x, layer = ag.Value(3.0), ag.scope("layer", kind="Linear")
    with ag.scope("net"):
        with layer:
            first, second = x * x, x + 1
        with layer:
            again = x * x
    assert first.scope == again.scope == "net/layer"
    assert first.scope is second.scope
    assert first.scope is not again.scope
    assert first.scope.kind == "Linear" and first.scope.outer == "net"
    assert first.scope.outer is again.scope.outer
