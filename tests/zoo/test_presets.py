import json
from pathlib import Path

import keras
import numpy as np
import pytest

from tfgan_zoo import networks, zoo

EXPORTED = Path(__file__).resolve().parents[2] / "exported"


@pytest.fixture(name="preset")
def _preset(tmp_path):
    network = networks.ResUNet(1, widths=(8, 12), blocks=(1, 1), noise_map=True, dtype="mixed_bfloat16")
    return zoo.save(network, tmp_path / "mine", summary="a test", training={"photos": 4}), network


def test_what_is_saved_is_loaded(preset):
    folder, network = preset
    again = zoo.load(folder)
    for one, other in zip(again.get_weights(), network.get_weights()):
        np.testing.assert_array_equal(one, other)
    assert again.compute_dtype == "float32" and again.noise_map
    assert zoo.load(folder, dtype="mixed_bfloat16").compute_dtype == "bfloat16"


def test_metadata_tells_size_and_origin(preset):
    folder, network = preset
    facts = zoo.metadata(folder)
    assert facts["name"] == "mine" and facts["summary"] == "a test" and facts["training"] == {"photos": 4}
    assert facts["parameters"] == network.count_params()
    assert set(facts["files"]) == {"config.json", "model.weights.h5"}
    zoo.annotate(folder, protocols={"awgn-gray": 1})
    assert zoo.metadata(folder)["protocols"] == {"awgn-gray": 1}
    zoo.load(folder)


def test_saving_again_replaces_the_network_and_keeps_the_rest(preset):
    folder, _ = preset
    (folder / "card.md").write_text("a card")
    zoo.save(networks.DnCNN(3, depth=3, width=4), folder)
    assert zoo.load(folder).channels == 3
    assert (folder / "card.md").read_text() == "a card"
    assert sorted(path.name for path in folder.parent.iterdir()) == ["mine"]


def test_half_precision_halves_the_file_but_for_what_it_cannot_hold(tmp_path):
    network = networks.DnCNN(3, depth=5, width=64)
    network.norms[0].moving_variance.assign(np.full(64, 1e6, "f"))
    whole, half = (zoo.save(network, tmp_path / name, half=name == "half") for name in ("whole", "half"))
    sizes = [(folder / "model.weights.h5").stat().st_size for folder in (whole, half)]
    assert sizes[1] < 0.5 * sizes[0]
    for mine, theirs in zip(network.get_weights(), zoo.load(half).get_weights(), strict=True):
        assert theirs.dtype == np.float32
        np.testing.assert_allclose(theirs, mine, rtol=1e-3, atol=1e-6)
    assert zoo.load(half).norms[0].moving_variance.numpy()[0] == 1e6


@pytest.mark.parametrize("file", ["config.json", "model.weights.h5"])
def test_a_changed_or_missing_file_is_refused(preset, file):
    folder, _ = preset
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(zoo.PresetError, match=f"{file} has sha256"):
        zoo.load(folder)
    (folder / file).unlink()
    with pytest.raises(zoo.PresetError, match=f"{file} is missing"):
        zoo.load(folder)


def rewrite_config(folder, change):
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))
    facts = json.loads((folder / "metadata.json").read_text())
    facts["files"]["config.json"] = zoo.presets.sha256(folder / "config.json")
    (folder / "metadata.json").write_text(json.dumps(facts))


def test_another_number_of_weights_is_refused(preset):
    folder, _ = preset
    rewrite_config(folder, lambda config: config["config"].update(widths=[8, 16]))
    with pytest.raises(zoo.PresetError, match=r"holds .* weights, metadata.json says"):
        zoo.load(folder)


@pytest.mark.parametrize(
    "name", ["builtins>eval", "os.system", "tfgan_zoo>Muon", "tfgan_zoo>NoSuchNetwork", "tfgan_zoo>Restorer"]
)
def test_a_config_can_only_name_a_registered_network(preset, name):
    folder, _ = preset
    rewrite_config(folder, lambda config: config.update(registered_name=name))
    with pytest.raises(zoo.PresetError, match="not a registered network"):
        zoo.load(folder)


def test_ones_own_registered_network_is_a_preset_too(tmp_path):
    @keras.saving.register_keras_serializable("mine")
    class Bias(networks.RestorationNetwork):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.layer = keras.layers.Conv2D(1, 1)
            self.finish()

        def call(self, inputs):
            return self.layer(inputs)

    network = Bias()
    again = zoo.load(zoo.save(network, tmp_path / "bias"))
    image = np.ones((1, 4, 4, 1), np.float32)
    np.testing.assert_array_equal(again(image), network(image))


def test_an_unknown_name_brings_the_nearest():
    known = zoo.list()[0]
    with pytest.raises(zoo.PresetError, match=f"did you mean {known}"):
        zoo.load(known + "x")


@pytest.mark.parametrize("name", zoo.list())
def test_bundled_presets_load_and_are_described(name):
    network, facts = zoo.load(name), zoo.metadata(name)
    assert facts["parameters"] == network.count_params()
    assert zoo.cost(network).items() <= facts.items()
    folder = EXPORTED / name
    assert (folder / "card.md").stat().st_size > 500 and next(folder.glob("preview.*")).stat().st_size > 10_000
    measured = facts["protocols"] or isinstance(network, networks.ConvClassifier)  # which measures others
    assert facts["summary"] and facts["training"] and measured


def test_the_bundle_is_light():
    assert sum(path.stat().st_size for path in EXPORTED.rglob("*") if path.is_file()) < 80e6


def test_a_class_that_could_not_be_loaded_again_is_not_saved(tmp_path):
    class Unknown(networks.DnCNN):
        pass

    for network in (Unknown(1, depth=3, width=4), keras.Sequential([keras.Input((8, 8, 1))])):
        with pytest.raises(zoo.PresetError, match="not a registered network"):
            zoo.save(network, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": {}, "parameters": 1}', '{"files": 3, "parameters": 1}'])
def test_metadata_that_says_nothing_is_refused(preset, text):
    folder, _ = preset
    (folder / "metadata.json").write_text(text)
    with pytest.raises(zoo.PresetError, match=r"metadata\.json"):
        zoo.load(folder)


def test_a_folder_of_a_bundled_name_is_itself(tmp_path, monkeypatch):
    """By any path, and by what `save` returned; the bare name is the bundled one."""
    monkeypatch.chdir(tmp_path)
    bundled = {path: path.read_bytes() for path in (zoo.bundled() / "dncnn_gray_25").glob("*.json")}
    saved = zoo.save(networks.DnCNN(1, depth=3, width=4), "dncnn_gray_25")
    for place in (saved, "dncnn_gray_25/", "./dncnn_gray_25", Path("dncnn_gray_25"), tmp_path / "dncnn_gray_25"):
        assert zoo.load(place).count_params() == zoo.metadata(place)["parameters"] < 1000
    zoo.annotate(Path("./dncnn_gray_25"), summary="mine")
    assert zoo.metadata(saved)["summary"] == "mine"
    assert zoo.load("dncnn_gray_25").count_params() > 500_000
    assert bundled == {path: path.read_bytes() for path in bundled}
