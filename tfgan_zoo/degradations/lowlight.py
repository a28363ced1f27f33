"""Too little light: a dark photo and the noise that comes with it."""

import keras
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, per_image
from tfgan_zoo.degradations.camera import PoissonGaussianNoise
from tfgan_zoo.ops import random


@keras.saving.register_keras_serializable("tfgan_zoo")
class LowLight(Degradation):
    """gain x^gamma (Lore et al. 2017, arXiv:1511.03995), then the noise of a camera. In [0, 1].

    Args:
        gain: share of the light, or a pair to draw it from for each image.
        gamma: at least 1: how much darker shadows get than lights; or a pair.
        shot: of `PoissonGaussianNoise`, in the dark photo.
        mosaic: likewise.
        **kwargs: of `Degradation`.
    """

    def __init__(self, gain=(0.15, 0.6), gamma=(1.0, 2.5), shot=(1e-4, 0.012), mosaic: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.gain, self.gamma = bounds("gain", gain, high=1.0), bounds("gamma", gamma, low=1.0, high=10.0)
        self.camera = PoissonGaussianNoise(shot, mosaic)

    def draw(self, count, seed):
        gain_seed, gamma_seed = random.split(seed, 2)
        return {"gain": draw_range(self.gain, count, gain_seed), "gamma": draw_range(self.gamma, count, gamma_seed)}

    def apply(self, images, seed, gain, gamma):
        # Off zero, where a power's derivative is not finite.
        dark = per_image(gain) * ops.power(ops.maximum(images, 1e-6), per_image(gamma))
        return self.camera(dark, seed=seed.state)

    def get_config(self):
        own = {"gain": self.gain, "gamma": self.gamma, "shot": self.camera.shot, "mosaic": self.camera.mosaic}
        return {**super().get_config(), **own}
