"""GANs that make images from noise, from noise and a condition, and from images."""

import keras
import tensorflow as tf

from tfgan_zoo import losses
from tfgan_zoo.models import checks
from tfgan_zoo.models.adversarial import Adversarial
from tfgan_zoo.ops import random


@keras.saving.register_keras_serializable("tfgan_zoo")
class GAN(Adversarial):
    """Images from noise (Goodfellow et al. 2014).

    `fit` takes batches of images in [0, 1], (batch, height, width, channels), or dictionaries
    whose "image" they are. See `Adversarial` for the arguments.

    Raises:
        ValueError: if the networks are not of this package, or of images of different shapes.
    """

    def __init__(self, generator, discriminator, *args, **kwargs):
        for network, kind in ((generator, "Generator"), (discriminator, "Discriminator")):
            if not hasattr(network, "shape") or not hasattr(network, "conditions"):
                raise ValueError(f"a networks.{kind} is needed, got {type(network).__name__}")
        if generator.shape != discriminator.shape:
            raise ValueError(f"the generator makes {generator.shape}, the discriminator takes {discriminator.shape}")
        super().__init__(generator, discriminator, *args, **kwargs)

    def prepare(self, data, seed):
        first, _ = checks.one_input(data)
        return first if isinstance(first, dict) else {"image": first}

    def generate(self, generator, batch, seed, training):
        return generator(self._inputs(batch, seed), training=training)

    def judge(self, images, batch, training):
        return self.discriminator({**batch, "image": images}, training=training)

    def _inputs(self, batch, seed):
        inputs = {**batch, "seed": seed.state}
        if self.generator.latent:
            inputs["latent"] = random.normal((tf.shape(batch["image"])[0], self.generator.latent), seed)
        return inputs


@keras.saving.register_keras_serializable("tfgan_zoo")
class ConditionalGAN(GAN):
    """Images from noise and a condition (Mirza and Osindero 2014), real and generated ones under the same.

    `fit` takes dictionaries of "image" and the networks' conditions by name; or pairs
    (images, labels) where "label" is the one condition.

    Raises:
        ValueError: if the networks' conditions differ, or there are none.
    """

    def __init__(self, generator, discriminator, *args, **kwargs):
        super().__init__(generator, discriminator, *args, **kwargs)
        if generator.conditions != discriminator.conditions or not generator.conditions:
            raise ValueError(
                "generator and discriminator need the same conditions, at least one; "
                f"got {generator.conditions} and {discriminator.conditions}"
            )

    def prepare(self, data, seed):
        first, labels = checks.one_input(data)
        if isinstance(first, dict):
            return first
        if labels is None:
            raise ValueError(f"images alone; {sorted(self.generator.conditions)} is needed beside them")
        return {"image": first, "label": tf.reshape(labels, (-1,))}


@keras.saving.register_keras_serializable("tfgan_zoo")
class ImageToImage(ConditionalGAN):
    """pix2pix (Isola et al. 2017, eq. 4): the adversarial loss plus `pixel_weight` times L1.

    Args:
        *args: of `Adversarial`.
        pixel_weight: of images in [0, 1]; the paper's 100, of images in [-1, 1], is 200 here.
        adversarial_weight: 0 leaves L1 alone, the baseline that a discriminator must beat.
        feature_weight: of `losses.feature_matching`, which is a mean over layers where
            pix2pixHD's, of weight 10, is a sum; 0 leaves it out.
        **kwargs: of `Adversarial`.

    Raises:
        ValueError: of `ConditionalGAN`; a discriminator without feature maps to match.
    """

    terms = (*Adversarial.terms, "pixel", "feature")

    def __init__(
        self,
        *args,
        pixel_weight: float = 200.0,
        adversarial_weight: float = 1.0,
        feature_weight: float = 0.0,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        if feature_weight and not hasattr(self.discriminator, "features"):
            raise ValueError(
                f"feature_weight needs a discriminator with features, which {self.discriminator.name} lacks"
            )
        self.pixel_weight, self.feature_weight = pixel_weight, feature_weight
        self.adversarial_weight = adversarial_weight

    def generator_loss(self, seen):
        terms = super().generator_loss(seen)
        terms["g_loss"] = self.adversarial_weight * terms["g_loss"]
        terms["pixel"] = self.pixel_weight * tf.reduce_mean(tf.abs(seen.real - seen.fake), axis=(1, 2, 3))
        if self.feature_weight:
            terms["feature"] = self.feature_weight * self._feature_matching(seen)
        return terms

    def _feature_matching(self, seen):
        real, fake = (self.discriminator.features({**seen.batch, "image": x}) for x in (seen.real, seen.fake))
        return losses.feature_matching(real, fake)

    def get_config(self):
        names = ("pixel_weight", "adversarial_weight", "feature_weight")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("tfgan_zoo")
class AdversarialRestorer(Adversarial):
    """Restoration whose result a discriminator judges against clean images: SRGAN's and DeblurGAN's scheme.

    `fit` takes batches of clean images, degraded on the device, or pairs (degraded, clean) if
    there is no degradation; `evaluate` takes pairs. The discriminator takes {"image": images}
    and never sees the degraded image.

    Args:
        generator: a `networks.RestorationNetwork`.
        discriminator: a `networks.Discriminator` without conditions.
        degradation: called as `degradation(clean, seed=...)`.
        pixel_loss: Keras loss of (clean, restored).
        adversarial_weight: of the adversarial loss beside the pixel loss (1e-3 in SRGAN).
        **kwargs: of `Adversarial`.

    Raises:
        ValueError: a discriminator that is none of this package, or takes conditions.
    """

    terms = (*Adversarial.terms, "pixel")

    def __init__(
        self, generator, discriminator, degradation=None, *, pixel_loss="mae", adversarial_weight=1e-2, **kwargs
    ):
        if not hasattr(discriminator, "any_size") or discriminator.conditions:
            raise ValueError(f"a networks.Discriminator without conditions is needed, got {discriminator.name}")
        super().__init__(generator, discriminator, **kwargs)
        self.degradation, self.adversarial_weight = degradation, adversarial_weight
        self.pixel_loss = keras.losses.get(pixel_loss)

    @property
    def image_shape(self):
        shape = self.discriminator.shape
        return (None, None, shape[-1]) if self.discriminator.any_size else shape

    def train_step(self, data):
        if self.degradation is not None and checks.one_input(data)[1] is not None:
            raise ValueError("fit takes clean images alone with a degradation, and pairs (degraded, clean) without one")
        return super().train_step(data)

    def prepare(self, data, seed):
        first, second = checks.one_input(data)
        if second is not None:
            degraded, clean = checks.as_degraded(first), second
        elif self.degradation is None:
            raise ValueError("without a degradation, fit takes pairs (degraded, clean)")
        else:
            degraded, clean = self.degradation(first, seed=seed.state), first
        checks.fitting(self.generator, degraded, clean)
        return {"image": clean, "degraded": degraded}

    def generate(self, generator, batch, seed, training):
        return generator(batch["degraded"], training=training)

    def judge(self, images, batch, training):
        return self.discriminator({"image": images}, training=training)

    def generator_loss(self, seen):
        adversarial = self.adversarial_loss.generator(seen.real_logits, seen.fake_logits)
        return {"g_loss": self.adversarial_weight * adversarial, "pixel": self.pixel_loss(seen.real, seen.fake)}

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "degradation": serialize(self.degradation),
            "pixel_loss": serialize(self.pixel_loss),
            "adversarial_weight": self.adversarial_weight,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("degradation", "pixel_loss"):
            config[name] = keras.saving.deserialize_keras_object(config[name])
        return super().from_config(config)
