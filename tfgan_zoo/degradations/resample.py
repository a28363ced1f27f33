"""Fewer pixels, or others: as the result, or on the way to it."""

import math

import keras
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, ends
from tfgan_zoo.ops import random, resize


class _Resampled(Degradation):
    """Draws one of several methods of resizing for each image."""

    def __init__(self, method="bicubic", antialias: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.methods = (method,) if isinstance(method, str) else tuple(method)
        if not self.methods or not set(self.methods) <= set(resize.METHODS):
            raise ValueError(f"method must be among {', '.join(resize.METHODS)}, got {method}")
        self.method, self.antialias = method, antialias

    def _draw_method(self, count, seed):
        point = random.uniform((count,), 0.0, float(len(self.methods)), seed)
        return ops.minimum(ops.cast(point, "int32"), len(self.methods) - 1)

    def _resize(self, images, size, scales, inside, smallest, choice):
        """Resizes each image by scales of its own.

        Args:
            images: (batch, height, width, channels).
            size: height and width of the result.
            scales: of the rows and of the columns, each (batch,).
            inside: how many rows and columns are the image, each (batch,).
            smallest: scale that can occur.
            choice: of the method, (batch,).
        """
        shared = {"method": self.methods, "choice": choice, "antialias": self.antialias}
        sides = zip(ops.shape(images)[1:3], size, scales, inside)
        both = [resize.matrices(old, new, scale, end, smallest, **shared) for old, new, scale, end in sides]
        return resize.multiply(images, *both)

    def get_config(self):
        return {**super().get_config(), "method": self.method, "antialias": self.antialias}


@keras.saving.register_keras_serializable("tfgan_zoo")
class Downsample(_Resampled):
    """Makes the image smaller: sides divided by `scale` and rounded up, as MATLAB's imresize does.

    Neither clipped nor rounded, though bicubic overshoots: `Quantize` does both.

    Args:
        scale: by which the sides are divided; below 1 the image grows.
        method: "bicubic", "bilinear" or "area"; several, of which one is drawn for each image.
        antialias: stretches the kernel by the scale, as MATLAB and Pillow do, and OpenCV and
            PyTorch do not by default.
        keep_size: leaves the canvas as large as it was: the small image stands in the top left
            corner, and its mirror images fill the rest.
        **kwargs: of `Degradation`.

    Raises:
        ValueError: if the scale is not positive, or a method is unknown.
    """

    def __init__(self, scale=4, method="bicubic", antialias=True, keep_size=False, **kwargs):
        super().__init__(method, antialias, **kwargs)
        if not scale > 0:
            raise ValueError(f"scale must be positive, got {scale}")
        self.scale, self.keep_size = scale, keep_size

    def draw(self, count, seed):
        return {"choice": self._draw_method(count, seed)}

    def apply(self, images, seed, choice):
        factor = 1.0 / self.scale
        if len(self.methods) == 1 and not self.keep_size:
            return resize.resize(images, factor, self.methods[0], self.antialias)
        sides, ones = ops.shape(images)[1:3], ops.ones_like(choice)
        size = sides if self.keep_size else [resize.scaled(side, factor) for side in sides]
        scales, inside = [factor * ops.cast(ones, "float32")] * 2, [side * ones for side in sides]
        return self._resize(images, size, scales, inside, factor, choice)

    def get_config(self):
        return {**super().get_config(), "scale": self.scale, "keep_size": self.keep_size}


@keras.saving.register_keras_serializable("tfgan_zoo")
class AtScale(_Resampled):
    """Resizes each image by a factor of its own, degrades it there, and resizes it back.

    Whatever the factor, the degradation works on a canvas for the largest one, on which the
    image's mirror images fill the rest, so that sizes stay known.

    Args:
        degradation: that returns an image of the size it was given.
        scale: by which the sides are multiplied, or a pair to draw it from for each image.
        method: as of `Downsample`, one for both ways.
        antialias: likewise.
        **kwargs: of `Degradation`.
    """

    def __init__(self, degradation, scale=(0.25, 1.0), method="bicubic", antialias=True, **kwargs):
        super().__init__(method, antialias, **kwargs)
        self.degradation, self.scale = degradation, bounds("scale", scale, low=0.01, high=16.0)

    def draw(self, count, seed):
        scale_seed, method_seed = random.split(seed, 2)
        return {
            "scale": draw_range(self.scale, count, scale_seed),
            "choice": self._draw_method(count, method_seed),
        }

    def apply(self, images, seed, scale, choice):
        least, most = ends(self.scale)
        sides, ones = ops.shape(images)[1:3], ops.ones_like(choice)
        canvas = [resize.scaled(side, most) for side in sides]
        whole = [side * ones for side in sides]
        inner = [resize.scaled(side, scale) for side in whole]
        there = [ops.cast(new, "float32") / ops.cast(old, "float32") for new, old in zip(inner, whole)]
        resized = self._resize(images, canvas, there, whole, least, choice)
        degraded = self.degradation(resized, seed=seed.state)
        # Rounded up, a side of the canvas is at most ceil(most) times the image's.
        return self._resize(degraded, sides, [1.0 / s for s in there], inner, 1.0 / math.ceil(most), choice)

    def get_config(self):
        part = keras.saving.serialize_keras_object(self.degradation)
        return {**super().get_config(), "degradation": part, "scale": self.scale}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "degradation": keras.saving.deserialize_keras_object(config["degradation"])})
