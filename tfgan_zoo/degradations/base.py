"""What every degradation is: a Keras layer from a clean image to a degraded one."""

import keras
from keras import ops

from tfgan_zoo.ops import random


class Degradation(keras.layers.Layer):
    """Clean image in, degraded image out; parameters are drawn anew for every image.

    Call it on (height, width, channels) or (batch, height, width, channels), floating point in
    [0, 1]. It computes in float32 whatever the global policy is, works in evaluation as in
    training, and does not clip unless its physics does. With `seed` (an int or an integer
    tensor) in the call, the result depends on nothing else: standalone, in a graph and inside
    tf.data it is the same (XLA draws other numbers from the same seed). Without, the layer's own
    generator, started from the constructor's `seed`, advances at each call.

    A subclass writes `draw`, which draws one parameter an image, and `apply`, which uses them.

    Raises:
        ValueError: if the images are integers, or not of rank 3 or 4.
    """

    def __init__(self, seed: int | None = None, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        # There is nothing to build, even in a part that its owner never calls.
        self.built = True

    def draw(self, count, seed) -> dict:
        """Draws the parameters of `count` images: a dict of tensors, each of first size `count`."""
        return {}

    def apply(self, images, seed, **parameters):
        """Degrades (batch, height, width, channels) with the drawn parameters."""
        raise NotImplementedError

    def call(self, images, seed=None):
        return self.degrade(images, seed)

    def degrade(self, images, seed, **given):
        """What `call` does; `given` goes to `apply` beside the drawn parameters."""
        _check(self.name, images)
        batch = images if len(images.shape) == 4 else images[None]
        seed = random.as_seed(self.seed_generator if seed is None else seed)
        parameter_seed, noise_seed = random.split(seed, 2)
        parameters = self.draw(ops.shape(batch)[0], parameter_seed)
        degraded = self.apply(batch, noise_seed, **parameters, **given)
        if len(images.shape) == 4:
            return degraded
        return keras.tree.map_structure(lambda x: x[0], degraded)

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


def _check(name, images):
    if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(images.dtype)):
        raise ValueError(f"{name} takes floating point images in [0, 1], got {images.dtype}")
    if len(images.shape) not in (3, 4):
        raise ValueError(f"{name} takes (batch, height, width, channels) or one image, got shape {images.shape}")


def per_image(values):
    """Shapes one value an image, (batch,), so that it multiplies (batch, height, width, channels)."""
    return values[:, None, None, None]


def bounds(name: str, value, low: float = 0.0, high: float = float("inf")):
    """Checks a parameter that is a number or a pair (smallest, largest) within [low, high].

    Raises:
        ValueError: if it is not.
    """
    pair = ends(value)
    if len(pair) != 2 or not low <= pair[0] <= pair[1] <= high:
        raise ValueError(f"{name} must be a number or a pair (smallest, largest) within [{low}, {high}], got {value}")
    return value


def ends(value) -> tuple:
    """A number or a pair (smallest, largest), as a pair."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def fraction(name: str, value) -> float:
    """Checks a parameter that is one number within [0, 1].

    Raises:
        ValueError: if it is not.
    """
    if not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError(f"{name} must be one number within [0, 1], got {value}")
    return value


def draw_range(value, count, seed):
    """Draws `count` values uniformly from a pair (smallest, largest); or repeats one number."""
    return random.uniform((count,), *ends(value), seed)
