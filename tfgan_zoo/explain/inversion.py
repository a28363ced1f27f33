"""From an image back to the latent vector that makes it: a look at what a generator can make."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo.inference import generate, inputs_of, latents
from tfgan_zoo.networks import Generator

_TRIED = 64
"""Random vectors looked at for each that is started from."""


@dataclasses.dataclass(frozen=True)
class Inverted:
    """What `invert` found.

    Attributes:
        latent: (count, latent).
        images: what the generator makes of it, (count, height, width, channels).
        error: root of the mean squared difference from the image asked for, (count,), in [0, 1].
    """

    latent: np.ndarray
    images: np.ndarray
    error: np.ndarray


def invert(
    network: Generator,
    images: np.ndarray,
    *,
    steps: int = 200,
    starts: int = 4,
    learning_rate: float = 0.1,
    prior: float = 1e-4,
    seed: int = 0,
    **conditions,
) -> Inverted:
    """Finds latent vectors by Adam on the squared error, from several starts, of which the best stays.

    The starts are those of many random vectors whose images come nearest; a `networks.Mixture`
    stays in their groups.

    On images that the generator never saw the error says how much of the data it covers: a
    generator that dropped a mode cannot make its images. Compare with the error on training
    images and on the generator's own.

    Args:
        network: a generator with a latent vector.
        images: (count, height, width, channels) in [0, 1].
        steps: of Adam.
        starts: latent vectors to start from, for each image.
        learning_rate: of Adam; it falls to 0 on a cosine.
        prior: weight of the mean square of the latent vector, which keeps it where the
            generator was trained.
        seed: of the starts.
        **conditions: by the network's names: a value for all images, or one an image.

    Raises:
        ValueError: a generator without a latent vector, images that are not of its shape, or
            conditions that `generate` would refuse.
    """
    images = np.asarray(images, np.float32)
    if not network.latent:
        raise ValueError(f"{network.name} has no latent vector to look for")
    if images.shape[1:] != network.shape:
        raise ValueError(f"images must be (count, {', '.join(map(str, network.shape))}), got {images.shape}")
    count = len(images)
    conditions = inputs_of(network, count, **conditions)
    del conditions["latent"]
    target = tf.constant(np.repeat(images, starts, axis=0))
    fixed = {name: tf.constant(np.repeat(np.asarray(value), starts, axis=0)) for name, value in conditions.items()}
    first = _nearest(network, images, starts, seed, conditions)
    # What chooses has no gradient but the prior's, which would move it all the same.
    choosing, z = tf.constant(first[:, : network.choosing]), keras.Variable(first[:, network.choosing :])
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    optimizer = keras.optimizers.Adam(schedule)
    optimizer.build([z])

    def whole():
        return tf.concat([choosing, z.value], axis=1)

    def errors():
        made = network({"latent": whole(), **fixed}, training=False)
        return made, tf.reduce_mean(tf.square(made - target), axis=(1, 2, 3))

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            _, error = errors()
            loss = tf.reduce_sum(error + prior * tf.reduce_mean(tf.square(z.value), axis=-1))
        optimizer.apply([tape.gradient(loss, z.value)], [z])

    for _ in range(steps):
        step()
    made, error = (np.asarray(x) for x in errors())
    best = error.reshape(count, starts).argmin(axis=1) + starts * np.arange(count)
    return Inverted(np.asarray(whole())[best], made[best], np.sqrt(error[best]))


def _nearest(network, images, starts, seed, conditions):
    """Of many random latent vectors those whose images are most like each image: (count * starts, latent)."""
    found = []
    for number, image in enumerate(images):
        tried = latents(network.latent, _TRIED * starts, seed + number)
        own = {name: np.asarray(value)[number] for name, value in conditions.items()}
        error = np.square(generate(network, latent=tried, **own) - image).mean(axis=(1, 2, 3))
        found.append(tried[np.argsort(error)[:starts]])
    return np.concatenate(found)
