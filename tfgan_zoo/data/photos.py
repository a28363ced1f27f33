"""Photos as a tf.data pipeline, from a folder or from TFDS."""

import collections
import itertools
import logging
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgan_zoo.data import convert, images, tfds_sets

_log = logging.getLogger(__name__)


def photos(
    source: str | os.PathLike | Iterable[os.PathLike],
    channels: int = 3,
    *,
    split: str = "train",
    scales: tuple[float, ...] = (1.0,),
    minimum_side: int = 1,
    skip_broken: bool = False,
    cache: bool | None = None,
) -> tf.data.Dataset:
    """Whole photos, uint8, (height, width, channels), each of its own size, in a fixed order.

    Args:
        source: a folder (searched with its subfolders), a list of files, the name of a TFDS
            data set such as "div2k", "coco/2017" or "imagenet2012", or a TFDS builder such as
            `PhotoFolder`.
        channels: 1 (luma) or 3.
        split: of the TFDS data set.
        scales: each photo also appears reduced to these fractions, antialiased; a reduction
            with a side under `minimum_side` is left out.
        minimum_side: in pixels; a photo with a smaller side is an error.
        skip_broken: leaves out files that cannot be read or are too small, and logs their
            number and names; otherwise the first one raises.
        cache: keeps the decoded photos in memory after the first pass: 3 bytes a pixel, so 100
            photos of 12 megapixels are 3.6 GB. By default those of a folder are kept and those
            of TFDS are not. Without, each pass decodes them again; large photos cut into pieces
            of a megapixel beforehand train faster than either.

    Raises:
        images.ImageError: no such folder or data set, or no image in it. A bad file among
            them surfaces while reading, as tf.data's error, which holds its name.
    """
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 or 3, got {channels}")
    is_name = isinstance(source, (str, os.PathLike)) and not Path(source).is_dir()
    from_tfds = is_name or hasattr(source, "download_and_prepare")
    if from_tfds:
        arrays, count = _from_tfds(source, split), None
    else:
        paths = images.files(source) if isinstance(source, (str, os.PathLike)) else [Path(p) for p in source]
        arrays, count = _from_files(paths), len(paths)

    def pyramid() -> Iterator[np.ndarray]:
        skipped = []
        for name, pixels in arrays():
            try:
                if isinstance(pixels, Exception):
                    raise pixels
                yield from _scaled(name, convert.as_channels(pixels, channels), scales, minimum_side)
            except images.ImageError as error:
                if not skip_broken:
                    raise
                skipped.append(str(error))
        if skipped:
            _log.warning("%d photos skipped: %s", len(skipped), "; ".join(skipped))

    dataset = tf.data.Dataset.from_generator(pyramid, output_signature=tf.TensorSpec((None, None, channels), tf.uint8))
    if count and not skip_broken and tuple(scales) == (1.0,):
        # Keras warns of data that ends unless it knows beforehand where.
        dataset = dataset.apply(tf.data.experimental.assert_cardinality(count))
    return dataset.cache() if cache or (cache is None and not from_tfds) else dataset.prefetch(16)


def as_float(pixels):
    """uint8 as float32 in [0, 1]."""
    return tf.cast(pixels, tf.float32) / 255.0


def _scaled(name, pixels, scales, minimum_side) -> Iterator[np.ndarray]:
    height, width = pixels.shape[:2]
    if min(height, width) < minimum_side:
        raise images.ImageError(f"{name} is {width}x{height}; each side must be at least {minimum_side} pixels")
    for scale in scales:
        if scale == 1:
            yield pixels
        elif min(height, width) * scale >= minimum_side:
            yield convert.reduce(pixels, scale)


def _from_files(paths: list[Path]):
    """A function that iterates over (name, pixels or error), decoding ahead in threads."""

    def attempt(path):
        try:
            return str(path), images.read(path)
        except images.ImageError as error:
            return str(path), error

    def read_ahead():
        with ThreadPoolExecutor(4) as pool:
            waiting: collections.deque = collections.deque()
            remaining = iter(paths)
            for path in itertools.islice(remaining, 16):
                waiting.append(pool.submit(attempt, path))
            while waiting:
                yield waiting.popleft().result()
                for path in itertools.islice(remaining, 1):
                    waiting.append(pool.submit(attempt, path))

    return read_ahead


def _from_tfds(source, split: str):
    """A function that iterates over (name, pixels) of a TFDS data set's image feature."""
    builder = tfds_sets.find(source)
    import tensorflow_datasets as tfds

    kinds = [key for key, feature in builder.info.features.items() if isinstance(feature, tfds.features.Image)]
    if not kinds:
        raise images.ImageError(f"the TFDS data set {builder.info.full_name} has no image")
    # Where there are several, as in div2k's lr and hr, the best copy is the clean one.
    key = next((k for k in ("image", "hr") if k in kinds), kinds[0])
    tfds_sets.prepare(builder)

    def read():
        examples = builder.as_dataset(split=split, shuffle_files=False)
        for number, example in enumerate(tfds.as_numpy(examples)):
            yield f"{builder.info.full_name}, {split}, image {number}", example[key]

    return read
