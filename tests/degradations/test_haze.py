import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import degradations as d
from tfgan_zoo.degradations import haze
from tfgan_zoo.evaluation import protocols


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


def test_random_depths_reach_from_near_to_far_and_mostly_recede_upwards():
    depth = np.asarray(haze.random_depth(np.full((64, 60, 80, 3), 0.5, np.float32), 0))[..., 0]
    near, far = depth.min(axis=(1, 2)), depth.max(axis=(1, 2))
    assert 0 <= near.min() < 0.1 and 0.5 < near.max() <= 0.6 and 1.4 < far.max() <= 1.5
    assert (depth[:, :20].mean(axis=(1, 2)) > depth[:, -20:].mean(axis=(1, 2))).mean() > 0.7


def steps(depth):
    """The share of neighbours, left and right, between which it jumps by more than 0.05."""
    return (np.abs(np.diff(depth, axis=-1)) > 0.05).mean(axis=(-2, -1))


def test_half_of_the_random_depths_have_edges(photo):
    """As many as real scenes, of whose neighbours 0.1 to 3 % differ so much; and none by more than their range."""
    depth = np.asarray(haze.random_depth(np.stack([photo] * 64), 0))[..., 0]
    assert 0.35 < (steps(depth) > 1e-3).mean() < 0.65 and 0.001 < steps(depth).mean() < 0.03
    assert np.abs(np.diff(depth, axis=2)).max() < 1.5


def test_edges_of_depth_follow_the_light():
    halves = np.zeros((64, 96, 96, 3), np.float32)
    halves[:, :, 48:] = 1
    depth = np.asarray(haze.random_depth(halves, 0))[..., 0]
    jumps = (np.abs(np.diff(depth, axis=2)) > 0.05).mean(axis=(0, 1))
    assert jumps[44:52].mean() > 5 * np.delete(jumps, np.s_[44:52]).mean()


@pytest.mark.parametrize("scene", [0, 3])
def test_real_scenes_have_as_many_edges(shared, scene):
    path = sorted((shared / "depth_rgb_middlebury").rglob("*_rgb.png"))[scene]
    assert 5e-4 < steps(protocols.depth_of(path)[..., 0]) < 0.04


def test_a_depth_of_another_shape_is_refused(photo):
    with pytest.raises(ValueError, match="depth"):
        d.Haze()(photo, seed=0, depth=np.zeros(photo.shape[:2], np.float32))
    with pytest.raises(ValueError, match="of the images' shape"):
        d.Haze()(photo, seed=0, depth=np.zeros((*photo.shape[1::-1], 1), np.float32)[:7])
    with pytest.raises(ValueError, match="tint"):
        d.Haze(tint=2.0)
