import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tfgan_zoo.ops import resize


def matlab_axis(length, scale):
    """Indices and weights of MATLAB's `contributions`, bicubic with antialiasing, as a matrix."""

    def cubic(x):
        a = np.abs(x)
        return (1.5 * a**3 - 2.5 * a**2 + 1) * (a <= 1) + (-0.5 * a**3 + 2.5 * a**2 - 4 * a + 2) * ((a > 1) & (a <= 2))

    count, shrink = int(np.ceil(length * scale)), min(scale, 1.0)
    kernel_width = 4 / shrink
    u = np.arange(1, count + 1) / scale + 0.5 * (1 - 1 / scale)
    taps = int(np.ceil(kernel_width)) + 2
    indices = np.floor(u - kernel_width / 2)[:, None] + np.arange(taps)
    weights = shrink * cubic(shrink * (u[:, None] - indices))
    weights /= weights.sum(axis=1, keepdims=True)
    both_ways = np.concatenate([np.arange(length), np.arange(length)[::-1]])
    matrix = np.zeros((count, length))
    np.add.at(matrix, (np.arange(count)[:, None], both_ways[np.mod(indices.astype(int) - 1, 2 * length)]), weights)
    return matrix


def matlab(image, scale):
    return np.einsum(
        "ih,hwc,jw->ijc", matlab_axis(image.shape[0], scale), image, matlab_axis(image.shape[1], scale), optimize=True
    )


@pytest.mark.parametrize("scale", [1 / 4, 1 / 3, 0.5, 0.37, 1.0, 2.0, 3.3])
def test_bicubic_is_matlabs(photo, scale):
    photo = photo[:67, :90]
    expected = matlab(photo, scale)
    np.testing.assert_allclose(resize.resize(photo[None], scale)[0], expected, atol=5e-6)
    graph = tf.function(
        lambda images: resize.resize(images, scale), input_signature=[tf.TensorSpec((None, None, None, 3))]
    )
    np.testing.assert_allclose(graph(photo[None])[0], expected, atol=5e-6)


def test_an_image_smaller_than_the_kernel_is_matlabs_too(photo):
    small = photo[:3, :5]
    np.testing.assert_allclose(resize.resize(small[None], 0.25)[0], matlab(small, 0.25), atol=5e-6)


@pytest.mark.parametrize("method", ["bicubic", "bilinear"])
@pytest.mark.parametrize("size", [(24, 32), (50, 41), (150, 170)])
def test_pillow_agrees_away_from_the_border(photo, method, size):
    filtered = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}[method]
    pixels = np.round(photo * 255).astype(np.uint8)
    theirs = np.asarray(Image.fromarray(pixels).resize(size[::-1], filtered), np.float32)
    ours = np.asarray(resize.resize_to(pixels[None].astype(np.float32), *size, method))[0]
    # Pillow rounds between its two passes too.
    assert np.abs(np.round(np.clip(ours, 0, 255)) - theirs)[8:-8, 8:-8].max() <= 1


def test_area_is_the_mean_over_each_new_pixel(photo):
    photo = photo[:12, :20]
    # 12 x 20 to 5 x 8: every old pixel repeated 5 x 2 times, every new one the mean of 12 x 5.
    repeated = photo.repeat(5, axis=0).repeat(2, axis=1)
    expected = repeated.reshape(5, 12, 8, 5, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(resize.resize_to(photo[None], 5, 8, "area")[0], expected, atol=1e-6)


def test_without_antialiasing_a_kernel_is_not_stretched(photo):
    # Half-pixel centres at a scale of 1/2 lie between two old pixels.
    expected = photo.reshape(48, 2, 64, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(resize.resize(photo[None], 0.5, "bilinear", antialias=False)[0], expected, atol=1e-6)


def test_each_image_may_have_its_scale_method_and_extent(photo):
    scales, inside = np.float32([0.5, 0.25, 1.5]), np.int32([40, 40, 20])
    ours = resize.matrices(
        40, 60, scales, inside, 0.25, ("bicubic", "area", "bilinear"), np.int32([0, 1, 2]), antialias=True
    )
    for matrix, scale, end, method in zip(np.asarray(ours), scales, inside, ("bicubic", "area", "bilinear")):
        count = int(np.ceil(end * scale))
        alone = np.asarray(resize.matrix(int(end), count, float(scale), method))
        np.testing.assert_allclose(matrix[:count, :end], alone, atol=1e-5)
        assert (matrix[:, end:] == 0).all()
        # Beyond the image, its mirror image.
        beyond = min(count, 60 - count)
        np.testing.assert_allclose(matrix[count : count + beyond], matrix[count - beyond : count][::-1], atol=1e-5)


def test_wrong_arguments_are_refused(photo):
    with pytest.raises(ValueError, match="method"):
        resize.resize(photo[None], 0.5, "lanczos")
    with pytest.raises(ValueError, match="scale"):
        resize.resize(photo[None], 0)
