"""Between two networks (network interpolation: ESRGAN, Wang et al. 2018, arXiv:1809.00219, sec. 3.4)."""

import keras


def interpolated(one: keras.Model, other: keras.Model, share: float) -> keras.Model:
    """A network whose weights are `1 - share` of the first's and `share` of the second's.

    Where the second was trained on from the first, as SRGAN from its generator trained by
    pixels, all between are networks of good use, from faithful to sharp.

    Args:
        one: a network.
        other: one of the same class and configuration.
        share: of the second, within [0, 1].

    Raises:
        ValueError: networks that are not alike, or a share outside [0, 1].
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be within [0, 1], got {share}")
    if type(one) is not type(other):
        raise ValueError(f"networks of one class are needed, got {type(one).__name__} and {type(other).__name__}")
    first, second = (network.get_config() for network in (one, other))
    differing = [name for name in first if name not in ("name", "trainable", "dtype") and first[name] != second[name]]
    if differing:
        raise ValueError(f"networks of one configuration are needed, {', '.join(differing)} differs")
    between = type(one).from_config(first)
    between.set_weights([(1 - share) * a + share * b for a, b in zip(one.get_weights(), other.get_weights())])
    return between
