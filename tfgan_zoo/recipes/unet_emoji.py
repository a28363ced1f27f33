"""unet_emoji: pix2pix_emoji's network taught by L1 alone, to see what the discriminator is worth.

    tfgan-zoo train unet_emoji --data NOTO_EMOJI

No preset of it comes with the package: what it scored stands on the card of pix2pix_emoji.
"""

import dataclasses

from tfgan_zoo import losses, models, networks
from tfgan_zoo.recipes import pix2pix_emoji


def model(dtype, seed):
    """The generator of pix2pix_emoji; a discriminator that is not listened to."""
    return models.ImageToImage(
        pix2pix_emoji.generator(dtype),
        networks.PatchDiscriminator(pix2pix_emoji.SHAPE, widths=(4,), conditions=pix2pix_emoji.CONDITIONS),
        losses.Hinge(),
        simultaneous=True,
        adversarial_weight=0.0,
        pixel_weight=pix2pix_emoji.PIXEL_WEIGHT,
        ema_images=pix2pix_emoji.EMA_IMAGES,
        seed=seed,
    )


RECIPE = dataclasses.replace(
    pix2pix_emoji.RECIPE,
    name="unet_emoji",
    summary="a coloured emoji from an outline and a colour, 64 x 64, by L1 alone: the baseline",
    limits="The mean of what could be: softer and duller than pix2pix_emoji.",
    model=model,
)
