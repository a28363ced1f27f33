"""What an exported network can be asked for: functions of tensors by name, whichever kind it is."""

import functools
import inspect
import os

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import inference, networks
from tfgan_zoo.data import noise_level

ESTIMATE = -1.0
"""A sigma that stands for: estimate it from the image."""
MOST_PIXELS = 2**24
"""Larger images are refused, encoded ones before they are unpacked: the network takes them whole."""

_TOO_LARGE = f"an image may have at most {MOST_PIXELS} pixels, got height and width"


class Servable(tf.Module):
    """A network with its signatures, ready for `tf.saved_model.save`.

    Args:
        network: a `networks.RestorationNetwork`, a `networks.Generator` or a classifier, of which
            a float32 copy is taken, without batch norm where the network can be without.
    """

    def __init__(self, network: keras.Model):
        super().__init__()
        plain = folded_copy(network)
        self.network_variables = [variable.value for variable in plain.variables]
        self.functions = signatures(plain)


def float32_copy(network: keras.Model) -> keras.Model:
    """The same network computing in float32: what exports are held against.

    Raises:
        TypeError: a preset's name in place of its network.
    """
    if isinstance(network, (str, os.PathLike)):
        raise TypeError(f'the first argument is a network, such as zoo.load("{network}")')
    copy = type(network).from_config({**network.get_config(), "dtype": "float32"})
    copy.set_weights(network.get_weights())
    copy.name = network.name
    return copy


def folded_copy(network: keras.Model) -> keras.Model:
    """What is exported: the copy in float32, with batch norm folded into the convolutions where the network can."""
    copy = float32_copy(network)
    return copy.folded() if hasattr(copy, "folded") else copy


def signatures(network: keras.Model) -> dict:
    """Signatures by name, the first of them the one to serve by default; each a `tf.function` of named tensors.

    Raises:
        ValueError: a network that is neither for restoration nor a generator nor a classifier.
    """
    if isinstance(network, networks.RestorationNetwork):
        return _restoring(network)
    if isinstance(network, networks.Generator):
        return _generating(network)
    if isinstance(network, networks.ConvClassifier):
        return _classifying(network)
    raise ValueError(f"{type(network).__name__} is no RestorationNetwork, Generator or ConvClassifier")


def _restoring(network) -> dict:
    """Of float, 8-bit and encoded images; sigma in 8-bit levels, an image or one for all, `ESTIMATE` by default."""
    channels = network.channels

    def restored(image, sigma):
        with tf.control_dependencies(_fitting(network, image)):
            image = tf.identity(image)
        if not network.noise_map:
            return network(image)
        known = (sigma + tf.zeros(tf.shape(image)[:1])) / 255.0
        guess = tf.cond(tf.reduce_any(known < 0), lambda: estimated(image), lambda: known)
        return network((image, tf.where(known < 0, guess, known)[:, None, None, None]))

    def of_floats(image, sigma):
        return {"restored": restored(image, sigma)}

    def of_levels(image, sigma):
        return {"restored": _levels(restored(tf.cast(image, tf.float32) / 255.0, sigma))}

    def of_bytes(image_bytes, sigma):
        def one(encoded, level):
            image = tf.cast(decoded(encoded, channels), tf.float32)[None] / 255.0
            return tf.io.encode_png(_levels(restored(image, level[None]))[0])

        levels = sigma + tf.zeros(tf.shape(image_bytes)[:1])
        # One after the other: each may be as large as fits into the memory.
        return {"restored_bytes": _each(lambda pair: one(*pair), (image_bytes, levels))}

    floats = tf.TensorSpec((None, None, None, channels), tf.float32, "image")
    eight_bit = tf.TensorSpec((None, None, None, channels), tf.uint8, "image")
    encoded = tf.TensorSpec((None,), tf.string, "image_bytes")
    made = {"serving_default": (of_floats, floats), "serve_uint8": (of_levels, eight_bit)}
    made["serve_bytes"] = (of_bytes, encoded)
    return {name: _with_sigma(function, spec, network.noise_map) for name, (function, spec) in made.items()}


def _with_sigma(function, spec, noise_map: bool):
    """A `tf.function` of the image alone, or of it and a sigma that may be left out."""
    name = spec.name
    if not noise_map:
        return _function(lambda **inputs: function(inputs[name], tf.zeros(1)), {name: spec})
    sigma = tf.TensorSpec((None,), tf.float32, "sigma")
    return _function(
        lambda **inputs: function(inputs[name], inputs["sigma"]), {name: spec, "sigma": sigma}, {"sigma": [ESTIMATE]}
    )


def _generating(network) -> dict:
    """From latent vectors, or from seeds: image `number` of `seed` is what `inference.generate` makes."""

    def conditions():
        return {
            name: tf.TensorSpec((None,), tf.int32, name)
            if isinstance(condition, int)
            else tf.TensorSpec((None, *condition), tf.float32, name)
            for name, condition in network.conditions.items()
        }

    def made(inputs):
        given = {name: inputs[name] for name in conditions()}
        for name, condition in network.conditions.items():
            if isinstance(condition, int):
                known = tf.reduce_all((given[name] >= 0) & (given[name] < condition))
                rule = tf.debugging.Assert(known, [f"{name} must be in 0 to {condition - 1}, got", given[name]])
                # Looking an unknown label up fails too, with a message that names no rule.
                with tf.control_dependencies([rule]):
                    given[name] = tf.identity(given[name])
        return network({**given, **({"latent": inputs["latent"]} if network.latent else {})}, training=False)

    def drawn(inputs):
        if not network.latent:
            return made(inputs)
        return made({**inputs, "latent": inference.latent_rows(network.latent, inputs["seed"], inputs["number"])})

    def encoded(inputs):
        return _each(tf.io.encode_png, _levels(drawn(inputs)))

    draws = {name: tf.TensorSpec((None,), tf.int32, name) for name in ("seed", "number")} if network.latent else {}
    latent = {"latent": tf.TensorSpec((None, network.latent), tf.float32, "latent")} if network.latent else {}
    result = {"serving_default": _function(lambda **x: {"image": made(x)}, {**latent, **conditions()})}
    if network.latent:
        result["generate"] = _function(lambda **x: {"image": drawn(x)}, {**draws, **conditions()})
    result["generate_bytes"] = _function(lambda **x: {"image_bytes": encoded(x)}, {**draws, **conditions()})
    return result


def _classifying(network) -> dict:
    def seen(image):
        return {"logits": network(image, training=False), "features": network.features(image, training=False)}

    spec = tf.TensorSpec((None, *network.shape), tf.float32, "image")
    return {"serving_default": _function(lambda **x: seen(x["image"]), {"image": spec})}


def _function(function, specs: dict, defaults: dict | None = None):
    """A `tf.function` whose arguments are named as the specs; TensorFlow keeps the defaults with the signature."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    given = {name: tf.constant(value, specs[name].dtype) for name, value in (defaults or {}).items()}
    parameters = [inspect.Parameter(name, kind, default=given.get(name, inspect.Parameter.empty)) for name in specs]

    def named(*values):
        return function(**dict(zip(specs, values)))

    named.__signature__ = inspect.Signature(parameters)
    return tf.function(named, input_signature=[*specs.values()], autograph=False)


def _each(function, values):
    return tf.map_fn(function, values, fn_output_signature=tf.string, parallel_iterations=1)


def _levels(image):
    return tf.cast(tf.round(tf.clip_by_value(image, 0.0, 1.0) * 255.0), tf.uint8)


def _fitting(network, image):
    """Checks the size of images: not too small for the network, not too large for the memory."""
    sides = tf.shape(image, tf.int64)[1:3]
    pixels = tf.debugging.Assert(tf.reduce_prod(sides) <= MOST_PIXELS, [_TOO_LARGE, sides])
    rule = f"each side must be at least {network.minimum_side} pixels, got height and width"
    return pixels, tf.debugging.Assert(tf.reduce_all(sides >= network.minimum_side), [rule, sides])


def decoded(encoded, channels: int):
    """An encoded PNG or JPEG, a scalar string, as (height, width, channels), uint8.

    What the header says is checked before anything is unpacked. The orientation of EXIF is not applied.
    """
    begins = tf.strings.join([tf.strings.substr(encoded, 0, 16), bytes(16)])  # so long, whatever was sent
    signed = tf.strings.substr(begins, 0, 8) == b"\x89PNG\r\n\x1a\n"
    # The sides are in IHDR, which comes first.
    is_png = tf.logical_and(signed, tf.strings.substr(begins, 12, 4) == b"IHDR")
    is_jpeg = tf.strings.substr(encoded, 0, 2) == b"\xff\xd8"
    known = tf.debugging.Assert(tf.logical_or(is_png, is_jpeg), ["image_bytes must be a PNG or a JPEG file"])
    with tf.control_dependencies([known]):
        sides = tf.cond(
            is_png, functools.partial(_png_sides, encoded), lambda: tf.io.extract_jpeg_shape(encoded, tf.int64)[:2]
        )
    # Divided, not multiplied: sides from a file can be of any size.
    fits = tf.debugging.Assert(
        tf.logical_and(sides[0] > 0, sides[1] <= MOST_PIXELS // tf.maximum(sides[0], 1)), [_TOO_LARGE, sides]
    )
    with tf.control_dependencies([fits]):
        image = tf.io.decode_image(encoded, channels=channels, expand_animations=False)
    return tf.ensure_shape(image, (None, None, channels))


def _png_sides(encoded):
    header = tf.reshape(tf.io.decode_raw(tf.strings.substr(encoded, 16, 8), tf.uint8), (2, 4))
    width, height = tf.unstack(
        tf.linalg.matvec(tf.cast(header, tf.int64), tf.constant([2**24, 2**16, 2**8, 1], tf.int64))
    )
    return tf.stack([height, width])


def estimated(images):
    """Sigma of white noise, (batch,), in units of the range: as `data.estimate_sigma`, in a graph."""
    sides, channels = tf.shape(images)[1:3], images.shape[-1]
    kept = tf.minimum(sides, noise_level.LARGEST) // 2 * 2
    side = tf.minimum(noise_level.BLOCK, tf.reduce_min(kept))
    top, left = tf.unstack((sides - kept) // 2)
    rows, columns = tf.unstack(kept // side)
    window = images[:, top : top + rows * side, left : left + columns * side]
    cut = tf.transpose(tf.reshape(window, (-1, rows, side, columns, side, channels)), (0, 1, 3, 2, 4, 5))
    blocks = tf.reshape(cut, (-1, rows * columns, side, side, channels))
    detail = blocks[:, :, ::2, ::2] - blocks[:, :, 1::2, ::2] - blocks[:, :, ::2, 1::2] + blocks[:, :, 1::2, 1::2]
    sizes = tf.reshape(tf.abs(detail) / 2.0, (-1, rows * columns, side**2 // 4 * channels))
    found = _quantile(sizes, 0.5) / noise_level.unbiased(tf.cast(side, tf.float32), channels)
    clipped = tf.reduce_mean(tf.cast((blocks <= 0) | (blocks >= 1), tf.float32), axis=(2, 3, 4))
    most = tf.maximum(noise_level.CLIPPED, _quantile(clipped, 0.25))[:, None]
    whole = clipped <= most
    counts = tf.reduce_sum(tf.cast(whole, tf.int32), axis=1)
    return _quantile(tf.where(whole, found, np.inf), noise_level.QUIET, counts)


def _quantile(values, share, counts=None):
    """Along the last axis, of the smallest `counts` values of each row; interpolated as numpy's."""
    ordered = tf.sort(values, axis=-1)
    counts = tf.fill(tf.shape(values)[:-1], tf.shape(values)[-1]) if counts is None else counts
    place = share * tf.cast(counts - 1, tf.float32)
    below = tf.cast(place, tf.int32)
    ends = below, tf.minimum(below + 1, counts - 1)
    low, high = (tf.gather(ordered, number, batch_dims=number.shape.rank) for number in ends)
    return low + (place - tf.cast(below, tf.float32)) * (high - low)
