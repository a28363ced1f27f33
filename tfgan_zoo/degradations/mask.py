"""Parts of the picture that are missing, for inpainting."""

import math

import keras
import numpy as np
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, per_image
from tfgan_zoo.ops import random, resize

_KINDS = ("strokes", "box", "pixels")
_GRID = 32
"""Side of the grid on which strokes are drawn: they are smooth, and fine enough when enlarged."""
_STROKES, _CORNERS = 4, 5


@keras.saving.register_keras_serializable("tfgan_zoo")
class Mask(Degradation):
    """Hides a share of each image's pixels behind one value.

    Free-form strokes are random polylines (Yu et al. 2019, arXiv:1806.03589), as thick as it
    takes to hide the share asked for.

    Args:
        share: of the pixels that are hidden, or a pair to draw it from for each image.
        kind: "strokes", "box" (a rectangle of random proportions and place) or "pixels" (each on
            its own); several, of which one is drawn for each image.
        fill: value of the hidden pixels.
        return_mask: returns (masked, mask) instead of the masked image alone; the mask, of shape
            (batch, height, width, 1), is 1 where pixels are hidden. It takes the place of a
            network's sigma map.
        **kwargs: of `Degradation`.

    Raises:
        ValueError: if a kind is unknown.
    """

    def __init__(self, share=(0.1, 0.4), kind="strokes", fill: float = 0.5, return_mask: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.kinds = (kind,) if isinstance(kind, str) else tuple(kind)
        if not self.kinds or not set(self.kinds) <= set(_KINDS):
            raise ValueError(f"kind must be among {', '.join(_KINDS)}, got {kind}")
        self.share, self.kind = bounds("share", share, high=1.0), kind
        self.fill, self.return_mask = fill, return_mask

    def draw(self, count, seed):
        share_seed, kind_seed = random.split(seed, 2)
        point = random.uniform((count,), 0.0, float(len(self.kinds)), kind_seed)
        choice = ops.minimum(ops.cast(point, "int32"), len(self.kinds) - 1)
        return {"share": draw_range(self.share, count, share_seed), "choice": choice}

    def apply(self, images, seed, share, choice):
        draw = {"strokes": _strokes, "box": _box, "pixels": _pixels}
        shape, hidden = ops.shape(images)[:3], 0.0
        for number, (kind, kind_seed) in enumerate(zip(self.kinds, random.split(seed, len(self.kinds)))):
            hidden = ops.where(per_image(choice == number), draw[kind](shape, share, kind_seed), hidden)
        masked = images * (1.0 - hidden) + self.fill * hidden
        return (masked, hidden) if self.return_mask else masked

    def get_config(self):
        own = {"share": self.share, "kind": self.kind, "fill": self.fill, "return_mask": self.return_mask}
        return {**super().get_config(), **own}


def _pixels(shape, share, seed):
    return ops.cast(random.uniform((*shape, 1), 0.0, 1.0, seed) < per_image(share), "float32")


def _box(shape, share, seed):
    count, height, width = shape
    seeds = random.split(seed, 3)
    # A side is the root of the share, times or over a proportion that keeps both within the image.
    most = 0.5 * ops.minimum(math.log(2.5), -ops.log(ops.maximum(share, 1e-6)))
    proportion = ops.exp(most * random.uniform((count,), -1.0, 1.0, seeds[0]))
    rows, columns = ops.sqrt(share) * proportion, ops.sqrt(share) / proportion
    inside = 1.0
    for axis, (side, length, s) in enumerate(((height, rows, seeds[1]), (width, columns, seeds[2]))):
        whole = ops.cast(side, "float32")
        extent = ops.round(length * whole)
        start = ops.floor(random.uniform((count,), 0.0, 1.0, s) * (whole - extent + 1.0))
        place = ops.cast(ops.arange(side), "float32") - start[:, None]
        within = ops.cast((place >= 0.0) & (place < extent[:, None]), "float32")
        inside = inside * (within[:, :, None, None] if axis == 0 else within[:, None, :, None])
    return inside


def _strokes(shape, share, seed):
    """Where strokes are nearer than the distance within which the share lies."""
    count, height, width = shape
    distance = _distance(count, seed)
    ranked = ops.sort(ops.reshape(distance, (count, _GRID**2)), axis=1)
    last = ops.cast(ops.round(share * (_GRID**2 - 1)), "int32")
    limit = ops.take_along_axis(ranked, last[:, None], axis=1)[:, 0]
    fine = resize.resize_to(distance, height, width)
    return ops.cast(fine < per_image(limit), "float32")


def _distance(count, seed):
    """Distance from the nearest stroke on the unit square: (count, _GRID, _GRID, 1)."""
    corners = _polylines(count, seed)
    a, b = corners[:, :, :-1], corners[:, :, 1:]
    a, b = (ops.reshape(x, (count, -1, 1, 2)) for x in (a, b))
    places = (np.arange(_GRID, dtype=np.float32) + 0.5) / _GRID
    points = np.stack(np.meshgrid(places, places), axis=-1).reshape(1, 1, -1, 2)
    step = b - a
    along = ops.sum((points - a) * step, axis=-1, keepdims=True) / ops.maximum(ops.sum(step * step, -1, True), 1e-9)
    nearest = a + ops.clip(along, 0.0, 1.0) * step
    squared = ops.min(ops.sum(ops.square(points - nearest), axis=-1), axis=1)
    return ops.reshape(ops.sqrt(squared), (count, _GRID, _GRID, 1))


def _polylines(count, seed):
    """Corners of strokes that start anywhere and turn at random: (count, strokes, corners, 2)."""
    seeds = random.split(seed, 4)
    start = random.uniform((count, _STROKES, 1, 2), 0.0, 1.0, seeds[0])
    first = random.uniform((count, _STROKES, 1), 0.0, 2 * math.pi, seeds[1])
    turns = random.uniform((count, _STROKES, _CORNERS - 2), -2.0, 2.0, seeds[2])
    angle = ops.cumsum(ops.concatenate([first, turns], axis=2), axis=2)
    length = random.uniform((count, _STROKES, _CORNERS - 1), 0.05, 0.35, seeds[3])
    steps = length[..., None] * ops.stack([ops.cos(angle), ops.sin(angle)], axis=-1)
    return ops.concatenate([start, start + ops.cumsum(steps, axis=2)], axis=2)
