"""Random patches of photos, to learn from."""

import os
from pathlib import Path

import tensorflow as tf

from tfgan_zoo.data.photos import as_float, photos


def patches(
    source,
    size: int = 64,
    batch: int = 16,
    channels: int = 3,
    *,
    seed: int = 0,
    start: int = 0,
    augment: bool = True,
    upright: bool = False,
    shuffle: int | None = None,
    **options,
) -> tf.data.Dataset:
    """Endless batches of random square patches, float32 in [0, 1], (batch, size, size, channels).

    Batch number i is a function of the photos, `seed` and TensorFlow's global seed where one is
    set, so a training that was interrupted after n batches goes on with `start=n` as if it had
    not been. That holds for the data set's first pass: one that was looked into before gives
    another order.

    Args:
        source: what `photos` takes, or a data set that it gave.
        size: side of the patch in pixels.
        batch: patches in a batch, each from another photo.
        channels: 1 (luma) or 3.
        seed: of the order, the positions and the orientations.
        start: batches to pass over.
        augment: turns and mirrors each patch into one of its eight orientations.
        upright: mirrors it left and right alone, for what depends on where the sky is.
        shuffle: photos in the shuffle buffer; by default 10,000, which are those that are kept in
            memory anyway, and 200 of what is decoded anew at each pass.
        **options: of `photos`.

    Raises:
        images.ImageError: see `photos`.
        ValueError: a data set of other channels or not of uint8, or options with a data set.
    """
    if shuffle is None:
        kept = (isinstance(source, (str, os.PathLike)) and Path(source).is_dir()) or isinstance(source, (list, tuple))
        shuffle = 10_000 if kept and options.get("cache") is not False else 200
    if not isinstance(source, tf.data.Dataset):
        source = photos(source, channels, minimum_side=size, **options)
    elif options or source.element_spec.shape[-1] != channels:
        raise ValueError(
            f"a data set of {source.element_spec.shape[-1]} channels serves as it is; "
            f"it cannot be made {channels} channels, or take {', '.join(options) or 'options'}"
        )

    if source.element_spec.dtype != tf.uint8:
        raise ValueError(f"photos are uint8, 0 to 255; this data set is of {source.element_spec.dtype.name}")

    def cut(index, photo):
        seeds = tf.random.split(tf.stack([tf.constant(seed, tf.int64), index]), 2)
        patch = tf.image.stateless_random_crop(photo, (size, size, channels), seeds[0])
        return _orient(patch, seeds[1], upright) if augment else patch

    ordered = source.shuffle(shuffle, seed=seed).repeat().enumerate().skip(start * batch)
    cropped = ordered.map(cut, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    return cropped.batch(batch, drop_remainder=True).map(as_float).prefetch(8)


def _orient(patch, seed, upright):
    """One of the eight orientations of a square, or of the two that are upright, uniformly."""
    turns, mirror = tf.unstack(tf.random.stateless_uniform((2,), seed, 0, 4, tf.int32))
    patch = patch if upright else tf.image.rot90(patch, turns)
    return tf.cond(mirror % 2 == 0, lambda: patch, lambda: tf.reverse(patch, [1]))
