"""Smooth random fields over an image: depth, mist, uneven light."""

from keras import ops

from tfgan_zoo.ops import random, resize


def smooth(count, height, width, cells: int, seed):
    """Bicubic interpolation of uniform noise on a grid of `cells` x `cells`: (count, height, width, 1).

    Values are stretched so that each image's lie between 0 and 1, both reached.
    """
    coarse = random.uniform((count, cells, cells, 1), 0.0, 1.0, seed)
    return stretched(resize.resize_to(coarse, height, width))


def plane(count, height, width, seed):
    """The depth of a ground seen from a random height and tilt: (count, height, width, 1).

    1 / (distance below the horizon), from 0 (nearest) to 1 at and above the horizon, which lies in the
    upper half or above the image; tilted sideways by up to 15 degrees or so.
    """
    seeds = random.split(seed, 3)
    horizon = random.uniform((count, 1, 1, 1), -1.0, 0.5, seeds[0])
    tilt = random.uniform((count, 1, 1, 1), -0.25, 0.25, seeds[1])
    reach = random.uniform((count, 1, 1, 1), 0.1, 0.5, seeds[2])
    y, x = (_positions(n) for n in (height, width))
    below = ops.relu(y[None, :, None, None] + tilt * (x[None, None, :, None] - 0.5) - horizon)
    return stretched(reach / (reach + below))


def stretched(fields):
    """Maps the values of each of (batch, height, width, 1) linearly to 0 ... 1; a constant field to 0."""
    low = ops.min(fields, axis=(1, 2, 3), keepdims=True)
    high = ops.max(fields, axis=(1, 2, 3), keepdims=True)
    return (fields - low) / ops.maximum(high - low, 1e-6)


def _positions(length):
    """Centres of `length` pixels over 0 ... 1."""
    return (ops.cast(ops.arange(length), "float32") + 0.5) / ops.cast(length, "float32")
