"""Presets made to run code or to read what is not theirs: none of it happens, from a folder and over the network."""

import base64
import json
import marshal
import pickle
import shutil

import h5py
import pytest

from tfgan_zoo import networks, zoo


@pytest.fixture(name="mark")
def _mark(tmp_path):
    """A file that hostile code would make."""
    path = tmp_path / "mark"
    yield path
    assert not path.exists()


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    inner = networks.DCGANGenerator((28, 28, 1), 6, width=4, conditions={"kind": 3})
    return zoo.save(networks.Mixture(inner, (0.5, 0.25, 0.25)), tmp_path_factory.mktemp("presets") / "harmless")


@pytest.fixture(name="preset")
def _preset(harmless, tmp_path):
    return shutil.copytree(harmless, tmp_path / "presets" / "evil")


def change(folder, file, content):
    """Another content, with everything that vouches for it: whoever makes a preset can do so."""
    (folder / file).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    facts = json.loads((folder / "metadata.json").read_text())
    facts["files"][file] = zoo.presets.sha256(folder / file)
    (folder / "metadata.json").write_text(json.dumps(facts))


def refused(folder, said, published, monkeypatch):
    """From the folder, and from a tree whose index is trusted."""
    with pytest.raises(zoo.PresetError, match=said):
        zoo.load(folder)
    zoo.publish(folder, published.tree)
    monkeypatch.setenv("TFGAN_ZOO_INDEX", published.server.url)
    with pytest.raises(zoo.PresetError, match=said):
        zoo.load("evil")


class Code:
    def __init__(self, mark):
        self.mark = str(mark)

    def __reduce__(self):
        return open, (self.mark, "w")


@pytest.mark.parametrize("file", ["config.json", "model.weights.h5"])
def test_a_pickle_is_not_opened(preset, mark, file, published, monkeypatch):
    pickle.loads(pickle.dumps(Code(mark))).close()
    assert mark.exists()  # that is what it would do
    mark.unlink()
    change(preset, file, pickle.dumps(Code(mark)))
    refused(preset, f"{file}.* (describes no network|holds no weights for it)", published, monkeypatch)


def inside(folder):
    """The config of a mixture, and that of the generator inside."""
    config = json.loads((folder / "config.json").read_text())
    return config, config["config"]["generator"]


def lambda_of(mark) -> str:
    """How Keras keeps a function."""
    code = compile(f"open({str(mark)!r}, 'w')", "<hostile>", "eval")
    return base64.b64encode(marshal.dumps(code)).decode()


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"class_name": "__lambda__", "config": {"value": "CODE"}}, "describes no network"),
        ({"class_name": "function", "config": "system", "module": "os"}, "describes no network"),
        ({"class_name": "Lambda", "module": "keras.layers", "registered_name": None, "config": {"function": "CODE"}},
         "None is not a registered network"),
        ({"class_name": "Popen", "module": "subprocess", "registered_name": "Popen", "config": {"args": "true"}},
         "Popen is not a registered network"),
        ({"config": {"generator": {"class_name": "Lambda", "registered_name": "Lambda", "config": {}}}},
         "Lambda is not a registered network"),
        ({"config": {"width": [{"class_name": "Lambda", "registered_name": "Lambda", "config": {}}]}},
         "Lambda is not a registered network"),
        ({"registered_name": ["tfgan_zoo>DCGANGenerator"]}, "describes no network"),
    ],
)  # fmt: skip
def test_a_config_names_networks_alone(preset, mark, part, said, published, monkeypatch):
    config, generator = inside(preset)
    generator.update(json.loads(json.dumps(part).replace("CODE", lambda_of(mark))))
    change(preset, "config.json", config)
    refused(preset, said, published, monkeypatch)


def test_nothing_is_compiled(preset):
    config, generator = inside(preset)
    generator["compile_config"] = {"optimizer": "adam", "loss": "mse"}
    change(preset, "config.json", config)
    assert not zoo.load(preset).generator.compiled


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "3", '{"registered_name": "tfgan_zoo>DnCNN"}',
     '{"registered_name": "tfgan_zoo>DnCNN", "config": []}',
     '{"registered_name": "tfgan_zoo>DnCNN", "config": {"code": "x"}}', "[" * 100_000],
    ids=lambda text: text[:50],
)  # fmt: skip
def test_a_config_that_is_none_is_refused(preset, text, published, monkeypatch):
    change(preset, "config.json", text.encode())
    refused(preset, "config.json describes no network", published, monkeypatch)


def test_metadata_that_are_no_object_are_refused(preset):
    for text in ("[" * 100_000, "[]", "{"):
        (preset / "metadata.json").write_text(text)
        with pytest.raises(zoo.PresetError, match=r"metadata.json (is not JSON|does not say)"):
            zoo.load(preset)


def replace_weights(path, kind, secret):
    """Puts in place of a network's first array one that is kept in another way."""
    names = []
    with h5py.File(path, "r+") as file:
        file.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        name, values = names[0], file[names[0]][()]
        with h5py.File(secret, "w") as other:
            other["x"] = values
        del file[name]
        if kind == "plain":
            file[name] = values
        elif kind == "external link":
            file[name] = h5py.ExternalLink(str(secret), "x")
        elif kind == "soft link":
            file["elsewhere"] = values
            file[name] = h5py.SoftLink("/elsewhere")
        elif kind == "external data":
            file.create_dataset(name, values.shape, values.dtype, external=[(str(secret), 0, values.nbytes)])
        else:
            layout = h5py.VirtualLayout(values.shape, values.dtype)
            layout[...] = h5py.VirtualSource(str(secret), "x", values.shape)
            file.create_virtual_dataset(name, layout)
        assert file[name].shape == values.shape  # HDF5 itself would follow


@pytest.mark.parametrize("kind", ["external link", "soft link", "external data", "virtual"])
def test_weights_do_not_read_other_files(tiny, kind, tmp_path, published, monkeypatch):
    preset = shutil.copytree(tiny, tmp_path / "evil")
    weights = preset / "model.weights.h5"
    replace_weights(weights, "plain", tmp_path / "secret.h5")
    change(preset, weights.name, weights.read_bytes())
    zoo.load(preset)
    replace_weights(weights, kind, tmp_path / "secret.h5")
    change(preset, weights.name, weights.read_bytes())
    refused(preset, "holds no weights for it", published, monkeypatch)


def test_other_files_of_a_preset_are_not_run(preset, mark, published, monkeypatch):
    for name in ("__init__.py", "networks.py", "config.py", "keras.py", "conftest.py", "model.pkl", "setup.pth"):
        (preset / name).write_text(f"open({str(mark)!r}, 'w')")
    facts = json.loads((preset / "metadata.json").read_text())
    facts |= {"name": "../../evil", "recipe": "../../evil", "files": {**facts["files"], "../../x": "0" * 64}}
    (preset / "metadata.json").write_text(json.dumps(facts))
    assert zoo.load(preset).name == "evil"
    zoo.publish(preset, published.tree)
    monkeypatch.setenv("TFGAN_ZOO_INDEX", published.server.url)
    monkeypatch.chdir(zoo.download("evil", everything=True))
    assert zoo.load("evil").name == "evil"
