"""The fast guided filter: what was done to a small copy of an image, done to the image.

He and Sun 2015, arXiv:1505.00996.
"""

from keras import ops

from tfgan_zoo.ops import padding, resize

_RADIUS, _LEAST_VARIANCE, _MOST = 2, 1e-4, 8.0


def transferred(image, small, restored):
    """J' = up(J) + up(a) (I' - up(I)), a being the slope of J over I in small windows.

    The restored copy itself stands in place of the paper's offset.

    Args:
        image: I', (batch, height, width, channels).
        small: I, the same made small.
        restored: J, what was made of that, of its shape.

    Returns:
        J', of the image's shape. Detail that the copy lost has the contrast that was restored around it.
    """
    height, width = ops.shape(image)[1], ops.shape(image)[2]
    slope = _mean(_slope(small, restored))
    small, restored, slope = (resize.resize_to(x, height, width, "bilinear") for x in (small, restored, slope))
    return restored + slope * (image - small)


def _slope(image, restored):
    """How much more contrast the restored image has in a window around each pixel, for each channel."""
    means = _mean(image), _mean(restored)
    covariance = _mean(image * restored) - means[0] * means[1]
    variance = _mean(image * image) - means[0] * means[0]
    return ops.clip((covariance + _LEAST_VARIANCE) / (variance + _LEAST_VARIANCE), 0.0, _MOST)


def _mean(images):
    return ops.average_pool(padding.mirror(images, _RADIUS), 2 * _RADIUS + 1, strides=1, padding="valid")
