"""Images from a generator: the same seed gives the same images on every machine."""

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo.data.conditions import check_seed, rows
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
    check_seed(seed)
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
        ValueError: another kind of network; a condition missing, unknown, out of range, or of another shape than the
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
    if not hasattr(network, "conditions"):
        raise ValueError(f"{network.name} makes no images; it is a {type(network).__name__}")
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
        inputs[name] = _checked(name, value, network.conditions[name], count)
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


def _checked(name, value, condition, count):
    if not isinstance(condition, int):
        return rows(name, value, condition, np.float32, count)
    value = rows(name, value, (), np.int32, count)
    if not ((value >= 0) & (value < condition)).all():
        raise ValueError(f"{name} must be in 0 to {condition - 1}, got {value.min()} to {value.max()}")
    return value
