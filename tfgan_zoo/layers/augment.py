"""Differentiable augmentation of what a discriminator sees, for small data.

DiffAugment (Zhao et al. 2020, arXiv:2006.10738): real and generated images alike are shifted in
colour and place and partly cut out, and the generator's gradient passes through. With ADA
(Karras et al. 2020, arXiv:2006.06676) the share of augmented images follows how much the
discriminator overfits.
"""

import keras
from keras import ops

from tfgan_zoo.ops import random

KINDS = ("color", "translation", "cutout")


@keras.saving.register_keras_serializable("tfgan_zoo")
class DiffAugment(keras.layers.Layer):
    """Augments images in [0, 1], (batch, height, width, channels), each with draws of its own.

    Args:
        kinds: of "color" (brightness, saturation, contrast), "translation" (an eighth of the
            side at most) and "cutout" (a square of half the side); what comes in from outside
            and what is cut out is black, where the paper's is the middle of the range.
        probability: that one kind is applied to one image; the start value if adaptive.
        target: None keeps the probability; a number in (0, 1) lets `adapt` move it so that the
            mean sign that it is told comes to this (0.6 in the paper).
        images: over how many images it may go from 0 to 1 (500,000 in the paper).
        **kwargs: of `keras.layers.Layer`.
    """

    def __init__(self, kinds=KINDS, probability: float = 1.0, target=None, images: int = 500_000, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        if unknown := set(kinds) - set(KINDS):
            raise ValueError(f"kinds are {', '.join(KINDS)}; got {', '.join(sorted(unknown))}")
        if not 0 <= probability <= 1:
            raise ValueError(f"probability must be within [0, 1], got {probability}")
        self.kinds, self.probability, self.target, self.images = tuple(kinds), probability, target, images
        # Of several devices each proposes a probability; all go on with the mean.
        start = keras.initializers.Constant(probability)
        self.p = self.add_weight(shape=(), initializer=start, trainable=False, aggregation="mean", name="p")
        self.built = True

    def call(self, images, seed):
        """Augments `images`; the same seed gives the same augmentation.

        Raises:
            ValueError: images whose height and width are not known beforehand.
        """
        if None in images.shape[1:3]:
            raise ValueError(f"images must be of a height and width known beforehand, got shape {images.shape}")
        for kind, own in zip(self.kinds, random.split(seed, len(self.kinds))):
            chance, draw = random.split(own, 2)
            changed = _APPLY[kind](images, draw)
            chosen = random.uniform((ops.shape(images)[0], 1, 1, 1), 0.0, 1.0, chance) < self.p
            images = ops.where(chosen, changed, images)
        return images

    def adapt(self, sign, count) -> None:
        """Moves the probability after a step.

        Args:
            sign: mean sign of the logits that real images got, the paper's r_t. `models.Adversarial`
                takes them less the mean of all logits, since a relativistic loss leaves their level
                free; for the other losses that mean is near 0 where the two networks are even.
            count: images in the step.
        """
        if self.target is None:
            return
        amount = ops.cast(count, "float32") / self.images
        moved = ops.clip(self.p + amount * ops.sign(sign - self.target), 0.0, 1.0)
        # A step of float16 whose loss overflowed tells nothing.
        self.p.assign(ops.where(ops.isfinite(sign), moved, self.p))

    def get_config(self):
        names = ("kinds", "probability", "target", "images")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _color(images, seed):
    shape = (ops.shape(images)[0], 1, 1, 1)
    brightness, saturation, contrast = random.split(seed, 3)
    images = images + random.uniform(shape, -0.5, 0.5, brightness) / 2  # the paper's half is of the range [-1, 1]
    gray = ops.mean(images, axis=-1, keepdims=True)
    images = gray + random.uniform(shape, 0.0, 2.0, saturation) * (images - gray)
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    return mean + random.uniform(shape, 0.5, 1.5, contrast) * (images - mean)


def _translation(images, seed):
    """Shifts by whole pixels, filling with black.

    By matrix products, since those have gradients of every order on every backend.
    """
    count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    down, right = random.split(seed, 2)
    rows = _shift(count, height, down)
    columns = _shift(count, width, right)
    images = ops.einsum("bij,bjwc->biwc", rows, images)
    return ops.einsum("bij,bhjc->bhic", columns, images)


def _shift(count, side, seed):
    """(count, side, side): matrices that move by a random number of places up to an eighth."""
    reach = max(1, round(side / 8))
    offset = ops.floor(random.uniform((count, 1, 1), -reach, reach + 1, seed))
    place = ops.arange(side, dtype="float32")
    return ops.cast(place[None, :, None] - offset == place[None, None, :], "float32")


def _cutout(images, seed):
    count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    down, right = random.split(seed, 2)
    inside_rows = _band(count, height, down)[:, :, None, None]
    inside_columns = _band(count, width, right)[:, None, :, None]
    return images * (1.0 - inside_rows * inside_columns)


def _band(count, side, seed):
    """(count, side): 1 along a stretch of half the side around a random centre."""
    centre = ops.floor(random.uniform((count, 1), 0.0, float(side + 1 - (side // 2) % 2), seed))
    place = ops.arange(side, dtype="float32")[None]
    return ops.cast((place >= centre - side // 4) & (place < centre - side // 4 + side // 2), "float32")


_APPLY = {"color": _color, "translation": _translation, "cutout": _cutout}
