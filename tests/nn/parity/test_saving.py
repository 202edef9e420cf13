"""Files of PyTorch's models are loaded by name, and ours by PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn

torch = pytest.importorskip("torch")
torch_files = pytest.importorskip("safetensors.torch")


def networks(dtype: Any = None) -> tuple[Any, Any]:
    torch.manual_seed(0)
    ours = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2, bias=False))
    theirs = torch.nn.Sequential(
        torch.nn.Linear(3, 4),
        torch.nn.BatchNorm1d(4),
        torch.nn.Tanh(),
        torch.nn.Linear(4, 2, bias=False),
    )
    theirs(torch.randn(7, 3))  # so that the running means are not those of the start
    return ours.eval(), theirs.to(dtype).eval()


def test_a_file_that_pytorch_wrote(tmp_path: Path) -> None:
    ours, theirs = networks()
    torch_files.save_model(theirs, str(tmp_path / "theirs.safetensors"))
    nn.load(ours, tmp_path / "theirs.safetensors")
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(
        ours(x).data, theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-5, atol=1e-6
    )
    for name, tensor in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[name], tensor.numpy())


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
def test_other_dtypes_are_converted(dtype: str, tmp_path: Path) -> None:
    ours, theirs = networks(getattr(torch, dtype))
    torch_files.save_model(theirs, str(tmp_path / "theirs.safetensors"))
    nn.load(ours, tmp_path / "theirs.safetensors")
    for name, tensor in theirs.state_dict().items():
        expected = tensor.to(torch.float32) if tensor.is_floating_point() else tensor
        np.testing.assert_array_equal(ours.state_dict()[name], expected.numpy())


def test_a_file_that_we_wrote(tmp_path: Path) -> None:
    ours, theirs = networks()
    nn.save(ours, tmp_path / "ours.safetensors")
    missing, unexpected = torch_files.load_model(theirs, str(tmp_path / "ours.safetensors"))
    assert not missing
    assert not unexpected
    for name, tensor in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[name], tensor.numpy())
