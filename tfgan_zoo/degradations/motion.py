"""Motion blur of a camera that is held by hand."""

import math

import keras
from keras import ops

from tfgan_zoo.degradations.base import bounds, draw_range, ends, fraction
from tfgan_zoo.degradations.blur import Blur
from tfgan_zoo.ops import kernels, random

# The largest ones, over a whole exposure: the direction's spread in radians, jolts, and the
# direction's turn in radians at a length's distance. From the authors' code, where a step is 1 in 2000
# and the pull grows with the length in pixels, until long paths are but tangles; here it does not.
_WANDER, _JOLTS, _PULL = 2.2, 2.0, 7.0


@keras.saving.register_keras_serializable("tfgan_zoo")
class MotionBlur(Blur):
    """Blur along a random trajectory of the camera (Boracchi and Foi 2012, doi:10.1109/TIP.2012.2192126).

    The camera moves at constant speed. Its direction wanders, is jolted back now and then, and is
    pulled towards the start, each by a strength drawn for each image: from straight lines through
    arcs to tangles. The kernel's centre of mass is its centre, so that nothing is displaced.

    Args:
        length: of the trajectory in pixels, or a pair to draw it from for each image.
        shake: how restless the hand is at most, from 0 (straight lines) to 1 (the paper's).
        **kwargs: of `Degradation`.
    """

    def __init__(self, length=(4.0, 40.0), shake: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.length, self.shake = bounds("length", length, low=1.0, high=1000.0), fraction("shake", shake)

    @property
    def radius(self):
        # No point of a path is further from its centre of mass than half its length.
        return math.ceil(self._longest / 2) + 1

    @property
    def _longest(self):
        return ends(self.length)[1]

    def kernels(self, count, seed):
        length_seed, path_seed = random.split(seed, 2)
        length = draw_range(self.length, count, length_seed)[:, None, None]
        path = trajectories(count, max(64, math.ceil(2 * self._longest)), self.shake, path_seed) * length
        return kernels.trace(self.radius, path - ops.mean(path, axis=1, keepdims=True))

    def get_config(self):
        return {**super().get_config(), "length": self.length, "shake": self.shake}


def trajectories(count, steps: int, shake: float, seed):
    """Paths of length 1 from the origin: (count, steps, 2), x and y."""
    seeds = random.split(seed, 6)
    wander, jolts, pull = (
        shake * most * random.uniform((count,), 0.0, 1.0, s) / steps**power
        for most, power, s in zip((_WANDER, _JOLTS, _PULL), (0.5, 1.0, 1.0), seeds)
    )
    start = random.uniform((count,), 0.0, 2 * math.pi, seeds[3])
    jolted = random.uniform((steps, count), 0.0, 1.0, seeds[4]) < jolts
    # A velocity v becomes v - 2 v exp(i d).
    aside = random.uniform((steps, count), -0.5, 0.5, seeds[5])
    back = ops.arctan2(-2 * ops.sin(aside), 1 - 2 * ops.cos(aside))
    turns = ops.where(jolted, back, wander * random.normal((steps, count), random.fold(seed, 0)))

    def step(state, turn):
        x, y, angle = ops.unstack(state, 3, axis=-1)
        # The pull turns the direction by its part across the way.
        angle = angle + turn + pull * (ops.sin(angle) * x - ops.cos(angle) * y)
        state = ops.stack([x + ops.cos(angle) / steps, y + ops.sin(angle) / steps, angle], axis=-1)
        return state, state

    origin = ops.zeros_like(start)
    _, states = ops.scan(step, ops.stack([origin, origin, start], axis=-1), turns)
    return ops.transpose(states[..., :2], (1, 0, 2))
