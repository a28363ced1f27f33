"""dejpeg: gray photos saved as JPEG of quality 10 to 40, without its blocks.

    tfgan-zoo train dejpeg --data BSDS500

BSDS500's train and test photos as luma, without val, which holds BSD68, and without Set12's starfish, which
resunet_photo has seen, though: the training starts from it, turned into the gray network of the same function. About
two and a quarter hours on a CPU core.
"""

import functools

from tfgan_zoo import losses, networks, zoo
from tfgan_zoo.degradations import JPEG
from tfgan_zoo.recipes.restoration import SET12, Phase, RestorationRecipe


def _start():
    return zoo.load("resunet_photo").to_gray()


RECIPE = RestorationRecipe(
    name="dejpeg",
    summary="gray photos saved as JPEG of unknown quality, 10 to 40",
    limits=(
        "One quality a photo, blocks on the grid of eight from the upper left corner: a photo that was cut, made "
        "smaller or saved twice afterwards keeps more of them. A photo that was never a poor JPEG "
        "loses fine detail: leave it as it is. Set12's starfish is a piece of a photo that it began from: the other "
        "eleven of Set12 are at 29.70, 32.00, 33.28 and 34.13 dB."
    ),
    network=functools.partial(networks.ResUNet, 1),
    degradation=JPEG((8, 45)),
    validation={f"quality {q}": JPEG(q) for q in (10, 20, 40)},
    channels=1,
    phases=(
        Phase(steps=12_000, size=64, batch=16, loss=losses.Charbonnier()),
        Phase(steps=4_000, size=128, batch=8, loss=losses.Charbonnier()),
    ),
    learning_rate=5e-4,
    start=_start,
    leave_out=SET12,
)
