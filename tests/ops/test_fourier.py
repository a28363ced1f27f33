import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo.ops import fourier

RNG = np.random.default_rng(0)


def spectrum(images):
    whole = np.fft.rfft2(images)
    return whole.real, whole.imag


@pytest.mark.parametrize("size", [(8, 12), (9, 13), (30, 7), (1, 2)])
def test_it_is_numpys_transform_and_back(size):
    images = RNG.random((3, *size), np.float32)
    frame = fourier.Frame(*size)
    transformed = frame.transform(images)
    for part, expected in zip(transformed, spectrum(images)):
        np.testing.assert_allclose(part, expected, atol=1e-4)
    np.testing.assert_allclose(frame.inverse(transformed), images, atol=1e-6)


def test_sizes_may_be_unknown():
    images = RNG.random((2, 31, 40), np.float32)

    def there_and_back(x):
        frame = fourier.Frame(tf.shape(x)[1], tf.shape(x)[2], 3)
        kernels = frame.inverse_kernels(frame.transform_kernels(x[:, :7, :7]))
        return frame.inverse(frame.transform(x)), kernels, frame.steepness

    graph = tf.function(there_and_back, input_signature=[tf.TensorSpec((None,) * 3)])
    again, kernels, steepness = graph(images)
    np.testing.assert_allclose(again, images, atol=1e-6)
    np.testing.assert_allclose(kernels, images[:, :7, :7], atol=1e-6)
    np.testing.assert_allclose(steepness, fourier.Frame(31, 40).steepness, atol=1e-5)


def test_a_kernel_stands_around_the_frames_corner():
    kernels = RNG.random((2, 5, 5), np.float32)
    frame = np.zeros((2, 16, 21), np.float32)
    frame[:, :5, :5] = kernels
    expected = spectrum(np.roll(frame, (-2, -2), axis=(1, 2)))
    transformed_by = fourier.Frame(16, 21, 2)
    transformed = transformed_by.transform_kernels(kernels)
    for part, other in zip(transformed, expected):
        np.testing.assert_allclose(part, other, atol=1e-4)
    np.testing.assert_allclose(transformed_by.inverse_kernels(transformed), kernels, atol=1e-6)


def test_a_product_convolves_and_the_conjugate_mirrors():
    a, b = RNG.random((2, 1, 12, 15), np.float32)
    frame = fourier.Frame(12, 15)
    convolved = frame.inverse(fourier.times(frame.transform(a), frame.transform(b)))
    np.testing.assert_allclose(convolved, np.fft.irfft2(np.fft.rfft2(a) * np.fft.rfft2(b), (12, 15)), atol=1e-4)
    mirrored = frame.inverse(fourier.conjugate(frame.transform(a)))
    np.testing.assert_allclose(mirrored, np.roll(a[:, ::-1, ::-1], (1, 1), axis=(1, 2)), atol=1e-6)


@pytest.mark.parametrize("size", [(8, 12), (9, 13)])
def test_steepness_is_the_differences_power(size):
    images = RNG.random((1, *size), np.float32)
    differences = [np.roll(images, -1, axis) - images for axis in (1, 2)]
    expected, frame = sum(np.abs(np.fft.rfft2(d)) ** 2 for d in differences), fourier.Frame(*size)
    np.testing.assert_allclose(frame.steepness * fourier.power(frame.transform(images)), expected, rtol=1e-3, atol=1e-3)


def test_long_sides_lose_nothing():
    images = RNG.random((1, 3, 2001), np.float32)
    for part, expected in zip(fourier.Frame(3, 2001).transform(images), spectrum(images)):
        np.testing.assert_allclose(part, expected, atol=0.01)
