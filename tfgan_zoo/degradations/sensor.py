"""What a sensor sees, one colour a pixel, and what a file keeps, one of 256 levels."""

import keras
import numpy as np
from keras import ops

from tfgan_zoo.degradations.base import Degradation
from tfgan_zoo.ops import random

# Which of red, green and blue the pixels of a 2 x 2 cell see, row by row, under the four patterns.
_CELLS = {"RGGB": (0, 1, 1, 2), "GRBG": (1, 0, 2, 1), "GBRG": (1, 2, 0, 1), "BGGR": (2, 1, 1, 0)}


@keras.saving.register_keras_serializable("tfgan_zoo")
class Mosaic(Degradation):
    """A Bayer mosaic (US patent 3,971,065): of each pixel one colour is kept, the others become 0.

    A gray image has one colour, which every pixel sees, and stays as it is.

    Args:
        pattern: "RGGB", "GRBG", "GBRG" or "BGGR"; None draws one for each image, as in a patch
            cut anywhere from a photo.
        **kwargs: of `Degradation`.

    Raises:
        ValueError: if there is no such pattern.
    """

    def __init__(self, pattern: str | None = "RGGB", **kwargs):
        super().__init__(**kwargs)
        if pattern is not None and pattern not in _CELLS:
            raise ValueError(f"pattern must be None or among {', '.join(_CELLS)}, got {pattern}")
        self.pattern = pattern

    def draw(self, count, seed):
        point = random.uniform((count,), 0.0, float(len(_CELLS)), seed)
        drawn = ops.minimum(ops.cast(point, "int32"), len(_CELLS) - 1)
        return {"pattern": drawn if self.pattern is None else 0 * drawn + list(_CELLS).index(self.pattern)}

    def apply(self, images, seed, pattern):
        if images.shape[-1] != 3:
            return images
        height, width = ops.shape(images)[1:3]
        cells = ops.take(np.eye(3, dtype=np.float32)[np.array(list(_CELLS.values()))], pattern, axis=0)
        position = 2 * (ops.arange(height)[:, None] % 2) + ops.arange(width) % 2
        return images * ops.take(cells, position, axis=1)

    def get_config(self):
        return {**super().get_config(), "pattern": self.pattern}


@keras.saving.register_keras_serializable("tfgan_zoo")
class Quantize(Degradation):
    """Clips to [0, 1] and rounds to whole levels, as a file does; gradients pass the rounding.

    Args:
        bits: of a level: 8 are 256 levels.
        **kwargs: of `Degradation`.

    Raises:
        ValueError: if `bits` is not a whole number from 1 to 16.
    """

    def __init__(self, bits: int = 8, **kwargs):
        super().__init__(**kwargs)
        if bits not in range(1, 17):
            raise ValueError(f"bits must be a whole number from 1 to 16, got {bits}")
        self.bits = bits

    def apply(self, images, seed):
        clipped, most = ops.clip(images, 0.0, 1.0), 2.0**self.bits - 1.0
        return clipped + ops.stop_gradient(ops.round(clipped * most) / most - clipped)

    def get_config(self):
        return {**super().get_config(), "bits": self.bits}
