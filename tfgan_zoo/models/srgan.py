"""SRGAN: restoration that looks right (Ledig et al. 2017, arXiv:1609.04802)."""

import keras
import tensorflow as tf

from tfgan_zoo import losses
from tfgan_zoo.models.gan import AdversarialRestorer

_FLATS, _SIDE = 4, 12
"""Flat images a step, and their side in pixels: an eighth of a step's time."""


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
        grid_weight: of `grid`, since neither features nor discriminator mind a pattern of half a level.
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
        self.features.trainable = False
        self.perceptual_weight, self.pixel_weight, self.grid_weight = perceptual_weight, pixel_weight, grid_weight

    def generator_loss(self, seen):
        terms = super().generator_loss(seen)
        terms["pixel"] = self.pixel_weight * terms["pixel"]
        maps = [self.features.feature_maps(images) for images in (tf.cast(seen.real, tf.float32), seen.fake)]
        terms["perceptual"] = self.perceptual_weight * losses.perceptual(*maps, self.map_weights)
        if self.grid_weight:
            terms["grid"] = self.grid_weight * self.grid(seen.batch["degraded"][:_FLATS])
        return terms

    def grid(self, degraded):
        """What the network makes of flat images: how unlike the pixels are that each pixel becomes.

        Args:
            degraded: images whose mean colours are taken, (batch, height, width, channels).

        Returns:
            The mean absolute difference from the mean of those pixels, one value an image.
        """
        colors = tf.reduce_mean(tf.cast(degraded, tf.float32), axis=(1, 2), keepdims=True)
        made = tf.cast(self.generator(tf.tile(colors, (1, _SIDE, _SIDE, 1)), training=False), tf.float32)
        scale = self.generator.scale
        means = tf.repeat(tf.repeat(tf.nn.avg_pool2d(made, scale, scale, "VALID"), scale, axis=1), scale, axis=2)
        return tf.reduce_mean(tf.abs(made - means), axis=(1, 2, 3))

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
