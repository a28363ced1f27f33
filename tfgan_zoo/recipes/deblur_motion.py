"""deblur_motion: photos shaken by the hand that held the camera.

    tfgan-zoo train deblur_motion --data BSDS500

BSDS500's train and test photos under random paths of the camera, half of them with a little noise, a twentieth sharp.
About two and a quarter hours on a CPU core.
"""

import functools

from tfgan_zoo import losses, networks
from tfgan_zoo.degradations import JPEG, Chain, GaussianNoise, InLinearLight, MotionBlur, Quantize, RandomChoice
from tfgan_zoo.recipes.restoration import Phase, RestorationRecipe


def _shaken(length, noise):
    """A quarter of them in linear light, with highlights cut off; half of them noisy; a quarter saved as JPEG."""
    in_light = InLinearLight(MotionBlur(length), (1.0, 8.0))
    blur = RandomChoice([MotionBlur(length), in_light, Chain([])], weights=(14, 5, 1))
    grain = RandomChoice([Chain([]), GaussianNoise(noise)])
    return Chain([blur, grain, RandomChoice([Quantize(), JPEG((75, 98))], weights=(3, 1))])


RECIPE = RestorationRecipe(
    name="deblur_motion",
    summary="photos shaken by the hand: motion blur of paths up to 30 pixels",
    limits=(
        "One path for the whole photo: things that moved by themselves, depth and a turning camera stay blurred or get "
        "ghosts. Paths longer than 30 pixels are undone in part."
    ),
    network=functools.partial(networks.ResUNet, 3, (64, 96, 128, 160), (1, 2, 2, 4), slope=0.1),
    degradation=_shaken((2.0, 32.0), (0.0, 3 / 255)),
    validation={
        f"path of {length}": Chain([MotionBlur(float(length)), GaussianNoise(1 / 255), Quantize()])
        for length in (10, 20)
    },
    channels=3,
    phases=(
        Phase(steps=7_000, size=128, batch=8, loss=losses.FrequencyLoss()),
        Phase(steps=2_000, size=192, batch=4, loss=losses.FrequencyLoss()),
    ),
    margin=16,  # half of the longest path
)
