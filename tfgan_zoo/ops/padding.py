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


def crop_to(images, height, width):
    """Keeps the top left `height` x `width` of (batch, height, width, channels)."""
    return images[:, :height, :width, :]
