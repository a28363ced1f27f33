"""What a batch for adversarial training must be, said before anything is computed with it."""

import keras
import tensorflow as tf


def one_input(data):
    """The first and the second part of what `fit` was given.

    Raises:
        ValueError: sample weights, which no adversarial loss uses.
    """
    first, second, weights = keras.utils.unpack_x_y_sample_weight(data)
    if weights is not None:
        raise ValueError("sample weights are not used; got some")
    return first, second


def fitting(network, degraded, clean) -> None:
    """Checks that a network makes of a degraded image one as large as the clean one.

    Args:
        network: what has no `scale` is not checked.
        degraded: (batch, height, width, channels), or a tuple that begins with it.
        clean: (batch, height, width, channels).

    Raises:
        ValueError: names the sizes and the scale.
    """
    scale = getattr(network, "scale", None)
    small, large = (degraded[0] if isinstance(degraded, tuple) else degraded).shape[1:3], clean.shape[1:3]
    if scale and not tf.TensorShape(large).is_compatible_with([side and scale * side for side in small]):
        raise ValueError(
            f"{network.name} makes images {scale} times as large: of {tuple(small)} it cannot make {tuple(large)}"
        )


def checked(batch: dict, shape: tuple, conditions: dict) -> dict:
    """A batch whose images and conditions are what the networks take.

    Args:
        batch: by name.
        shape: of the images.
        conditions: of the networks, as in `networks.conditional`.

    Returns:
        The batch; values that are out of range raise an InvalidArgumentError when it is used.

    Raises:
        ValueError: names what is missing, or of another shape or type.
    """
    if missing := {"image", *conditions} - set(batch):
        raise ValueError(f"a batch needs {sorted({'image', *conditions})}, got {sorted(batch)}: no {sorted(missing)}")
    image = as_images(batch["image"])
    if image.shape.rank != 4 or not image.shape[1:].is_compatible_with(shape):
        raise ValueError(f"images must be (batch, {', '.join(map(str, shape))}), got {tuple(image.shape)}")
    found, rules = {"image": image}, []
    for name, condition in conditions.items():
        value, labels = tf.convert_to_tensor(batch[name]), isinstance(condition, int)
        expected = () if labels else condition
        if value.shape.rank != 1 + len(expected) or not value.shape[1:].is_compatible_with(expected):
            wanted = ", ".join(map(str, ("batch", *expected)))
            raise ValueError(f"{name} must be of shape ({wanted}), got {tuple(value.shape)}")
        found[name] = as_images(value, name) if len(expected) == 3 else _as_used(value)
        if labels:
            if value.dtype.is_floating:
                raise ValueError(f"{name} must be integers, got {value.dtype.name}")
            within = tf.reduce_all((value >= 0) & (value < tf.cast(condition, value.dtype)))
            rules.append(tf.debugging.assert_equal(within, True, f"{name} must be in 0 to {condition - 1}"))
    with tf.control_dependencies([rule for rule in rules if rule is not None]):
        return {**batch, **{name: tf.identity(value) for name, value in found.items()}}


def as_degraded(value):
    """What a network is given in float32: an image, or a tuple that begins with one, with room for strong noise.

    Raises:
        ValueError: integers.
    """
    if isinstance(value, (tuple, list)):
        return (as_images(value[0], "degraded images", _NOISY), *map(_as_used, map(tf.convert_to_tensor, value[1:])))
    return as_images(value, "degraded images", _NOISY)


def as_images(value, name: str = "images", room: tuple[float, float] = (-0.5, 2.0)):
    """Images in float32, as the networks compute: what numpy divides by 255 is float64.

    Args:
        value: the images.
        name: for messages.
        room: what lies between these passes: a restoration may overshoot [0, 1].

    Returns:
        The images; values that are out of range raise an InvalidArgumentError when they are used.

    Raises:
        ValueError: integers.
    """
    value = tf.convert_to_tensor(value)
    if not value.dtype.is_floating:
        raise ValueError(f"{name} must be floating point in [0, 1], got {value.dtype.name}")
    rule = _within(value, name, room)
    with tf.control_dependencies([] if rule is None else [rule]):
        return _as_used(value)


def _as_used(value):
    return tf.cast(value, tf.float32) if value.dtype.is_floating else tf.identity(value)


_NOISY = (-4.0, 5.0)


def _within(image, name, room):
    """Images in [0, 1], with some room; [0, 255] is seen. Not where XLA compiles the step, which drops assertions."""
    least, most = (tf.cast(end, image.dtype) for end in room)
    inside = tf.reduce_all((image > least) & (image < most))
    extremes = [tf.reduce_min(image), tf.reduce_max(image)]
    return tf.debugging.Assert(inside, [f"{name} must be in [0, 1]; least and greatest value:", *extremes])
