"""Padding to the sizes that a network with strides can take."""

from keras import ops


def pad_to_multiple(images, multiple: int):
    """Pads height and width at the bottom and right, by mirroring, to a multiple.

    Args:
        images: (batch, height, width, channels), each side at least `multiple`.
        multiple: the sides of the result are divisible by it.
    """
    height, width = ops.shape(images)[1], ops.shape(images)[2]
    bottom, right = -height % multiple, -width % multiple
    if isinstance(bottom, int) and isinstance(right, int) and bottom == right == 0:
        return images
    return ops.pad(images, [[0, 0], [0, bottom], [0, right], [0, 0]], mode="symmetric")


def extend(images, before: int, height, width):
    """Repeats the border: `before` pixels at the top and left, and on to `height` x `width` in all.

    Args:
        images: (batch, height, width, channels), of any size.
        before: pixels to add at the top and at the left.
        height: of the result, at least the image's plus `before`.
        width: of the result, likewise.
    """
    rows = ops.clip(ops.arange(height) - before, 0, ops.shape(images)[1] - 1)
    columns = ops.clip(ops.arange(width) - before, 0, ops.shape(images)[2] - 1)
    return ops.take(ops.take(images, rows, axis=1), columns, axis=2)


def crop_to(images, height, width):
    """Keeps the top left `height` x `width` of (batch, height, width, channels)."""
    if isinstance(height, int) and isinstance(width, int) and images.shape[1:3] == (height, width):
        return images
    return images[:, :height, :width, :]


def without_border(images, margin: int):
    """Cuts `margin` pixels off each side.

    Args:
        images: (..., height, width, channels); or a tuple of them and a map of their size, such as sigma's.
        margin: less than half of each side.
    """
    if not margin:
        return images
    if isinstance(images, tuple):
        return tuple(without_border(part, margin) for part in images)
    return images[..., margin:-margin, margin:-margin, :]


def mirror(images, margin: int):
    """Mirrors the border with its edge repeated (d c b a | a b c d): `margin` pixels on each side.

    Args:
        images: (batch, height, width, channels), of any size, even smaller than the margin.
        margin: pixels to add at each side.
    """
    if not margin:
        return images
    rows, columns = (mirrored(ops.arange(n + 2 * margin) - margin, n) for n in ops.shape(images)[1:3])
    return ops.take(ops.take(images, rows, axis=1), columns, axis=2)


def mirrored(positions, length):
    """Folds integer positions, however far outside, into 0 ... length - 1, as `mirror` does."""
    inside = ops.mod(positions, 2 * length)
    return ops.minimum(inside, 2 * length - 1 - inside)


def at_least(length, least: int):
    """The larger of both; the length is an int, or an integer tensor in a graph of unknown sizes."""
    return max(length, least) if isinstance(length, int) else ops.maximum(length, least)
