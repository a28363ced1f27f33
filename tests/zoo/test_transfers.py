"""What a network and a disk can do to a transfer, and what then is there."""

import errno
import io
import os
import shutil
import socket
import threading
import types

import pytest

from tfgan_zoo import zoo
from tfgan_zoo.zoo import downloading, transfers, web

INT8 = "tflite/tiny_256_int8.tflite"


def test_a_transfer_that_breaks_off_is_gone_on_with(published):
    published.brought()
    cut = published.server.answering(send=140_000)
    published.server.script[f"/tiny/{INT8}"] = [cut, cut]
    folder = zoo.download("tiny", tflite=["256_int8"])
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()
    spans = [span for path, span in published.asked() if path == INT8]
    assert spans == [None, "bytes=131072-", "bytes=262144-"]


def test_so_is_one_that_was_given_up_and_one_of_a_killed_process(published):
    folder = published.brought()
    published.server.script[f"/tiny/{INT8}"] = [
        published.server.answering(send=140_000), *[published.server.answer(503)] * web.ATTEMPTS]  # fmt: skip
    with pytest.raises(zoo.PresetError, match=r"int8.tflite cannot be read, tried 5 times: it answers 503"):
        zoo.download("tiny", tflite=["int8"])
    assert not (folder / INT8).exists() and (folder / "tflite/.tiny_256_int8.tflite.part").stat().st_size == 131072
    zoo.download("tiny", tflite=["int8"])
    assert published.server.asked[-1][1] == "bytes=131072-"
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()


def test_progress_counts_every_byte_once(published, monkeypatch):
    bars = []

    class Bar(downloading.tqdm.tqdm):
        def __init__(self, **options):
            super().__init__(**{**options, "disable": False, "file": io.StringIO()})
            bars.append(self)

    monkeypatch.setattr(downloading.tqdm, "tqdm", Bar)
    published.server.script[f"/tiny/{INT8}"] = [
        published.server.answering(send=140_000), published.server.answering(ranges=False)]  # fmt: skip
    folder = zoo.download("tiny", tflite=["int8"])
    assert [bar.n for bar in bars] == [bar.total for bar in bars]
    assert bars[0].total == sum((folder / path).stat().st_size for path in published.files(folder))


@pytest.mark.parametrize("length", [1000, 300_000, 400_000])
def test_what_another_file_left_is_no_beginning(published, length):
    folder = published.brought()
    (folder / "tflite").mkdir()
    (folder / "tflite/.tiny_256_int8.tflite.part").write_bytes(b"x" * length)
    zoo.download("tiny", tflite=["int8"])
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()


@pytest.mark.parametrize("options", [{"ranges": False}, {"ranges": False, "length": False}])
def test_a_server_that_sends_all_again_is_understood(published, options):
    folder = published.brought()
    published.server.script[f"/tiny/{INT8}"] = [
        published.server.answering(send=140_000), published.server.answering(**options)]  # fmt: skip
    zoo.download("tiny", tflite=["int8"])
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()


def test_another_content_is_deleted_and_said(published):
    folder = published.brought()
    (published.tree / "tiny" / INT8).write_bytes(bytes(300_000))
    expected = zoo.presets.sha256(published.tiny / INT8)
    got = zoo.presets.sha256(published.tree / "tiny" / INT8)
    with pytest.raises(zoo.PresetError, match=f"int8.tflite has sha256 {got}, the index says {expected}; it was del"):
        zoo.download("tiny", tflite=["256_int8"])
    assert not {path for path in published.files(folder) if "tflite" in path and "json" not in path}
    assert len([path for path, _ in published.asked() if path == INT8]) == 1


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize(("size", "said"), [(299_999, "has 299999 bytes"), (300_001, "has (300001|more than 300000) ")])
def test_another_length_is_refused(published, length, size, said):
    folder = published.brought()
    content = (published.tiny / INT8).read_bytes()[:size].ljust(size)
    (published.tree / "tiny" / INT8).write_bytes(content)
    published.server.script[f"/tiny/{INT8}"] = [published.server.answering(length=length)] * 9
    if not length and size < 300_000:
        said = "is cut: it ends after 299999 of 300000 bytes"
    with pytest.raises(zoo.PresetError, match=said):
        zoo.download("tiny", tflite=["int8"])
    assert "tflite/.tiny_256_int8.tflite.part" not in published.files(folder) and INT8 not in published.files(folder)


def test_a_server_that_fails_is_asked_again_after_pauses(published, monkeypatch):
    published.brought()
    pauses = []
    monkeypatch.setattr(web, "time", types.SimpleNamespace(sleep=pauses.append))  # other threads sleep as they do
    monkeypatch.setattr(web, "FIRST_PAUSE", 1.0)
    answer = published.server.answer
    published.server.script[f"/tiny/{INT8}"] = [
        answer(500), answer(503), answer(429, Retry_After="7"), answer(502, Retry_After="100000")]  # fmt: skip
    zoo.download("tiny", tflite=["int8"])
    assert 0.5 <= pauses[0] <= 1 and 1 <= pauses[1] <= 2 and pauses[2:] == [7, web.LONGEST_PAUSE]


@pytest.mark.parametrize("when", ["before the first byte", "midway"])
def test_a_server_that_is_silent_is_asked_again(published, when, monkeypatch):
    folder = published.brought()
    monkeypatch.setattr(web, "TIMEOUT", (10, 2))
    waiting = threading.Event()

    def silent(handler, file):
        if when == "midway":
            published.server.answering(send=0)(handler, file)
            handler.wfile.write(file.read_bytes()[:70_000])
        waiting.wait(30)

    published.server.script[f"/tiny/{INT8}"] = [silent]
    try:
        zoo.download("tiny", tflite=["int8"])
    finally:
        waiting.set()
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()
    assert len([path for path, _ in published.asked() if path == INT8]) >= 2


def test_a_connection_that_is_cut_while_it_is_made_safe_is_made_again(published, monkeypatch):
    """A server that closes at once where https begins."""
    published.brought()
    with socket.create_server(("127.0.0.1", 0)) as server:
        met = []

        def cut():
            for _ in range(web.ATTEMPTS):
                connection, _ = server.accept()
                met.append(connection.recv(1))
                connection.close()

        thread = threading.Thread(target=cut)
        thread.start()
        monkeypatch.setenv("TFGAN_ZOO_URL", f"https://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(zoo.PresetError, match=f"cannot be read, tried {web.ATTEMPTS} times"):
            zoo.download("tiny", tflite=["int8"])
        thread.join()
    assert len(met) == web.ATTEMPTS


@pytest.mark.parametrize(
    ("status", "said", "times"),
    [(403, "answers 403 Forbidden", 1), (418, "answers 418", 1), (500, "tried 5 times: it answers 500", web.ATTEMPTS)],
)
def test_a_refusal_is_said(published, status, said, times):
    published.brought()
    published.server.script[f"/tiny/{INT8}"] = [published.server.answer(status)] * times
    with pytest.raises(zoo.PresetError, match=said):
        zoo.download("tiny", tflite=["256_int8"])
    assert [path for path, _ in published.asked()].count(INT8) == times


def test_what_is_not_there_is_said_with_what_is(published):
    shutil.move(published.tree / "tiny", published.tree / "tinny")
    with pytest.raises(zoo.PresetError, match=r"config.json is not there \(404\); published there: tiny"):
        zoo.load("tiny")
    (published.tree / "index.json").unlink()
    with pytest.raises(zoo.PresetError, match=r"has no index either"):
        zoo.load("tiny")
    with pytest.raises(zoo.PresetError, match=r"there is no preset tinny; did you mean tiny\? Known: tiny"):
        zoo.load("tinny")
    with pytest.raises(zoo.PresetError, match=r"no preset tinny to download; did you mean tiny\?"):
        zoo.download("tinny")


def test_redirections_are_followed_but_not_to_a_file_and_not_for_ever(published):
    folder = published.brought()
    shutil.move(published.tree / "tiny/tflite", published.tree / "moved")
    here, there = f"/tiny/{INT8}", "/moved/tiny_256_int8.tflite"
    moved = published.server.answer(302, Location=there)
    published.server.script |= {here: [moved, moved], there: [published.server.answering(send=140_000)]}
    zoo.download("tiny", tflite=["256_int8.tflite"])
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()
    assert (there, "bytes=131072-") in published.server.asked
    (folder / INT8).unlink()
    for target, said in ((f"file://{published.tiny / INT8}", "No connection adapters"), (here, "redirects")):
        published.server.script[here] = [published.server.answer(302, Location=target)] * 40
        with pytest.raises(zoo.PresetError, match=said):
            zoo.download("tiny", tflite=["256_int8.tflite"])


def test_no_network_is_said(published):
    published.server.shutdown()
    published.server.server_close()
    with pytest.raises(zoo.PresetError, match=r"config.json cannot be read, tried 5 times: .*refused"):
        zoo.load("tiny")


def test_a_full_disk_is_said_and_left_as_it_was(published, monkeypatch):
    folder = published.brought()
    before = published.files(published.cache)

    class Full:
        def __init__(self, *arguments):
            self.file = open(*arguments)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def tell(self):
            return self.file.tell()

        def write(self, chunk):
            if self.file.tell() > 100_000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.file.write(chunk)

    monkeypatch.setattr(transfers, "open", Full, raising=False)
    with pytest.raises(zoo.PresetError, match=r"the disk is full: there is no room for .*int8\.tflite"):
        zoo.download("tiny", tflite=["256_int8.tflite"])
    assert published.files(published.cache) == before and not (folder / INT8).exists()


def test_a_cache_that_cannot_be_written_is_said(published, monkeypatch):
    published.cache.write_text("a file")
    with pytest.raises(zoo.PresetError, match=r"cannot be written: .* TFGAN_ZOO_CACHE names another folder"):
        zoo.load("tiny")
