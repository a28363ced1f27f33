"""The client and the exports against TensorFlow Serving's contract: REST and gRPC, good requests and bad."""

import concurrent.futures
import io
import socket
import sys
import types
from pathlib import Path

import keras
import numpy as np
import PIL.Image
import pytest
import pyvips
import requests
import tensorflow as tf
import yaml

from tfgan_zoo import addresses, client, export, inference, networks, zoo
from tfgan_zoo.cli import main
from tfgan_zoo.data import images, png

pytest.importorskip("tensorflow_serving", reason="needs tensorflow-serving-api")
sys.path.insert(0, str(Path(__file__).parent))
from contract_server import ContractServer

CONDITIONS = {"label": 4, "color": (3,)}


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(3)
    return networks.ResUNet(3, (8, 12), (1, 1), noise_map=True)


@pytest.fixture(scope="module")
def gray_network():
    keras.utils.set_random_seed(5)
    return networks.DnCNN(depth=3, width=4)


@pytest.fixture(scope="module")
def level_network():
    keras.utils.set_random_seed(6)
    return networks.ResUNet(1, (8, 12), (1, 1), noise_map=True)


@pytest.fixture(scope="module")
def generator():
    keras.utils.set_random_seed(4)
    return networks.DCGANGenerator((28, 28, 1), 8, width=8, conditions=CONDITIONS)


@pytest.fixture(scope="module")
def models(network, gray_network, level_network, generator, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    export.to_saved_model(network, folder / "photo")
    export.to_saved_model(gray_network, folder / "gray")
    export.to_saved_model(level_network, folder / "level")
    export.to_saved_model(generator, folder / "clothes")
    # What an export beside leaves behind if it is killed, and what somebody puts aside.
    for other in (".2-0123abcd-old", "backup"):
        (folder / "photo" / other).mkdir()
        (folder / "photo" / other / "saved_model.pb").write_bytes(b"")
    return export.serving_kit(folder)


@pytest.fixture(scope="module")
def server(models):
    made = ContractServer(models)
    yield made
    made.close()


@pytest.fixture(params=["rest", "grpc"])
def url(server, request):
    return getattr(server, request.param)


@pytest.fixture
def pixels(photo):
    return np.round(photo * 255).astype(np.uint8)[:61, :50]


def test_restoring_is_what_the_network_does(url, network, pixels):
    restored = client.Client(url, "photo").restore(pixels, sigma=20)
    expected = inference.restore(network, pixels, sigma=20, tile=None)
    assert restored.shape == expected.shape and np.abs(np.int32(restored) - expected).max() <= 1


def test_gray_and_colour_cross_as_they_do_here(url, network, gray_network, pixels):
    restored = client.Client(url, "photo").restore(pixels[..., :1], sigma=20)
    expected = inference.restore(network, pixels[..., :1], sigma=20, tile=None)
    # Each colour was clipped before the mean, not after.
    assert restored.shape == expected.shape and np.abs(np.int32(restored) - expected).mean() < 0.5
    restored = client.Client(url, "gray").restore(pixels)
    expected = inference.restore(gray_network, pixels, tile=None)
    assert restored.shape == expected.shape and np.abs(np.int32(restored) - expected).max() <= 1


def test_sigma_is_estimated_where_none_is_given(url, network, pixels):
    restored, expected = client.Client(url, "photo").restore(pixels), inference.restore(network, pixels, tile=None)
    assert np.abs(np.int32(restored) - expected).max() <= 1


def test_so_it_is_where_gray_and_colour_cross(url, network, level_network, pixels):
    """One estimate of the image as it was given, as here: not of its channels, nor of what was made equal."""
    noise = np.random.default_rng(0).normal(0, [2, 20, 40], pixels.shape)
    noisy = np.uint8(np.clip(pixels + noise, 0, 255))
    for name, here, image in (("photo", network, noisy[..., 1:2]), ("level", level_network, noisy)):
        restored, expected = client.Client(url, name).restore(image), inference.restore(here, image, tile=None)
        assert np.abs(np.int32(restored) - expected).mean() < 0.5
        another = client.Client(url, name).restore(image, sigma=1)
        assert np.abs(np.int32(another) - restored).mean() > 1, "the level matters"


def test_generating_is_what_the_network_does(url, generator):
    asked = client.Client(url, "clothes")
    found = asked.generate(3, seed=7, label=2, color=[1.0, 0.0, 0.0])
    expected = inference.generate(generator, 3, seed=7, label=2, color=[1.0, 0.0, 0.0])
    assert np.abs(np.float32(found) - np.round(expected * 255)).max() <= 1


def test_a_generators_answers_have_their_names(url, generator):
    inputs = inference.inputs_of(generator, 2, seed=3, label=1, color=[0.0, 1.0, 0.0])
    found = client.Client(url, "clothes").predict("serving_default", inputs)
    assert list(found) == ["image"]
    np.testing.assert_allclose(found["image"], generator(inputs, training=False), atol=1e-4)


def test_every_signature_answers(url, network, pixels):
    asked = client.Client(url, "photo")
    floats = np.float32(pixels[None]) / 255
    expected = network((floats, np.full((1, 1, 1, 1), 20 / 255, np.float32)))
    given = {"sigma": [20.0]}
    np.testing.assert_allclose(
        asked.predict("serving_default", {"image": floats, **given})["restored"], expected, atol=1e-4
    )
    levels = asked.predict("serve_uint8", {"image": pixels[None], **given})["restored"]
    assert levels.dtype == np.uint8
    assert np.abs(np.clip(expected, 0, 1) * 255 - levels).max() <= 1


def test_sizes_mix_in_one_request_and_many_come_at_once(url, pixels):
    asked = client.Client(url, "photo")
    pieces = [pixels[: 20 + 4 * n, : 30 + n] for n in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda piece: asked.restore(piece, sigma=20), pieces))
    assert [x.shape for x in found] == [x.shape for x in pieces]
    packed = np.array([png.packed(piece) for piece in pieces], object)
    together = asked.predict("serve_bytes", {"image_bytes": packed, "sigma": [20.0]})["restored_bytes"]
    for alone, item in zip(found, together):
        assert np.abs(np.int32(PIL.Image.open(io.BytesIO(item))) - alone).max() <= 1


def test_a_bad_request_is_told_and_the_next_served(url, pixels):
    asked = client.Client(url, "photo")
    bomb = bytearray(png.packed(pixels))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    for item, message in ((b"no image", "must be a PNG or a JPEG"), (bytes(bomb), "at most 16777216 pixels")):
        with pytest.raises(client.ServerError, match=message):
            asked.predict("serve_bytes", {"image_bytes": np.array([item], object), "sigma": [20.0]})
    with pytest.raises(ValueError, match="no signature restore; known: serve_bytes, serve_uint8, serving_default"):
        asked.predict("restore", {})
    with pytest.raises(ValueError, match="takes image_bytes, sigma, got image"):
        asked.predict("serve_bytes", {"image": pixels})
    with pytest.raises(ValueError, match="image must be uint8, got float32"):
        asked.predict("serve_uint8", {"image": np.float32(pixels[None]) / 255, "sigma": [20.0]})
    with pytest.raises(client.ServerError, match="label must be in 0 to 3"):
        client.Client(url, "clothes").generate(1, label=9, color=[0, 0, 0])
    with pytest.raises(client.ServerError, match="Servable not found"):
        client.Client(url, "nothing").restore(pixels)
    assert asked.restore(pixels, 20).shape == pixels.shape


def test_what_would_be_changed_on_the_way_is_refused(url, pixels):
    """Nothing is cut to a narrower type, nothing out of range is sent."""
    photo, clothes = client.Client(url, "photo"), client.Client(url, "clothes")
    with pytest.raises(ValueError, match="image must fit into uint8, got 300"):
        photo.predict("serve_uint8", {"image": np.full((1, 8, 8, 3), 300, np.uint16), "sigma": [20.0]})
    with pytest.raises(ValueError, match=r"sigma must fit into float32, got 1e\+300"):
        photo.predict("serve_uint8", {"image": pixels[None], "sigma": [1e300]})
    with pytest.raises(ValueError, match="seed must fit into int32, got 4294967297"):
        given = {"number": [0], "label": [0], "color": [[0.0, 0.0, 0.0]]}
        clothes.predict("generate", {"seed": [2**32 + 1], **given})
    for asked, message in (
        ({"label": 2.7}, "label must be integers"),
        ({"label": 0, "seed": 1.5}, "seed must be an integer"),
        ({"label": 0, "color": [255, 0, 0]}, "divide it by 255"),
        ({"label": 0, "color": [0.5, 0.5]}, r"color must be of shape \(3,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            clothes.generate(1, **{"color": [0, 0, 0], **asked})


def test_an_answer_that_is_none_of_tensorflow_servings_is_told(server, pixels, monkeypatch):
    asked = client.Client(server.rest, "photo")
    assert asked.signatures
    for answer in ({}, {"outputs": None}, {"outputs": [{"b65": ""}]}, {"outputs": [3]}):
        monkeypatch.setattr(asked._transport, "_ask", lambda *rest, answer=answer, **more: answer)
        with pytest.raises(client.ServerError, match="does not answer as TensorFlow Serving does"):
            asked.restore(pixels, 20)


def test_a_busy_server_is_asked_again(server, url, pixels, monkeypatch):
    monkeypatch.setattr(client, "time", types.SimpleNamespace(sleep=lambda seconds: None))
    asked = client.Client(url, "photo", retries=2)
    server.failures = 2
    assert asked.restore(pixels, 20).shape == pixels.shape
    server.failures = 3
    try:
        with pytest.raises(client.ServerError, match="being loaded"):
            client.Client(url, "photo", retries=2).restore(pixels)
    finally:
        server.failures = 0


def test_what_can_never_be_sent_is_not_tried_again(server, monkeypatch):
    waits = types.SimpleNamespace(sleep=lambda seconds: pytest.fail("it waits for nothing"))
    monkeypatch.setattr(client, "time", waits)
    image = np.full((1, 8, 8, 3), np.nan, np.float32)
    with pytest.raises(client.ServerError, match="cannot be asked: Out of range float"):
        client.Client(server.rest, "photo").predict("serving_default", {"image": image, "sigma": [20.0]})


def test_no_server_is_told(monkeypatch, pixels):
    monkeypatch.setattr(client, "time", types.SimpleNamespace(sleep=lambda seconds: None))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for kind in ("http", "grpc"):
        with pytest.raises(client.ServerError, match=rf"127\.0\.0\.1:{port}") as error:
            client.Client(f"{kind}://127.0.0.1:{port}", "photo", retries=1, timeout=2).restore(pixels)
        assert "refused" in str(error.value) and " at 0x" not in str(error.value)
    with pytest.raises(ValueError, match="begins with http://, https:// or grpc://"):
        client.Client("ftp://somewhere", "photo")


def test_rest_by_hand_as_the_documentation_has_it(server, pixels):
    encoded = {"b64": __import__("base64").b64encode(png.packed(pixels)).decode()}
    body = {"signature_name": "serve_bytes", "instances": [{"image_bytes": encoded, "sigma": 20}] * 2}
    answer = requests.post(f"{server.rest}/v1/models/photo:predict", json=body).json()
    assert len(answer["predictions"]) == 2 and set(answer["predictions"][0]) == {"b64"}
    for wrong, message in (
        (b"{", "JSON Parse error"),
        (b'{"instances": [1], "inputs": [1]}', "not both"),
        (b'{"inputs": {"image": [[["a"]]], "sigma": [1]}}', "not a float32 tensor"),
        (b'{"signature_name": "serve_bytes", "inputs": {"image_bytes": [{"b64": ""}]}}', "missing"),
        (b'{"signature_name": "none", "inputs": [1]}', "not found"),
        (b'{"instances": []}', "instances"),
        (b'{"instances": 3}', "instances"),
        (b"[1]", "JSON object"),
        (b'{"instances": [{"image": [[[[0, 0, 0]]]]}]}', "missing"),
        (b'{"signature_name": "serve_bytes", "inputs": {"image_bytes": [{"b64": "?"}], "sigma": [1]}}', "base64"),
    ):
        answer = requests.post(f"{server.rest}/v1/models/photo:predict", data=wrong)
        assert answer.status_code == 400 and message in answer.json()["error"]


def test_the_kit_names_every_model_and_its_warmup_replays(models, server):
    from google.protobuf import text_format
    from tensorflow_serving.apis import prediction_log_pb2
    from tensorflow_serving.config import model_server_config_pb2

    config = text_format.Parse((models / "models.config").read_text(), model_server_config_pb2.ModelServerConfig())
    assert [m.name for m in config.model_config_list.config] == ["clothes", "gray", "level", "photo"]
    service = yaml.safe_load((models / "docker-compose.yml").read_text())["services"]["serving"]
    flags = dict(flag.removeprefix("--").split("=") for flag in service["command"])
    assert service["volumes"] == [".:/models:ro"]
    for file in (flags["model_config_file"], flags["monitoring_config_file"]):
        assert (models / Path(file).relative_to("/models")).is_file()
    assert all(m.base_path == f"/models/{m.name}" for m in config.model_config_list.config)
    ports = {f"127.0.0.1:{port}:{port}" for port in (flags["rest_api_port"], flags["port"])}
    assert set(service["ports"]) == ports == {"127.0.0.1:8500:8500", "127.0.0.1:8501:8501"}
    assert yaml.safe_load((models / "monitoring.config").read_text().replace("{", ":").replace("}", "")) == {
        "prometheus_config": {"enable": True, "path": "/monitoring/prometheus/metrics"}
    }
    # As session_bundle_config.proto of TensorFlow Serving has them; it comes with no Python package.
    fields = {line.split(" {")[0] for line in (models / "batching.config").read_text().splitlines() if "{" in line}
    assert fields == {"max_batch_size", "batch_timeout_micros", "max_enqueued_batches", "num_batch_threads"}
    for name, signatures in (("photo", 3), ("clothes", 3)):
        path = models / name / "1" / "assets.extra" / "tf_serving_warmup_requests"
        logs = [prediction_log_pb2.PredictionLog.FromString(x.numpy()) for x in tf.data.TFRecordDataset(str(path))]
        assert len(logs) == signatures
        for log in logs:
            request = log.predict_log.request
            inputs = {n: tf.make_ndarray(v) for n, v in request.inputs.items()}
            assert server.models[name].run(request.model_spec.signature_name, inputs, fill_defaults=True)


def test_an_empty_folder_is_no_kit(tmp_path):
    with pytest.raises(ValueError, match="holds no NAME/VERSION"):
        export.serving_kit(tmp_path)


def test_the_command_line(server, url, network, pixels, tmp_path, capsys):
    images.write(tmp_path / "in.png", pixels)
    asked = ["client", "restore", str(tmp_path / "in.png"), "--url", url, "--model", "photo", "--sigma", "20"]
    assert main([*asked, "-o", str(tmp_path / "out.png")]) == 0
    expected = inference.restore(network, pixels, sigma=20, tile=None)
    assert np.abs(np.int32(images.read(tmp_path / "out.png")) - expected).max() <= 1
    assert main([*asked, "-o", str(tmp_path / "out.png")]) == 2 and "--overwrite" in capsys.readouterr().err
    assert main([*asked, "-o", str(tmp_path)]) == 2 and "is a folder" in capsys.readouterr().err
    assert main([*asked[:-1], "400", "-o", str(tmp_path / "x.png")]) == 2
    assert "sigma must be within [0, 255], got 400" in capsys.readouterr().err
    made = ["client", "generate", "--url", url, "--model", "clothes", "-n", "2", "--label", "3", "--color", "#ff0000"]
    assert main([*made, "-o", str(tmp_path / "many")]) == 0
    assert sorted(path.name for path in (tmp_path / "many").iterdir()) == ["0_0000.png", "0_0001.png"]


def test_on_the_command_line_alpha_of_sixteen_bits_does_not_darken_the_colours(server, network, pixels, tmp_path):
    whole = np.dstack([np.uint16(pixels) * 257, np.full(pixels.shape[:2], 40000, np.uint16)])
    picture = pyvips.Image.new_from_array(np.ascontiguousarray(whole), interpretation="rgb16")
    picture.write_to_file(str(tmp_path / "in.png"))
    client.restore_file(client.Client(server.rest, "photo"), tmp_path / "in.png", tmp_path / "out.png", sigma=20)
    expected = inference.restore(network, pixels, sigma=20, tile=None)
    assert np.abs(np.int32(images.read(tmp_path / "out.png")) - expected).max() <= 1


def test_no_proxy_is_on_the_way_to_this_machine(server, pixels, monkeypatch):
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # where nothing listens
    assert client.Client(server.rest, "photo", retries=0).restore(pixels, 20).shape == pixels.shape
    assert addresses.proxies("http://localhost:80/x") and not addresses.proxies("http://localhost.example.org")


def test_a_kit_stays_whole_when_a_version_is_exported_again(gray_network, tmp_path):
    preset = zoo.save(gray_network, tmp_path / "presets" / "gray")
    exported = ["export", str(preset), "-o", str(tmp_path / "models")]
    warmup = tmp_path / "models/gray/1/assets.extra/tf_serving_warmup_requests"
    assert main(exported) == 0 and not warmup.exists()
    assert main([*exported, "--version", "2", "--serving"]) == 0
    warmup = tmp_path / "models/gray/2/assets.extra/tf_serving_warmup_requests"
    content = warmup.read_bytes()
    assert main([*exported, "--version", "2", "--overwrite"]) == 0 and warmup.read_bytes() == content
