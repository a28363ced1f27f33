"""How close a set of generated images is to a set of real ones, in the features of a network.

Functions take features, (images, n) arrays from any extractor, and compute in numpy float64.
A number says nothing without its extractor and its two sample sizes.
"""

import numpy as np

_BLOCK = 1000
"""Images compared with all others at once: a matrix of all pairs would not fit."""


def frechet_distance(real, fake) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two Gaussians (FID, Heusel et al. 2017, eq. 6).

    Args:
        real: features of real images, (images, n), more images than n, or the estimate is singular.
        fake: features of generated images, likewise.
    """
    (mean1, cov1), (mean2, cov2) = _gaussian(real), _gaussian(fake)
    # The root's trace by a symmetric product, whose eigenvalues are real.
    values, vectors = np.linalg.eigh(cov1)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ cov2 @ root), 0)).sum()
    return float(np.sum((mean1 - mean2) ** 2) + np.trace(cov1) + np.trace(cov2) - 2 * cross)


def kernel_distance(real, fake, subsets: int = 100, size: int = 1000, seed: int = 0) -> tuple[float, float]:
    """Squared MMD with the kernel (x.y / n + 1)^3, unbiased (KID, Binkowski et al. 2018).

    Returns:
        Mean and standard deviation over random subsets of `size` images (or fewer, if there are fewer).
    """
    real, fake = _both(real, fake)
    rng = np.random.default_rng(seed)
    size = min(size, len(real), len(fake))
    values = []
    for _ in range(subsets):
        x = real[rng.choice(len(real), size, replace=False)]
        y = fake[rng.choice(len(fake), size, replace=False)]
        within = sum((k.sum() - np.trace(k)) / (size * (size - 1)) for k in (_cubic(x, x), _cubic(y, y)))
        values.append(within - 2 * _cubic(x, y).mean())
    return float(np.mean(values)), float(np.std(values))


def precision_recall(real, fake, neighbours: int = 3) -> tuple[float, float]:
    """Shares of generated images near real ones, and of real ones near generated (Kynkaanniemi et al. 2019).

    Near is within the distance to the `neighbours`-th nearest of the other's own set.
    """
    real, fake = _both(real, fake)
    real_radius, fake_radius = _radii(real, neighbours), _radii(fake, neighbours)
    precise, recalled = np.zeros(len(fake), bool), []
    for part, distances in _blocks(real, fake):
        precise |= (distances <= real_radius[part, None]).any(axis=0)
        recalled.append((distances <= fake_radius[None]).any(axis=1))
    return float(precise.mean()), float(np.concatenate(recalled).mean())


def density_coverage(real, fake, neighbours: int = 5) -> tuple[float, float]:
    """Density (may exceed 1) and coverage (at most 1), which outliers move less (Naeem et al. 2020, eq. 4 and 6)."""
    real, fake = _both(real, fake)
    radius, near = _radii(real, neighbours), []
    for part, distances in _blocks(real, fake):
        near.append((distances <= radius[part, None]).sum(axis=1))
    near = np.concatenate(near)
    return float(near.sum() / len(fake) / neighbours), float((near > 0).mean())


def nearest(queries, gallery) -> tuple[np.ndarray, np.ndarray]:
    """For each query the distance to, and the number of, the nearest of `gallery`."""
    queries, gallery = _both(queries, gallery)
    found = []
    for _, distances in _blocks(queries, gallery):
        numbers = distances.argmin(axis=1)
        found.append((distances[np.arange(len(distances)), numbers], numbers))
    distances, numbers = zip(*found)
    return np.concatenate(distances), np.concatenate(numbers)


def memorisation(train, test, fake) -> float:
    """Share of generated images nearer to a training image than all but 5 % of the test images are.

    Test images have never been seen: 0.05 means no sign of memorising, 1 that all is copied.
    """
    distances, copied = nearest(test, train)[0], nearest(fake, train)[0]
    unseen = distances[distances > 0]  # others are training images themselves
    return float((copied < np.quantile(unseen, 0.05)).mean() if len(unseen) else (copied == 0).mean())


def pair_distance(features, quantile: float) -> float:
    """The distance that a share `quantile` of all pairs of images is closer than."""
    return float(np.quantile(np.concatenate(list(_pairs(_features(features)))), quantile))


def birthday_support(fake, threshold: float) -> float:
    """Number of distinct images that a generator makes, from collisions (Arora and Zhang 2017).

    n images with c pairs at most `threshold` apart speak for about n (n - 1) / (2 c) distinct
    ones; infinite without a collision. `threshold` is a distance up to which two images are the
    same to the eye, such as the smallest between real images.
    """
    fake = _features(fake)
    pairs = sum(int((distances <= threshold).sum()) for distances in _pairs(fake))
    return float(len(fake) * (len(fake) - 1) / 2 / pairs) if pairs else float("inf")


def histogram_distance(labels, classes: int, expected=None) -> float:
    """Total variation between the classes of some images and what is expected, equal shares by default.

    0 is perfect; one class of ten missing gives at least 0.1.
    """
    found = np.bincount(np.asarray(labels), minlength=classes) / len(labels)
    expected = np.full(classes, 1 / classes) if expected is None else np.asarray(expected)
    return float(np.abs(found - expected).sum() / 2)


def _features(features) -> np.ndarray:
    features = np.asarray(features, np.float64)
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(f"features are (images, n), at least two images; got shape {features.shape}")
    if not np.isfinite(features).all():
        raise ValueError("features hold NaN or infinite values")
    return features


def _both(one, other):
    one, other = _features(one), _features(other)
    if one.shape[1] != other.shape[1]:
        raise ValueError(f"features must come from one extractor, got {one.shape[1]} and {other.shape[1]} of an image")
    return one, other


def _gaussian(features):
    features = _features(features)
    return features.mean(axis=0), np.cov(features, rowvar=False).reshape(features.shape[1], -1)


def _cubic(x, y):
    return (x @ y.T / x.shape[1] + 1) ** 3


def _distances(a, b) -> np.ndarray:
    lengths = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)[None]
    squared = lengths - 2 * a @ b.T
    # What rounding leaves between equal images.
    return np.sqrt(np.where(squared > 1e-13 * lengths, squared, 0))


def _blocks(a, b):
    """Distances of all of `a` to all of `b`, a block of `a` at a time, and where it lies."""
    for start in range(0, len(a), _BLOCK):
        part = slice(start, start + _BLOCK)
        yield part, _distances(a[part], b)


def _pairs(features):
    """Distances of all pairs of images, some at a time, float32."""
    for part, distances in _blocks(features, features):
        yield distances[np.arange(len(distances))[:, None] + part.start < np.arange(len(features))].astype(np.float32)


def _radii(features, neighbours) -> np.ndarray:
    """Distance of each image to its `neighbours`-th nearest other."""
    if len(features) <= neighbours:
        raise ValueError(f"{neighbours} neighbours need more than {neighbours} images, got {len(features)}")
    radii = []
    for part, distances in _blocks(features, features):
        distances[np.arange(len(distances)), np.arange(len(distances)) + part.start] = 0
        radii.append(np.partition(distances, neighbours, axis=1)[:, neighbours])
    return np.concatenate(radii)
