import keras
import numpy as np
import pytest

from tfgan_zoo import layers


def _two(dtype):
    rng = np.random.default_rng(0)
    pair = [
        cls(momentum=0.9, epsilon=1e-4, dtype=dtype)
        for cls in (layers.BatchNormalization, keras.layers.BatchNormalization)
    ]
    gamma, beta = rng.uniform(0.5, 1.5, 5), rng.normal(size=5)
    for layer in pair:
        layer.build((None, 6, 7, 5))
        layer.set_weights([gamma, beta, np.zeros(5), np.ones(5)])
    return *pair, rng.normal(2, 3, (4, 6, 7, 5)).astype("float32")


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("mixed_bfloat16", 0.03)])
def test_batch_normalisation_is_kerass(dtype, tolerance):
    import tensorflow as tf

    results = []
    *pair, images = _two(dtype)
    direction = tf.constant(np.random.default_rng(1).normal(size=images.shape), "float32")
    for layer in pair:
        x = tf.cast(tf.constant(images), layer.compute_dtype)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
            loss = tf.reduce_sum(tf.cast(y, "float32") * direction)
        gradients = tape.gradient(loss, [x, layer.gamma.value, layer.beta.value])
        results.append([y, *gradients, layer.moving_mean, layer.moving_variance, layer(x, training=False)])
        assert y.dtype == layer.compute_dtype
    for ours, kerass in zip(*results):
        ours, kerass = (np.asarray(tf.cast(v, "float32")) for v in (ours, kerass))
        np.testing.assert_allclose(ours, kerass, atol=tolerance * np.abs(kerass).max())


def test_frozen_batch_normalisation_keeps_its_averages():
    layer, _, images = _two("float32")
    layer.trainable = False
    expected = layer(images, training=False)
    np.testing.assert_array_equal(layer(images, training=True), expected)
    np.testing.assert_array_equal(layer.moving_mean, np.zeros(5))


def test_batch_normalisation_is_rebuilt_from_its_config():
    layer = layers.BatchNormalization(momentum=0.9, epsilon=1e-4, name="norm", dtype="mixed_bfloat16")
    twin = layers.BatchNormalization.from_config(layer.get_config())
    assert (twin.momentum, twin.epsilon, twin.name, twin.compute_dtype) == (0.9, 1e-4, "norm", "bfloat16")
