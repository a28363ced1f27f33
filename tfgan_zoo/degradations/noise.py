"""Noise that acts on each pixel alone: Gaussian, speckle, Poisson, salt and pepper."""

import keras
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, ends, fraction, per_image
from tfgan_zoo.ops import random


@keras.saving.register_keras_serializable("tfgan_zoo")
class GaussianNoise(Degradation):
    """y = x + sigma n, n standard normal; neither clipped nor rounded.

    Args:
        sigma: standard deviation in units of the image's range, such as 25 / 255; a pair
            (smallest, largest) draws it uniformly for each image.
        return_sigma: returns (noisy, sigma map) instead of the noisy image alone, the map of
            shape (batch, height, width, 1): the input of a network with a noise map.
        **kwargs: of `Degradation`.
    """

    def __init__(self, sigma=25 / 255, return_sigma: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.sigma, self.return_sigma = bounds("sigma", sigma, high=1.0), return_sigma

    def draw(self, count, seed):
        return {"sigma": draw_range(self.sigma, count, seed)}

    def apply(self, images, seed, sigma):
        noisy = images + per_image(sigma) * random.normal(ops.shape(images), seed)
        if not self.return_sigma:
            return noisy
        return noisy, per_image(sigma) * ops.ones_like(images[..., :1])

    def get_config(self):
        return {**super().get_config(), "sigma": self.sigma, "return_sigma": self.return_sigma}


@keras.saving.register_keras_serializable("tfgan_zoo")
class SpeckleNoise(Degradation):
    """y = x + sigma x n, n standard normal: multiplicative, as in radar and ultrasound.

    Args:
        sigma: relative standard deviation, or a pair to draw it from for each image.
        **kwargs: of `Degradation`.
    """

    def __init__(self, sigma=0.2, **kwargs):
        super().__init__(**kwargs)
        self.sigma = bounds("sigma", sigma)

    def draw(self, count, seed):
        return {"sigma": draw_range(self.sigma, count, seed)}

    def apply(self, images, seed, sigma):
        return images * (1.0 + per_image(sigma) * random.normal(ops.shape(images), seed))

    def get_config(self):
        return {**super().get_config(), "sigma": self.sigma}


@keras.saving.register_keras_serializable("tfgan_zoo")
class PoissonNoise(Degradation):
    """Photons counted: y = Pois(v x) / v, as a Gaussian of that mean and variance; not clipped.

    Where fewer than about ten photons are counted, a Poisson draw would be skewed.

    Args:
        peak: v, how many photons white is; of a pair drawn so that the standard deviation of
            white is uniform between those of its ends.
        **kwargs: of `Degradation`.
    """

    def __init__(self, peak=(1e2, 1e4), **kwargs):
        super().__init__(**kwargs)
        self.peak = bounds("peak", peak, low=1.0)

    def draw(self, count, seed):
        return {"peak": draw_range([end**-0.5 for end in reversed(ends(self.peak))], count, seed) ** -2.0}

    def apply(self, images, seed, peak):
        # Off zero, where the root's derivative is not finite.
        deviation = ops.sqrt(ops.maximum(images, 1e-6) / per_image(peak))
        return images + deviation * random.normal(ops.shape(images), seed)

    def get_config(self):
        return {**super().get_config(), "peak": self.peak}


@keras.saving.register_keras_serializable("tfgan_zoo")
class SaltPepperNoise(Degradation):
    """Impulses: a share of the values, each channel on its own, becomes 0 or 1.

    Args:
        amount: share of values hit, or a pair to draw it from for each image.
        salt: share of the hit values that become 1; the others become 0.
        **kwargs: of `Degradation`.
    """

    def __init__(self, amount=0.05, salt: float = 0.5, **kwargs):
        super().__init__(**kwargs)
        self.amount, self.salt = bounds("amount", amount, high=1.0), fraction("salt", salt)

    def draw(self, count, seed):
        return {"amount": draw_range(self.amount, count, seed)}

    def apply(self, images, seed, amount):
        chance = random.uniform(ops.shape(images), 0.0, 1.0, seed)
        impulse = ops.cast(chance < self.salt * per_image(amount), images.dtype)
        return ops.where(chance < per_image(amount), impulse, images)

    def get_config(self):
        return {**super().get_config(), "amount": self.amount, "salt": self.salt}
