import numpy as np
import pytest

from tfgan_zoo import degradations as d
from tfgan_zoo.degradations import blind
from tfgan_zoo.ops import random, resize


@pytest.mark.parametrize("scale", [2, 3, 4, 1.5, 0.5])
def test_sides_are_divided_and_rounded_up(photo, scale):
    photo = photo[:94, :101]
    expected = tuple(int(np.ceil(side / scale)) for side in photo.shape[:2])
    assert d.Downsample(scale)(photo, seed=0).shape == (*expected, 3)


def test_one_of_several_methods_is_drawn_for_each_image(photo):
    methods = ("bicubic", "bilinear", "area")
    drawn = np.asarray(d.Downsample(4, methods)(np.stack([photo] * 12), seed=0))
    known = [np.asarray(d.Downsample(4, method)(photo, seed=0)) for method in methods]
    found = [int(np.argmin([np.abs(image - one).max() for one in known])) for image in drawn]
    assert set(found) == {0, 1, 2}
    for image, method in zip(drawn, found):
        np.testing.assert_allclose(image, known[method], atol=1e-5)


def test_a_kept_size_holds_the_small_image_and_its_mirror_images(photo):
    small = np.asarray(d.Downsample(4)(photo, seed=0))
    kept = np.asarray(d.Downsample(4, keep_size=True)(photo, seed=0))
    np.testing.assert_allclose(kept, np.pad(small, ((0, 72), (0, 96), (0, 0)), mode="symmetric"), atol=1e-5)
    np.testing.assert_array_equal(blind._Corner(4)(kept, seed=0), kept[:24, :32])


@pytest.mark.parametrize("antialias", [True, False])
def test_at_scale_is_there_and_back(photo, antialias):
    layer = d.AtScale(d.Chain([]), (0.25, 1.5), ("area", "bicubic", "bilinear"), antialias)
    images, scales, choice = np.stack([photo] * 3), np.float32([0.5, 0.25, 1.5]), np.int32([0, 1, 2])
    ours = np.asarray(layer.apply(images, random.as_seed(0), scale=scales, choice=choice))
    for image, scale, method in zip(ours, scales, layer.methods):
        there = resize.resize(photo[None], float(scale), method, antialias)
        back = resize.resize_to(there, *photo.shape[:2], method, antialias)[0]
        np.testing.assert_allclose(image, back, atol=2e-5)


def test_at_scale_degrades_at_the_scale(photo):
    # Noise on half the pixels, enlarged again: neighbours are alike.
    noise = np.asarray(d.AtScale(d.GaussianNoise(0.1), 0.5, "area")(np.full_like(photo, 0.5), seed=0)) - 0.5
    np.testing.assert_allclose(noise[::2, ::2], noise[1::2, 1::2], atol=1e-5)
    assert noise.std() == pytest.approx(0.1, rel=0.05)


def test_wrong_parameters_are_refused():
    with pytest.raises(ValueError, match="scale"):
        d.Downsample(0)
    with pytest.raises(ValueError, match="method"):
        d.Downsample(2, "nearest")
    with pytest.raises(ValueError, match="scale"):
        d.AtScale(d.Chain([]), (0.0, 1.0))
