import copy
import json
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

import tfgan_zoo
from tfgan_zoo import cli, zoo
from tfgan_zoo.zoo import index, publishing

EXPORTED = Path(__file__).resolve().parents[2] / "exported"


def test_the_packages_index_fits_its_files():
    """`tfgan-zoo publish exported` writes it."""
    stored = index.read(EXPORTED / "index.json")
    assert stored == {folder.name: index.describe(folder, stored.get(folder.name)) for folder in EXPORTED.glob("*/")}
    assert (EXPORTED / "index.json").read_text() == index.dump(stored)
    for name, entry in stored.items():
        assert {"config.json", "model.weights.h5", "metadata.json", "card.md"} <= set(entry.files), name
        assert {"preview.png", "preview.jpg"} & set(entry.files), name


@pytest.fixture(name="stored")
def _stored(tiny):
    return json.loads(index.dump({"tiny": index.describe(tiny)}))


def parse(stored):
    return index.parse(json.dumps(stored).encode(), "an index")


def test_what_is_written_is_read(tiny, stored):
    (entry,) = parse(stored).values()
    assert entry == index.describe(tiny)
    assert sorted(entry.files) == sorted(
        path.relative_to(tiny).as_posix() for path in tiny.rglob("*") if path.is_file() and path.name != ".hidden"
    )
    for path, file in entry.files.items():
        assert (file.size, file.sha256) == ((tiny / path).stat().st_size, zoo.presets.sha256(tiny / path))


HOSTILE = [
    "", ".", "..", "../x", "x/../../y", "/etc/passwd", "x//y", "x/", "./x", "~/x", ".hidden", "x/.hidden", "C:\\x",
    "..\\x", "x\\..\\..\\y", "C:x", "\\\\host\\share", "x\0y", "x\ny", "x:stream", "con", "x/NUL.txt", "COM1", "x.",
    "x ", " x", "-x", "ä", "x\u202ey", "\uff0e\uff0e/x", "$HOME", "%2e%2e/x", "x*", "x?y", "x#y", "a" * 101,
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE, ids=[ascii(path[:12]) for path in HOSTILE])
def test_no_name_leads_out_of_the_cache(stored, path):
    other = copy.deepcopy(stored)
    other["presets"]["tiny"]["files"][path] = {"size": 1, "sha256": "0" * 64}
    with pytest.raises(zoo.PresetError, match="alone make a name"):
        parse(other)
    stored["presets"][path] = stored["presets"]["tiny"]
    with pytest.raises(zoo.PresetError, match="alone make a name"):
        parse(stored)


@pytest.mark.parametrize(
    ("path", "said"),
    [("Config.json", "twice but for case"), ("card.md/x", "as a file and as a folder"), ("TFLITE", "as a file and")],
)
def test_paths_that_get_in_each_others_way_are_refused(stored, path, said):
    stored["presets"]["tiny"]["files"][path] = {"size": 1, "sha256": "0" * 64}
    with pytest.raises(zoo.PresetError, match=said):
        parse(stored)


@pytest.mark.parametrize(
    "file",
    [
        None, [], "x", {}, {"size": 1}, {"sha256": "0" * 64}, {"size": -1, "sha256": "0" * 64},
        {"size": 1.0, "sha256": "0" * 64}, {"size": True, "sha256": "0" * 64}, {"size": "1", "sha256": "0" * 64},
        {"size": 1, "sha256": "0" * 63}, {"size": 1, "sha256": "A" * 64}, {"size": 1, "sha256": "0" * 64 + "\n"},
        {"size": 1, "sha256": 0},
    ],
)  # fmt: skip
def test_a_file_has_a_size_and_a_sha256(stored, file):
    stored["presets"]["tiny"]["files"]["card.md"] = file
    with pytest.raises(zoo.PresetError, match=r"card.md of tiny in an index needs a size and a sha256"):
        parse(stored)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda entry: entry.pop("files"), "has no files"),
        (lambda entry: entry["files"].pop("config.json"), r"has no config\.json"),
        (lambda entry: entry.update(version="0" * 16), "has version .*, not 0000000000000000"),
        (lambda entry: entry.update(version="../../x"), "has version"),
        (lambda entry: entry.update(needs=None), "must need versions of tfgan_zoo"),
        (lambda entry: entry.update(needs="os>=1"), "must need versions of tfgan_zoo"),
        (lambda entry: entry.update(needs="tfgan_zoo;;"), "must need versions of tfgan_zoo"),
    ],
)
def test_an_entry_says_all_that_it_must(stored, change, said):
    change(stored["presets"]["tiny"])
    with pytest.raises(zoo.PresetError, match=said):
        parse(stored)


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"3", b"{}", b'{"presets": []}', b'{"format": 2, "presets": {}}',
     b'{"format": 1, "presets": {"x": 1}}', b"\xff\xfe\x00", '{"format": 1, "presets": {}}'.encode("utf-16"),
     b"[" * 100_000, b'{"presets": {}}'],
)  # fmt: skip
def test_what_is_no_index_is_refused(text):
    with pytest.raises(zoo.PresetError, match="an index"):
        index.parse(text, "an index")


@pytest.mark.parametrize("kind", ["link to a file", "link to a folder", "pipe", "name"])
def test_only_plain_files_are_published(tiny, tmp_path, kind):
    folder = shutil.copytree(tiny, tmp_path / "tiny")
    if kind == "link to a file":
        (folder / "notes.md").symlink_to("/etc/passwd")
    elif kind == "link to a folder":
        (folder / "more").symlink_to("/etc")
    elif kind == "pipe":
        os.mkfifo(folder / "pipe")
    else:
        (folder / "my notes.md").write_text("x")
    with pytest.raises(zoo.PresetError, match=r"plain files alone|alone make a name"):
        zoo.publish(folder, tmp_path / "tree")
    assert not (tmp_path / "tree").exists()


def test_a_tree_grows_and_its_presets_are_replaced(tiny, tmp_path, capsys):
    tree = tmp_path / "tree"
    first, second = (shutil.copytree(tiny, tmp_path / name) for name in ("first", "second"))
    assert cli.main(["publish", str(first), "-o", str(tree)]) == 0
    digest = zoo.presets.sha256(tree / "index.json")
    assert capsys.readouterr().out == f"wrote {tree / 'index.json'}, sha256 {digest}\n"
    before = index.read(tree / "index.json")["first"]
    zoo.annotate(second, summary="another")
    assert cli.main(["publish", str(second), "-o", str(tree)]) == 0
    zoo.annotate(first, summary="new")
    zoo.publish(first, tree)
    entries = index.read(tree / "index.json")
    assert sorted(entries) == ["first", "second"]
    assert entries["first"].version != before.version
    for name, entry in entries.items():
        assert entry == index.describe(tree / name)
        assert zoo.metadata(tree / name)["summary"] == {"first": "new", "second": "another"}[name]
    assert not [path for path in tree.rglob(".*")]


def test_a_folder_can_be_its_own_tree(tiny, tmp_path):
    shutil.copytree(tiny, tmp_path / "presets" / "tiny")
    assert zoo.publish(tmp_path / "presets") == tmp_path / "presets" / "index.json"
    assert sorted(path.name for path in (tmp_path / "presets").iterdir()) == ["index.json", "tiny"]
    for place, said in (
        (tmp_path / "presets" / "tiny", "belongs into the folder above"),
        (tmp_path, "holds no preset"),
    ):
        with pytest.raises(zoo.PresetError, match=said):
            zoo.publish(place)


def test_a_tree_is_in_no_preset(tiny, tmp_path):
    preset = shutil.copytree(tiny, tmp_path / "mine" / "tiny")
    for folder in (preset, preset.parent):
        with pytest.raises(zoo.PresetError, match="tiny is a preset; its index belongs"):
            zoo.publish(folder, preset / "public")
    assert not (preset / "public").exists()


def test_two_who_publish_at_once_both_do(tiny, tmp_path, monkeypatch):
    """The second waits while the first, which has read the index already, copies."""
    mine = [shutil.copytree(tiny, tmp_path / name) for name in ("first", "second")]
    copy, began = publishing._copy, threading.Event()

    def slowly(*arguments):
        began.set()
        time.sleep(0.05)
        copy(*arguments)

    monkeypatch.setattr(publishing, "_copy", slowly)
    threads = [threading.Thread(target=zoo.publish, args=(folder, tmp_path / "tree")) for folder in mine]
    threads[0].start()
    assert began.wait(10)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert sorted(index.read(tmp_path / "tree" / "index.json")) == ["first", "second"]


def test_what_a_preset_needs_stays_until_it_changes(tiny, tmp_path, monkeypatch):
    version = tfgan_zoo.__version__
    zoo.publish(tiny.parent, tmp_path / "tree")
    monkeypatch.setattr(tfgan_zoo, "__version__", "7.0")
    zoo.publish(tiny.parent, tmp_path / "tree")
    assert index.describe(tiny).needs == "tfgan_zoo>=7.0"
    assert index.read(tmp_path / "tree" / "index.json")["tiny"].needs == f"tfgan_zoo>={version}"
    other = shutil.copytree(tiny, tmp_path / "other" / "tiny")
    zoo.annotate(other, summary="another")
    zoo.publish(other, tmp_path / "tree")
    assert index.read(tmp_path / "tree" / "index.json")["tiny"].needs == "tfgan_zoo>=7.0"


def test_a_preset_that_is_damaged_or_hidden_by_the_packages_is_not_published(tiny, tmp_path):
    folder = shutil.copytree(tiny, tmp_path / "resunet_photo")
    with pytest.raises(zoo.PresetError, match="the package has another preset resunet_photo, which comes first"):
        zoo.publish(folder, tmp_path / "tree")
    shutil.copytree(folder, tmp_path / "in_place" / "resunet_photo")
    with pytest.raises(zoo.PresetError, match="the package has another preset resunet_photo"):
        zoo.publish(tmp_path / "in_place")
    (folder / "config.json").write_text("{}")
    with pytest.raises(zoo.PresetError, match=r"config.json has sha256"):
        zoo.publish(folder, tmp_path / "tree")
    assert not (tmp_path / "tree").exists()
