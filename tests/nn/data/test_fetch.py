"""Where data sets are looked for, what is downloaded, and what is said when there is nothing."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import io
import re
import sys
import tarfile
import threading
import zipfile

import pytest

from nn.data import DataError, MissingDataError, sources
from nn.data.fetch import Files, Remote

CONTENT = b"the content"


@pytest.fixture(autouse=True)
def no_data_folder(monkeypatch):
    monkeypatch.delenv("AUTOGRAD_DATA", raising=False)


def tarred(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return file.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as pack:
        for name, data in members.items():
            pack.writestr(name, data)
    return file.getvalue()


FORMS = {
    "a.txt": CONTENT,
    "a.txt.gz": gzip.compress(CONTENT),
    "below/a.txt": CONTENT,
    "pack.tar": tarred({"deep/below/a.txt": CONTENT, "deep/b.txt": b"other"}, "w"),
    "pack.tar.gz": tarred({"deep/a.txt": CONTENT}),
    "pack.tgz": tarred({"a.txt.gz": gzip.compress(CONTENT)}),
    "pack.zip": zipped({"deep/a.txt": CONTENT, "__MACOSX/deep/._a.txt": b"junk"}),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_file_is_found_in_every_form_in_a_folder(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(FORMS[name])
    assert Files("demo", "a.txt").read(tmp_path) == {"a.txt": CONTENT}


@pytest.mark.parametrize("name", [name for name in FORMS if "/" not in name])
def test_an_archive_or_file_may_be_given_instead_of_a_folder(tmp_path, name):
    (tmp_path / name).write_bytes(FORMS[name])
    assert Files("demo", "a.txt").read(str(tmp_path / name)) == {"a.txt": CONTENT}


def test_files_that_lie_openly_count_before_those_in_archives(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"newer")
    (tmp_path / "pack.zip").write_bytes(FORMS["pack.zip"])
    assert Files("demo", "a.txt").read(tmp_path) == {"a.txt": b"newer"}


def test_several_files_come_in_the_order_of_their_names(tmp_path):
    for name in ("b2.bin", "b1.bin", "c.bin"):
        (tmp_path / name).write_bytes(name.encode())
    found = Files("demo", lambda name: name.startswith("b")).read(tmp_path)
    assert list(found.items()) == [("b1.bin", b"b1.bin"), ("b2.bin", b"b2.bin")]


def test_the_environment_names_the_folder_above(tmp_path, monkeypatch):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "a.txt").write_bytes(CONTENT)
    monkeypatch.setenv("AUTOGRAD_DATA", str(tmp_path))
    assert Files("demo", "a.txt").read() == {"a.txt": CONTENT}


def test_a_folder_that_is_given_is_the_only_place(tmp_path, monkeypatch):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "a.txt").write_bytes(CONTENT)
    monkeypatch.setenv("AUTOGRAD_DATA", str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingDataError) as caught:
        Files("demo", "a.txt").read(tmp_path / "empty")
    message = str(caught.value)
    assert f"{tmp_path / 'empty'} (has no such file)" in message and "a.txt" in message


def test_without_folder_or_download_the_error_names_the_variable_and_the_remedy():
    with pytest.raises(MissingDataError, match=r"\$AUTOGRAD_DATA is not set.*Remedy: ask Ann"):
        Files("demo", "a.txt", remedy="ask Ann").read()


def test_a_place_that_does_not_exist_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match=r"nowhere.demo \(does not exist\)"):
        Files("demo", "a.txt", remedy="ask Ann").read()


def test_without_pooch_the_remedy_is_to_install_it_or_to_fetch_by_hand(monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    files = Files("demo", "a.txt", [Remote("https://example.org/a.txt", "0" * 64)])
    with pytest.raises(MissingDataError) as caught:
        files.read()
    for part in ("pip install", "[train]", "https://example.org/a.txt", "$AUTOGRAD_DATA/demo"):
        assert part in str(caught.value)


@pytest.mark.parametrize("name", ["pack.tar.gz", "pack.zip", "a.txt.gz"])
def test_damaged_files_are_refused_by_name(tmp_path, name):
    (tmp_path / name).write_bytes(FORMS[name][: len(FORMS[name]) * 2 // 3])
    with pytest.raises(DataError, match=re.escape(name)):
        Files("demo", "a.txt").read(tmp_path)


# --- the download, from a server of this process -----------------------------


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder that a web server shows, its address, and an empty cache."""
    pooch = pytest.importorskip("pooch")
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def remote(folder, address, name, data, digest=None):
    (folder / name).write_bytes(data)
    return Remote(f"{address}/{name}", digest or hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "pack.zip", "pack.tar.gz"])
def test_a_download_is_verified_unpacked_and_kept(served, name):
    folder, address = served
    files = Files("demo", "a.txt", [remote(folder, address, name, FORMS[name])])
    assert files.read() == {"a.txt": CONTENT}
    (folder / name).unlink()
    assert files.read() == {"a.txt": CONTENT}  # now from the cache


def test_local_data_are_not_downloaded_again(served, tmp_path, monkeypatch):
    folder, address = served
    files = Files("demo", "a.txt", [remote(folder, address, "a.txt", b"from the net")])
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "a.txt").write_bytes(CONTENT)
    monkeypatch.setenv("AUTOGRAD_DATA", str(tmp_path))
    assert files.read() == {"a.txt": CONTENT}


def test_content_with_another_hash_is_refused(served):
    folder, address = served
    files = Files("demo", "a.txt", [remote(folder, address, "a.txt", CONTENT, "0" * 64)])
    with pytest.raises(MissingDataError, match=r"hash|SHA256"):
        files.read()


def test_a_download_that_fails_names_the_address_and_the_remedy(monkeypatch):
    pooch = pytest.importorskip("pooch")

    def unreachable(url: str, **options: object) -> str:
        raise ConnectionError("no route to host")

    monkeypatch.setattr(pooch, "retrieve", unreachable)
    files = Files("demo", "a.txt", [Remote("https://example.org/gone", "0" * 64)])
    with pytest.raises(MissingDataError) as caught:
        files.read()
    message = str(caught.value)
    assert "download of https://example.org/gone failed: no route to host" in message
    assert "$AUTOGRAD_DATA is not set" in message and "Remedy: try again, or put" in message


def test_every_source_is_encrypted_and_has_a_whole_hash_or_says_how_to_get_it():
    parts = [
        part
        for table in (getattr(sources, name) for name in sources.__all__)
        for entry in (table.values() if isinstance(table, dict) else [table])
        for part in (entry if isinstance(entry, tuple) else [entry])
    ]
    assert len(parts) > 15
    for part in parts:
        assert bool(part.remotes) != bool(part.remedy)
        for source in part.remotes:
            assert source.url.startswith("https://")
            assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)
