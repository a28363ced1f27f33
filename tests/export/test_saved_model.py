import io
import zlib

import keras
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from tfgan_zoo import data, export, inference, networks, zoo
from tfgan_zoo.export import proof, saved_model, signatures


@pytest.fixture(scope="module")
def served(restorers, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {name: tf.saved_model.load(export.to_saved_model(net, folder / name)) for name, net in restorers.items()}


def _png(pixels):
    file = io.BytesIO()
    PIL.Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(file, "PNG")
    return file.getvalue()


def _jpeg(pixels):
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.mark.parametrize("size", [(16, 16), (33, 50)])
def test_any_size_and_batch_as_the_network_does_it(served, restorers, size):
    image = np.random.default_rng(0).random((3, *size, 3), np.float32)
    found = served["color"].signatures["serving_default"](image=tf.constant(image))["restored"]
    np.testing.assert_allclose(found, restorers["color"](image), atol=1e-4)


def test_images_of_different_sizes_and_formats_in_one_batch(served, restorers, photo):
    pixels = np.round(photo * 255).astype(np.uint8)
    batch = tf.constant([_png(pixels[:40, :50]), _jpeg(pixels[:61, :33])])
    found = served["color"].signatures["serve_bytes"](image_bytes=batch)["restored_bytes"].numpy()
    whole = [np.asarray(PIL.Image.open(io.BytesIO(item))) for item in found]
    assert [image.shape for image in whole] == [(40, 50, 3), (61, 33, 3)]
    expected = np.asarray(restorers["color"](np.float32(pixels[None, :40, :50]) / 255))[0]
    assert np.abs(np.round(np.clip(expected, 0, 1) * 255) - whole[0]).max() <= 1


def test_sigma_is_in_levels_one_an_image_or_estimated(served, restorers):
    image, run = (
        np.random.default_rng(0).random((2, 32, 32, 1), np.float32),
        served["map"].signatures["serving_default"],
    )
    each = run(image=tf.constant(image), sigma=tf.constant([10.0, 40.0]))["restored"]
    expected = restorers["map"]((image, np.float32([10, 40]).reshape(2, 1, 1, 1) / 255))
    np.testing.assert_allclose(each, expected, atol=1e-4)
    guess = np.float32([data.estimate_sigma(data.ArrayPicture(x)) for x in image])
    unknown = run(image=tf.constant(image), sigma=tf.constant([-1.0]))["restored"]
    np.testing.assert_allclose(unknown, restorers["map"]((image, guess.reshape(2, 1, 1, 1) / 255)), atol=1e-3)


@pytest.mark.parametrize("shape", [(96, 128), (33, 70), (5, 9), (70, 2)])
def test_the_estimate_is_the_same_in_a_graph(photo, shape):
    noisy = photo[: shape[0], : shape[1]] + np.random.default_rng(0).normal(0, 9 / 255, (*shape, 3))
    images = np.clip(np.stack([noisy, 1.5 * noisy, np.round(noisy)]), 0, 1).astype(np.float32)
    expected = [data.estimate_sigma(data.ArrayPicture(image)) for image in images]
    np.testing.assert_allclose(255 * signatures.estimated(tf.constant(images)), expected, rtol=1e-4, atol=1e-4)


def test_the_signature_says_that_sigma_may_be_left_out(restorers, tmp_path):
    from tensorflow.core.protobuf import saved_model_pb2

    folder, model = export.to_saved_model(restorers["map"], tmp_path / "m"), saved_model_pb2.SavedModel()
    model.ParseFromString((folder / "saved_model.pb").read_bytes())
    for name in ("serving_default", "serve_uint8", "serve_bytes"):
        (default,) = model.meta_graphs[0].signature_def[name].defaults.values()
        assert default.float_val == [-1.0]


@pytest.mark.parametrize("name", ["label", "mixture", "image"])
def test_a_seed_gives_the_image_that_generate_gives(generators, tmp_path, name):
    network = generators[name]
    model = tf.saved_model.load(export.to_saved_model(network, tmp_path / name))
    outline = np.random.default_rng(0).random((32, 32, 1), np.float32)
    asked = {
        "label": {"label": [1, 2]},
        "mixture": {},
        "image": {"outline": [outline] * 2, "color": [[1, 0, 0], [0, 0, 1]]},
    }
    inputs = {k: np.asarray(v, np.int32 if k == "label" else np.float32) for k, v in asked[name].items()}
    expected = inference.generate(network, 2, seed=9, **inputs)
    draws = {"seed": np.int32([9, 9]), "number": np.int32([0, 1])} if network.latent else {}
    given = {k: tf.constant(v) for k, v in {**draws, **inputs}.items()}
    encoded = model.signatures["generate_bytes"](**given)["image_bytes"].numpy()
    for image, item in zip(expected, encoded):
        made = np.asarray(PIL.Image.open(io.BytesIO(item))).reshape(image.shape)
        assert np.abs(np.round(image * 255) - made).max() <= 1


def test_an_unknown_label_is_refused_and_the_next_request_served(generators, tmp_path):
    run = tf.saved_model.load(export.to_saved_model(generators["label"], tmp_path / "g")).signatures["generate"]
    number = {"seed": tf.constant([1]), "number": tf.constant([0])}
    with pytest.raises(tf.errors.InvalidArgumentError, match="label must be in 0 to 3"):
        run(label=tf.constant([4]), **number)
    assert run(label=tf.constant([3]), **number)["image"].shape == (1, 28, 28, 1)


def _bomb(side=60_000):
    whole = bytearray(_png(np.zeros((8, 8, 3), np.uint8)))
    whole[16:24] = side.to_bytes(4, "big") * 2
    return bytes(whole)


def _bomb_behind(side=60_000):
    """Another chunk in front of a header that says so."""
    bomb, text = _bomb(side), b"tEXta\0b"
    chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    return bomb[:8] + chunk + bomb[8:]


def test_images_of_a_request_are_restored_one_after_the_other(served):
    """Ten at once would need ten times the memory."""
    nodes = served["color"].signatures["serve_bytes"].graph.as_graph_def()
    every = [*nodes.node, *(node for function in nodes.library.function for node in function.node_def)]
    loops = [node.attr["parallel_iterations"].i for node in every if node.op in ("While", "StatelessWhile")]
    assert loops and set(loops) == {1}


@pytest.mark.parametrize(
    "item, message",
    [
        (b"not an image", "must be a PNG or a JPEG"),
        (b"", "must be a PNG or a JPEG"),
        (_bomb(), "at most 16777216 pixels"),
        (_bomb_behind(), "must be a PNG or a JPEG"),
        (_bomb(2**32 - 1), "at most 16777216 pixels"),
        (_png(np.zeros((4097, 4096, 1), np.uint8)), "at most 16777216 pixels"),
        (_png(np.zeros((32, 32, 3), np.uint8))[:60], "[Ii]nvalid|PNG"),
        (_png(np.zeros((2, 2, 3), np.uint8)), "each side must be at least 4 pixels"),
    ],
)
def test_a_bad_image_is_refused_and_the_next_served(served, item, message):
    run = served["color"].signatures["serve_bytes"]
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(image_bytes=tf.constant([item]))
    assert len(run(image_bytes=tf.constant([_png(np.zeros((8, 8, 3), np.uint8))]))["restored_bytes"]) == 1


def test_an_export_that_differs_is_not_kept(restorers, tmp_path, monkeypatch):
    monkeypatch.setattr(signatures, "folded_copy", lambda network: _changed(network))
    with pytest.raises(export.ExportError, match="differs from the network"):
        export.to_saved_model(restorers["color"], tmp_path / "m")
    assert not list((tmp_path / "m").iterdir())


def test_a_folder_that_is_no_model_is_not_replaced(restorers, tmp_path):
    (tmp_path / "mnist" / "1").mkdir(parents=True)
    (tmp_path / "mnist" / "1" / "precious.png").write_bytes(b"one")
    with pytest.raises(ValueError, match="is no SavedModel; it is not replaced"):
        export.to_saved_model(restorers["color"], tmp_path / "mnist")
    assert (tmp_path / "mnist" / "1" / "precious.png").read_bytes() == b"one"


def test_a_name_is_no_network_and_leaves_nothing(tmp_path):
    with pytest.raises(TypeError, match=r'zoo\.load\("resunet_gray"\)'):
        export.to_saved_model("resunet_gray", tmp_path / "m")
    assert not (tmp_path / "m").exists()


def _changed(network):
    copy = type(network).from_config(network.get_config())
    copy.set_weights([np.asarray(w) * 1.01 for w in network.get_weights()])
    return copy


def test_an_older_version_stays_when_the_next_fails(restorers, tmp_path, monkeypatch):
    first = export.to_saved_model(restorers["color"], tmp_path / "m", version=1)
    before = (first / "saved_model.pb").read_bytes()
    monkeypatch.setattr(saved_model, "prove", lambda *rest: (_ for _ in ()).throw(export.ExportError("no")))
    with pytest.raises(export.ExportError):
        export.to_saved_model(restorers["color"], tmp_path / "m", version=1)
    assert (first / "saved_model.pb").read_bytes() == before


@pytest.mark.parametrize("value", [np.full((1, 4), np.nan), np.full((1, 4), 2e-4), np.zeros((1, 5))])
def test_the_comparison_sees_what_is_wrong(value):
    with pytest.raises(export.ExportError):
        proof.compare("it", np.zeros((1, 4), np.float32), value)


def test_half_precision_policy_exports_in_float32(tmp_path):
    network = networks.ResUNet(1, (8, 12), (1, 1), dtype="mixed_bfloat16")
    model = tf.saved_model.load(export.to_saved_model(network, tmp_path / "m"))
    constants = {variable.dtype for variable in model.network_variables}
    assert constants == {tf.float32}


def test_a_classifier_has_features(tmp_path):
    network = networks.ConvClassifier((28, 28, 1), 3, (4, 8), 6)
    run = tf.saved_model.load(export.to_saved_model(network, tmp_path / "c")).signatures["serving_default"]
    assert run(image=tf.zeros((2, 28, 28, 1)))["features"].shape == (2, 6)


def test_another_kind_of_network_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no RestorationNetwork"):
        signatures.signatures(keras.Sequential())
    with pytest.raises(ValueError, match="positive"):
        export.to_saved_model(networks.DnCNN(depth=3, width=4), tmp_path, version=0)


@pytest.mark.parametrize("name", ["dncnn_gray_25", "resunet_gray", "gan_fashion", "pix2pix_emoji", "flower_judge"])
def test_every_kind_of_preset_goes_through_the_same_doors(name, tmp_path):
    """Each holds what it wrote against the network, and raises where they differ."""
    network = zoo.load(name)
    assert (export.to_saved_model(network, tmp_path / name) / "saved_model.pb").is_file()
    assert export.to_tflite(network, tmp_path / f"{name}.tflite", size=64).stat().st_size > network.count_params()
