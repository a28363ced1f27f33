"""JPEG's loss, without its file: colour subsampling, DCT and quantisation as tensor ops."""

import keras
import numpy as np
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, ends, per_image
from tfgan_zoo.ops import color
from tfgan_zoo.ops.padding import crop_to, extend

# ITU-T T.81, tables K.1 and K.2.
_LUMA_TABLE = np.array([
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
], np.float32)  # fmt: skip
_CHROMA_TABLE = np.full((8, 8), 99, np.float32)
_CHROMA_TABLE[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]


def _dct_matrix() -> np.ndarray:
    """Takes a flattened 8x8 block to its DCT-II coefficients; orthonormal, (64, 64)."""
    k, n = np.meshgrid(np.arange(8), np.arange(8), indexing="ij")
    basis = np.cos(np.pi * k * (2 * n + 1) / 16) * np.where(k == 0, np.sqrt(1 / 8), 0.5)
    return np.kron(basis, basis).astype(np.float32)


_DCT = _dct_matrix()


@keras.saving.register_keras_serializable("tfgan_zoo")
class JPEG(Degradation):
    """What saving as JPEG and loading again does: 4:2:0, IJG tables scaled by quality.

    The input is clipped and rounded to 8 bits as a file's would be, and so is the result, in
    [0, 1]. Rounding passes gradients straight through. Images are color (3) or gray (1).

    Args:
        quality: a whole number from 1 to 100, or a pair of such to draw it from for each image.
        **kwargs: of `Degradation`.
    """

    def __init__(self, quality=(10, 95), **kwargs):
        super().__init__(**kwargs)
        self.quality = bounds("quality", quality, low=1, high=100)
        if any(end != int(end) for end in ends(quality)):
            raise ValueError(f"quality must be whole numbers, got {quality}")

    def draw(self, count, seed):
        low, high = ends(self.quality)
        # Whole numbers, the ends as likely as the others.
        return {"quality": ops.clip(ops.floor(draw_range((low, high + 1), count, seed)), low, high)}

    def apply(self, images, seed, quality):
        height, width, channels = ops.shape(images)[1], ops.shape(images)[2], images.shape[-1]
        levels = _round(ops.clip(images, 0.0, 1.0) * 255.0)
        block = 8 if channels == 1 else 16
        # Like libjpeg, which repeats the last row and column.
        levels = extend(levels, 0, height + -height % block, width + -width % block)
        if channels == 1:
            coded = _code(levels - 128.0, _LUMA_TABLE, quality) + 128.0
        else:
            coded = _code_color(levels, quality)
        return crop_to(ops.clip(_round(coded), 0.0, 255.0) / 255.0, height, width)

    def get_config(self):
        return {**super().get_config(), "quality": self.quality}


def _round(values):
    # Whole inputs make exact halves common: a little more than a half decides them the same way
    # whatever the order of the additions before, so that graph and eager agree.
    return values + ops.stop_gradient(ops.floor(values + 0.5001) - values)


def _code_color(levels, quality):
    """Codes RGB levels, (batch, height, width, 3) with sides divisible by 16."""
    ycc = color.rgb_to_ycbcr(levels)
    luma = _decoded(_code(_round(ycc[..., :1]) - 128.0, _LUMA_TABLE, quality)) + 128.0
    halved = ops.average_pool(ycc[..., 1:], 2, strides=2)
    chroma = [_double(_decoded(_code(_round(halved[..., i : i + 1]), _CHROMA_TABLE, quality))) for i in (0, 1)]
    return color.ycbcr_to_rgb(_round(ops.concatenate([luma, *chroma], axis=-1)))


def _decoded(plane):
    """What a decoder keeps of a plane around 0 before it makes RGB of it: whole levels of 8 bits."""
    return ops.clip(_round(plane), -128.0, 127.0)


def _code(plane, base, quality):
    """Quantises the DCT of one plane, (batch, height, width, 1), of levels around 0."""
    table = per_image(_scale(quality)) * ops.reshape(base, (1, 1, 1, 64))
    table = ops.clip(ops.floor((table + 50.0) / 100.0), 1.0, 255.0)
    coefficients = ops.matmul(ops.nn.space_to_depth(plane, 8), _DCT.T)
    kept = _round(coefficients / table) * table
    return ops.nn.depth_to_space(ops.matmul(kept, _DCT), 8)


def _scale(quality):
    """Percent by which the tables are scaled, in IJG's convention."""
    quality = ops.maximum(quality, 1.0)
    return ops.where(quality < 50, ops.floor(5000.0 / quality), 200.0 - 2.0 * quality)


def _double(plane):
    """Libjpeg's triangle upsampling by two: weights 3/4 and 1/4 of the two nearest samples."""
    padded = ops.pad(plane, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="symmetric")
    middle = padded[:, 1:-1]
    rows = ops.stack([0.75 * middle + 0.25 * padded[:, :-2], 0.75 * middle + 0.25 * padded[:, 2:]], axis=2)
    height, width = ops.shape(plane)[1], ops.shape(plane)[2]
    rows = ops.reshape(rows, (-1, 2 * height, width + 2, 1))
    middle = rows[:, :, 1:-1]
    both = ops.stack([0.75 * middle + 0.25 * rows[:, :, :-2], 0.75 * middle + 0.25 * rows[:, :, 2:]], axis=3)
    return ops.reshape(both, (-1, 2 * height, 2 * width, 1))
