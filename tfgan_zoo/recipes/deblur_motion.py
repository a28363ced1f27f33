"""deblur_motion: photos shaken by the hand that held the camera.

    tfgan-zoo train deblur_motion --data BSDS500

BSDS500's train and test photos under random paths of the camera, with a little noise, a twentieth sharp. The path is
calculated; what the network learns is to mend what the calculation leaves. About an hour and a half on a CPU core.
"""

from tfgan_zoo import losses, networks
from tfgan_zoo.degradations import JPEG, Chain, GaussianNoise, InLinearLight, MotionBlur, Quantize, RandomChoice
from tfgan_zoo.recipes.restoration import Phase, RestorationRecipe


def _shaken(length, noise):
    """A quarter of them in linear light, with highlights cut off; a quarter saved as JPEG."""
    in_light = InLinearLight(MotionBlur(length), (1.0, 8.0))
    blur = RandomChoice([MotionBlur(length), in_light, Chain([])], weights=(14, 5, 1))
    return Chain([blur, GaussianNoise(noise), RandomChoice([Quantize(), JPEG((75, 98))], weights=(3, 1))])


def _network(**options):
    return networks.BlindDeconvolution(
        networks.ResUNet(3, (64, 80, 96), (1, 1, 3), slope=0.1, guides=9, tile_margin=48, **options)
    )


RECIPE = RestorationRecipe(
    name="deblur_motion",
    summary="photos shaken by the hand: motion blur of paths up to 30 pixels",
    limits=(
        "One path for the whole photo: things that moved by themselves, depth and a turning camera stay blurred or "
        "get ghosts. Paths longer than 30 pixels are undone in part: make a large photo smaller first. Of a photo "
        "with few edges or much noise, and of one in four measured kernels, the path is wrong: it gets worse then. A "
        "TFLite file finds a path in each tile, a SavedModel one in the middle of 512 pixels. The path is calculated "
        "in turns, at three to six times the multiply-adds of the network, which alone are counted here; 8 bits are "
        "too few for that."
    ),
    network=_network,
    degradation=_shaken((2.0, 32.0), (0.0, 3 / 255)),
    validation={
        f"path of {length}": Chain([MotionBlur(float(length)), GaussianNoise(1 / 255), Quantize()])
        for length in (10, 20)
    },
    channels=3,
    phases=(Phase(steps=5_000, size=256, batch=3, loss=losses.Charbonnier()),),
    margin=16,  # half of the longest path
    epoch=100,
    warmup=150,
)
