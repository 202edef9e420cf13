"""A file is replaced all at once, whatever happens meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nn.saving import load, read_archive, save
from nn.saving.atomic import replacing

from .net import SUFFIXES, Net, content

ROOT = Path(__file__).parents[3]


def test_an_exception_while_writing_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.npz"
    save(Net(1), path)

    def full(*args: Any) -> None:
        raise OSError("no space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, full)
            with pytest.raises(OSError, match="no space"):
                save(Net(2), path)
        assert list(tmp_path.iterdir()) == [path]
        load(net := Net(), path)
        assert content(net) == content(Net(1))


def test_the_content_is_on_the_disk_before_the_name_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = []
    for name in ("fsync", "replace"):
        original = getattr(os, name)

        def noted(*args: Any, name: str = name, original: Any = original) -> Any:
            events.append(name)
            return original(*args)

        monkeypatch.setattr(os, name, noted)
    save(Net(1), tmp_path / "net.npz")
    assert events == ["fsync", "replace", "fsync"]  # the last one for the folder


@pytest.mark.skipif(os.name != "posix", reason="permissions and links are POSIX's")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "net.npz", tmp_path / "link.npz"
    before = os.umask(0o027)
    try:
        save(Net(1), path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640
    path.chmod(0o604)
    link.symlink_to(path)
    save(Net(2), link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o604
    load(net := Net(), path)
    assert content(net) == content(Net(2))


def test_two_writers_of_one_file_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    with replacing(path) as one, replacing(path) as two:
        one.write_text("one")
        two.write_text("two")
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


_WRITER = """
import sys, numpy as np
from nn.saving import write_archive
path, suffix = sys.argv[1:]
for version in range(1, 1_000_000):
    arrays = {f"x{i}": np.full(50_000, version, np.float32) for i in range(4)}
    write_archive(path, arrays, {"version": str(version)})
    if version == 1:
        print("ready", flush=True)
"""


def kill_while_saving(path: Path, times: int, seed: int) -> tuple[list[int], int]:
    """The versions that were there after each kill, and the kills that hit a file half written."""
    rng = random.Random(seed)
    versions, half = [], 0
    for _ in range(times):
        worker = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path), path.suffix],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert worker.stdout is not None
        with worker.stdout:
            assert worker.stdout.readline() == b"ready\n"
            time.sleep(rng.uniform(0.0, 0.03))
            for _ in range(10_000):  # until a file is being written; then somewhere within that
                if len(list(path.parent.iterdir())) > 1:
                    break
            time.sleep(rng.choice([0.0, rng.uniform(0.0, 0.002)]))
            worker.send_signal(signal.SIGKILL)
            assert worker.wait() == -signal.SIGKILL
        arrays, metadata = read_archive(path)
        version = int(metadata["version"])
        for array in arrays.values():
            assert (array == version).all()
        versions.append(version)
        left = [p for p in path.parent.iterdir() if p != path]
        half += bool(left)
        for p in left:
            p.unlink()
    return versions, half


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_killed_while_saving_a_whole_file_is_there(suffix: str, tmp_path: Path) -> None:
    _, half = kill_while_saving(tmp_path / f"x{suffix}", 5, seed=1)
    assert half > 0, "no kill came while a file was being written; the test says nothing"


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_killed_at_many_moments_a_whole_file_is_there(suffix: str, tmp_path: Path) -> None:
    versions, half = kill_while_saving(tmp_path / f"x{suffix}", 100, seed=2)
    assert len(set(versions)) > 1
    assert half > 20
