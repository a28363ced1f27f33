"""Degraded photos with their clean originals, to validate on and to learn from."""

import tensorflow as tf

from tfgan_zoo.data import images
from tfgan_zoo.data.photos import as_float, photos
from tfgan_zoo.ops import padding


def pairs(
    degraded,
    clean,
    batch: int = 1,
    channels: int = 3,
    *,
    crop: int | None = None,
    scale: int = 1,
    margin: int = 0,
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
        margin: pixels around the window that a degradation, of scale 1, sees as well.
        seed: of the degradation.
        **options: of `photos`.

    Raises:
        images.ImageError: the two differ in number, or see `photos`. A pair that differs in
            size surfaces while reading.
        ValueError: `skip_broken` with two sources, which would no longer correspond; a crop that
            is not a multiple of the scale; or a margin without a crop, with a scale or with two sources.
    """
    if crop is not None and crop % scale:
        raise ValueError(f"crop must be a multiple of scale, got {crop} and {scale}")
    if margin and (crop is None or scale != 1 or not callable(degraded)):
        raise ValueError(f"margin needs a degradation of scale 1 and a crop, got {margin}")
    clean_photos = photos(clean, channels, minimum_side=(crop or 1) + 2 * margin, **options)

    def window(photo, unit):
        """The middle of a photo, or all of it, in whole squares of `unit` pixels."""
        units = tf.shape(photo)[:2] // unit
        if crop is None:
            return photo[: units[0] * unit, : units[1] * unit]
        side = crop // scale + 2 * margin
        corner = (units - side) // 2 * unit
        return tf.slice(photo, [corner[0], corner[1], 0], (side * unit, side * unit, channels))

    def degrade(index, photo):
        image = as_float(window(photo, scale))
        damaged = degraded(image, seed=tf.stack([tf.cast(index, tf.int32), seed]))
        return padding.without_border(damaged, margin), padding.without_border(image, margin)

    def check(first, second):
        message = "degraded and clean photos must correspond in number and size"
        expected = tf.shape(second)[:2] // scale
        with tf.control_dependencies([tf.debugging.assert_equal(tf.shape(first)[:2], expected, message)]):
            return as_float(window(first, 1)), as_float(window(second, scale))

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
