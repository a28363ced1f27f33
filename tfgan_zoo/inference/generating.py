"""Images from a generator: the same seed gives the same images on every machine."""

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo.networks import Generator

_AT_ONCE = 256


def latents(size: int, count: int, seed: int = 0, truncation: float = 1.0) -> np.ndarray:
    """Latent vectors, (count, size), float32, standard normal.

    Number i is a function of `seed` and i alone, so that it does not depend on the machine or on
    how many are asked for; an exported network draws the same.

    Args:
        size: of each vector; that of the network is its `latent`.
        count: of vectors.
        seed: in 0 to 2^31 - 1.
        truncation: the standard deviation; under 1 images are more usual and more alike.

    Raises:
        ValueError: a seed out of range, or a truncation outside of (0, 2].
    """
    if not 0 <= seed < 2**31:
        raise ValueError(f"seed must be in 0 to 2^31 - 1, got {seed}")
    if not 0 < truncation <= 2:
        raise ValueError(f"truncation must be in (0, 2], got {truncation}")
    numbers = tf.range(count)
    return np.float32(truncation) * latent_rows(size, tf.fill((count,), seed), numbers).numpy()


def latent_rows(size: int, seeds, numbers):
    """The latent vectors, (count, size), of numbers and seeds, each (count,), int32; standard normal.

    By Philox, counter-based (Salmon et al. 2011), as TensorFlow promises it on every device.
    """
    return tf.ensure_shape(_rows(size, seeds, numbers), (None, size))


_SEVERAL = tf.TensorSpec((None,), tf.int32)


@tf.function(input_signature=[tf.TensorSpec((), tf.int32), _SEVERAL, _SEVERAL])
def _rows(size, seeds, numbers):
    """One graph for all sizes: TensorFlow warns of a function that is traced again and again."""
    return tf.map_fn(
        lambda pair: tf.random.stateless_normal((size,), tf.stack(pair), alg="philox"),
        (seeds, numbers),
        fn_output_signature=tf.TensorSpec((None,), tf.float32),
    )


def generate(
    network: Generator, count: int = 1, *, seed: int = 0, truncation: float = 1.0, latent=None, **conditions
) -> np.ndarray:
    """Makes images.

    Args:
        network: a generator, such as `zoo.load` gives.
        count: of images.
        seed: of the latent vectors.
        truncation: of the latent vectors.
        latent: the latent vectors themselves, (count, latent), instead of drawn ones.
        **conditions: by the network's names: a value for all images, or one an image; images as
            uint8 or floating point in [0, 1].

    Returns:
        (count, height, width, channels), float32 in [0, 1].

    Raises:
        ValueError: a condition missing, unknown, out of range, or of another shape than the
            network's; latent vectors of another shape.
    """
    inputs = inputs_of(network, count, seed=seed, truncation=truncation, latent=latent, **conditions)
    count = len(next(iter(inputs.values())))
    chunks = [{k: v[i : i + _AT_ONCE] for k, v in inputs.items()} for i in range(0, count, _AT_ONCE)]
    return np.concatenate([keras.ops.convert_to_numpy(network(chunk, training=False)) for chunk in chunks])


def inputs_of(
    network: Generator, count: int = 1, *, seed: int = 0, truncation: float = 1.0, latent=None, **conditions
) -> dict[str, np.ndarray]:
    """What the network takes for what `generate` is asked for: arrays by name, one row an image."""
    if unknown := set(conditions) - set(network.conditions):
        raise ValueError(f"{network.name} has the conditions {sorted(network.conditions)}, not {sorted(unknown)}")
    if missing := set(network.conditions) - set(conditions):
        raise ValueError(f"{network.name} also needs {', '.join(sorted(missing))}")
    inputs = {}
    if network.latent:
        given = latents(network.latent, count, seed, truncation) if latent is None else np.float32(latent)
        if given.ndim != 2 or given.shape[1] != network.latent or (count not in (1, len(given))):
            rows = "count" if count == 1 else count
            raise ValueError(f"latent must be of shape ({rows}, {network.latent}), got {given.shape}")
        inputs["latent"], count = given, len(given)
    for name, value in conditions.items():
        inputs[name] = _repeated(name, value, network.conditions[name], count)
    return inputs


def slerp(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Latent vectors on the great circle from one to another, (steps, size), ends included (Shoemake 1985).

    A straight line would pass through vectors shorter than any that the generator has seen.
    """
    if steps < 2:
        raise ValueError(f"steps must be at least 2, got {steps}")
    cosine = np.dot(start, end) / (np.linalg.norm(start) * np.linalg.norm(end))
    angle = np.arccos(np.clip(cosine, -1, 1))
    share = np.linspace(0, 1, steps)[:, None]
    if angle < 1e-6:
        return ((1 - share) * start + share * end).astype(np.float32)
    return ((np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)).astype(np.float32)


def _repeated(name, value, condition, count):
    shape, dtype = ((), np.int32) if isinstance(condition, int) else (condition, np.float32)
    value = np.asarray(value)
    if isinstance(condition, int) and value.dtype.kind not in "iu":
        raise ValueError(f"{name} must be integers, the numbers of classes, got {value.ravel()[0]!r}")
    if value.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be numbers, got {value.ravel()[0]!r}")
    if name == "color" and not ((value >= 0) & (value <= 1)).all():
        raise ValueError(f"color must be in [0, 1], got {value.min():g} to {value.max():g}; divide it by 255?")
    if len(shape) == 3:
        value = value / 255 if value.dtype == np.uint8 else value
        if not ((value >= 0) & (value <= 1)).all():
            raise ValueError(f"{name} must be uint8 or in [0, 1], got {value.min():g} to {value.max():g}")
    value = value.astype(dtype)
    if value.shape == shape:
        value = np.broadcast_to(value, (count, *shape))
    if value.shape != (count, *shape):
        raise ValueError(f"{name} must be of shape {shape}, or {(count, *shape)} for {count} images, got {value.shape}")
    if isinstance(condition, int) and not ((value >= 0) & (value < condition)).all():
        raise ValueError(f"{name} must be in 0 to {condition - 1}, got {value.min()} to {value.max()}")
    return np.ascontiguousarray(value)
