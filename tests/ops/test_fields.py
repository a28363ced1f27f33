import numpy as np

from tfgan_zoo.ops import fields


def test_smooth_fields_reach_0_and_1_and_are_smooth():
    drawn = np.asarray(fields.smooth(3, 60, 80, 4, 0))
    assert drawn.shape == (3, 60, 80, 1)
    np.testing.assert_allclose(drawn.min(axis=(1, 2, 3)), 0, atol=1e-6)
    np.testing.assert_allclose(drawn.max(axis=(1, 2, 3)), 1, atol=1e-6)
    assert np.abs(np.diff(drawn, axis=1)).max() < 0.25


def test_a_plane_is_nearest_at_the_bottom():
    drawn = np.asarray(fields.plane(20, 60, 80, 0))[..., 0]
    assert (drawn[:, 0].mean(axis=1) > 0.5).all() and (drawn[:, -1].mean(axis=1) < 0.3).all()
    assert (np.diff(drawn, axis=1) <= 1e-6).all()


def test_a_constant_field_becomes_0():
    assert (np.asarray(fields.stretched(np.full((1, 4, 4, 1), 0.3, np.float32))) == 0).all()
