"""derain: photos without the rain.

    tfgan-zoo train derain --data BSDS500

BSDS500's train and test photos under drawn rain, without the scenes of Rain100L and Rain100H. A third of them are
under mist as well, which is rain too far to be seen. About an hour on a CPU core.
"""

import functools

from tfgan_zoo import losses, networks
from tfgan_zoo.degradations import Chain, Quantize, RainStreaks, RandomChoice
from tfgan_zoo.recipes.restoration import CAMERA, Phase, RestorationRecipe

# Scenes that are the clean photos of Rain100L and Rain100H.
RAIN100 = frozenset(
    (
        "100075 105019 183055 183087 187003 187029 187039 187071 187083 188005 188063 188091 189003 189011 196015 "
        "198004 198023 198054 20008 202012 207056 209070 2092 216041 216053 216066 22013 22090 22093 225017 "
        "227040 227046 23025 23080 23084 231015 232038 236017 238011 239007 239096 24004 24063 242078 245051 "
        "246016 246053 247085 249061 249087 25098 253036 254033 254054 260081 26031 268002 27059 271008 271031 "
        "274007 277095 28075 28096 285036 286092 292066 "
    ).split()
)

LEARNT = {
    "density": (0.0005, 0.008),
    "length": (6.0, 28.0),
    "angle": (-90.0, 90.0),
    "width": (0.4, 1.0),
    "layers": (1, 3),
    "strength": (0.2, 0.8),
}


def _rain(**options):
    """Half of it added, half by screen."""
    return RainStreaks(screen=0.5, **options)


RECIPE = RestorationRecipe(
    name="derain",
    summary="photos taken through streaks of rain",
    limits=(
        "The rain was drawn: straight streaks of one direction a photo; of two at once most stay. Drops on the lens "
        "and splashes stay, and of far rain's veil what is thick: it is most of what is left in setting 3. Faint "
        "streaks, coloured ones in a plain sky, may stay after heavy rain, and bright thin things of its direction may "
        "go with it. Setting 2 is of a kind that it learnt; the streaks of 1 and 4 are longer, those of 3 at more "
        "distances."
    ),
    network=functools.partial(networks.ResUNet, 3, slope=0.1),
    # A tenth without rain, which must stay as they are.
    degradation=Chain(
        [
            RandomChoice([_rain(mist=0.0, **LEARNT), _rain(mist=(0.0, 0.3), **LEARNT), Chain([])], weights=(6, 3, 1)),
            CAMERA,
            Quantize(),
        ]
    ),
    validation={
        "light rain": Chain([_rain(density=0.003, mist=0.0), Quantize()]),
        "heavy rain": Chain([_rain(density=0.006, length=(15.0, 25.0)), Quantize()]),
    },
    channels=3,
    phases=(
        Phase(steps=9_500, size=96, batch=8, loss=losses.Charbonnier()),
        Phase(steps=3_000, size=192, batch=4, loss=losses.Charbonnier()),
    ),
    leave_out=RAIN100,
)
