"""SRGAN: restoration that looks right (Ledig et al. 2017, arXiv:1609.04802)."""

import keras
import tensorflow as tf

from tfgan_zoo import losses
from tfgan_zoo.models.gan import AdversarialRestorer

_SIDE = 24
"""Of a smooth image in pixels."""
_CONTRASTS = (0.0, 0.3, 1.0)
"""Of the smooth images of a step: one is flat."""


@keras.saving.register_keras_serializable("tfgan_zoo")
class SRGAN(AdversarialRestorer):
    """Perceptual, adversarial and pixel loss together (eq. 3, with ESRGAN's pixel term: arXiv:1809.00219, eq. 3).

    A generator of random weights must first be trained by pixels alone, by a `Restorer`; with
    batch normalisation, give `generator.folded()`. Kept, that network makes with this one's
    `averaged` a control of strength: `networks.interpolated`.

    Args:
        generator: a trained `networks.RestorationNetwork`, such as `SRResNet`.
        discriminator: a `networks.Discriminator` without conditions, such as `SRGANDiscriminator`.
        features: a network whose `feature_maps(images)` say what looks alike, such as
            `zoo.vgg19_features()` or a `networks.ConvClassifier`; it stays as it is.
        degradation: called as `degradation(clean, seed=...)`; its result is 1 / `generator.scale` as large.
        perceptual_weight: of `losses.perceptual`.
        pixel_weight: of the pixel loss.
        adversarial_weight: of the adversarial loss; 0 leaves it out, the baseline.
        grid_weight: of `smooth_error` and `grid_error`, since neither features nor discriminator mind a grid of half
            a level.
        map_weights: of the feature maps; equal ones by default.
        **kwargs: of `AdversarialRestorer`.
    """

    terms = (*AdversarialRestorer.terms, "perceptual", "grid")

    def __init__(
        self,
        generator,
        discriminator,
        features,
        degradation=None,
        *,
        perceptual_weight: float = 1.0,
        pixel_weight: float = 1e-2,
        adversarial_weight: float = 5e-3,
        grid_weight: float = 0.0,
        map_weights=None,
        **kwargs,
    ):
        if not hasattr(features, "feature_maps"):
            raise ValueError(f"features needs a network with feature_maps(images), got {type(features).__name__}")
        super().__init__(generator, discriminator, degradation, adversarial_weight=adversarial_weight, **kwargs)
        self.features, self.map_weights = features, None if map_weights is None else tuple(map_weights)
        self.perceptual_weight, self.pixel_weight, self.grid_weight = perceptual_weight, pixel_weight, grid_weight

    def generator_loss(self, seen):
        terms = super().generator_loss(seen)
        terms["pixel"] = self.pixel_weight * terms["pixel"]
        maps = [self.features.feature_maps(images) for images in (tf.cast(seen.real, tf.float32), seen.fake)]
        terms["perceptual"] = self.perceptual_weight * losses.perceptual(*maps, self.map_weights)
        if self.grid_weight:
            smooth = tf.reduce_mean(self.smooth_error(seen.batch["degraded"][: len(_CONTRASTS)]))
            terms["grid"] = self.grid_weight * (smooth + grid_error(seen.real, seen.fake, self.generator.scale))
        return terms

    def smooth_error(self, degraded):
        """How far the network is off where the answer is known: on ramps between the colours of images' corners.

        Their enlargement is the finer ramp. A grid of places that are treated unequally shows here
        first, and so does a slope that becomes a staircase.

        Args:
            degraded: images, (batch, height, width, channels), at most as many as `_CONTRASTS`.

        Returns:
            The mean absolute difference in the middle of each, one value an image.
        """
        corners = tf.image.resize(tf.cast(degraded, tf.float32), (2, 2), "area")
        means = tf.reduce_mean(corners, axis=(1, 2), keepdims=True)
        contrasts = tf.reshape(_CONTRASTS, (-1, 1, 1, 1))[: tf.shape(corners)[0]]
        corners = means + contrasts * (corners - means)
        scale = self.generator.scale
        made = tf.cast(self.generator(_ramps(corners, 1), training=False), tf.float32)
        # Near the border it sees the ramp mirrored.
        inner = slice(_SIDE * scale // 3, -(_SIDE * scale // 3))
        return tf.reduce_mean(tf.abs(made - _ramps(corners, scale))[:, inner, inner], axis=(1, 2, 3))

    def get_config(self):
        names = ("perceptual_weight", "pixel_weight", "grid_weight", "map_weights")
        return {
            **super().get_config(),
            "features": keras.saving.serialize_keras_object(self.features),
            **{name: getattr(self, name) for name in names},
        }

    @classmethod
    def from_config(cls, config):
        features = keras.saving.deserialize_keras_object(config["features"])
        return super().from_config({**config, "features": features})


def grid_error(real, fake, scale: int):
    """What of an enlargement's error repeats with its grid: the peaks that `metrics.checkerboard` looks for.

    Args:
        real: images, (batch, height, width, channels), of sides that the scale divides.
        fake: what was made of smaller ones, likewise.
        scale: times that they were enlarged.

    Returns:
        The mean absolute difference between the mean error at a place of the grid and at all, one value an image.
    """
    error = tf.cast(fake, tf.float32) - tf.cast(real, tf.float32)
    _, height, width, channels = tf.unstack(tf.shape(error))
    error = tf.reshape(error, (-1, height // scale, scale, width // scale, scale, channels))
    places = tf.reduce_mean(error, axis=(1, 3))
    return tf.reduce_mean(tf.abs(places - tf.reduce_mean(places, axis=(1, 2), keepdims=True)), axis=(1, 2, 3))


def _ramps(corners, scale):
    """Images of `_SIDE` pixels, bilinear between 2 x 2 colours, or the same `scale` times as large."""
    places = (tf.range(_SIDE * scale, dtype=tf.float32) + 0.5) / scale - 0.5
    far = places / (_SIDE - 1)
    weights = tf.stack([1 - far, far])
    return tf.einsum("js,njkc,kt->nstc", weights, corners, weights)
