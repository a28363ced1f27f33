"""srgan_x4: photos four times as high and wide, with texture made up.

    tfgan-zoo train srgan_x4 --data BSDS500

SRGAN from srresnet_x4's weights: perceptual loss in texture_features, a discriminator, a little pixel loss, and what
keeps the grid of the enlargement out of sight. About an hour and a half on a CPU core.
"""

import functools

from tfgan_zoo import losses, models, networks, zoo
from tfgan_zoo.recipes.adversarial import AdversarialRecipe
from tfgan_zoo.recipes.restoration import Phase
from tfgan_zoo.recipes.srresnet_x4 import RECIPE as PIXELS

SIDE = 96


def model(network, degradation, dtype, seed):
    """The two networks and their losses.

    By these weights the discriminator's part of the generator's gradient is 0.3 to 1 of the features', and the
    pixels' 0.05 to 0.1: at the restored image, after some hundred steps. Without the grid's weight a pattern of a
    level or two was left, and with a sixth of it, on smooth images alone, one of .7 of a level in photos.
    """
    return models.SRGAN(
        network,
        # Ten layers of spectral norm 1 would leave next to nothing of the gradient that the generator follows.
        networks.SRGANDiscriminator((SIDE, SIDE, 3), width=32, dense=256, spectral=False, dtype=dtype),
        zoo.load("texture_features"),
        degradation,
        perceptual_weight=1.0,
        adversarial_weight=0.03,
        pixel_weight=1.0,
        grid_weight=30.0,
        map_weights=(0, 1, 1, 1),
        simultaneous=True,
        loss=losses.Relativistic(),
        penalties=[losses.R1()],
        seed=seed,
    )


RECIPE = AdversarialRecipe(
    name="srgan_x4",
    summary="photos four times as high and wide, with made-up texture (SRGAN)",
    limits=(
        "Texture is made up: it looks right and is not what was there; not for medicine, evidence or measuring. Faces "
        "and writing may come out wrong. Between strengths of 0 and 1 a faint grid of four pixels stands out of the "
        "spectrum more than at either end. Learnt from photos without noise or JPEG; clean yours first."
    ),
    network=PIXELS.network,
    degradation=PIXELS.degradation,
    validation=PIXELS.validation,
    channels=3,
    phases=(Phase(steps=7_000, size=SIDE, batch=8),),
    scale=4,
    leave_out=PIXELS.leave_out,
    patches=PIXELS.patches,
    start=functools.partial(zoo.load, PIXELS.name),
    trained_from=PIXELS.name,
    model=model,
    likeness="the features of texture_features, which was trained on the same photos (not VGG19)",
)
