"""What restoration networks have in common."""

import keras


class RestorationNetwork(keras.Model):
    """Degraded image in, restored image out, `scale` times as high and wide: float32, not clipped.

    The image is (batch, height, width, channels) in [0, 1]. With `noise_map` the input is a
    pair (image, sigma), sigma being the noise's standard deviation in the same units, of shape
    (batch, height, width, 1) or (batch, 1, 1, 1).

    A subclass ends its `__init__` with `self.finish()`.

    Args:
        channels: of the image, 1 or 3.
        noise_map: whether a sigma map is a second input.
        **kwargs: of `keras.Model`; `dtype` is the policy to compute with.
    """

    takes_noise_map = True
    """Whether the class knows what to do with a second input."""

    guides = 0
    """Channels of the input after the image's own that help and are not restored, for a network inside another."""

    scale = 1
    """How many times as high and wide as the input the output is; a whole number, 1 for one size."""

    whole = False
    """Whether it judges by the whole image, so that no tile of it would do."""

    iterates = False
    """Whether it calculates in turns, each from the last one's result: 8-bit arithmetic would carry its errors on."""

    survey_side = None
    """Side in pixels of the windows of which `survey` finds what holds for the whole image; None where nothing does."""

    minimum_side = 1
    """The smallest height or width in pixels that the network takes."""

    @property
    def receptive_radius(self) -> int:
        """How many pixels of the input away an input pixel can at most influence the output."""
        raise NotImplementedError(f"{type(self).__name__} must say its receptive_radius")

    @property
    def tile_margin(self) -> int:
        """How many pixels away influence is too weak to see: what tiles must overlap by."""
        return self.receptive_radius

    def survey(self, windows):
        """What holds for a whole image and a tile alone would guess anew: the network's second input then.

        Args:
            windows: of the image, (count, at most `survey_side`, likewise, channels).
        """
        raise NotImplementedError(f"{type(self).__name__} finds nothing that holds for the whole image")

    def __init__(self, channels: int = 1, noise_map: bool = False, **kwargs):
        # Images stay float32 in a mixed-precision network: half precision has 8 bits of mantissa.
        super().__init__(**kwargs, autocast=False)
        if channels not in (1, 3):
            raise ValueError(f"channels must be 1 or 3, got {channels}")
        if noise_map and not self.takes_noise_map:
            raise ValueError(f"{type(self).__name__} takes no noise map")
        self.channels, self.noise_map = channels, noise_map

    def __call__(self, inputs, *args, **kwargs):
        # What numpy divides by 255 is float64.
        return super().__call__(keras.tree.map_structure(_single, inputs), *args, **kwargs)

    def finish(self) -> None:
        """Creates all weights, so that loading them cannot silently miss one."""
        side = 2 * self.minimum_side
        image = keras.ops.zeros((1, side, side, self.channels + self.guides))
        self((image, image[..., :1]) if self.noise_map else image)

    def compute_output_spec(self, inputs, training=None):
        # Known without tracing, which JAX cannot do for padding to a multiple of unknown sizes.
        image = inputs[0] if isinstance(inputs, (tuple, list)) else inputs
        batch, *sides, channels = image.shape
        sides = [side and self.scale * side for side in sides]
        return keras.KerasTensor((batch, *sides, channels - self.guides), dtype="float32")

    def get_config(self):
        return {**super().get_config(), "channels": self.channels}


def _single(value):
    double = keras.backend.standardize_dtype(getattr(value, "dtype", "float32")) == "float64"
    return keras.ops.cast(value, "float32") if double else value
