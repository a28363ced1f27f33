"""Guided upsampling: what was found out on a small copy of a photo, done to the photo itself."""

import keras
from keras import ops

from tfgan_zoo.networks.base import RestorationNetwork
from tfgan_zoo.networks.nested import revived
from tfgan_zoo.ops import guided, resize


@keras.saving.register_keras_serializable("tfgan_zoo")
class Guided(RestorationNetwork):
    """A network that is shown photos at the size that it learnt, for photos of any size.

    What light did to a photo, haze or shadow, is smooth and wide: a network sees it best on the
    whole photo made small. The detail that was lost is put back with the contrast that was restored
    there (`ops.guided`). Noise and blur of the large photo stay.

    A photo of at most `side` pixels goes through the network as it is. It is never cut into tiles.

    Args:
        network: of one size, without a noise map.
        side: the longer side in pixels of what the network is shown at most.
        **kwargs: of `RestorationNetwork`.

    Raises:
        ValueError: a network that enlarges or takes a noise map, or a side less than it takes.
    """

    takes_noise_map = False
    whole = True

    def __init__(self, network: RestorationNetwork, side: int, **kwargs):
        kwargs.setdefault("dtype", network.dtype_policy)
        super().__init__(network.channels, **kwargs)
        if network.scale != 1 or network.noise_map:
            raise ValueError(f"a network of one size and without a noise map is needed, got {network.name}")
        if side < network.minimum_side:
            raise ValueError(f"{network.name} takes at least {network.minimum_side} pixels, got a side of {side}")
        self.network, self.side = network, side
        self.finish()

    @property
    def iterates(self) -> bool:
        return self.network.iterates

    @property
    def minimum_side(self) -> int:
        return self.network.minimum_side

    @property
    def receptive_radius(self) -> int:
        # Of what it is shown: the whole of a photo that is larger.
        return self.network.receptive_radius

    @property
    def tile_margin(self) -> int:
        return self.network.tile_margin

    def call(self, inputs):
        height, width = ops.shape(inputs)[1], ops.shape(inputs)[2]
        rows, columns = self._shown(height, width)
        if isinstance(rows, int) and (rows, columns) == (height, width):  # known beforehand, as in a file for phones
            return self.network(inputs)
        small = resize.resize_to(inputs, rows, columns, "area")
        return guided.transferred(inputs, small, self.network(small))

    def _shown(self, height, width):
        """Height and width of the small photo."""
        if isinstance(height, int) and isinstance(width, int):
            share = min(1.0, self.side / max(height, width))
            return tuple(min(side, max(round(share * side), self.minimum_side)) for side in (height, width))
        share = ops.minimum(1.0, self.side / ops.cast(ops.maximum(height, width), "float32"))
        sides = [ops.cast(ops.round(share * ops.cast(side, "float32")), "int32") for side in (height, width)]
        return tuple(ops.minimum(s, ops.maximum(n, self.minimum_side)) for s, n in zip((height, width), sides))

    def get_config(self):
        config = super().get_config()
        config.pop("channels")
        return {**config, "network": keras.saving.serialize_keras_object(self.network), "side": self.side}

    @classmethod
    def from_config(cls, config):
        return cls(**revived(config, "network"))
