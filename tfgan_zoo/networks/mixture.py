"""An unconditional generator made of one by label: its latent vector draws the label too."""

import keras
import numpy as np
from keras import ops

from tfgan_zoo.networks.conditional import Generator
from tfgan_zoo.networks.nested import revived


@keras.saving.register_keras_serializable("tfgan_zoo")
class Mixture(Generator):
    """Draws the label from two more numbers of the latent vector, and hands both to a generator.

    Images of separate kinds lie apart, and a generator that is continuous in its latent vector
    must fill what lies between. One that was taught by kind, with labels or with
    `data.clustered` where there are none, need not (as in self-conditioned GANs, Liu et al. 2020,
    arXiv:2006.10728, whose groups are of the discriminator's features). The label is a function
    of the two numbers' angle alone, so that truncation does not change how often each comes.

    Args:
        generator: a `Generator` with a latent vector and a label as its one condition.
        shares: how often each label comes, of sum 1.
        **kwargs: of `Generator`.
    """

    choosing = 2

    def __init__(self, generator, shares, **kwargs):
        if not generator.latent or [type(c) for c in generator.conditions.values()] != [int]:
            raise ValueError(f"a mixture is of a generator with a latent vector and a label, not of {generator.name}")
        kwargs.setdefault("dtype", generator.dtype_policy)
        super().__init__(generator.shape, generator.latent + self.choosing, **kwargs)
        ((self.label, classes),) = generator.conditions.items()
        self.generator, self.shares = generator, tuple(float(share) for share in shares)
        if len(shares) != classes or min(shares) < 0 or abs(sum(shares) - 1) > 1e-3:
            raise ValueError(f"{classes} shares of sum 1 are needed, got {shares}")
        self.finish()

    def labelled(self, inputs: dict) -> dict:
        """What the generator inside is given."""
        pair = ops.cast(inputs["latent"][:, : self.choosing], "float32")
        # A sector of the plane for each: past the ray where it begins, not past that where the next does.
        rays = 2 * np.pi * np.concatenate([[0], np.cumsum(self.shares)[:-1]])
        past = ops.matmul(pair, ops.convert_to_tensor(np.float32([-np.sin(rays), np.cos(rays)]))) >= 0
        short = ops.logical_not(ops.roll(past, -1, axis=1))
        # Of a sector wider than half of the plane either is enough.
        wide = np.array(self.shares) > 0.5
        inside = ops.where(wide, ops.logical_or(past, short), ops.logical_and(past, short))
        label = ops.argmax(ops.cast(inside, "int32"), axis=1)
        return {"latent": inputs["latent"][:, self.choosing :], self.label: label}

    def latent_kernel(self):
        kernel = self.generator.latent_kernel()
        return ops.concatenate([ops.zeros((self.choosing, kernel.shape[1])), ops.cast(kernel, "float32")])

    def call(self, inputs, training=None):
        self.require(inputs)
        return self.generator(self.labelled(inputs), training=training)

    def stem(self, inputs, training=None):
        return self.generator.stem(self.labelled(inputs), training=training)

    def get_config(self):
        config = super().get_config()
        for name in ("shape", "latent", "conditions"):
            config.pop(name)
        return {**config, "generator": keras.saving.serialize_keras_object(self.generator), "shares": self.shares}

    @classmethod
    def from_config(cls, config):
        return cls(**revived(config, "generator"))
