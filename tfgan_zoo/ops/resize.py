"""Resizing as two matrix products: MATLAB's bicubic, bilinear and area, with or without antialiasing.

Samples stand at half-pixel centres, borders are mirrored with the edge repeated, and an
antialiased kernel is stretched by the scale. The bicubic kernel is Keys's (1981) with a = -0.5.
"""

import math

from keras import ops

from tfgan_zoo.ops.padding import mirrored


def _cubic(x):
    x = ops.abs(x)
    near, far = (1.5 * x - 2.5) * x * x + 1.0, ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return ops.where(x <= 1.0, near, ops.where(x <= 2.0, far, 0.0))


def _triangle(x):
    return ops.relu(1.0 - ops.abs(x))


_HALF_WIDTHS = {"bicubic": 2.0, "bilinear": 1.0, "area": 1.0}
"""Of the kernels where nothing is stretched, in old pixels."""

METHODS = tuple(_HALF_WIDTHS)


def resize(images, scale, method: str = "bicubic", antialias: bool = True):
    """Resizes by a factor, as MATLAB's imresize(image, scale) does; neither clipped nor rounded.

    Args:
        images: (batch, height, width, channels), float32.
        scale: factor of both sides, which become `scaled(side, scale)`.
        method: "bicubic", "bilinear" or "area" (the mean over each new pixel's area).
        antialias: stretches the kernel when shrinking. Without, as OpenCV and PyTorch do by
            default (their cubic's a is -0.75, MATLAB's -0.5), bicubic and bilinear alias. Area
            always averages.

    Raises:
        ValueError: if the scale is not positive, or the method is unknown.
    """
    if not scale > 0:
        raise ValueError(f"scale must be positive, got {scale}")
    height, width = ops.shape(images)[1], ops.shape(images)[2]
    down = matrix(height, scaled(height, scale), scale, method, antialias)
    right = matrix(width, scaled(width, scale), scale, method, antialias)
    return multiply(images, down, right)


def resize_to(images, height, width, method: str = "bicubic", antialias: bool = True):
    """Resizes to a size, each side by its own factor; otherwise as `resize`."""
    rows, columns = ops.shape(images)[1], ops.shape(images)[2]
    down = matrix(rows, height, _ratio(height, rows), method, antialias)
    return multiply(images, down, matrix(columns, width, _ratio(width, columns), method, antialias))


def scaled(length, scale: float):
    """Length times scale, rounded up, an int or an integer tensor; 4.0001 is 4."""
    if isinstance(length, int):
        return max(math.ceil(length * scale - 1e-3), 1)
    return ops.maximum(ops.cast(ops.ceil(ops.cast(length, "float32") * scale - 1e-3), "int32"), 1)


def matrix(length, count, scale, method: str = "bicubic", antialias: bool = True):
    """The weights of `length` samples in each of `count` new ones: (count, length), rows of sum 1.

    Args:
        length: of the old axis, an int or an integer tensor.
        count: of the new axis, likewise.
        scale: new pixels an old one, a float or a tensor of shape ().
        method: as in `resize`.
        antialias: likewise.
    """
    shared = {"method": (method,), "antialias": antialias}
    one = ops.reshape(ops.cast(scale, "float32"), (1,))
    lengths = ops.reshape(ops.cast(length, "int32"), (1,))
    return matrices(length, count, one, lengths, smallest=scale, **shared)[0]


def matrices(length, count, scale, inside, smallest, method=("bicubic",), choice=None, antialias: bool = True):
    """`matrix` with a scale for each image: (batch, count, length).

    Args:
        length: of the old axis.
        count: of the new axis.
        scale: (batch,).
        inside: of the old samples how many are the image, the others being left out; its end is
            the border, which is mirrored; (batch,), int32.
        smallest: the smallest scale that can occur.
        method: names to choose from.
        choice: which of them each image gets, (batch,), int32; the first by default.
        antialias: as in `resize`.

    Raises:
        ValueError: if a method is unknown.
    """
    if not set(method) <= set(METHODS):
        raise ValueError(f"method must be among {', '.join(METHODS)}, got {method}")
    half = _half_width(method, smallest, antialias)
    scale = scale[:, None, None]
    centres = (ops.cast(ops.arange(count), "float32")[:, None] + 0.5) / scale - 0.5
    places = ops.floor(centres) + ops.cast(ops.arange(2 * half + 2) - half, "float32")
    weights = _weights(centres - places, scale, method[0], antialias)
    for number, name in enumerate(method[1:], 1):
        chosen = choice[:, None, None] == number
        weights = ops.where(chosen, _weights(centres - places, scale, name, antialias), weights)
    weights = weights / ops.sum(weights, axis=-1, keepdims=True)
    return _dense(weights, mirrored(ops.cast(places, "int32"), inside[:, None, None]), length)


def multiply(images, down, right):
    """Applies a matrix to the rows and one to the columns: each of rank 2, or 3 with the batch first."""
    down, right = (m if len(m.shape) == 2 else m[:, None] for m in (down, right))
    planes = ops.transpose(images, (0, 3, 1, 2))
    planes = ops.matmul(planes, ops.swapaxes(right, -1, -2))
    return ops.transpose(ops.matmul(down, planes), (0, 2, 3, 1))


def _weights(distance, scale, method, antialias):
    """Unnormalised weights at distances in old pixels, (batch, count, taps)."""
    if method == "area":
        # How much of each old pixel lies within the new one.
        return ops.clip(0.5 / scale + 0.5 - ops.abs(distance), 0.0, ops.minimum(1.0, 1.0 / scale))
    kernel = _cubic if method == "bicubic" else _triangle
    return kernel(distance * ops.minimum(scale, 1.0) if antialias else distance)


def _dense(weights, places, length):
    """Adds weights (batch, count, taps) up at their places: (batch, count, length)."""
    batch, count, _ = shape = ops.shape(weights)
    rows = ops.reshape(ops.arange(batch * count), (batch, count, 1)) * length
    flat = ops.reshape(rows + places, (-1, 1))
    summed = ops.scatter(flat, ops.reshape(weights, (-1,)), (batch * count * length,))
    return ops.reshape(summed, (*shape[:2], length))


def _half_width(method, smallest, antialias):
    """Whole old pixels on each side of a new one that the widest kernel reaches at the smallest scale."""
    fixed = max([0.0] + [_HALF_WIDTHS[name] for name in method if name != "area" and not antialias])
    stretched = max([0.0] + [_HALF_WIDTHS[name] for name in method if name == "area" or antialias])
    if isinstance(smallest, (int, float)):
        return math.ceil(max(fixed, stretched / min(smallest, 1.0)))
    reach = ops.maximum(fixed, stretched / ops.minimum(ops.cast(smallest, "float32"), 1.0))
    return ops.cast(ops.ceil(reach), "int32")


def _ratio(new, old):
    if isinstance(new, int) and isinstance(old, int):
        return new / old
    return ops.cast(new, "float32") / ops.cast(old, "float32")
