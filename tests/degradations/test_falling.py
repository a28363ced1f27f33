import numpy as np
import pytest

from tfgan_zoo import degradations as d
from tfgan_zoo.ops import random

BLACK = np.zeros((1, 256, 256, 3), np.float32)
RAIN = {"length": 12.0, "width": 0.6, "layers": 1, "strength": 0.4, "mist": 0.0}


def direction(image):
    """Of least change, from the vertical in degrees, by the structure tensor."""
    down, right = np.gradient(image)
    tensor = [[(a * b).mean() for b in (right, down)] for a in (right, down)]
    x, y = np.linalg.eigh(tensor)[1][:, 0]
    return np.degrees(np.arctan2(-x * np.sign(y), abs(y)))


@pytest.mark.parametrize("angle", [-35.0, 0.0, 20.0])
def test_streaks_fall_at_their_angle(angle):
    rain = np.asarray(d.RainStreaks(0.004, angle=angle, **{**RAIN, "width": 1.5})(BLACK, seed=0))[0, ..., 0]
    assert direction(rain) == pytest.approx(angle, abs=2)


def test_as_much_light_is_added_as_there_are_streaks():
    rain = np.asarray(d.RainStreaks(0.002, angle=0.0, **RAIN)(np.repeat(BLACK, 8, 0), seed=0))
    # Strengths between 0.4 and 1; a streak's light is its length times its profile's integral.
    expected = 0.002 * 0.7 * 0.4 * 12 * 0.6 * np.sqrt(2 * np.pi)
    assert rain.mean() == pytest.approx(expected, rel=0.08)


def test_additive_and_screen_follow_their_formulas(photo):
    both = {screen: d.RainStreaks(0.01, screen=screen, **RAIN) for screen in (False, True)}
    streaks = np.asarray(both[False](np.zeros_like(photo), seed=3))
    np.testing.assert_allclose(both[False](photo, seed=3), np.clip(photo + streaks, 0, 1), atol=1e-5)
    np.testing.assert_allclose(both[True](photo, seed=3), 1 - (1 - photo) * (1 - streaks), atol=1e-5)


def test_distances_blending_and_density_are_drawn_for_each_image():
    rain = d.RainStreaks((0.0, 0.004), layers=(1, 3), screen=0.5, strength=1.0, mist=0.0)
    parameters = rain.draw(400, random.as_seed(1))
    layers = (np.asarray(parameters["density"]) > 0).sum(axis=1)
    assert [np.mean(layers == number) for number in (1, 2, 3)] == pytest.approx([1 / 3] * 3, abs=0.08)
    assert np.mean(parameters["screened"]) == pytest.approx(0.5, abs=0.08)
    # Of no image's layers alike.
    assert np.ptp(np.asarray(parameters["density"])[layers == 3], axis=1).min() > 0


def test_nearer_layers_are_larger():
    far, near = (
        np.asarray(d.RainStreaks(0.003, angle=0.0, **{**RAIN, "layers": n})(BLACK, seed=0))[0, ..., 0] for n in (1, 3)
    )
    lag = 24
    alike = [np.corrcoef(x[lag:].ravel(), x[:-lag].ravel())[0, 1] for x in (far, near)]
    assert alike[0] < 0.03 and alike[1] > 0.06


def test_mist_veils_by_half_to_all_of_its_opacity():
    veiled = np.asarray(d.RainStreaks(0.0, mist=0.4)(BLACK, seed=0))
    assert veiled.min() == pytest.approx(0.8 * 0.2, abs=1e-3) and veiled.max() == pytest.approx(0.8 * 0.4, abs=1e-3)


def test_snow_hides_what_is_behind(photo):
    snow = d.Snow(0.01, mist=0.0, strength=0.9)
    opacity = np.asarray(snow(np.zeros_like(photo), seed=1))
    np.testing.assert_allclose(snow(photo, seed=1), photo + (1 - photo) * opacity, atol=1e-5)
    assert opacity.max() > 0.8 and np.median(opacity) < 0.2
    np.testing.assert_array_equal(snow(np.ones_like(photo), seed=1), 1)


def test_wrong_parameters_are_refused():
    with pytest.raises(ValueError, match="layers"):
        d.RainStreaks(layers=9)
    with pytest.raises(ValueError, match=r"layers must be whole, got 1\.5"):
        d.RainStreaks(layers=1.5)
    with pytest.raises(ValueError, match="screen"):
        d.RainStreaks(screen=2)
    with pytest.raises(ValueError, match="angle"):
        d.RainStreaks(angle=100.0)
    with pytest.raises(ValueError, match="stretch"):
        d.Snow(stretch=0.5)
