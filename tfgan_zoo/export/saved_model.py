"""SavedModels for TensorFlow Serving and for whatever else reads them."""

import os
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import inference, networks
from tfgan_zoo.data import png, replacing
from tfgan_zoo.export import proof
from tfgan_zoo.export.signatures import Servable, float32_copy


def to_saved_model(network: keras.Model, folder: str | os.PathLike, version: int = 1) -> Path:
    """Exports a network as a SavedModel, proved equal to it.

    Signatures of a restoration network, of any batch and size:

    - serving_default: image (n, height, width, channels), float32 in [0, 1], to restored, not clipped;
    - serve_uint8: the same in 8 bits;
    - serve_bytes: image_bytes (n,), PNG or JPEG, of sizes as they come, to restored_bytes, PNG.

    A network with a noise map takes sigma (n,) or (1,), float32, in 8-bit levels; left out, or
    -1, it is estimated from each image. Signatures of a generator, with its conditions by name:

    - serving_default: latent (n, size) to image, float32 in [0, 1];
    - generate: seed (n,) and number (n,), int32, to image: what `inference.generate` makes;
    - generate_bytes: the same to image_bytes (n,), PNG.

    A classifier has serving_default: image to logits and features.

    Args:
        network: a `networks.RestorationNetwork`, `networks.Generator` or `networks.ConvClassifier`,
            of any dtype policy; the export computes in float32.
        folder: gets the SavedModel in a folder named as the version, as TensorFlow Serving wants it.
        version: a positive number; one that exists is replaced.

    Returns:
        The version's folder.

    Raises:
        export.ExportError: if a fresh process that loads it gets something else than the network
            gives: more than 1e-4 apart in floats, one level in 8 bits. Nothing is kept then.
        ValueError: another kind of network, a version below 1, or a folder in its place that is no SavedModel.
    """
    if version < 1:
        raise ValueError(f"a version is a positive number, got {version}")
    target = Path(folder) / str(version)
    if target.exists() and not (target / "saved_model.pb").exists():
        raise ValueError(f"{target} exists and is no SavedModel; it is not replaced")
    servable = Servable(network)
    with replacing.folder(target) as beside:
        tf.saved_model.save(servable, beside, signatures=servable.functions)
        prove(network, beside)
    return target


def prove(network: keras.Model, folder: Path) -> None:
    """Holds a SavedModel against the network, signature for signature.

    Raises:
        export.ExportError: see `to_saved_model`.
    """
    plain = float32_copy(network)
    requests, expected = _restored(plain) if isinstance(plain, networks.RestorationNetwork) else _made(plain)
    answers = proof.reloaded(folder, requests)
    for signature, outputs in expected.items():
        for name, value in outputs.items():
            found = answers[signature][name]
            if name.endswith("_bytes"):
                found = np.stack([png.unpacked(item) for item in found])
            proof.compare(f"{signature}'s {name}", value, found)


def _restored(network):
    """Requests and answers of a restoration network: two photos of a size that needs padding."""
    height, width = 3 * network.minimum_side + 61, 2 * network.minimum_side + 78
    pixels = np.stack([proof.photo(network.channels, height, width, number) for number in range(2)])
    image, sigma = np.float32(pixels) / 255, np.float32([12, 40])
    floats = _whole(network, image, sigma)
    eight_bit = np.round(np.clip(floats, 0, 1) * 255).astype(np.uint8)
    requests = {
        "serving_default": {"image": image},
        "serve_uint8": {"image": pixels},
        "serve_bytes": {"image_bytes": np.array([png.packed(picture) for picture in pixels])},
    }
    if network.noise_map:
        requests = {signature: {**inputs, "sigma": sigma} for signature, inputs in requests.items()}
    expected = {
        "serving_default": {"restored": floats},
        "serve_uint8": {"restored": eight_bit},
        "serve_bytes": {"restored_bytes": eight_bit},
    }
    return requests, expected


def _whole(network, image, sigma):
    return np.asarray(network((image, sigma[:, None, None, None] / 255) if network.noise_map else image))


def _made(network):
    """Requests and answers of a generator, or of a classifier."""
    if not isinstance(network, networks.Generator):
        height, width, channels = network.shape
        image = np.float32([proof.photo(channels, height, width, number) for number in range(3)]) / 255
        answers = {"logits": network(image, training=False), "features": network.features(image, training=False)}
        return {"serving_default": {"image": image}}, {
            "serving_default": {name: np.asarray(value) for name, value in answers.items()}
        }
    count = 3
    conditions = {name: _some(condition, count) for name, condition in network.conditions.items()}
    inputs = inference.inputs_of(network, count, seed=5, **conditions)
    image = np.asarray(network(inputs, training=False))
    eight_bit = np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
    asked = {"seed": np.full(count, 5, np.int32), "number": np.arange(count, dtype=np.int32)} if network.latent else {}
    asked |= {name: inputs[name] for name in conditions}
    requests = {"serving_default": inputs, "generate_bytes": asked}
    expected = {"serving_default": {"image": image}, "generate_bytes": {"image_bytes": eight_bit}}
    if network.latent:
        requests["generate"], expected["generate"] = asked, {"image": image}
    return requests, expected


def _some(condition, count):
    """Values for a condition: labels in turn, colours and images of a photo."""
    if isinstance(condition, int):
        return np.arange(count) % condition
    if len(condition) == 1:
        return np.linspace(0.1, 0.9, count * condition[0]).reshape(count, -1)
    height, width, channels = condition
    return np.float32([proof.photo(channels, height, width, number) for number in range(count)]) / 255
