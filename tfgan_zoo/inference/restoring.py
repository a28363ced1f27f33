"""Restores images with a network of Keras: arrays, and files into files."""

import hashlib
import json
import os
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo.data import images
from tfgan_zoo.data.array_picture import ArrayPicture
from tfgan_zoo.inference.tiled import TiledRestorer
from tfgan_zoo.networks import RestorationNetwork


class KerasRestorer(TiledRestorer):
    """A network ready to restore: compiled once, for gray and colour, 8 bit, 16 bit and float.

    Args:
        network: a `networks.RestorationNetwork`.
        sigma: for a network with a noise map, the noise's standard deviation in 8-bit levels,
            0 to 255; None estimates it from each image.
        strength: 1 is the network's result, 0 the input, between them a blend of both; 1 alone
            for a network that enlarges.
        tile: side of the tiles in pixels; "auto" tiles what is larger than 1024, or than what a
            network that looks far needs, but nothing where a network judges by the whole image;
            None never tiles.
        ensemble: averages over the eight orientations: eight times the time, a little better.

    Raises:
        ValueError: another kind of network; sigma or strength out of range, or sigma for a network that takes none.
    """

    def __init__(self, network: keras.Model, *, sigma=None, strength: float = 1.0, tile="auto", ensemble: bool = False):
        if not isinstance(network, RestorationNetwork):
            raise ValueError(f"{network.name} restores nothing, it is a {type(network).__name__}; see tfgan-zoo list")
        if network.guides:
            raise ValueError(f"{network.name} needs guides beside the image: it works inside another network")
        self.network, self.name = network, network.name
        self.channels, self.noise_map, self.scale = network.channels, network.noise_map, network.scale
        self.minimum_side, self.tile_margin, self.whole = network.minimum_side, network.tile_margin, network.whole
        self.survey_side = network.survey_side
        self.prepare(sigma, strength, tile, ensemble)
        self._graph, self._surveying = _graphs(network)

    def fingerprint(self):
        settings = json.dumps(self.network.get_config(), sort_keys=True)
        weights = (weight.tobytes() for weight in self.network.get_weights())
        return hashlib.sha256(b"".join([settings.encode(), *weights])).hexdigest()

    def forward(self, batch, sigma, found=None):
        inputs = [tf.constant(batch)]
        if sigma is not None:
            inputs.append(tf.fill((len(batch), 1, 1, 1), np.float32(sigma)))
        if found is not None:
            inputs.append(tf.constant(np.ascontiguousarray(found)))
        return self._graph(*inputs).numpy()

    def survey(self, windows):
        return self._surveying(tf.constant(windows)).numpy()


def _graphs(network):
    """The network in a graph, and its survey, traced once, however many restorers there are of it."""
    if not hasattr(network, "_restoring_graphs"):
        image = tf.TensorSpec((None, None, None, network.channels))
        surveys = network.survey_side is not None
        told = [tf.TensorSpec((None, 1, 1, 1))] * network.noise_map + [tf.TensorSpec((1, None, None))] * surveys
        # Concrete, since TensorFlow takes the graphs of several networks for one that is traced again and again.
        whole = tf.function(lambda *x: network(x if told else x[0])).get_concrete_function(image, *told)
        network._restoring_graphs = whole, tf.function(network.survey).get_concrete_function(image) if surveys else None
    return network._restoring_graphs


def restore(
    network: keras.Model, image, *, sigma=None, strength: float = 1.0, tile="auto", ensemble: bool = False
) -> np.ndarray:
    """Restores one image.

    Args:
        network: a `networks.RestorationNetwork`, such as `zoo.load` gives; or a restorer, whose options are set.
        image: a path, or an array (height, width) or (height, width, 1 or 3), uint8, uint16 or
            floating point in [0, 1].
        sigma: of `KerasRestorer`, where a network is given; likewise the others.
        strength: likewise.
        tile: likewise.
        ensemble: likewise.

    Returns:
        An array of the image's shape, times the network's scale, and dtype; without alpha, which `restore_file` keeps.

    Raises:
        images.ImageError: a file that cannot be read, an unusable array, NaN, or an image
            smaller than the network takes.
        TypeError: a preset's name in place of its network.
    """
    if isinstance(network, (str, os.PathLike)):
        raise TypeError(f'the first argument is a network, such as zoo.load("{network}")')
    is_path = isinstance(image, (str, os.PathLike))
    picture = images.Picture(image) if is_path else ArrayPicture(np.asarray(image))
    restorer = network
    if isinstance(network, keras.Model):
        restorer = KerasRestorer(network, sigma=sigma, strength=strength, tile=tile, ensemble=ensemble)
    out = np.empty(restorer.output_shape(picture), picture.dtype)
    restorer(picture, out)
    return out if is_path or np.ndim(image) == 3 else out[..., 0]


def restore_file(
    restorer: TiledRestorer, source: str | os.PathLike, target: str | os.PathLike, progress=lambda rows: None
):
    """Restores a file into a file, keeping alpha, EXIF and ICC profile; the suffix decides the format.

    Folders that the target needs are made.

    The restored pixels pass through a temporary file beside the target, so that memory does
    not grow with the image.

    Raises:
        images.ImageError: what cannot be read, restored or written; nothing is left behind.
    """
    picture = images.Picture(source)
    target = Path(target)
    images.check_target(target, picture, restorer.output_shape(picture))
    target.parent.mkdir(parents=True, exist_ok=True)
    with images.scratch(target, restorer.output_shape(picture), picture.dtype) as pixels:
        restorer(picture, pixels, progress)
        images.write(target, pixels, like=picture)
