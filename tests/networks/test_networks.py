"""What every network promises, tested on all of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import networks, zoo
from tfgan_zoo.networks.base import RestorationNetwork

ALL = {
    "dncnn": lambda **k: networks.DnCNN(1, depth=5, width=8, **k),
    "dncnn_color": lambda **k: networks.DnCNN(3, depth=5, width=8, **k),
    "dncnn_folded": lambda **k: networks.DnCNN(1, depth=5, width=8, batch_norm=False, **k),
    "resunet": lambda **k: networks.ResUNet(3, widths=(8, 12, 16), blocks=(1, 1, 2), **k),
    "resunet_map": lambda **k: networks.ResUNet(1, widths=(8, 12, 16), blocks=(1, 1, 2), noise_map=True, **k),
    "resunet_gain": lambda **k: networks.ResUNet(3, widths=(8, 12), blocks=(1, 1), slope=0.1, gain=True, **k),
    "guided": lambda **k: networks.Guided(networks.ResUNet(3, widths=(8, 12), blocks=(1, 1), gain=True, **k), 24, **k),
    "blind_deconvolution": lambda **k: networks.BlindDeconvolution(
        networks.ResUNet(3, widths=(8, 12), blocks=(1, 1), guides=9, **k), radius=3, window=24, **k
    ),
    "srresnet": lambda **k: networks.SRResNet(3, 2, blocks=2, width=8, **k),
    "srresnet_nearest": lambda **k: networks.SRResNet(1, 3, blocks=1, width=8, skip="nearest", **k),
    "srresnet_bicubic": lambda **k: networks.SRResNet(
        3, 4, blocks=2, width=8, batch_norm=False, activation="relu", outer_kernel=3, skip="bicubic", **k
    ),
    "mobile_sr": lambda **k: networks.MobileSR(3, 2, depth=4, width=8, **k),
    "mobile_sr_gray": lambda **k: networks.MobileSR(1, 4, depth=3, width=8, **k),
    "mobile_denoiser": lambda **k: networks.MobileDenoiser(3, width=8, blocks=2, **k),
    "mobile_denoiser_map": lambda **k: networks.MobileDenoiser(1, width=8, blocks=2, noise_map=True, **k),
    "aod_net": lambda **k: networks.AODNet(3, width=6, **k),
}


@pytest.fixture(params=ALL, name="make")
def _make(request):
    keras.utils.set_random_seed(1)
    return ALL[request.param]


def inputs(network, height, width, seed=0):
    rng = np.random.default_rng(seed)
    image = rng.random((2, height, width, network.channels), dtype=np.float32)
    if not network.noise_map:
        return image
    return image, np.full((2, height, width, 1), 0.1, np.float32)


def test_the_result_is_scale_times_as_large_at_any_size(make):
    network = make()
    for height, width in ((32, 40), (33, 47), (network.minimum_side, network.minimum_side + 1)):
        x = inputs(network, height, width)
        assert network(x).shape == (2, network.scale * height, network.scale * width, network.channels)
        unknown = keras.KerasTensor((None, None, width, network.channels))
        spec = network.compute_output_spec((unknown, unknown) if network.noise_map else unknown)
        assert spec.shape == (None, None, network.scale * width, network.channels)


def test_numpys_double_precision_serves(make):
    network = make()
    x = inputs(network, 32, 40)
    double = keras.tree.map_structure(lambda part: part.astype(np.float64), x)
    np.testing.assert_array_equal(network(double), network(x))


@pytest.mark.parametrize("kind", [networks.DnCNN, networks.SRResNet, networks.MobileSR, networks.AODNet])
def test_a_noise_map_is_refused_where_there_is_none(kind):
    with pytest.raises(ValueError, match=f"{kind.__name__} takes no noise map"):
        kind(noise_map=True)


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


def test_keras_file_round_trip(make, tmp_path):
    network = make()
    network.save(tmp_path / "n.keras")
    again = keras.saving.load_model(tmp_path / "n.keras")
    x = inputs(network, 32, 40)
    np.testing.assert_array_equal(again(x), network(x))


def test_nothing_reaches_farther_than_the_receptive_radius(make):
    network = make()
    if network.whole or network.iterates:
        pytest.skip("it judges by the whole image, or by what is in its middle")
    radius = network.receptive_radius
    # A network starts near the identity; larger weights carry influence as far as it can go.
    network.set_weights([w + 0.05 for w in network.get_weights()])
    side = 2 * (radius + 9)
    x = inputs(network, 8, side)
    changed = [np.array(part) for part in (x if network.noise_map else (x,))]
    changed[0][:, :, 0] += 1.0
    before, after = np.asarray(network(x)), np.asarray(network(tuple(changed) if network.noise_map else changed[0]))
    touched = np.abs(after - before).max(axis=(0, 1, 3)) > 0
    assert touched[0] and not touched[network.scale * (radius + 1) :].any()


def test_a_preset_round_trip(make, tmp_path):
    network = make()
    again = zoo.load(zoo.save(network, tmp_path / "preset"))
    x = inputs(network, 32, 40)
    np.testing.assert_array_equal(again(x), network(x))


def in_graph(network, height=None, width=None):
    """The network as a function of one image of one size, or of any."""
    names = ("image", "sigma") if network.noise_map else ("image",)
    sizes = (network.channels, 1)
    specs = [tf.TensorSpec((1, height, width, size), name=name) for name, size in zip(names, sizes)]
    return tf.function(lambda *x: network(x if len(x) > 1 else x[0], training=False), input_signature=specs)


def one(network, height, width):
    """The parts of an input of one image, and what the network makes of them."""
    x = inputs(network, height, width)
    parts = [part[:1] for part in x] if network.noise_map else [x[:1]]
    return parts, np.asarray(network(tuple(parts) if network.noise_map else parts[0], training=False))


def test_a_saved_model_takes_any_size(make, tmp_path):
    network = make()
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint("restore", in_graph(network))
    archive.write_out(tmp_path, verbose=False)
    again = tf.saved_model.load(tmp_path)
    for height, width in ((32, 40), (21, 16)):
        parts, expected = one(network, height, width)
        np.testing.assert_allclose(again.restore(*parts), expected, atol=1e-5)


def test_tflite_takes_it_with_builtin_operations_alone(make):
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    network = make()
    function = in_graph(network, 32, 40).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], tf.Module())
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    interpreter = litert.Interpreter(model_content=converter.convert())
    interpreter.allocate_tensors()
    parts, expected = one(network, 32, 40)
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], parts["sigma" in detail["name"]])
    interpreter.invoke()
    result = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_it_is_a_restoration_network_whose_arguments_are_attributes(make):
    network = make()
    assert isinstance(network, RestorationNetwork)
    for name, value in network.get_config().items():
        if name not in ("name", "trainable", "dtype") and value is not None:
            found = getattr(network, name)
            assert (keras.saving.serialize_keras_object(found) if isinstance(value, dict) else found) == value


def test_other_channels_are_refused():
    with pytest.raises(ValueError, match="channels"):
        networks.DnCNN(2)
