"""What every degradation promises, tested on all of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import degradations as d

ALL = {
    "gaussian": d.GaussianNoise((0.02, 0.2)),
    "camera": d.PoissonGaussianNoise(mosaic=0.5),
    "speckle": d.SpeckleNoise((0.1, 0.4)),
    "salt_pepper": d.SaltPepperNoise((0.01, 0.1)),
    "jpeg": d.JPEG((10, 90)),
    "chain": d.Chain([d.GaussianNoise(0.1), d.JPEG((20, 60))]),
    "choice": d.RandomChoice([d.GaussianNoise(0.1), d.JPEG(20), d.SpeckleNoise(0.1)]),
    "order": d.RandomOrder([d.SpeckleNoise(0.2), d.JPEG((20, 60))]),
    "poisson": d.PoissonNoise(),
    "gaussian_blur": d.GaussianBlur((0.5, 3.0), across=(0.5, 3.0), exponent=(0.5, 2.0)),
    "plateau": d.GaussianBlur((1.0, 3.0), exponent=(1.0, 2.0), plateau=True),
    "defocus": d.DefocusBlur(),
    "sinc": d.SincFilter(),
    "kernels": d.KernelBlur([[[0.0, 1.0], [1.0, 2.0]], [[1.0, 1.0, 5.0]]]),
    "random_blur": d.RandomBlur([d.GaussianBlur((0.5, 2.0)), d.DefocusBlur()]),
    "motion": d.MotionBlur((5.0, 20.0)),
    "long_motion": d.MotionBlur((40.0, 60.0)),
    "downsample": d.Downsample(4, ("bicubic", "area")),
    "at_scale": d.AtScale(d.GaussianNoise(0.1), (0.3, 1.2), ("bicubic", "bilinear")),
    "rain": d.RainStreaks(),
    "screened_rain": d.RainStreaks(screen=True),
    "snow": d.Snow(),
    "haze": d.Haze(tint=0.1),
    "linear": d.InLinearLight(d.MotionBlur((5.0, 20.0)), (1.0, 4.0)),
    "lowlight": d.LowLight(),
    "mask": d.Mask(kind=("strokes", "box", "pixels")),
    "mosaic": d.Mosaic(None),
    "quantize": d.Quantize(3),
}
SHAPES = {"downsample": (2, 23, 26, 3)}
"""Of the result, where it is not that of the batch."""
DETERMINISTIC = ("quantize",)


def changes(degraded, batch):
    return degraded.shape != batch.shape or np.abs(degraded - batch).max() > 0.001


@pytest.fixture(params=ALL, name="layer")
def _layer(request):
    return ALL[request.param]


@pytest.fixture(name="random_layer", params=[name for name in ALL if name not in DETERMINISTIC])
def _random_layer(request):
    return ALL[request.param]


@pytest.fixture(name="batch")
def _batch(photo):
    # 90 x 101: no multiple of JPEG's 16.
    return np.stack([photo[:90, :101], photo[6:96, 27:128]])


@pytest.mark.parametrize("name", ALL)
def test_shape_and_type(name, batch):
    degraded = ALL[name](batch, seed=1)
    assert degraded.shape == SHAPES.get(name, batch.shape) and degraded.dtype == "float32"
    assert np.isfinite(degraded).all() and changes(degraded, batch)


def test_one_image_is_a_batch_of_one(layer, batch):
    np.testing.assert_array_equal(layer(batch[0], seed=1), layer(batch[:1], seed=1)[0])


def test_gray_works(layer, batch):
    assert layer(batch[..., :1], seed=1).shape == (*layer(batch, seed=1).shape[:-1], 1)


def test_eager_graph_and_tf_data_give_the_same(layer, batch):
    eager = np.asarray(layer(batch, seed=7))
    graph = tf.function(lambda x, seed: layer(x, seed=seed))(batch, tf.constant(7))
    mapped = next(iter(tf.data.Dataset.from_tensors(batch).map(lambda x: layer(x, seed=7), num_parallel_calls=2)))
    np.testing.assert_allclose(graph, eager, atol=1e-5)
    np.testing.assert_allclose(mapped, eager, atol=1e-5)


def test_the_seed_decides(random_layer, batch):
    layer = random_layer
    assert (np.asarray(layer(batch, seed=1)) == np.asarray(layer(batch, seed=1))).all()
    assert (np.asarray(layer(batch, seed=1)) != np.asarray(layer(batch, seed=2))).any()


def test_without_a_seed_in_the_call_the_constructors_decides(random_layer, batch):
    layer = random_layer
    first, second = (type(layer).from_config({**layer.get_config(), "seed": 3}) for _ in range(2))
    one, two = np.asarray(first(batch)), np.asarray(first(batch))
    np.testing.assert_array_equal(one, second(batch))
    assert (one != two).any()


def test_images_of_a_batch_are_degraded_differently(random_layer, batch):
    same = np.stack([batch[0]] * 6)
    degraded = np.asarray(random_layer(same, seed=1))
    assert any((degraded[0] != other).any() for other in degraded[1:])


def test_evaluation_degrades_too(layer, batch):
    model = keras.Sequential([keras.Input((90, 101, 3)), layer])
    assert changes(np.asarray(model(batch, training=False)), batch)


def test_mixed_precision_does_not_lower_it(layer, batch):
    before = np.asarray(layer(batch, seed=1))
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        config = layer.get_config()
        config.pop("dtype")
        again = type(layer).from_config(config)
        assert again.compute_dtype == "float32"
        np.testing.assert_array_equal(again(batch, seed=1), before)
    finally:
        keras.config.set_dtype_policy("float32")


def test_gradient_is_finite_and_not_zero(layer, batch):
    images = tf.Variable(batch)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(images, seed=1))
    gradient = tape.gradient(total, images).numpy()
    assert np.isfinite(gradient).all() and np.abs(gradient).sum() > 0


def test_extreme_images_stay_finite(layer):
    for value in (0.0, 1.0):
        images = tf.Variable(tf.fill((1, 32, 32, 3), value))
        with tf.GradientTape() as tape:
            degraded = layer(images, seed=1)
            total = tf.reduce_sum(degraded)
        assert np.isfinite(degraded).all() and np.isfinite(tape.gradient(total, images)).all()


def test_config_round_trip(layer, batch):
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    np.testing.assert_array_equal(again(batch, seed=5), layer(batch, seed=5))


def test_integers_and_wrong_ranks_are_refused(layer):
    with pytest.raises(ValueError, match="floating point"):
        layer(np.zeros((1, 16, 16, 3), np.uint8))
    with pytest.raises(ValueError, match="shape"):
        layer(np.zeros((16, 16), np.float32))
