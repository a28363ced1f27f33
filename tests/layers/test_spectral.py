import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import layers


@pytest.fixture(name="dense")
def _dense():
    layer = layers.SpectralDense(5)
    layer.build((None, 7))
    layer.kernel.assign(np.random.default_rng(0).standard_normal((7, 5)))
    for _ in range(60):
        layer(np.zeros((1, 7), np.float32), training=True)
    return layer


def test_the_largest_singular_value_becomes_one(dense):
    assert np.linalg.norm(dense.normalized_kernel(), 2) == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(dense.kernel, 2) > 2, "the stored kernel must not change"


def test_the_gradient_passes_through_sigma(dense):
    """Against differences of W / |W|_2 computed by numpy."""
    kernel, direction = dense.kernel.numpy().astype(np.float64), np.random.default_rng(1).standard_normal((7, 5))

    def value(w):
        return (direction * w / np.linalg.norm(w, 2)).sum()

    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(direction.astype(np.float32) * dense.normalized_kernel())
    gradient = tape.gradient(loss, dense.kernel.value).numpy()
    for row, column in ((0, 0), (3, 2), (6, 4)):
        step = np.zeros((7, 5))
        step[row, column] = 1e-5
        assert gradient[row, column] == pytest.approx((value(kernel + step) - value(kernel - step)) / 2e-5, abs=2e-3)
    # Along the kernel itself nothing changes: the wrapper that lets no gradient through sigma fails here.
    assert abs((gradient * kernel).sum()) < 1e-3


def test_only_training_moves_the_singular_vector(dense):
    before = dense.left.numpy()
    dense(np.zeros((1, 7), np.float32), training=False)
    np.testing.assert_array_equal(dense.left, before)


def test_the_convolution_is_that_of_keras_divided_by_sigma():
    ours = layers.SpectralConv2D(6, 4, strides=2)
    x = np.random.default_rng(0).random((2, 9, 9, 3), dtype=np.float32)
    ours(x, training=True)
    theirs = keras.layers.Conv2D(6, 4, strides=2, padding="same")
    theirs.build(x.shape)
    theirs.kernel.assign(ours.normalized_kernel())
    np.testing.assert_allclose(ours(x), theirs(x), atol=1e-5)
    again = layers.SpectralConv2D.from_config(ours.get_config())
    assert again.compute_output_shape((None, 9, 9, 3)) == (None, 5, 5, 6)
