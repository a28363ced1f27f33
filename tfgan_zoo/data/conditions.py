"""What a conditional generator is asked for: outlines and colours taken from real images, and how values are given."""

import numpy as np

_SOBEL = np.array([1, 2, 1]), np.array([1, 0, -1])


def outline(images: np.ndarray, gain: float = 2.0) -> np.ndarray:
    """Dark lines on white where colours change: Sobel's gradient, its length over the channels.

    Turning the colours (`rotate_hue`) leaves it the same, but for what is clipped.

    Args:
        images: uint8, (count, height, width, channels).
        gain: how soon a line is black.

    Returns:
        uint8, (count, height, width, 1).

    Raises:
        ValueError: images of another type.
    """
    _check_levels(images)
    smooth, change = _SOBEL
    squared = np.zeros(images.shape[:3], np.float32)
    for channel in range(images.shape[-1]):
        plane = np.pad(images[..., channel].astype(np.float32) / 255, ((0, 0), (1, 1), (1, 1)), mode="edge")
        down = _along(_along(plane, change, 1), smooth, 2)
        right = _along(_along(plane, smooth, 1), change, 2)
        squared += (down**2 + right**2) / 16
    length = np.sqrt(squared / images.shape[-1])
    return np.round(255 * (1 - np.clip(gain * length, 0, 1))).astype(np.uint8)[..., None]


def dominant_color(images: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Mean colour of each image, the more of a pixel the more colourful it is.

    Args:
        images: uint8, (count, height, width, 3).
        weights: (count, height, width) or (height, width), such as alpha; 1 by default.

    Returns:
        float32, (count, 3), in [0, 1].
    """
    _check_levels(images)
    pixels = images.astype(np.float32) / 255
    saturation = pixels.max(axis=-1) - pixels.min(axis=-1)
    weight = (0.02 + saturation) * (1 if weights is None else weights)
    mean = (pixels * weight[..., None]).sum(axis=(1, 2)) / weight.sum(axis=(1, 2))[:, None]
    return np.clip(mean, 0, 1, dtype=np.float32)  # rounding may lead out of it


def rotate_hue(images: np.ndarray, turn: float) -> np.ndarray:
    """Turns every colour by a share of the colour circle, around the gray axis; brightness stays about the same.

    Args:
        images: uint8, (count, height, width, 3).
        turn: 1 is a full circle.
    """
    _check_levels(images)
    angle = 2 * np.pi * turn
    third, root = (1 - np.cos(angle)) / 3, np.sqrt(1 / 3) * np.sin(angle)
    matrix = np.full((3, 3), third) + np.cos(angle) * np.eye(3)
    matrix += root * np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    return np.round(np.clip(images.astype(np.float32) @ matrix.T.astype(np.float32), 0, 255)).astype(np.uint8)


def rows(name: str, value, shape: tuple, dtype, count: int) -> np.ndarray:
    """The values of a condition, one row an image.

    Args:
        name: of the condition, for messages.
        value: one for all images, or one an image; images as uint8 or floating point in [0, 1].
        shape: of one value: () for labels, (3,) for colours, (height, width, channels).
        dtype: of the rows: integers for labels.
        count: of images.

    Returns:
        (count, *shape).

    Raises:
        ValueError: values of another kind or shape, colours or images out of [0, 1].
    """
    value = np.asarray(value)
    if np.issubdtype(dtype, np.integer) and value.dtype.kind not in "iu":
        raise ValueError(f"{name} must be integers, the numbers of classes, got {value.ravel()[0]!r}")
    if value.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be numbers, got {value.ravel()[0]!r}")
    if name == "color" and not ((value >= 0) & (value <= 1)).all():
        raise ValueError(f"color must be in [0, 1], got {value.min():g} to {value.max():g}; divide it by 255?")
    if len(shape) == 3:
        value = value / 255 if value.dtype == np.uint8 else value
        if not ((value >= 0) & (value <= 1)).all():
            raise ValueError(f"{name} must be uint8 or in [0, 1], got {value.min():g} to {value.max():g}")
    value = value.astype(dtype)
    if value.shape == shape:
        value = np.broadcast_to(value, (count, *shape))
    if value.shape != (count, *shape):
        raise ValueError(f"{name} must be of shape {shape}, or {(count, *shape)} for {count} images, got {value.shape}")
    return np.ascontiguousarray(value)


def check_seed(seed) -> None:
    """Refuses a seed that is no integer in 0 to 2^31 - 1."""
    if not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**31:
        raise ValueError(f"seed must be an integer in 0 to 2^31 - 1, got {seed}")


def _check_levels(images) -> None:
    if images.dtype != np.uint8:
        raise ValueError(f"images must be uint8, 0 to 255, got {images.dtype}")


def _along(planes, taps, axis):
    """Three taps along an axis that gets two shorter."""
    size = planes.shape[axis] - 2
    return sum(t * np.take(planes, np.arange(size) + i, axis=axis) for i, t in enumerate(taps) if t)
