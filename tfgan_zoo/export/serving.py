"""What TensorFlow Serving reads beside its models: which to serve, how to batch, what to warm up with."""

import os
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgan_zoo import extras
from tfgan_zoo.data import replacing
from tfgan_zoo.export import proof

MODELS = "models.config"
REST_PORT, GRPC_PORT = 8501, 8500
_SIDE = 64

_BATCHING = """\
# For --enable_batching. Requests are joined only where their images are of one size. One bad image fails all that it
# was joined with, so leave batching off for serve_bytes, whose images come from outside.
max_batch_size { value: 8 }
batch_timeout_micros { value: 2000 }
max_enqueued_batches { value: 64 }
num_batch_threads { value: 2 }
"""
_MONITORING = """\
prometheus_config {
  enable: true
  path: "/monitoring/prometheus/metrics"
}
"""
_COMPOSE = f"""\
services:
  serving:
    image: tensorflow/serving:2.19.1
    # From this machine alone: there is no password. Put a proxy with one in front to open it.
    ports:
      - "127.0.0.1:{REST_PORT}:{REST_PORT}"
      - "127.0.0.1:{GRPC_PORT}:{GRPC_PORT}"
    volumes:
      - .:/models:ro
    command:
      - --model_config_file=/models/models.config
      - --monitoring_config_file=/models/monitoring.config
      - --rest_api_port={REST_PORT}
      - --port={GRPC_PORT}
    restart: unless-stopped
"""


def serving_kit(folder: str | os.PathLike) -> Path:
    """Writes TensorFlow Serving's files into a folder of exported models, NAME/VERSION each.

    models.config, monitoring.config, batching.config, docker-compose.yml; and into each model's
    newest version warm-up requests, so that no client waits while the first is compiled.

    Args:
        folder: of the models; files of an earlier kit are replaced, but for docker-compose.yml,
            which is for its owner to change.

    Returns:
        The folder.

    Raises:
        ValueError: if it holds no model, or the extra package is missing.
    """
    folder = Path(folder)
    versions = [path.parent for path in folder.glob("*/*/saved_model.pb") if path.parent.name.isdigit()]
    newest = {version.parent: version for version in sorted(versions, key=lambda version: int(version.name))}
    if not newest:
        raise ValueError(f"{folder} holds no NAME/VERSION/saved_model.pb")
    models = sorted(newest)
    for version in newest.values():
        write_warmup(version)
    entries = "".join(
        f'  config {{ name: "{m.name}" base_path: "/models/{m.name}" model_platform: "tensorflow" }}\n' for m in models
    )
    replacing.text(folder / MODELS, f"model_config_list {{\n{entries}}}\n")
    replacing.text(folder / "batching.config", _BATCHING)
    replacing.text(folder / "monitoring.config", _MONITORING)
    if not (folder / "docker-compose.yml").exists():
        replacing.text(folder / "docker-compose.yml", _COMPOSE)
    return folder


def write_warmup(version: Path) -> Path:
    """Writes a request for each signature into a SavedModel's assets.extra, as TensorFlow Serving replays them.

    Raises:
        ValueError: if the extra package is missing.
    """
    predict_pb2, prediction_log_pb2 = requests_modules()
    path = version / "assets.extra" / "tf_serving_warmup_requests"
    with replacing.file(path) as beside, tf.io.TFRecordWriter(str(beside)) as file:
        for signature, function in tf.saved_model.load(str(version)).signatures.items():
            request = predict_pb2.PredictRequest()
            request.model_spec.name, request.model_spec.signature_name = version.parent.name, signature
            for name, spec in function.structured_input_signature[1].items():
                request.inputs[name].CopyFrom(tf.make_tensor_proto(_value(name, spec)))
            log = prediction_log_pb2.PredictionLog(predict_log=prediction_log_pb2.PredictLog(request=request))
            file.write(log.SerializeToString())
    return path


def requests_modules() -> list:
    """The modules of TensorFlow Serving's requests and of its log of them.

    Raises:
        ValueError: if the extra package is missing.
    """
    names = ("predict_pb2", "prediction_log_pb2")
    return [extras.module(f"tensorflow_serving.apis.{name}", "serving", "serving kits") for name in names]


def _value(name: str, spec: tf.TensorSpec):
    """A plausible value: a piece of a photo, zeros for what counts or is drawn."""
    shape = [1, *(_SIDE if side is None else side for side in spec.shape[1:])]
    if spec.dtype == tf.string:
        pixels = proof.photo(3, _SIDE, _SIDE)
        return np.array([tf.io.encode_png(pixels).numpy()], object)
    if len(shape) == 4:
        pixels = proof.photo(shape[-1], *shape[1:3])[None]
        return pixels if spec.dtype == tf.uint8 else np.float32(pixels) / 255
    return np.full(shape, 25 if name == "sigma" else 0, spec.dtype.as_numpy_dtype)
