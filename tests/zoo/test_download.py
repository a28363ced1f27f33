import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest

from tfgan_zoo import cli, zoo

CORE = {"config.json", "metadata.json", "model.weights.h5"}
INT8 = "tflite/tiny_256_int8.tflite"


def test_a_network_is_loaded_by_name_and_fetched_once(published):
    network = zoo.load("tiny")
    for mine, theirs in zip(network.get_weights(), zoo.load(published.tiny).get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    folder = zoo.find("tiny")
    assert folder.name == "tiny" and published.cache in folder.parents
    assert published.files(folder) == CORE
    assert sorted(path for path, _ in published.asked()) == sorted(CORE)
    assert zoo.metadata("tiny")["summary"] == "a test"
    (folder / "config.json").write_text("{}")  # is noticed and mended
    zoo.load("tiny")
    assert len(published.asked()) == 4


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, set()),
        ({"tflite": ["int8"]}, {INT8, "tflite/tiny_256_int8.json"}),
        ({"tflite": "int8"}, {INT8, "tflite/tiny_256_int8.json"}),
        ({"tflite": ["256"]}, {INT8, "tflite/tiny_256_int8.json", "tflite/tiny_256_int16x8.tflite"}),
        ({"tflite": ["fp16", "256_int16x8"]}, {"tflite/tiny_128_fp16.tflite", "tflite/tiny_256_int16x8.tflite"}),
        ({"saved_model": True}, {"saved_model/1/saved_model.pb",
                                 "saved_model/1/variables/variables.data-00000-of-00001"}),
    ],
)  # fmt: skip
def test_what_is_asked_for_comes(published, options, more):
    folder = zoo.download("tiny", **options)
    assert published.files(folder) == CORE | {"card.md"} | more
    for path in published.files(folder):
        assert (folder / path).read_bytes() == (published.tiny / path).read_bytes()


def test_all_is_all_but_hidden_files_and_what_it_has_not_is_said(published):
    assert published.files(zoo.download("tiny", everything=True)) == published.files(published.tiny) - {".hidden"}
    with pytest.raises(zoo.PresetError, match="no TFLite file of fp32; there are: tiny_"):
        zoo.download("tiny", tflite=["fp32"])


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
    assert sorted(path for path, _ in published.asked()) == sorted(CORE)


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
    assert published.files(folder) == CORE | {"card.md", INT8}
    assert [path for path, _ in published.asked()] == [INT8]


def test_what_the_package_has_needs_no_tree_though_its_card_is_missing(published, tiny, monkeypatch):
    """A wheel has networks and the files of one preset for phones, and no pictures."""
    shutil.copytree(tiny, zoo.bundled() / "tiny")
    (zoo.bundled() / "tiny" / "card.md").unlink()
    monkeypatch.delenv("TFGAN_ZOO_URL")
    assert zoo.download("tiny", tflite="int8") == zoo.bundled() / "tiny"
    with pytest.raises(zoo.PresetError, match=r"card\.md of tiny is not on this machine"):
        zoo.download("tiny", everything=True)


def test_a_link_in_the_cache_does_not_lead_out_of_it(published, tmp_path):
    folder = published.brought()
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
    assert published.files(folder) == published.files(published.tiny) - {".hidden"}
    assert cli.main(["download"]) == 2 and "which presets?" in capsys.readouterr().err
    assert cli.main(["download", "tinny"]) == 2 and "did you mean tiny?" in capsys.readouterr().err
    assert cli.main(["download", "tinny", "tiny"]) == 1
    said = capsys.readouterr()
    assert "did you mean tiny?" in said.err and said.out == f"{folder}\n", "the others come all the same"


def test_what_was_downloaded_is_not_annotated(published):
    folder = published.brought()
    with pytest.raises(zoo.PresetError, match="stays as it was published"):
        zoo.annotate("tiny", summary="mine")
    assert zoo.load("tiny") and zoo.metadata(folder)["summary"] == "a test" and not published.server.asked
