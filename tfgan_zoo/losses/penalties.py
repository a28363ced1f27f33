"""Penalties on the gradient of the discriminator's logit with respect to its input image.

Of a discriminator of patches it is the mean logit of the image.

A penalty says where that gradient is taken (`at`) and what it costs. Images are thought of in
[-1, 1], as in the papers, whatever range the network takes.
"""

import keras
from keras import ops

from tfgan_zoo.ops import random


class Penalty:
    """What a `models.Adversarial` needs of a penalty.

    Attributes:
        at: "real", "fake", or "between" for random points between the two.
    """

    at = "real"

    def __call__(self, gradient):
        """The cost of a gradient, (batch, ...): one value an image, float32."""
        raise NotImplementedError

    @classmethod
    def from_config(cls, config: dict):
        """A penalty from what `get_config` gave."""
        return cls(**config)


class _ZeroCentred(Penalty):
    def __init__(self, gamma: float = 0.5):
        if gamma < 0:
            raise ValueError(f"gamma must not be negative, got {gamma}")
        self.gamma = gamma

    def __call__(self, gradient):
        return self.gamma / 2 * squared_norm(gradient)

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return {"gamma": self.gamma}


@keras.saving.register_keras_serializable("tfgan_zoo")
class R1(_ZeroCentred):
    """gamma/2 |grad D(x)|^2 at real images (Mescheder et al. 2018, eq. 9)."""

    at = "real"


@keras.saving.register_keras_serializable("tfgan_zoo")
class R2(_ZeroCentred):
    """gamma/2 |grad D(G(z))|^2 at generated images (Mescheder et al. 2018, eq. 10)."""

    at = "fake"


@keras.saving.register_keras_serializable("tfgan_zoo")
class GradientPenalty(Penalty):
    """weight (|grad D| - target)^2 between real and generated (WGAN-GP, Gulrajani et al. 2017, eq. 3).

    Args:
        weight: 10 in the paper.
        target: norm that is asked for.
    """

    at = "between"

    def __init__(self, weight: float = 10.0, target: float = 1.0):
        if weight < 0 or target < 0:
            raise ValueError(f"weight and target must not be negative, got {weight} and {target}")
        self.weight, self.target = weight, target

    def __call__(self, gradient):
        # The root's own gradient is infinite at 0.
        return self.weight * ops.square(ops.sqrt(squared_norm(gradient) + 1e-12) - self.target)

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return {"weight": self.weight, "target": self.target}


def squared_norm(gradient):
    """Sum of squares of (batch, ...) over all but the batch, in float32."""
    gradient = ops.cast(gradient, "float32")
    return ops.sum(ops.square(gradient), axis=tuple(range(1, len(gradient.shape))))


def between(real, fake, seed):
    """Points drawn uniformly on the lines from real to generated images, one a pair."""
    shape = (ops.shape(real)[0], *[1] * (len(real.shape) - 1))
    share = random.uniform(shape, 0.0, 1.0, seed)
    return real + share * (fake - real)
