"""Blind deconvolution: the camera's shake found and undone by calculation, and what that left by a network."""

import keras
from keras import ops

from tfgan_zoo.networks.base import RestorationNetwork
from tfgan_zoo.networks.nested import revived
from tfgan_zoo.ops import camera_shake, color, padding

_STRENGTHS = (1e-2, 3e-3, 3e-2)
"""Of the deconvolution's regularisation; the network corrects the result of the first."""


@keras.saving.register_keras_serializable("tfgan_zoo")
class BlindDeconvolution(RestorationNetwork):
    """For photos that one kernel blurred all over, which is not known.

    The kernel is found from the photo's edges (`ops.camera_shake`), nothing learnt, and undone at three strengths. A
    network sees the three and the photo itself: it takes out rings and noise, and gives back the photo where the
    kernel was wrong. So it need not learn what calculation does better, and no path is unseen.

    Args:
        repair: a network of one size, without a noise map, whose guides are three times its channels.
        radius: of the largest kernel in pixels.
        window: side in pixels of what the kernel is looked for in, where a photo is larger: the middle, or what
            `survey` is given.
        **kwargs: of `RestorationNetwork`.

    Raises:
        ValueError: a network that enlarges, takes a noise map or other guides; a radius under 1; a window that is not
            larger than two kernels.
    """

    takes_noise_map = False
    iterates = True

    def __init__(self, repair: RestorationNetwork, radius: int = 19, window: int = 512, **kwargs):
        kwargs.setdefault("dtype", repair.dtype_policy)
        super().__init__(repair.channels, **kwargs)
        guides = len(_STRENGTHS) * repair.channels
        if repair.scale != 1 or repair.noise_map or repair.guides != guides:
            raise ValueError(
                f"a network of one size, without a noise map and with {guides} guides is needed, got "
                f"{repair.name} with {repair.guides}"
            )
        if radius < 1 or window < 4 * radius + 2:
            raise ValueError(
                f"the radius must be at least 1 and the window two kernels wide or more, got {radius} and {window}"
            )
        self.repair, self.radius, self.window = repair, radius, window
        # No `finish`, which would calculate once for nothing: the weights are those of the network inside.
        self.built = True

    @property
    def minimum_side(self) -> int:
        return self.repair.minimum_side

    @property
    def receptive_radius(self) -> int:
        # The kernel is of the whole photo, and Wiener's filter has no end; two kernels away it has faded.
        return self.repair.receptive_radius + 2 * self.radius

    @property
    def tile_margin(self) -> int:
        return self.repair.tile_margin + 2 * self.radius

    @property
    def survey_side(self) -> int:
        return self.window

    def survey(self, windows):
        """The kernel of a whole photo, on which most of its windows agree.

        Args:
            windows: (count, height, width, channels), each side more than twice the radius.

        Returns:
            (1, side, side): the network's second input.
        """
        return camera_shake.agreed(camera_shake.kernel(self._luma(self._grown(windows)), self.radius))

    def call(self, inputs):
        """A photo restored.

        Args:
            inputs: (batch, height, width, channels), or a pair of that and a kernel as `survey` gives it.
        """
        inputs, kernel = inputs if isinstance(inputs, (tuple, list)) else (inputs, None)
        height, width = ops.shape(inputs)[1:3]
        photo = self._grown(inputs)
        if kernel is None:
            # What explains a result (`explain.attribution`) or learns from it takes the kernel as given.
            kernel = ops.stop_gradient(camera_shake.kernel(self._luma(photo), self.radius))
        side = 2 * self.radius + 1
        kernel = ops.broadcast_to(ops.reshape(kernel, (-1, side, side)), (ops.shape(photo)[0], side, side))
        first, *others = camera_shake.deconvolve(photo, kernel, _STRENGTHS)
        restored = self.repair(ops.concatenate([first, photo, *others], axis=-1))
        return padding.crop_to(restored, height, width)

    def _grown(self, images):
        """A kernel needs a photo twice its size; of less the border is repeated."""
        rows, columns = (padding.at_least(side, 2 * self.radius + 2) for side in ops.shape(images)[1:3])
        return padding.extend(images, 0, rows, columns)

    def _luma(self, images):
        """Of the middle of the photos, in full range: edges in less would cost more than they should."""
        for axis in (1, 2):
            length = ops.shape(images)[axis]
            count = min(length, self.window) if isinstance(length, int) else ops.minimum(length, self.window)
            images = ops.take(images, (length - count) // 2 + ops.arange(count), axis=axis)
        return (color.rgb_to_ycbcr(images) if self.channels == 3 else images)[..., 0]

    def get_config(self):
        config = super().get_config()
        config.pop("channels")
        repair = keras.saving.serialize_keras_object(self.repair)
        return {**config, "repair": repair, "radius": self.radius, "window": self.window}

    @classmethod
    def from_config(cls, config):
        return cls(**revived(config, "repair"))
