import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import losses, networks

RNG = np.random.default_rng(0)
REAL = [RNG.standard_normal((3, side, side, 4)).astype("f") for side in (8, 4)]
FAKE = [RNG.standard_normal((3, side, side, 4)).astype("f") for side in (8, 4)]


def test_it_is_its_formula():
    expected = 0.0
    for real, fake, weight in zip(REAL, FAKE, (0.25, 0.75)):
        expected = expected + weight * np.abs(real - fake).mean((1, 2, 3)) / np.abs(real).mean((1, 2, 3))
    np.testing.assert_allclose(losses.perceptual(REAL, FAKE, (1, 3)), expected, rtol=1e-5)


def test_the_size_of_features_does_not_count():
    plain = losses.perceptual(REAL, FAKE)
    scaled = losses.perceptual([REAL[0] * 100, REAL[1]], [FAKE[0] * 100, FAKE[1]])
    np.testing.assert_allclose(scaled, plain, rtol=1e-5)
    np.testing.assert_allclose(losses.perceptual(REAL, [0 * x for x in REAL]), 1.0, rtol=1e-5)
    np.testing.assert_array_equal(losses.perceptual(REAL, REAL), 0.0)


def test_only_the_restored_image_gets_a_gradient():
    network = networks.ConvClassifier((16, 16, 3), widths=(4, 6))
    clean, restored = (tf.constant(RNG.random((2, 24, 20, 3), dtype=np.float32)) for _ in range(2))
    with tf.GradientTape() as tape:
        tape.watch([clean, restored])
        value = losses.perceptual(network.feature_maps(clean), network.feature_maps(restored))
    assert value.shape == (2,)
    of_clean, of_restored = tape.gradient(value, [clean, restored])
    assert of_clean is None and np.abs(of_restored).max() > 0


def test_maps_and_weights_must_correspond():
    with pytest.raises(ValueError, match="got 2, 1 and 2"):
        losses.perceptual(REAL, FAKE[:1])
    with pytest.raises(ValueError, match="got 2, 2 and 1"):
        losses.perceptual(REAL, FAKE, (1,))
    with pytest.raises(ValueError, match=r"must not be negative, and one positive, got \[0, 0\]"):
        losses.perceptual(REAL, FAKE, (0, 0))
