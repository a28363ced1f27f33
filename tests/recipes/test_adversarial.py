import dataclasses
import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import data, inference, models, networks, recipes, zoo
from tfgan_zoo.cli import main
from tfgan_zoo.data import images
from tfgan_zoo.degradations import Downsample
from tfgan_zoo.recipes import Phase

NETWORK = functools.partial(networks.SRResNet, 3, 2, blocks=1, width=8, batch_norm=False, outer_kernel=3)


def model(network, degradation, dtype, seed):
    return models.SRGAN(
        network,
        networks.SRGANDiscriminator((32, 32, 3), width=4, dense=8, dtype=dtype),
        networks.ConvClassifier((32, 32, 3), 3, (4, 8), 6),
        degradation,
        seed=seed,
    )


def test_it_learns_on_from_a_preset_and_tells_its_psnr(folder, tmp_path):
    for path in images.files(folder):
        images.write(path, np.tile(images.read(path), (2, 2, 1)))
    start = NETWORK()
    zoo.save(start, tmp_path / "pixels")
    recipe = recipes.AdversarialRecipe(
        name="small",
        summary="a test",
        limits="all",
        network=NETWORK,
        degradation=Downsample(2),
        validation={"x2": Downsample(2)},
        channels=3,
        phases=(Phase(20, 32, 2),),
        epoch=10,
        validation_side=64,
        scale=2,
        start=lambda: start,
        model=model,
        trained_from=str(tmp_path / "pixels"),
    )
    preset = recipes.train(recipe, folder, tmp_path / "run", dtype="float32")
    facts, made = zoo.metadata(preset), zoo.load(preset)
    assert facts["training"]["steps"] == 20 and 5 < facts["held_out_psnr"] < 60
    moved = [np.abs(a - b).max() for a, b in zip(made.get_weights(), start.get_weights())]
    assert 0 < max(moved) < 0.05
    assert "against a discriminator" in recipe.origin(facts)
    recipe.preview(tmp_path / "preview.jpg", made, None)
    assert images.read(tmp_path / "preview.jpg").shape == (328, 4 * 300, 3)
    middle = zoo.between(preset, 0.25).get_weights()
    for weight, a, b in zip(middle, start.get_weights(), made.get_weights()):
        np.testing.assert_allclose(weight, 0.75 * a + 0.25 * b, atol=1e-3)  # presets are in half precision
    photo, large = images.files(folder)[0], [tmp_path / f"{n}.png" for n in (0, 1)]
    for strength, path in zip(("0", "1"), large):
        assert main(["restore", str(photo), "-o", str(path), "--preset", str(preset), "--strength", strength]) == 0
    expected = inference.restore(zoo.load(tmp_path / "pixels"), images.read(photo))
    np.testing.assert_array_equal(images.read(large[0]), expected)
    assert (images.read(large[1]) != expected).any()
    with pytest.raises(zoo.PresetError, match="nothing between"):
        zoo.between(tmp_path / "pixels", 0.5)


def test_the_discriminator_has_its_say_in_srgan(folder, monkeypatch):
    """Its part of the gradient at the restored image, next to that of features and pixels, after a few steps."""
    keras.utils.set_random_seed(0)
    recipe = recipes.get("srgan_x4")
    features = networks.ConvClassifier((64, 64, 3), 3, widths=(32, 64, 128, 128))
    monkeypatch.setattr(zoo, "load", lambda name: {"texture_features": features}[name])
    start = networks.SRResNet(3, 4, blocks=1, width=8, batch_norm=False, outer_kernel=3, skip="bicubic")
    small = dataclasses.replace(recipe, network=lambda dtype: start, start=lambda: start)
    trained, batches = small.compiled("float32", seed=0), iter(data.patches(folder, 96, 4))
    for _ in range(15):
        trained.train_on_batch(next(batches))
    clean = next(batches)
    with tf.GradientTape(persistent=True) as tape:
        degraded = recipe.degradation(clean, seed=0)
        restored = trained.generator(degraded)
        tape.watch(restored)
        real, fake = (trained.discriminator({"image": x}) for x in (clean, restored))
        terms = trained.generator_loss(models.Judged(clean, restored, real, fake, {"degraded": degraded}))
        # The grid's part has no gradient at the restored image.
        terms = {name: tf.reduce_mean(value) for name, value in terms.items() if name != "grid"}
    norms = {name: float(tf.norm(tape.gradient(value, restored))) for name, value in terms.items()}
    assert norms["g_loss"] / sum(norms.values()) > 0.05, norms
