"""Photos as a tf.data pipeline: from a folder or TFDS to random patches, or to pairs."""

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


def patches(
    source,
    size: int = 64,
    batch: int = 16,
    channels: int = 3,
    *,
    seed: int = 0,
    start: int = 0,
    augment: bool = True,
    shuffle: int = 10_000,
    **options,
) -> tf.data.Dataset:
    """Endless batches of random square patches, float32 in [0, 1], (batch, size, size, channels).

    Batch number i is a function of the photos, `seed` and TensorFlow's global seed where one is
    set, so a training that was interrupted after n batches goes on with `start=n` as if it had
    not been.

    Args:
        source: what `photos` takes, or a data set that it gave.
        size: side of the patch in pixels.
        batch: patches in a batch, each from another photo.
        channels: 1 (luma) or 3.
        seed: of the order, the positions and the orientations.
        start: batches to pass over.
        augment: turns and mirrors each patch into one of its eight orientations.
        shuffle: photos in the shuffle buffer, each held once however many batches it serves.
        **options: of `photos`.

    Raises:
        images.ImageError: see `photos`.
        ValueError: a data set of other channels, or options with a data set.
    """
    if not isinstance(source, tf.data.Dataset):
        source = photos(source, channels, minimum_side=size, **options)
    elif options or source.element_spec.shape[-1] != channels:
        raise ValueError(
            f"a data set of {source.element_spec.shape[-1]} channels serves as it is; "
            f"it cannot be made {channels} channels, or take {', '.join(options) or 'options'}"
        )

    def cut(index, photo):
        seeds = tf.random.split(tf.stack([tf.constant(seed, tf.int64), index]), 2)
        patch = tf.image.stateless_random_crop(photo, (size, size, channels), seeds[0])
        return _orient(patch, seeds[1]) if augment else patch

    ordered = source.shuffle(shuffle, seed=seed).repeat().enumerate().skip(start * batch)
    cropped = ordered.map(cut, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    return cropped.batch(batch, drop_remainder=True).map(_to_float).prefetch(8)


def pairs(
    degraded,
    clean,
    batch: int = 1,
    channels: int = 3,
    *,
    crop: int | None = None,
    scale: int = 1,
    seed: int = 0,
    **options,
):
    """Pairs (degraded, clean), float32 in [0, 1], in a fixed order, once through.

    Args:
        degraded: what `photos` takes, its photos corresponding to those of `clean` in order and
            size; or a degradation, called as `degraded(image, seed=...)` with a seed
            that depends on `seed` and the image's number, so that each pass gives the same.
        clean: what `photos` takes; cut at the bottom and right to a multiple of `scale`.
        batch: pairs in a batch; more than one needs photos of one size, or `crop`.
        channels: 1 (luma) or 3.
        crop: side of the square to cut from the middle of each clean one, in pixels, a multiple of `scale`.
        scale: how many times as large as the degraded photos the clean ones are.
        seed: of the degradation.
        **options: of `photos`.

    Raises:
        images.ImageError: the two differ in number, or see `photos`. A pair that differs in
            size surfaces while reading.
        ValueError: `skip_broken` with two sources, which would no longer correspond; or a crop that
            is not a multiple of the scale.
    """
    if crop is not None and crop % scale:
        raise ValueError(f"crop must be a multiple of scale, got {crop} and {scale}")
    clean_photos = photos(clean, channels, minimum_side=crop or 1, **options)

    def window(photo, unit):
        """The middle of a photo, or all of it, in whole squares of `unit` pixels."""
        units = tf.shape(photo)[:2] // unit
        if crop is None:
            return photo[: units[0] * unit, : units[1] * unit]
        side = crop // scale
        corner = (units - side) // 2 * unit
        return tf.slice(photo, [corner[0], corner[1], 0], (side * unit, side * unit, channels))

    def degrade(index, photo):
        image = _to_float(window(photo, scale))
        return degraded(image, seed=tf.stack([tf.cast(index, tf.int32), seed])), image

    def check(first, second):
        message = "degraded and clean photos must correspond in number and size"
        expected = tf.shape(second)[:2] // scale
        with tf.control_dependencies([tf.debugging.assert_equal(tf.shape(first)[:2], expected, message)]):
            return _to_float(window(first, 1)), _to_float(window(second, scale))

    if callable(degraded):
        paired = clean_photos.enumerate().map(degrade)
    else:
        if options.get("skip_broken"):
            raise ValueError("skip_broken would leave degraded and clean photos that do not correspond")
        degraded_photos = photos(degraded, channels, **options)
        counts = [int(dataset.cardinality()) for dataset in (degraded_photos, clean_photos)]
        if min(counts) >= 0 and counts[0] != counts[1]:
            raise images.ImageError(f"{counts[0]} degraded photos and {counts[1]} clean ones do not make pairs")
        paired = tf.data.Dataset.zip(degraded_photos, clean_photos).map(check)
    return paired.batch(batch).prefetch(2)


def _orient(patch, seed):
    """One of the eight orientations of a square, uniformly."""
    turns, mirror = tf.unstack(tf.random.stateless_uniform((2,), seed, 0, 4, tf.int32))
    patch = tf.image.rot90(patch, turns)
    return tf.cond(mirror % 2 == 0, lambda: patch, lambda: tf.reverse(patch, [1]))


def _to_float(pixels):
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
