import json

import keras
import numpy as np
import pytest

from tfgan_zoo import explain, inference, networks, zoo

SHARES = (0.45, 0.2, 0.35)


@pytest.fixture(name="mixture", scope="module")
def _mixture():
    keras.utils.set_random_seed(0)
    inner = networks.DCGANGenerator((28, 28, 1), 6, width=4, conditions={"kind": 3})
    return networks.Mixture(inner, SHARES)


@pytest.mark.parametrize("truncation", [1.0, 0.3])
@pytest.mark.parametrize("shares", [SHARES, (0.1, 0.7, 0.2), (0.5, 0.5, 0.0), (0.0, 1.0, 0.0)])
def test_every_label_comes_as_often_as_it_should(mixture, shares, truncation):
    mixture = networks.Mixture(mixture.generator, shares)
    latent = inference.latents(mixture.latent, 4000, truncation=truncation)
    label = np.asarray(mixture.labelled({"latent": latent})["kind"])
    np.testing.assert_allclose(np.bincount(label, minlength=3) / 4000, shares, atol=0.03)


def test_images_are_those_of_the_generator_inside(mixture):
    latent = inference.latents(mixture.latent, 5, seed=3)
    inner = mixture.labelled({"latent": latent})
    expected = inference.generate(mixture.generator, latent=latent[:, 2:], kind=np.asarray(inner["kind"]))
    np.testing.assert_allclose(inference.generate(mixture, 5, seed=3), expected, atol=1e-6)
    assert mixture.conditions == {} and mixture.latent == 8
    assert explain.principal(mixture, 2, samples=50).vectors.shape == (2, 8)
    found, within = explain.sefa(mixture, 2), explain.sefa(mixture.generator, 2)
    np.testing.assert_allclose(found.vectors[:, :2], 0, atol=1e-6)
    np.testing.assert_allclose(np.abs(found.vectors[:, 2:]), np.abs(within.vectors), atol=1e-4)


def test_it_is_kept_as_a_preset(mixture, tmp_path):
    loaded = zoo.load(zoo.save(mixture, tmp_path / "m", summary="a test"))
    np.testing.assert_array_equal(inference.generate(loaded, 3), inference.generate(mixture, 3))
    assert loaded.shares == SHARES
    mixed = zoo.load(tmp_path / "m", dtype="mixed_bfloat16")
    assert mixed.generator.compute_dtype == mixed.compute_dtype == "bfloat16"


def test_no_class_but_a_networks_is_loaded_from_within(mixture, tmp_path):
    folder = zoo.save(mixture, tmp_path / "m")
    config, facts = json.loads((folder / "config.json").read_text()), zoo.metadata(folder)
    config["config"]["generator"]["registered_name"] = "os>system"
    (folder / "config.json").write_text(json.dumps(config))
    zoo.annotate(folder, files={**facts["files"], "config.json": zoo.presets.sha256(folder / "config.json")})
    with pytest.raises(zoo.PresetError, match="os>system is not a registered network"):
        zoo.load(folder)


def test_what_is_no_generator_by_label_is_refused(mixture):
    with pytest.raises(ValueError, match="a latent vector and a label"):
        networks.Mixture(networks.DCGANGenerator((28, 28, 1), 6, width=4), (1.0,))
    with pytest.raises(ValueError, match="3 shares of sum 1"):
        networks.Mixture(mixture.generator, (0.5, 0.5))
