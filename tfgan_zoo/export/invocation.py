"""What a TFLite file computes of a network: inputs by name, of a fixed size, to outputs by name."""

import os

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import inference, networks
from tfgan_zoo.data import convert, images
from tfgan_zoo.export import proof


def run(network: keras.Model, inputs: dict) -> dict:
    """What a TFLite file computes, by the network itself: inputs by name to outputs by name."""
    if isinstance(network, networks.Generator):
        return {"image": network(inputs, training=False)}
    if isinstance(network, networks.ConvClassifier):
        return {
            "logits": network(inputs["image"], training=False),
            "features": network.features(inputs["image"], training=False),
        }
    image = inputs["image"]
    # Not divided: a division in 8 bits is far off.
    given = (image, inputs["sigma"][:, None, None, None] * (1 / 255)) if network.noise_map else image
    return {"restored": tf.clip_by_value(network(given), 0.0, 1.0)}


def specs(network: keras.Model, sides: tuple[int, int]) -> dict[str, tf.TensorSpec]:
    """The inputs of a file, by name; of batch 1."""
    if isinstance(network, networks.Generator):
        return {name: tf.TensorSpec(x.shape, x.dtype, name) for name, x in network.example().items()}
    if isinstance(network, networks.ConvClassifier):
        return {"image": tf.TensorSpec((1, *network.shape), tf.float32, "image")}
    made = {"image": tf.TensorSpec((1, *sides, network.channels), tf.float32, "image")}
    return made | ({"sigma": tf.TensorSpec((1,), tf.float32, "sigma")} if network.noise_map else {})


def sides(network: keras.Model, size: int | tuple[int, int]) -> tuple[int, int]:
    """Height and width of a file's image.

    Raises:
        ValueError: smaller than the network takes.
    """
    both = (size, size) if isinstance(size, int) else tuple(size)
    if isinstance(network, networks.RestorationNetwork) and min(both) < network.minimum_side:
        raise ValueError(f"each side must be at least {network.minimum_side} pixels, got {both}")
    return both


def examples(network: keras.Model, sides: tuple[int, int], count: int = 2) -> list[dict[str, np.ndarray]]:
    """Inputs to try a file with: a photo with noise of sigma 25, or drawn latent vectors."""
    made, random = [], np.random.default_rng(0)
    for number in range(count):
        inputs = {}
        for name, spec in specs(network, sides).items():
            shape = tuple(spec.shape)
            if name == "sigma":
                inputs[name] = np.float32([25])
            elif name == "latent":
                inputs[name] = inference.latents(shape[1], 1, seed=number)
            elif spec.dtype == tf.int32:
                inputs[name] = np.int32([number])
            elif len(shape) == 4:
                clean = np.float32(proof.photo(shape[3], *shape[1:3], number)) / 255
                noise = random.normal(0, 25 / 255, clean.shape) * (not isinstance(network, networks.Generator))
                inputs[name] = np.float32(np.clip(clean + noise, 0, 1))[None]
            else:
                inputs[name] = np.full(shape, 0.5, np.float32)
        made.append(inputs)
    return made


def tried(network: keras.Model, size: int) -> list[tuple[dict[str, np.ndarray], None]]:
    """Inputs to measure a file by where nothing better is at hand, in the form that `report.measured` takes."""
    return [(inputs, None) for inputs in examples(network, sides(network, size))]


def met(network: keras.Model, source: str | os.PathLike, size: int) -> list[tuple[dict[str, np.ndarray], None]]:
    """Photos such as a restoration network will meet, as they are; sigma is estimated from each.

    Args:
        network: whose recipe, which would say how clean photos are to be damaged, is not known.
        source: folder of photos; 96 of them, evenly spaced, are taken.
        size: side of the file's image, in pixels.

    Returns:
        Inputs by name, in the form that `report.measured` takes.

    Raises:
        images.ImageError: see `images.files` and `images.read`.
        ValueError: a network that does not restore.
    """
    if not isinstance(network, networks.RestorationNetwork):
        raise ValueError(f"{network.name} does not restore photos: call export.to_tflite with inputs that it meets")
    paths, made = images.files(source), []
    for row in np.linspace(0, len(paths) - 1, min(len(paths), 96)).astype(int):
        photo = convert.window(images.read(paths[row], network.channels), size)
        inputs = {"image": np.float32(photo[None]) / 255}
        if network.noise_map:
            inputs["sigma"] = np.float32([inference.estimate_sigma(inference.ArrayPicture(photo))])
        made.append((inputs, None))
    return made


def whole_range(request: dict) -> dict:
    """A request whose images reach from 0 to 1, so that levels of uint8 are exactly those of the file."""
    made = {name: np.array(value) for name, value in request.items()}
    if "image" in made:
        made["image"] = np.clip(made["image"], 0, 1)
        made["image"][0, 0, 0], made["image"][0, 0, 1] = 0.0, 1.0
    return made
