import numpy as np
from PIL import Image
from skimage.color import rgb2ycbcr

from tfgan_zoo.ops import color


def test_ycbcr_is_that_of_jpeg(photo):
    ours = np.asarray(color.rgb_to_ycbcr(photo)) * 255 + [0, 128, 128]
    theirs = np.asarray(Image.fromarray(np.round(photo * 255).astype(np.uint8)).convert("YCbCr"), np.float32)
    assert np.abs(ours - theirs).max() < 1.01


def test_luma_is_matlabs(photo):
    np.testing.assert_allclose(np.asarray(color.rgb_to_luma(photo)) * 255, rgb2ycbcr(photo)[..., :1], atol=1e-3)
    ends = np.asarray(color.rgb_to_luma(np.float32([[0, 0, 0], [1, 1, 1]]))) * 255
    np.testing.assert_allclose(ends[:, 0], [16, 235], atol=1e-3)


def test_both_conversions_have_an_inverse(photo):
    np.testing.assert_allclose(color.ycbcr_to_rgb(color.rgb_to_ycbcr(photo)), photo, atol=1e-5)
    np.testing.assert_allclose(color.linear_to_srgb(color.srgb_to_linear(photo)), photo, atol=1e-5)


def test_middle_gray_is_a_fifth_of_the_light():
    assert abs(float(color.srgb_to_linear(np.float32(0.5))) - 0.2140) < 1e-4
