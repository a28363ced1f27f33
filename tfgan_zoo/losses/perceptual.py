"""How different two images look to a network (Johnson et al. 2016, arXiv:1603.08155)."""

from keras import ops


def perceptual(real, fake, weights=None):
    """Mean absolute difference of feature maps, each in units of the real map's own mean size.

    So maps count alike whatever their depth, their values and the network they come from, and 1
    is a difference as large as what is compared.

    Args:
        real: maps of real images, a list of (batch, height, width, channels); they get no gradient.
        fake: the same of generated or restored images.
        weights: one a map, not negative; they count relative to their sum. None for equal ones.

    Returns:
        One value an image.

    Raises:
        ValueError: if the numbers of maps and weights differ, or no weight is positive.
    """
    weights = [1.0] * len(real) if weights is None else list(weights)
    if not len(real) == len(fake) == len(weights):
        raise ValueError(f"as many weights as maps are needed, got {len(real)}, {len(fake)} and {len(weights)}")
    if min(weights) < 0 or sum(weights) <= 0:
        raise ValueError(f"weights must not be negative, and one positive, got {weights}")
    total = 0.0
    for one, other, weight in zip(real, fake, weights):
        one = ops.stop_gradient(ops.cast(one, "float32"))
        difference = ops.mean(ops.abs(ops.cast(other, "float32") - one), axis=(1, 2, 3))
        total += weight * difference / (ops.mean(ops.abs(one), axis=(1, 2, 3)) + 1e-6)
    return total / sum(weights)
