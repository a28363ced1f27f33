"""What every network promises, tested on all of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import networks
from tfgan_zoo.networks.base import RestorationNetwork

ALL = {
    "dncnn": lambda **k: networks.DnCNN(1, depth=5, width=8, **k),
    "dncnn_color": lambda **k: networks.DnCNN(3, depth=5, width=8, **k),
    "dncnn_folded": lambda **k: networks.DnCNN(1, depth=5, width=8, batch_norm=False, **k),
    "resunet": lambda **k: networks.ResUNet(3, widths=(8, 12, 16), blocks=(1, 1, 2), **k),
    "resunet_map": lambda **k: networks.ResUNet(1, widths=(8, 12, 16), blocks=(1, 1, 2), noise_map=True, **k),
}


@pytest.fixture(params=ALL, name="make")
def _make(request):
    return ALL[request.param]


def inputs(network, height, width, seed=0):
    rng = np.random.default_rng(seed)
    image = rng.random((2, height, width, network.channels), dtype=np.float32)
    if not network.noise_map:
        return image
    return image, np.full((2, height, width, 1), 0.1, np.float32)


def test_size_stays_at_any_size(make):
    network = make()
    for height, width in ((32, 40), (33, 47), (network.minimum_side, network.minimum_side + 1)):
        x = inputs(network, height, width)
        image = x[0] if network.noise_map else x
        assert network(x).shape == image.shape


def test_all_weights_exist_from_the_start_and_all_learn(make):
    network = make()
    count = network.count_params()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(network(inputs(network, 32, 32), training=True) - 0.3))
    gradients = tape.gradient(loss, network.trainable_variables)
    assert network.count_params() == count > 0
    for variable, gradient in zip(network.trainable_variables, gradients):
        assert gradient is not None and np.abs(gradient).max() > 0, variable.path


def test_mixed_precision_keeps_the_image_in_float32(make):
    full, mixed = make(), make(dtype="mixed_bfloat16")
    mixed.set_weights(full.get_weights())
    x = inputs(full, 32, 32)
    result = mixed(x)
    assert result.dtype == "float32"
    assert mixed.compute_dtype == "bfloat16"
    np.testing.assert_allclose(result, full(x), atol=0.05)


def test_config_and_weights_round_trip(make, tmp_path):
    network = make()
    again = type(network).from_config(network.get_config())
    network.save_weights(tmp_path / "w.weights.h5")
    again.load_weights(tmp_path / "w.weights.h5")
    x = inputs(network, 32, 40)
    np.testing.assert_array_equal(again(x), network(x))


def test_keras_file_round_trip(make, tmp_path):
    network = make()
    network.save(tmp_path / "n.keras")
    again = keras.saving.load_model(tmp_path / "n.keras")
    x = inputs(network, 32, 40)
    np.testing.assert_array_equal(again(x), network(x))


def test_nothing_reaches_farther_than_the_receptive_radius(make):
    network = make()
    radius = network.receptive_radius
    # A network starts near the identity; larger weights carry influence as far as it can go.
    network.set_weights([w + 0.05 for w in network.get_weights()])
    side = 2 * (radius + 9)
    x = inputs(network, 8, side)
    changed = [np.array(part) for part in (x if network.noise_map else (x,))]
    changed[0][:, :, 0] += 1.0
    before, after = np.asarray(network(x)), np.asarray(network(tuple(changed) if network.noise_map else changed[0]))
    touched = np.abs(after - before).max(axis=(0, 1, 3)) > 0
    assert touched[0] and not touched[radius + 1 :].any()


def test_it_is_a_restoration_network_whose_arguments_are_attributes(make):
    network = make()
    assert isinstance(network, RestorationNetwork)
    for name, value in network.get_config().items():
        if name not in ("name", "trainable", "dtype"):
            assert getattr(network, name) == value


def test_other_channels_are_refused():
    with pytest.raises(ValueError, match="channels"):
        networks.DnCNN(2)
