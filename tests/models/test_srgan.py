"""Restoration that enlarges, by pixels and by a discriminator."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from tfgan_zoo import data, degradations, losses, metrics, models, networks, optimizers
from tfgan_zoo.models import srgan


@keras.saving.register_keras_serializable("tests")
class Halved(degradations.Degradation):
    """Every square of two pixels becomes its mean."""

    def apply(self, images, seed):
        return ops.average_pool(images, 2, 2)


def enlarging(**options):
    return networks.SRResNet(1, 2, blocks=1, width=8, batch_norm=False, outer_kernel=3, skip="nearest", **options)


def adversarial(generator=None, loss=None, **options):
    keras.utils.set_random_seed(0)
    discriminator = networks.SRGANDiscriminator((32, 32, 1), width=4, dense=8)
    features = networks.ConvClassifier((32, 32, 1), widths=(4, 6))
    model = models.SRGAN(generator or enlarging(), discriminator, features, Halved(), loss=loss, **options)
    model.compile(keras.optimizers.Adam(2e-3), keras.optimizers.Adam(1e-4), metrics=[metrics.PSNR()])
    return model


@pytest.fixture(name="batches")
def _batches(folder):
    return data.patches(folder, 32, 4, channels=1)


@pytest.fixture(name="pairs")
def _pairs(folder):
    return data.pairs(Halved(), folder, channels=1, scale=2, crop=64)


def test_trained_by_pixels_and_then_by_looks(batches, pairs):
    """The generator goes from one model to the other; both lower their losses."""
    keras.utils.set_random_seed(0)
    restorer = models.Restorer(enlarging(), Halved(), ema=0.9)
    restorer.compile(optimizers.Muon(2e-3), losses.Charbonnier(), metrics=[metrics.PSNR()])
    before = restorer.evaluate(pairs, verbose=0, return_dict=True)["psnr"]
    history = restorer.fit(batches, steps_per_epoch=30, epochs=2, verbose=0, shuffle=False).history
    trained = restorer.evaluate(pairs, verbose=0, return_dict=True)["psnr"]
    assert history["loss"][1] < history["loss"][0] and trained > before + 1

    model = adversarial(restorer.averaged)
    assert model.evaluate(pairs, verbose=0, return_dict=True)["psnr"] == pytest.approx(trained, abs=0.01)
    history = model.fit(batches, steps_per_epoch=30, epochs=2, verbose=0, shuffle=False).history
    assert set(history) == {*models.Adversarial.terms, "pixel", "perceptual", "grid"}
    assert history["perceptual"][1] < history["perceptual"][0]
    assert model.predict(np.zeros((1, 9, 8, 1), np.float32), verbose=0).shape == (1, 18, 16, 1)


def test_a_grid_on_smooth_images_is_seen_and_unlearnt(batches):
    model = adversarial(grid_weight=20.0)
    degraded = np.zeros((3, 8, 8, 1), np.float32)
    degraded[:, :4] += 0.2
    degraded[:, :, 4:] += 0.4
    found = model.smooth_error(degraded).numpy()
    for error, contrast in zip(found, (0.0, 0.3, 1.0), strict=True):
        place = contrast * (np.arange(24) / 23 - 0.5)
        ramp = np.float32(0.3 - 0.2 * place[:, None] + 0.4 * place)[None, ..., None]
        fine = contrast * (((np.arange(48) + 0.5) / 2 - 0.5) / 23 - 0.5)
        expected = np.abs(model.generator(ramp)[0, ..., 0] - (0.3 - 0.2 * fine[:, None] + 0.4 * fine))[16:32, 16:32]
        assert error == pytest.approx(expected.mean(), rel=1e-3)
    history = model.fit(batches, steps_per_epoch=40, epochs=2, verbose=0, shuffle=False).history
    assert history["grid"][1] < history["grid"][0] and model.smooth_error(degraded).numpy().sum() < found.sum()


def test_a_grid_on_photos_is_told_from_other_errors(photo):
    real = photo[None, :64, :64]
    rows, columns = np.indices((64, 64))
    grid = 0.01 * np.where((rows + columns) % 2, 1.0, -1.0)[None, ..., None].astype(np.float32)
    assert srgan.grid_error(real, real + grid, 2).numpy()[0] == pytest.approx(0.01, rel=1e-3)
    # Twice as broad, it cancels; so does what is the same everywhere.
    blocks = 0.01 * np.where((rows // 2 + columns // 2) % 2, 1.0, -1.0)[None, ..., None].astype(np.float32)
    for other in (blocks, 0.01):
        assert srgan.grid_error(real, real + other, 2).numpy()[0] < 1e-6
    unknown = tf.function(
        srgan.grid_error, input_signature=[tf.TensorSpec((None,) * 4)] * 2 + [tf.TensorSpec((), "int32")]
    )
    assert unknown(real, real + np.float32(grid), 2).numpy()[0] == pytest.approx(0.01, rel=1e-3)


def test_the_features_stay_as_they_are(batches):
    """Whoever gave them may train them on."""
    model = adversarial()
    before = [weight.numpy() for weight in model.features.weights]
    model.fit(batches, steps_per_epoch=2, verbose=0, shuffle=False)
    for one, other in zip(before, model.features.weights):
        np.testing.assert_array_equal(one, other)
    assert model.features.trainable and model.features.trainable_variables


def test_the_loss_is_its_formula(batches):
    clean = next(iter(batches))
    weights = {"perceptual_weight": 0.5, "pixel_weight": 3.0, "adversarial_weight": 0.25}
    model = adversarial(enlarging(dtype="mixed_bfloat16"), losses.Relativistic(), map_weights=(1, 3), **weights)
    features = [w.numpy() for w in model.features.weights]
    restored = model.generator(ops.average_pool(clean, 2, 2))
    real, fake = (model.discriminator({"image": x}, training=False) for x in (clean, restored))
    maps = [model.features.feature_maps(x) for x in (clean, restored)]
    found = model.generator_loss(models.Judged(clean, restored, real, fake, {}))
    np.testing.assert_allclose(found["g_loss"], 0.25 * losses.Relativistic().generator(real, fake), rtol=1e-5)
    np.testing.assert_allclose(found["perceptual"], 0.5 * losses.perceptual(*maps, (1, 3)), rtol=1e-5)
    assert np.mean(found["pixel"]) == pytest.approx(3 * np.abs(clean - restored).mean(), rel=1e-4)
    model.fit(batches, steps_per_epoch=2, verbose=0, shuffle=False)
    for ours, theirs in zip(model.features.weights, features):
        np.testing.assert_array_equal(ours, theirs)


def test_the_whole_model_survives_a_keras_file(batches, tmp_path):
    model = adversarial(map_weights=(1, 2), pixel_weight=0.1)
    model.train_on_batch(next(iter(batches)))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.map_weights == (1, 2) and again.pixel_weight == 0.1
    for ours, theirs in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for ours, theirs in zip(model.discriminator_optimizer.variables, again.discriminator_optimizer.variables):
        np.testing.assert_array_equal(ours, theirs)
    small = Halved()(next(iter(batches)))
    np.testing.assert_array_equal(again(small), model(small))


def test_sizes_that_do_not_fit_are_named(batches):
    message = r"makes images 2 times as large: of \(32, 32\) it cannot make \(32, 32\)"
    restorer = models.Restorer(enlarging(), degradations.GaussianNoise(0.1))
    restorer.compile("adam", "mse")
    with pytest.raises(ValueError, match=message):
        restorer.train_on_batch(next(iter(batches)))
    model = adversarial()
    model.degradation = None
    image = np.zeros((2, 32, 32, 1), np.float32)
    with pytest.raises(ValueError, match=message):
        model.train_on_batch(image, image)
    with pytest.raises(ValueError, match="feature_maps"):
        models.SRGAN(enlarging(), model.discriminator, keras.layers.Dense(3))
