"""resunet_photo: real photos, blind to the camera's noise and to JPEG.

    tfgan-zoo train resunet_photo --data BSDS500

Starts from resunet_color with its sigma fixed at 15, since this network is told no sigma. About
70 minutes on two CPU cores. The published weights began when resunet_color still had the blocks
of its bottom; some of their features came back to life here.
"""

import functools

from tfgan_zoo import losses, networks, zoo
from tfgan_zoo.degradations import JPEG, Chain, GaussianNoise, PoissonGaussianNoise, RandomChoice, RandomOrder
from tfgan_zoo.recipes.restoration import Phase, RestorationRecipe

_UNTOUCHED = Chain([])
_NOISE = RandomChoice(
    [PoissonGaussianNoise((1e-4, 0.012), mosaic=0.6), GaussianNoise((0.0, 40 / 255)), _UNTOUCHED], weights=(6, 2, 1)
)
_COMPRESSION = RandomChoice([JPEG((25, 95)), _UNTOUCHED], weights=(3, 1))


def _start():
    return zoo.load("resunet_color").blind(15 / 255).with_bottom(4)


RECIPE = RestorationRecipe(
    name="resunet_photo",
    summary="real colour photos: camera noise and JPEG of unknown strength",
    limits=(
        "Trained on photos of half a megapixel: noise much coarser than a few pixels, as in strongly enlarged or "
        "heavily processed photos, stays in part. It does not sharpen, and removes film grain that may be wanted: "
        "a strength under 1 keeps some."
    ),
    network=functools.partial(networks.ResUNet, 3, tile_margin=72),
    degradation=RandomOrder([_NOISE, _COMPRESSION]),
    validation={
        "camera, dim": Chain([PoissonGaussianNoise(0.001, mosaic=1.0), JPEG(85)]),
        "camera, dark": Chain([PoissonGaussianNoise(0.006, mosaic=1.0), JPEG(75)]),
        "JPEG alone": JPEG(40),
    },
    channels=3,
    phases=(
        Phase(steps=27_500, size=64, batch=16, loss=losses.Charbonnier()),
        Phase(steps=2_500, size=128, batch=8, loss=losses.Charbonnier()),
    ),
    start=_start,
)
