"""dehaze: photos without the haze.

    tfgan-zoo train dehaze --data BSDS500

BSDS500's train and test photos, made smaller in part, under haze of random depths, a twelfth of them under none. The
network is shown photos of at most 320 pixels, of 192 to 481 the side that did best on the held-out photos. About two
and a quarter hours on a CPU core.
"""

import functools

from tfgan_zoo import losses, networks
from tfgan_zoo.degradations import Chain, Haze, Quantize, RandomChoice
from tfgan_zoo.recipes.restoration import CAMERA, Phase, RestorationRecipe


def _haze(beta, tint=0.0, last=()):
    return Chain([Haze(beta, (0.7, 1.0), tint), *last, Quantize()])


RECIPE = RestorationRecipe(
    name="dehaze",
    summary="photos taken through haze",
    limits=(
        "The haze was computed from random depths, one airlight a photo: thick fog, smoke in one place and haze lit "
        "by lamps are outside of what it saw, and of a dark airlight most stays. A bright wall that fills the photo "
        "may be taken for haze: of the eight Middlebury scenes Bowling1, which is little else, loses 3 to 7 dB, and "
        "the other seven gain 3.6 to 10.7. How many edges the random depths have was set by two of those scenes, "
        "Bowling1 and Wood2; the six others alone gain 7.4, 7.0 and 6.6 dB. Noise gets stronger with the contrast: "
        "clean it first. It judges by the whole photo: a TFLite file must be shown a large one made small, as "
        "tfgan-zoo restore does. Some clear photos get more contrast than they had."
    ),
    network=functools.partial(networks.ResUNet, 3, (48, 72, 96, 128, 160), (1, 1, 2, 2, 3), slope=0.1, gain=True),
    degradation=RandomChoice([_haze((0.3, 2.0), 0.04, [CAMERA]), Chain([CAMERA, Quantize()])], weights=(11, 1)),
    validation={f"beta {beta:g}": _haze(beta) for beta in (0.8, 1.6)},
    channels=3,
    phases=(
        Phase(steps=10_000, size=192, batch=4, loss=losses.Charbonnier()),
        Phase(steps=3_000, size=208, batch=4, loss=losses.Charbonnier()),
    ),
    patches={"upright": True, "scales": (1.0, 0.8, 0.67)},
    finish=lambda network: networks.Guided(network, 320),
)
