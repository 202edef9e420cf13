"""Module: registration, traversal, modes, hooks, representation, copies, scopes, source lines."""

from __future__ import annotations

import copy
import inspect
import threading

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import source
from autograd_core.errors import ArgumentError, DtypeError


class Scale(nn.Module):
    def __init__(self, factor=1.0, shift=None):
        super().__init__()
        self.factor = nn.Parameter(factor)
        self.shift = None if shift is None else nn.Parameter(shift)

    def forward(self, x):
        y = self.factor * x
        return y if self.shift is None else y + self.shift

    def extra_repr(self):
        return f"factor={self.factor.item()}"


class Net(nn.Module):
    """Registers a parameter, two modules and a buffer, in this order."""

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter([1.0, 2.0])
        self.first = Scale(2.0, 1.0)
        self.blocks = nn.ModuleList([Scale(3.0), Scale(4.0)])
        self.register_buffer("seen", np.zeros(2, np.int64))

    def forward(self, x):
        x = self.first(x) * self.gain
        for block in self.blocks:
            x = block(x)
        return x


def names(module):
    return [name for name, _ in module.named_parameters()]


# --- registration ---------------------------------------------------------------------------


def test_parameters_come_in_the_order_of_assignment_own_ones_first():
    assert names(Net()) == [
        "gain",
        "first.factor",
        "first.shift",
        "blocks.0.factor",
        "blocks.1.factor",
    ]


def test_own_parameters_come_before_those_of_submodules_that_were_assigned_earlier():
    module = nn.Module()
    module.inner = Scale()
    module.late = nn.Parameter(0.0)
    assert names(module) == ["late", "inner.factor"]


def test_reassignment_keeps_the_place_and_replaces_the_parameter():
    net = Net()
    new = nn.Parameter([5.0, 6.0])
    net.gain = new
    assert names(net)[0] == "gain"
    assert next(net.parameters()) is new


def test_reassigning_a_module_keeps_its_place():
    net = Net()
    net.first = Scale(9.0)
    assert [name for name, _ in net.named_children()] == ["first", "blocks"]
    assert "first.shift" not in names(net)


def test_none_makes_a_parameter_absent_and_it_can_come_back():
    net = Net()
    net.gain = None
    assert "gain" not in names(net)
    assert "gain" not in net.state_dict()
    net.gain = nn.Parameter(1.0)
    assert names(net)[0] == "gain"


def test_none_makes_a_module_absent():
    net = Net()
    net.first = None
    assert [name for name, _ in net.named_children()] == ["blocks"]
    assert names(net) == ["gain", "blocks.0.factor", "blocks.1.factor"]


def test_register_parameter_with_none_is_an_absent_one():
    module = nn.Module()
    module.register_parameter("bias", None)
    assert module.bias is None
    assert names(module) == []


def test_deleting_unregisters():
    net = Net()
    del net.first, net.gain, net.seen
    assert names(net) == ["blocks.0.factor", "blocks.1.factor"]
    assert not hasattr(net, "gain")
    assert list(net.state_dict()) == names(net)


def test_a_shared_parameter_is_given_once_and_stored_under_all_its_names():
    a, b = Scale(2.0), Scale(3.0)
    b.factor = a.factor
    net = nn.Sequential(a, b)
    assert names(net) == ["0.factor"]
    assert list(net.state_dict()) == ["0.factor", "1.factor"]


def test_a_shared_module_is_given_once():
    layer = Scale()
    net = nn.Sequential(layer, layer)
    assert len(list(net.modules())) == 2
    assert len(list(net.parameters())) == 1


def test_the_gradient_of_a_shared_parameter_is_that_of_both_uses():
    layer = Scale(3.0)
    nn.Sequential(layer, layer)(2.0).backward()  # 2 f², whose derivative is 4 f
    assert layer.factor.grad == 12.0


def test_a_parameter_takes_the_name_of_its_attribute_unless_it_has_one():
    module = nn.Module()
    module.weight = nn.Parameter(1.0)
    module.other = nn.Parameter(1.0, name="theta")
    assert (module.weight.name, module.other.name) == ("weight", "theta")


def test_plain_attributes_are_no_part_of_the_state():
    module = nn.Module()
    module.array, module.value, module.number = np.ones(2), ag.Value(1.0), 3
    assert names(module) == []
    assert module.state_dict() == {}


def test_what_kind_an_attribute_is_follows_what_is_assigned_last():
    module = nn.Module()
    module.register_buffer("part", np.zeros(1))
    module.part = nn.Parameter(1.0)
    assert names(module) == ["part"]
    assert list(module.buffers()) == []
    module.part = Scale()
    assert names(module) == ["part.factor"]


def test_assigning_an_array_to_a_parameter_says_what_to_do():
    net = Net()
    with pytest.raises(
        ArgumentError, match=r"Net: gain is a parameter, and a ndarray .*gain\.data"
    ):
        net.gain = np.ones(2)
    with pytest.raises(ArgumentError, match="first is a module, and a function is assigned"):
        net.first = lambda x: x


def test_assignment_before_init_says_what_is_missing():
    class Forgetful(nn.Module):
        def __init__(self):
            self.weight = nn.Parameter(1.0)

    with pytest.raises(ArgumentError, match=r"Forgetful: weight .* need super\(\).__init__\(\)"):
        Forgetful()


@pytest.mark.parametrize("name", ["a.b", ""])
def test_names_with_dots_or_without_letters_are_refused(name):
    module = nn.Module()
    for register in (
        lambda: module.register_parameter(name, nn.Parameter(1.0)),
        lambda: module.register_buffer(name, np.zeros(1)),
        lambda: module.add_module(name, Scale()),
    ):
        with pytest.raises(ArgumentError, match="without dots"):
            register()


@pytest.mark.parametrize("name", ["forward", "parameters", "training", "dtype"])
def test_names_of_the_class_itself_are_refused(name):
    module = nn.Module()
    with pytest.raises(ArgumentError, match=f"{name!r} is an attribute of the class already"):
        setattr(module, name, nn.Parameter(1.0))
    with pytest.raises(ArgumentError, match=f"{name!r} is an attribute of the class already"):
        module.register_buffer(name, np.zeros(1))


def test_a_module_cannot_contain_itself():
    outer, inner = nn.Module(), nn.Module()
    outer.inner = inner
    with pytest.raises(ArgumentError, match="contains itself"):
        inner.outer = outer
    with pytest.raises(ArgumentError, match="contains itself"):
        inner.me = inner
    assert len(list(outer.modules())) == 2


def test_properties_of_a_subclass_can_be_set():
    class Thermostat(nn.Module):
        @property
        def celsius(self):
            return self.kelvin - 273.0

        @celsius.setter
        def celsius(self, value):
            self.kelvin = value + 273.0

    module = Thermostat()
    module.celsius = 7.0
    assert module.kelvin == 280.0


def test_a_property_without_a_setter_cannot_be_overwritten():
    with pytest.raises(AttributeError, match="dtype"):
        Scale().dtype = np.float64


def test_forward_must_be_defined():
    with pytest.raises(NotImplementedError, match=r"Module: define forward\(self"):
        nn.Module()(1.0)


# --- Parameter ------------------------------------------------------------------------------


def test_a_parameter_copies_its_data_and_keeps_a_float_dtype():
    array = np.ones(3)
    parameter = nn.Parameter(array)
    array[0] = 7.0
    assert parameter.data.tolist() == [1.0, 1.0, 1.0]
    assert parameter.dtype == np.float64
    assert nn.Parameter([1, 2]).dtype == np.float32
    assert nn.Parameter(0.5).dtype == np.float32
    assert nn.Parameter(ag.Value(np.ones(2))).op is None


def test_a_parameter_of_integers_is_refused():
    with pytest.raises(DtypeError, match=r"Parameter: the data is int64; .*astype"):
        nn.Parameter(np.arange(3))


# --- buffers --------------------------------------------------------------------------------


def test_a_buffer_is_state_and_no_parameter():
    net = Net()
    assert [name for name, _ in net.named_buffers()] == ["seen"]
    assert "seen" not in names(net)
    assert "seen" in net.state_dict()


def test_a_buffer_stays_one_when_it_is_assigned():
    net = Net()
    net.seen = [3, 4]
    assert isinstance(net.seen, np.ndarray)
    assert net.state_dict()["seen"].tolist() == [3, 4]
    net.seen = None
    assert "seen" not in net.state_dict()
    net.seen = np.ones(2)
    assert "seen" in net.state_dict()


def test_a_buffer_that_is_not_persistent_is_not_stored():
    module = nn.Module()
    module.register_buffer("mask", np.ones(2), persistent=False)
    assert module.state_dict() == {}
    assert [name for name, _ in module.named_buffers()] == ["mask"]


# --- going through it -----------------------------------------------------------------------


def test_named_modules_gives_parents_first():
    assert [name for name, _ in Net().named_modules()] == [
        "",
        "first",
        "blocks",
        "blocks.0",
        "blocks.1",
    ]


def test_a_prefix_and_no_recursion():
    net = Net()
    assert [name for name, _ in net.named_parameters("net", recurse=False)] == ["net.gain"]
    assert next(iter(dict(net.named_modules("net")))) == "net"


def test_apply_reaches_all_modules_the_innermost_first():
    order = []
    net = Net()
    assert net.apply(lambda module: order.append(type(module).__name__)) is net
    assert order == ["Scale", "Scale", "Scale", "ModuleList", "Net"]


# --- changing all of it ---------------------------------------------------------------------


def test_train_and_eval_reach_all_modules_and_return_the_module():
    net = Net()
    assert net.eval() is net
    assert not any(module.training for module in net.modules())
    assert net.train() is net
    assert all(module.training for module in net.modules())


def test_zero_grad_forgets_the_gradients():
    net = Net()
    net(np.ones(2)).sum().backward()
    assert all(parameter.grad is not None for parameter in net.parameters())
    net.zero_grad()
    assert all(parameter.grad is None for parameter in net.parameters())


def test_frozen_parameters_get_no_gradient_and_make_no_nodes():
    net = Net().requires_grad_(False)
    assert not net(np.ones(2)).requires_grad
    net.first.requires_grad_(True)
    net(np.ones(2)).sum().backward()
    assert net.gain.grad is None
    assert net.first.factor.grad is not None


def test_to_converts_parameters_gradients_and_float_buffers_in_place():
    net = Net()
    net.register_buffer("mean", np.zeros(2, np.float32))
    net(np.ones(2)).sum().backward()
    parameter = net.gain
    assert net.to("float64") is net
    assert net.gain is parameter
    assert parameter.dtype == parameter.grad.dtype == net.mean.dtype == np.float64
    assert net.seen.dtype == np.int64
    assert net(np.ones(2)).dtype == np.float64


def test_to_an_integer_dtype_is_refused():
    with pytest.raises(ArgumentError, match="int64 has no gradients"):
        Net().to(np.int64)


def test_dtype_is_that_of_the_first_own_parameter():
    assert Scale().dtype == np.float32
    assert nn.Sequential(Scale()).dtype is None


# --- hooks ----------------------------------------------------------------------------------


def test_hooks_run_in_order_around_forward():
    order = []

    class Recorded(nn.Module):
        def forward(self, x):
            order.append("forward")
            return x

    module = Recorded()
    module.register_forward_hook(lambda m, args, out: order.append("after 1"))
    module.register_forward_pre_hook(lambda m, args: order.append("before 1"))
    module.register_forward_hook(lambda m, args, out: order.append("after 2"))
    module.register_forward_pre_hook(lambda m, args: order.append("before 2"))
    assert module(1.0) == 1.0
    assert order == ["before 1", "before 2", "forward", "after 1", "after 2"]


def test_hooks_see_and_replace_arguments_and_output():
    layer = Scale(3.0)
    layer.register_forward_pre_hook(lambda module, args: args[0] + 1)
    layer.register_forward_pre_hook(lambda module, args: (args[0] * 2,))
    layer.register_forward_hook(lambda module, args, out: out + args[0])
    assert layer(1.0).item() == 3.0 * 4.0 + 4.0


def test_a_removed_hook_is_not_called_and_removing_twice_is_harmless():
    calls = []
    layer = Scale()
    remove = layer.register_forward_hook(lambda *args: calls.append("removed"))
    layer.register_forward_hook(lambda *args: calls.append("kept"))
    remove()
    remove()
    layer(1.0)
    assert calls == ["kept"]


def test_the_same_function_can_be_a_hook_twice():
    calls = []

    def hook(module, args):
        calls.append(None)

    layer = Scale()
    remove = layer.register_forward_pre_hook(hook)
    layer.register_forward_pre_hook(hook)
    layer(1.0)
    remove()
    layer(1.0)
    assert len(calls) == 3


def test_a_hook_may_remove_itself_while_it_runs():
    layer = Scale()
    removers = [layer.register_forward_hook(lambda *args: removers[0]())]
    layer.register_forward_hook(lambda module, args, out: out + 1)
    assert [layer(1.0).item(), layer(1.0).item()] == [2.0, 2.0]


# --- representation and copies --------------------------------------------------------------


def test_the_representation_is_a_tree():
    net = nn.Sequential(Scale(1.0), nn.Sequential(Scale(2.0)))
    assert repr(net) == (
        "Sequential(\n"
        "  (0): Scale(factor=1.0)\n"
        "  (1): Sequential(\n"
        "    (0): Scale(factor=2.0)\n"
        "  )\n"
        ")"
    )


def test_the_representation_of_a_module_with_both_says_its_own_first():
    module = Scale(5.0)
    module.inner = nn.Module()
    assert repr(module) == "Scale(\n  factor=5.0\n  (inner): Module()\n)"


def test_a_deep_copy_shares_nothing_and_keeps_what_was_shared_inside():
    net = nn.Sequential(Scale(2.0), Scale(3.0))
    net[1].factor = net[0].factor
    net[0].register_forward_hook(lambda module, args, out: out + 1)
    twin = copy.deepcopy(net)
    assert twin(1.0).item() == net(1.0).item() == 6.0
    assert twin[0].factor is twin[1].factor is not net[0].factor
    twin[0].factor.data = np.float32(10.0)
    assert net(1.0).item() == 6.0
    assert names(twin) == names(net)


# --- traces in the graph --------------------------------------------------------------------


def nodes(out):
    found, todo = [], [out]
    while todo:
        node = todo.pop()
        if node.op is not None:
            found.append(node)
            todo.extend(node.operands)
    return found


def scopes(out):
    return sorted({node.scope for node in nodes(out)})


def test_nodes_carry_the_path_of_the_module_that_made_them():
    model = nn.Sequential(Scale(), nn.Sequential(Scale(), Net()))
    assert scopes(model(np.ones(2))) == [
        "Sequential/0",
        "Sequential/1/0",
        "Sequential/1/1",
        "Sequential/1/1/blocks/0",
        "Sequential/1/1/blocks/1",
        "Sequential/1/1/first",
    ]


def test_the_outermost_module_goes_by_its_class_and_a_scope_of_the_user_comes_first():
    with ag.scope("experiment"):
        assert Scale()(1.0).scope == "experiment/Scale"
    assert Scale()(1.0).scope == "Scale"


def test_lists_in_lists_show_their_whole_path_whatever_was_built_first():
    inner = nn.ModuleList([Scale()])
    outer = nn.ModuleList([inner])
    holder = nn.Module()
    holder.layers = outer
    inner.append(Scale())
    assert inner[0](1.0).scope == "layers/0/0"
    assert inner[1](1.0).scope == "layers/0/1"


def test_modules_in_a_dict_show_the_name_of_the_dict():
    holder = nn.Module()
    holder.heads = nn.ModuleDict({"digit": Scale()})
    assert holder.heads["digit"](1.0).scope == "heads/digit"


def test_a_part_that_is_used_alone_goes_by_its_name():
    net = nn.Sequential(Scale(), Scale())
    assert net[1](1.0).scope == "1"
    assert net[1:](1.0).scope == "Sequential/1"


def test_the_scope_ends_when_forward_raises():
    class Failing(nn.Module):
        def forward(self, x):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        Failing()(1.0)
    assert (ag.Value(1.0) * 2.0).scope == ""


def test_a_node_of_a_layer_points_to_the_line_that_called_the_layer():
    layer = nn.Linear(2, 3)
    out = layer(np.ones((1, 2)))
    here = inspect.currentframe().f_lineno - 1
    at = source.locate((out.code, out.offset))
    assert (at.filename, at.line) == (__file__, here)


def test_a_node_of_a_users_module_points_into_its_forward():
    out = Net()(np.ones(2))
    lines = {source.locate((node.code, node.offset)).text for node in nodes(out)}
    assert "y = self.factor * x" in lines
    assert "x = self.first(x) * self.gain" in lines


def test_modules_run_in_several_threads_at_once():
    net = Net()
    found = {}

    def run(i):
        with ag.scope(f"thread{i}"):
            out = net(np.full(2, float(i)))
        found[i] = out.scope, out.data.tolist()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in range(4):
        expected = net(np.full(2, float(i)))
        assert found[i] == (f"thread{i}/{expected.scope}", expected.data.tolist())
