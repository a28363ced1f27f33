import numpy as np
import pytest

from tfgan_zoo import degradations as d
from tfgan_zoo.degradations import motion


def reference(count, rng, pull_most, steps=2000, expl=0.005):
    """Boracchi and Foi's recurrence as their authors' code has it, with complex velocities; length 1."""
    centripetal, big, gaussian = (most * rng.random(count) for most in (0.7, 0.2, 10))
    pull = centripetal / 0.7 * pull_most / steps
    v = np.exp(2j * np.pi * rng.random(count))
    x = [np.zeros(count, complex)]
    for _ in range(steps - 1):
        jolted = rng.random(count) < big * expl
        turn = np.where(jolted, 2 * v * np.exp(1j * (np.pi + rng.random(count) - 0.5)), 0)
        noise = expl * gaussian * (rng.standard_normal(count) + 1j * rng.standard_normal(count))
        v = v + turn + noise - pull * x[-1]
        v = v / np.abs(v)
        x.append(x[-1] + v / (steps - 1))
    return np.array(x).T


def test_trajectories_are_as_restless_as_boracchis_and_fois():
    ours = np.asarray(motion.trajectories(2000, 80, 1.0, 0))
    ours = ours[..., 0] + 1j * ours[..., 1]
    theirs = reference(2000, np.random.default_rng(0), motion._PULL)
    np.testing.assert_allclose(np.abs(np.diff(ours, axis=1)), 1 / 80, rtol=1e-3)
    both = [np.sqrt(np.mean(np.abs(p - p.mean(axis=1, keepdims=True)) ** 2, axis=1)) for p in (ours, theirs)]
    np.testing.assert_allclose(*(np.quantile(x, (0.1, 0.3, 0.5, 0.7, 0.9)) for x in both), rtol=0.1)


def test_without_shake_the_path_is_straight_and_as_long_as_asked():
    layer = d.MotionBlur(24.0, shake=0.0)
    drawn = np.asarray(layer.kernels(50, 0))
    y, x = np.indices(drawn.shape[1:]) - layer.radius
    for kernel in drawn:
        variance = np.linalg.eigvalsh([[(kernel * a * b).sum() for b in (x, y)] for a in (x, y)])
        assert variance[1] == pytest.approx(24**2 / 12, rel=0.03) and variance[0] < 0.35
        assert abs((kernel * x).sum()) < 1e-3 and abs((kernel * y).sum()) < 1e-3


def test_no_light_leaves_the_kernel():
    layer = d.MotionBlur((1.0, 30.0))
    drawn = np.asarray(layer.kernels(300, 1))
    np.testing.assert_allclose(drawn.sum(axis=(1, 2)), 1, atol=1e-5)
    border = drawn.copy()
    border[:, 1:-1, 1:-1] = 0
    assert border.sum() < 1e-3 and drawn.min() >= 0
