import errno
import io
import os
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest

from tfgan_zoo import cli, zoo
from tfgan_zoo.zoo import downloading, transfers, web

CORE = {"config.json", "metadata.json", "model.weights.h5"}
INT8 = "tflite/tiny_256_int8.tflite"


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def leftovers(cache):
    return {path for path in files(cache) if not path.endswith(".lock")}


def cached(published):
    """As after `zoo.find`, so that only what a test is about is still to come."""
    folder = zoo.download("tiny")
    published.server.asked.clear()
    return folder


def asked(published):
    return [(path.removeprefix("/tiny/"), span) for path, span in published.server.asked]


def test_a_network_is_loaded_by_name_and_fetched_once(published):
    network = zoo.load("tiny")
    for mine, theirs in zip(network.get_weights(), zoo.load(published.tiny).get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    folder = zoo.find("tiny")
    assert folder.name == "tiny" and published.cache in folder.parents
    assert files(folder) == CORE
    assert sorted(path for path, _ in asked(published)) == sorted(CORE)
    assert zoo.metadata("tiny")["summary"] == "a test"
    (folder / "config.json").write_text("{}")  # is noticed and mended
    zoo.load("tiny")
    assert len(asked(published)) == 4


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, set()),
        ({"tflite": ["int8"]}, {INT8, "tflite/tiny_256_int8.json"}),
        ({"tflite": ["256"]}, {INT8, "tflite/tiny_256_int8.json", "tflite/tiny_256_int16x8.tflite"}),
        ({"tflite": ["fp16", "256_int16x8"]}, {"tflite/tiny_128_fp16.tflite", "tflite/tiny_256_int16x8.tflite"}),
        ({"saved_model": True}, {"saved_model/1/saved_model.pb",
                                 "saved_model/1/variables/variables.data-00000-of-00001"}),
    ],
)  # fmt: skip
def test_what_is_asked_for_comes(published, options, more):
    folder = zoo.download("tiny", **options)
    assert files(folder) == CORE | {"card.md"} | more
    for path in files(folder):
        assert (folder / path).read_bytes() == (published.tiny / path).read_bytes()


def test_all_is_all_but_hidden_files_and_what_it_has_not_is_said(published):
    assert files(zoo.download("tiny", everything=True)) == files(published.tiny) - {".hidden"}
    with pytest.raises(zoo.PresetError, match="no TFLite file of fp32; there are: tiny_"):
        zoo.download("tiny", tflite=["fp32"])


def test_a_transfer_that_breaks_off_is_gone_on_with(published):
    cached(published)
    cut = published.server.answering(send=140_000)
    published.server.script[f"/tiny/{INT8}"] = [cut, cut]
    folder = zoo.download("tiny", tflite=["256_int8"])
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()
    spans = [span for path, span in asked(published) if path == INT8]
    assert spans == [None, "bytes=131072-", "bytes=262144-"]


def test_so_is_one_that_was_given_up_and_one_of_a_killed_process(published):
    folder = cached(published)
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
    assert bars[0].total == sum((folder / path).stat().st_size for path in files(folder))


@pytest.mark.parametrize("length", [1000, 300_000, 400_000])
def test_what_another_file_left_is_no_beginning(published, length):
    folder = cached(published)
    (folder / "tflite").mkdir()
    (folder / "tflite/.tiny_256_int8.tflite.part").write_bytes(b"x" * length)
    zoo.download("tiny", tflite=["int8"])
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()


@pytest.mark.parametrize("options", [{"ranges": False}, {"ranges": False, "length": False}])
def test_a_server_that_sends_all_again_is_understood(published, options):
    folder = cached(published)
    published.server.script[f"/tiny/{INT8}"] = [
        published.server.answering(send=140_000), published.server.answering(**options)]  # fmt: skip
    zoo.download("tiny", tflite=["int8"])
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()


def test_another_content_is_deleted_and_said(published):
    folder = cached(published)
    (published.tree / "tiny" / INT8).write_bytes(bytes(300_000))
    expected = zoo.presets.sha256(published.tiny / INT8)
    got = zoo.presets.sha256(published.tree / "tiny" / INT8)
    with pytest.raises(zoo.PresetError, match=f"int8.tflite has sha256 {got}, the index says {expected}; it was del"):
        zoo.download("tiny", tflite=["256_int8"])
    assert not {path for path in files(folder) if "tflite" in path and "json" not in path}
    assert len([path for path, _ in asked(published) if path == INT8]) == 1


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize(("size", "said"), [(299_999, "has 299999 bytes"), (300_001, "has (300001|more than 300000) ")])
def test_another_length_is_refused(published, length, size, said):
    folder = cached(published)
    content = (published.tiny / INT8).read_bytes()[:size].ljust(size)
    (published.tree / "tiny" / INT8).write_bytes(content)
    published.server.script[f"/tiny/{INT8}"] = [published.server.answering(length=length)] * 9
    if not length and size < 300_000:
        said = "is cut: it ends after 299999 of 300000 bytes"
    with pytest.raises(zoo.PresetError, match=said):
        zoo.download("tiny", tflite=["int8"])
    assert "tflite/.tiny_256_int8.tflite.part" not in files(folder) and INT8 not in files(folder)


def test_a_server_that_fails_is_asked_again_after_pauses(published, monkeypatch):
    cached(published)
    pauses = []
    monkeypatch.setattr(web.time, "sleep", pauses.append)
    monkeypatch.setattr(web, "FIRST_PAUSE", 1.0)
    answer = published.server.answer
    published.server.script[f"/tiny/{INT8}"] = [
        answer(500), answer(503), answer(429, Retry_After="7"), answer(502, Retry_After="100000")]  # fmt: skip
    zoo.download("tiny", tflite=["int8"])
    assert 0.5 <= pauses[0] <= 1 and 1 <= pauses[1] <= 2 and pauses[2:] == [7, web.LONGEST_PAUSE]


@pytest.mark.parametrize("when", ["before the first byte", "midway"])
def test_a_server_that_is_silent_is_asked_again(published, when, monkeypatch):
    folder = cached(published)
    monkeypatch.setattr(web, "TIMEOUT", (10, 0.3))
    waiting = threading.Event()

    def silent(handler, file):
        if when == "midway":
            published.server.answering(send=0)(handler, file)
            handler.wfile.write(file.read_bytes()[:70_000])
        waiting.wait(30)

    published.server.script[f"/tiny/{INT8}"] = [silent]
    zoo.download("tiny", tflite=["int8"])
    waiting.set()
    assert (folder / INT8).read_bytes() == (published.tiny / INT8).read_bytes()
    assert len([path for path, _ in asked(published) if path == INT8]) >= 2


@pytest.mark.parametrize(
    ("status", "said", "times"),
    [(403, "answers 403 Forbidden", 1), (418, "answers 418", 1), (500, "tried 5 times: it answers 500", web.ATTEMPTS)],
)
def test_a_refusal_is_said(published, status, said, times):
    cached(published)
    published.server.script[f"/tiny/{INT8}"] = [published.server.answer(status)] * times
    with pytest.raises(zoo.PresetError, match=said):
        zoo.download("tiny", tflite=["256_int8"])
    assert [path for path, _ in asked(published)].count(INT8) == times


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
    folder = cached(published)
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


def test_offline_nothing_is_asked_for(published, monkeypatch):
    monkeypatch.setenv("TFGAN_ZOO_OFFLINE", "1")
    with pytest.raises(zoo.PresetError, match=r"TFGAN_ZOO_OFFLINE is set, and .*config.json is on the network"):
        zoo.load("tiny")
    monkeypatch.setenv("TFGAN_ZOO_OFFLINE", "0")
    zoo.load("tiny")
    published.server.asked.clear()
    monkeypatch.setenv("TFGAN_ZOO_OFFLINE", "1")
    zoo.load("tiny")
    assert not published.server.asked


def test_a_full_disk_is_said_and_left_as_it_was(published, monkeypatch):
    folder = cached(published)
    before = leftovers(published.cache)

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
    assert leftovers(published.cache) == before and not (folder / INT8).exists()


def test_a_cache_that_cannot_be_written_is_said(published, monkeypatch):
    published.cache.write_text("a file")
    with pytest.raises(zoo.PresetError, match=r"cannot be written: .* TFGAN_ZOO_CACHE names another folder"):
        zoo.load("tiny")


def test_two_processes_fetch_a_preset_once(published):
    """The server holds the first file back until one process says that it waits for the other."""
    waits = threading.Event()
    published.server.script["/tiny/config.json"] = [
        published.server.answering(hold=lambda: waits.wait(300)), published.server.answering()]  # fmt: skip
    code = (
        f"import tfgan_zoo; tfgan_zoo.__file__ = {sys.modules['tfgan_zoo'].__file__!r}\n"
        "from tfgan_zoo.zoo import web; web.TIMEOUT = (300, 300)\n"
        "from tfgan_zoo import zoo; print(zoo.find('tiny'))"
    )
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen([sys.executable, "-c", code], **pipes) for _ in range(2)]
    said = []

    def listen(process):
        for line in process.stderr:
            said.append(line)
            if "waiting for another process that downloads tiny" in line:
                waits.set()

    listeners = [threading.Thread(target=listen, args=(process,)) for process in processes]
    for listener in listeners:
        listener.start()
    printed = [process.stdout.read().strip() for process in processes]
    for process, listener in zip(processes, listeners):
        listener.join()
        process.stdout.close(), process.stderr.close()
        assert process.wait() == 0, said
    assert waits.is_set()
    assert printed == [str(zoo.find("tiny"))] * 2
    assert sorted(path for path, _ in asked(published)) == sorted(CORE)


@pytest.mark.parametrize("form", ["{tree}", "file://{tree}", "file://localhost{tree}/index.json"])
def test_a_folder_is_a_tree_too(published, form, monkeypatch):
    monkeypatch.setenv("TFGAN_ZOO_URL", form.format(tree=published.tree))
    monkeypatch.setenv("TFGAN_ZOO_OFFLINE", "1")
    assert zoo.load("tiny").channels == 1
    assert not published.server.asked
    for size, said in ((10, "has 10 bytes"), (400_000, "more than 300000")):
        (published.tree / "tiny" / INT8).write_bytes(bytes(size))
        with pytest.raises(zoo.PresetError, match=said):
            zoo.download("tiny", tflite=["256_int8.tflite"])
    (published.tree / "tiny" / INT8).unlink()
    with pytest.raises(zoo.PresetError, match="is not there; published there: tiny"):
        zoo.download("tiny", tflite=["256_int8.tflite"])


@pytest.mark.parametrize(
    "url", ["ftp://host/tree", "https:///tree", "file://elsewhere/tree", "hf://owner", "hf://owner/a@b@c"]
)
def test_no_other_place_is_taken(published, url, monkeypatch):
    monkeypatch.setenv("TFGAN_ZOO_URL", url)
    with pytest.raises(zoo.PresetError, match=r"presets come from|is not hf://"):
        zoo.load("tiny")


def test_without_a_place_it_says_what_is_missing(published, monkeypatch):
    monkeypatch.delenv("TFGAN_ZOO_URL")
    with pytest.raises(zoo.PresetError, match=r"config.json of tiny is not on this machine; TFGAN_ZOO_URL must say"):
        zoo.load("tiny")


def test_secrets_of_a_url_are_sent_and_not_said(published, monkeypatch):
    monkeypatch.setenv("TFGAN_ZOO_URL", published.server.url.replace("//", "//me:word@") + "/?signature=abc")
    zoo.load("tiny")
    published.server.script[f"/tiny/{INT8}"] = [published.server.answer(403)]
    with pytest.raises(zoo.PresetError) as error:
        zoo.download("tiny", tflite=["256_int8.tflite"])
    assert "tiny_256_int8.tflite answers 403" in str(error.value)
    assert "word" not in str(error.value) and "abc" not in str(error.value)


def test_what_the_package_has_is_not_fetched(published, tiny):
    bundle = zoo.bundled() / "tiny"
    shutil.copytree(tiny, bundle)
    assert zoo.find("tiny") == bundle and zoo.download("tiny", everything=True) == bundle
    shutil.rmtree(bundle / "tflite")  # as in a wheel
    folder = zoo.download("tiny", tflite=["256_int8.tflite"])
    assert files(folder) == CORE | {"card.md", INT8}
    assert [path for path, _ in asked(published)] == [INT8]


def test_a_link_in_the_cache_does_not_lead_out_of_it(published, tmp_path):
    folder = cached(published)
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / "tflite").symlink_to(outside)
    with pytest.raises(zoo.PresetError, match="a link that leads out of the cache"):
        zoo.download("tiny", tflite=["int8"])
    (folder / "tflite").unlink()
    (folder / "tflite").mkdir()
    precious = outside / "precious"
    precious.write_bytes(b"x")
    (folder / "tflite/.tiny_256_int8.tflite.part").symlink_to(precious)
    zoo.download("tiny", tflite=["int8"])
    assert precious.read_bytes() == b"x" and not (folder / INT8).is_symlink()


def test_the_command_prints_where_they_are(published, capsys):
    assert cli.main(["list"]) == 0
    assert capsys.readouterr().out.split() == ["tiny", "(tfgan-zoo", "download", "tiny)"]
    assert cli.main(["download", "tiny", "--tflite", "int8"]) == 0
    folder = zoo.find("tiny")
    assert capsys.readouterr().out == f"{folder}\n" and (folder / INT8).exists()
    assert cli.main(["download", "--all", "--tflite", "int8"]) == 0
    assert files(folder) == files(published.tiny) - {".hidden"}
    assert cli.main(["download"]) == 2 and "which presets?" in capsys.readouterr().err
    assert cli.main(["download", "tinny"]) == 2 and "did you mean tiny?" in capsys.readouterr().err
