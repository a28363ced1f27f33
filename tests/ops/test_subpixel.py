import numpy as np
import PIL.Image
import pytest
from keras import ops

from tfgan_zoo.ops import subpixel


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_bicubic_is_pillows_within_the_border(photo, scale):
    enlarged = ops.nn.depth_to_space(subpixel.bicubic(photo[None], scale), scale)[0]
    assert enlarged.shape == (scale * 96, scale * 128, 3)
    inner = slice(3 * scale, -3 * scale)
    for channel in range(3):
        plane = PIL.Image.fromarray(photo[..., channel])
        expected = np.asarray(plane.resize((scale * 128, scale * 96), PIL.Image.Resampling.BICUBIC))
        np.testing.assert_allclose(enlarged[inner, inner, channel], expected[inner, inner], atol=1e-5)


def test_bicubic_mirrors_the_border(photo):
    whole = np.pad(photo, ((8, 8), (8, 8), (0, 0)), mode="symmetric")
    enlarged = ops.nn.depth_to_space(subpixel.bicubic(photo[None], 2), 2)
    of_whole = ops.nn.depth_to_space(subpixel.bicubic(whole[None], 2), 2)
    np.testing.assert_allclose(enlarged, of_whole[:, 16:-16, 16:-16], atol=1e-6)


def test_nearest_repeats_pixels(photo):
    enlarged = ops.nn.depth_to_space(subpixel.nearest(photo[None], 3), 3)[0]
    np.testing.assert_array_equal(enlarged, np.repeat(np.repeat(photo, 3, 0), 3, 1))
