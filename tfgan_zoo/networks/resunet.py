"""ResUNet: a compact residual U-Net for denoising and its relatives.

In the spirit of DRUNet (Zhang et al. 2021, arXiv:2008.13751): plain residual blocks at three
scales, no normalisation and a noise-level map as an extra input channel. It differs in its
space-to-depth front (FFDNet, arXiv:1710.04026), so that nothing wide runs at full resolution,
and in its size: a sixteenth of DRUNet's parameters.
"""

import keras
import numpy as np
from keras import ops

from tfgan_zoo.layers import ResidualBlock, small_init
from tfgan_zoo.networks.base import RestorationNetwork
from tfgan_zoo.ops.padding import crop_to, pad_to_multiple


@keras.saving.register_keras_serializable("tfgan_zoo")
class ResUNet(RestorationNetwork):
    """The image plus a learnt residual, and with `gain` a learnt multiple; any size is padded inside.

    With I the image, x + I + G (I - 1/2): haze and darkness divide contrast, which a sum of features
    restores badly (a form of the soft reconstruction in DehazeFormer, Song et al. 2023, arXiv:2204.03883).

    Args:
        channels: of the image, 1 or 3.
        widths: of the features at each scale, the first at half resolution.
        blocks: residual blocks at each scale; the last number counts the bottom's, the others
            stand once on the way down and once on the way up.
        noise_map: whether a sigma map is a second input.
        slope: of the rectifiers below 0, which keeps the bottom's blocks alive; the presets of
            noise were trained without.
        gain: whether G is learnt too.
        guides: channels after the image's own that the network sees and does not add the residual to.
        tile_margin: what tiles must overlap by in pixels, where a trained network was measured and
            found to judge by less than it sees; by default all of that.
        **kwargs: of `RestorationNetwork`.
    """

    def __init__(
        self,
        channels=1,
        widths=(64, 96, 128),
        blocks=(1, 2, 4),
        noise_map=False,
        slope=0.0,
        gain=False,
        guides=0,
        tile_margin=None,
        **kwargs,
    ):
        super().__init__(channels, noise_map, **kwargs)
        if len(widths) != len(blocks):
            raise ValueError(f"widths and blocks must be of equal length, got {widths} and {blocks}")
        if guides < 0:
            raise ValueError(f"guides must not be negative, got {guides}")
        self.widths, self.blocks, self.slope, self.gain = tuple(widths), tuple(blocks), slope, gain
        self.guides = guides
        self._tile_margin = tile_margin
        shared = {"padding": "same", "dtype": self.dtype_policy}
        self.head = keras.layers.Conv2D(widths[0], 3, kernel_initializer="he_normal", name="head", **shared)
        self.encoders = [self._stage(w, b, f"encoder{i}") for i, (w, b) in enumerate(zip(widths[:-1], blocks[:-1]))]
        self.bottom = self._stage(widths[-1], blocks[-1], "bottom")
        self.decoders = [self._stage(w, b, f"decoder{i}") for i, (w, b) in enumerate(zip(widths[:-1], blocks[:-1]))]
        self.downs = [
            keras.layers.Conv2D(w, 2, strides=2, kernel_initializer="he_normal", name=f"down{i}", **shared)
            for i, w in enumerate(widths[1:])
        ]
        self.ups = [
            keras.layers.Conv2D(4 * w, 1, kernel_initializer="he_normal", name=f"up{i}", **shared)
            for i, w in enumerate(widths[:-1])
        ]
        self.tail = keras.layers.Conv2D(
            4 * channels * (1 + gain), 3, padding="same", kernel_initializer=small_init(), dtype="float32", name="tail"
        )
        self.finish()

    @property
    def minimum_side(self) -> int:
        return 2 ** len(self.widths)

    @property
    def receptive_radius(self) -> int:
        # Each block has two convolutions, each reaching one sample of its scale; all blocks but
        # the bottom's stand twice; head and tail reach one sample each; strides align to the side.
        scales = [2 ** (i + 1) for i in range(len(self.widths))]
        passes = [2] * (len(scales) - 1) + [1]
        blocks = sum(2 * scale * count * times for scale, count, times in zip(scales, self.blocks, passes))
        return blocks + 2 * scales[0] + self.minimum_side - 1

    @property
    def tile_margin(self) -> int:
        return self.receptive_radius if self._tile_margin is None else self._tile_margin

    def _stage(self, width, blocks, name):
        shared = {"slope": self.slope, "dtype": self.dtype_policy}
        return [ResidualBlock(width, name=f"{name}_{i}", **shared) for i in range(blocks)]

    def call(self, inputs):
        image = inputs[0] if self.noise_map else inputs
        height, width = ops.shape(image)[1], ops.shape(image)[2]
        x = image
        if self.noise_map:
            x = ops.concatenate([image, inputs[1] * ops.ones_like(image[..., :1])], axis=-1)
        if self.guides:
            image = image[..., : self.channels]
        x = ops.nn.space_to_depth(pad_to_multiple(x, self.minimum_side), 2)
        x = self.head(ops.cast(x, self.compute_dtype))
        skips = []
        for stage, down in zip(self.encoders, self.downs):
            for block in stage:
                x = block(x)
            skips.append(x)
            x = down(x)
        for block in self.bottom:
            x = block(x)
        for stage, up, skip in reversed(list(zip(self.decoders, self.ups, skips))):
            x = skip + ops.nn.depth_to_space(up(x), 2)
            for block in stage:
                x = block(x)
        residual = crop_to(ops.nn.depth_to_space(self.tail(ops.cast(x, "float32")), 2), height, width)
        if self.gain:
            residual, gain = residual[..., : self.channels], residual[..., self.channels :]
            residual = residual + gain * (image - 0.5)
        return image + residual

    def to_gray(self) -> "ResUNet":
        """The same function for gray images: this network on three equal channels, averaged.

        A start for training a gray network from a colour one.
        """
        self._refuse_guides()
        # Kernels at the front are (3, 3, 4 positions x (3 colours, perhaps sigma), width), at the end (3, 3, width,
        # 4 positions x (residual, perhaps gain) x 3 colours).
        front = self.head.kernel.numpy().reshape(3, 3, 4, 3 + self.noise_map, -1)
        head = np.concatenate([front[:, :, :, :3].sum(axis=3, keepdims=True), front[:, :, :, 3:]], axis=3)
        tail = [w.numpy().reshape(*w.shape[:-1], -1, 3).mean(axis=-1) for w in (self.tail.kernel, self.tail.bias)]
        gray = self._with_same_body(channels=1)
        gray.head.set_weights([head.reshape(3, 3, -1, self.widths[0]), self.head.bias.numpy()])
        gray.tail.set_weights(tail)
        return gray

    def blind(self, sigma: float) -> "ResUNet":
        """The same function for one fixed sigma, without a noise map (alike but for the borders).

        A start for training a blind network from one that is told the noise's level.

        Args:
            sigma: standard deviation in units of the image's range.
        """
        self._refuse_guides()
        front = self.head.kernel.numpy().reshape(3, 3, 4, self.channels + 1, -1)
        bias = self.head.bias.numpy() + sigma * front[:, :, :, -1].sum(axis=(0, 1, 2))
        blind = self._with_same_body(noise_map=False, tile_margin=None)
        blind.head.set_weights([front[:, :, :, :-1].reshape(3, 3, -1, self.widths[0]), bias])
        blind.tail.set_weights(self.tail.get_weights())
        return blind

    def with_bottom(self, count: int) -> "ResUNet":
        """The network with so many residual blocks at the bottom, in place of those that it has.

        Without any it is the same function if its blocks there are dead, that is if their
        rectifiers never let anything through: each adds a constant then, which goes into the
        bias before. New blocks add nothing at first: a start for training.

        Args:
            count: of blocks.
        """
        other = type(self).from_config({**self.get_config(), "blocks": (*self.blocks[:-1], count)})
        for mine, theirs in zip(self._around_bottom(), other._around_bottom(), strict=True):
            theirs.set_weights(mine.get_weights())
        before = other.downs[-1] if other.downs else other.head
        before.bias.assign_add(sum(block.second.bias for block in self.bottom))
        for block in other.bottom:
            block.second.kernel.assign(ops.zeros_like(block.second.kernel))
        return other

    def _refuse_guides(self):
        if self.guides:
            raise ValueError(f"{self.name} has guides, which another network would not know what to do with")

    def _around_bottom(self):
        return [layer for layer in self.layers if layer not in self.bottom]

    def _with_same_body(self, **changes) -> "ResUNet":
        """A network of another input, with this one's weights between head and tail."""
        other = type(self).from_config({**self.get_config(), **changes})
        for mine, theirs in zip(self.layers, other.layers, strict=True):
            if mine not in (self.head, self.tail):
                theirs.set_weights(mine.get_weights())
        return other

    def get_config(self):
        return {
            **super().get_config(),
            "widths": self.widths,
            "blocks": self.blocks,
            "noise_map": self.noise_map,
            "slope": self.slope,
            "gain": self.gain,
            "guides": self.guides,
            "tile_margin": self._tile_margin,
        }
