"""resunet_gray: gray photos with Gaussian noise of known strength, sigma 0 to 55.

    tfgan-zoo train resunet_gray --data BSDS500

BSDS500's train and test photos as luma, without val, which holds BSD68, and without Set12's starfish.
Starts from resunet_color, turned into the gray network of the same function. About an hour on two CPU cores.
The published weights began when resunet_color still had the blocks of its bottom, which stayed
dead: as there, they were taken out at the end.
"""

import functools

from tfgan_zoo import losses, networks, zoo
from tfgan_zoo.degradations import GaussianNoise
from tfgan_zoo.recipes.restoration import SET12, Phase, RestorationRecipe


def _start():
    return zoo.load("resunet_color").to_gray().with_bottom(4)


RECIPE = RestorationRecipe(
    name="resunet_gray",
    summary="gray photos with Gaussian noise of a known or estimated level, sigma 0 to 55",
    limits=(
        "Trained on white Gaussian noise alone: structured noise, scan lines and film grain are left in part. "
        "Where sigma is told too high, fine texture goes with the noise. Set12's starfish is a piece of a photo that "
        "it learnt from, 12003 of BSDS500, which its recipe leaves out by now: the mean of the other eleven is 32.68, "
        "30.37 and 27.33 dB."
    ),
    network=functools.partial(networks.ResUNet, 1, noise_map=True, tile_margin=48),
    degradation=GaussianNoise((0.0, 55 / 255), return_sigma=True),
    validation={f"sigma {s}": GaussianNoise(s / 255, return_sigma=True) for s in (15, 25, 50)},
    channels=1,
    phases=(
        Phase(steps=30_000, size=64, batch=16, loss=losses.Charbonnier()),
        Phase(steps=3_000, size=128, batch=8, loss=losses.Charbonnier()),
    ),
    start=_start,
    finish=lambda network: network.with_bottom(0),
    leave_out=SET12,
)
