import pytest

from tfgan_zoo.data import replacing


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "kept.weights.h5"
    replacing.text(path, "old")
    with pytest.raises(RuntimeError), replacing.file(path) as beside:
        assert beside.name.endswith(".weights.h5") and beside.parent == path.parent
        beside.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    with replacing.file(path) as beside:
        beside.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new" and [*path.parent.iterdir()] == [path]


def test_a_name_as_long_as_names_may_be_is_written(tmp_path):
    path = tmp_path / ("n" * 251 + ".png")
    with replacing.file(path) as beside:
        assert beside.suffix == ".png"
        beside.write_text("new")
    assert path.read_text() == "new"


def test_a_folder_is_replaced_at_once_or_not_at_all(tmp_path):
    path = tmp_path / "folder"
    with replacing.folder(path) as beside:
        (beside / "a").write_text("old")
    with pytest.raises(RuntimeError), replacing.folder(path) as beside:
        (beside / "a").write_text("half")
        raise RuntimeError
    assert (path / "a").read_text() == "old"
    with replacing.folder(path, keep=True) as beside:
        (beside / "b").write_text("new")
    assert {file.name: file.read_text() for file in path.iterdir()} == {"a": "old", "b": "new"}
    with replacing.folder(path) as beside:
        (beside / "b").write_text("alone")
    assert [file.name for file in path.iterdir()] == ["b"] and [*tmp_path.iterdir()] == [path]
