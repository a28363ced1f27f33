import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import degradations as d
from tfgan_zoo.degradations import haze


def test_koschmieders_law_with_a_given_depth(photo):
    depth = np.random.default_rng(0).random((*photo.shape[:2], 1)).astype(np.float32) * 3
    t = np.exp(-0.7 * depth)
    expected = photo * t + 0.85 * (1 - t)
    layer = d.Haze(0.7, 0.85)
    np.testing.assert_allclose(layer(photo, seed=0, depth=depth), expected, atol=1e-6)
    batch = tf.data.Dataset.from_tensors((photo[None], depth[None])).map(lambda x, z: layer(x, seed=0, depth=z))
    np.testing.assert_allclose(next(iter(batch))[0], expected, atol=1e-6)


def test_each_image_has_its_beta_and_airlight():
    black, far = np.zeros((300, 4, 4, 3), np.float32), np.full((300, 4, 4, 1), 50.0, np.float32)
    airlight = np.asarray(d.Haze((0.6, 1.8), (0.7, 1.0))(black, seed=0, depth=far))[:, 0, 0]
    assert airlight.min() >= 0.7 and airlight.max() <= 1 and np.ptp(airlight) > 0.25
    assert (airlight == airlight[:, :1]).all()
    light = np.asarray(d.Haze((0.6, 1.8), 1.0)(black, seed=0, depth=far / 50))[:, 0, 0, 0]
    beta = -np.log(1 - light)
    assert beta.min() >= 0.6 - 1e-4 and beta.max() <= 1.8 + 1e-4 and np.ptp(beta) > 1


def test_a_tint_stays_within_its_bounds():
    black, far = np.zeros((300, 4, 4, 3), np.float32), np.full((300, 4, 4, 1), 50.0, np.float32)
    airlight = np.asarray(d.Haze(1.0, 0.8, tint=0.1)(black, seed=0, depth=far))[:, 0, 0]
    assert np.abs(airlight - 0.8).max() <= 0.1001 and np.ptp(airlight, axis=1).mean() > 0.03


def test_random_depths_are_smooth_and_mostly_recede_upwards():
    depth = np.asarray(haze.random_depth(64, 60, 80, 0))[..., 0]
    near, far = depth.min(axis=(1, 2)), depth.max(axis=(1, 2))
    assert 0 <= near.min() < 0.1 and 0.5 < near.max() <= 0.6 and 0.8 <= far.min() < 0.9 and 1.4 < far.max() <= 1.5
    assert np.abs(np.diff(depth, axis=2)).max() < 0.3
    assert (depth[:, :20].mean(axis=(1, 2)) > depth[:, -20:].mean(axis=(1, 2))).mean() > 0.7


def test_a_depth_of_another_rank_is_refused(photo):
    with pytest.raises(ValueError, match="depth"):
        d.Haze()(photo, seed=0, depth=np.zeros(photo.shape[:2], np.float32))
    with pytest.raises(ValueError, match="tint"):
        d.Haze(tint=2.0)
