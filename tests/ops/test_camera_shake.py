import itertools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo.ops import camera_shake, filters, kernels

RADIUS = 9


def path(points):
    """The kernel of a straight or bent path through points (x, y), centred."""
    steps = np.concatenate([np.linspace(a, b, 40) for a, b in itertools.pairwise(points)]).astype(np.float32)
    return np.asarray(kernels.trace(RADIUS, (steps - steps.mean(axis=0))[None]))


PATHS = {
    "level": path([(0, 0), (11, 0)]),
    "upright": path([(0, 0), (0, 9)]),
    "slanted": path([(0, 0), (8, 6)]),
    "bent": path([(0, 0), (7, 0), (10, 7)]),
}


def scene():
    """Rectangles and disks of different gray, (1, 192, 256)."""
    rng, image = np.random.default_rng(5), np.full((192, 256), 0.5, np.float32)
    y, x = np.mgrid[:192, :256]
    for _ in range(60):
        (top, left), size = rng.integers(0, (180, 240)), rng.integers(8, 40)
        inside = (
            (abs(y - top) < size) & (abs(x - left) < size) if rng.random() < 0.5 else np.hypot(y - top, x - left) < size
        )
        image[inside] = rng.random()
    return image[None]


def shaken(kernel, noise=0.004):
    image = np.asarray(filters.convolve(scene()[..., None], kernel))[..., 0]
    return image + np.random.default_rng(1).normal(0, noise, image.shape).astype(np.float32)


def likeness(a, b):
    """The correlation of two kernels at the best shift."""
    wide = np.fft.rfft2(a, (64, 64)) * np.conj(np.fft.rfft2(b, (64, 64)))
    return np.fft.irfft2(wide).max() / np.sqrt((a**2).sum() * (b**2).sum())


@pytest.mark.parametrize("kind", PATHS)
def test_the_path_is_found_from_the_photo_alone(kind):
    found = np.asarray(camera_shake.kernel(shaken(PATHS[kind]), RADIUS))
    assert found.shape == (1, 2 * RADIUS + 1, 2 * RADIUS + 1)
    assert likeness(found[0], PATHS[kind][0]) > 0.75
    others = [likeness(found[0], other[0]) for name, other in PATHS.items() if name != kind]
    assert max(others) < likeness(found[0], PATHS[kind][0])


def test_a_kernel_is_light_and_centred():
    found = np.asarray(camera_shake.kernel(shaken(PATHS["bent"]), RADIUS))[0]
    places = np.arange(-RADIUS, RADIUS + 1)
    assert (found >= 0).all()
    np.testing.assert_allclose([found.sum(), (found * places).sum(), (found.T * places).sum()], [1, 0, 0], atol=1e-4)


def test_each_image_has_its_own_and_sizes_may_be_unknown():
    both = np.concatenate([shaken(PATHS["level"]), shaken(PATHS["upright"])])
    graph = tf.function(lambda x: camera_shake.kernel(x, RADIUS), input_signature=[tf.TensorSpec((None,) * 3)])
    for found, kind in zip(np.asarray(graph(both)), ("level", "upright")):
        assert likeness(found, PATHS[kind][0]) > 0.75


@pytest.mark.parametrize("noise", [0.0, 1 / 255, 2 / 255])
def test_a_photo_without_edges_was_not_shaken(noise):
    photo = 0.5 + noise * np.random.default_rng(0).normal(size=(1, 96, 96)).astype(np.float32)
    found = np.asarray(camera_shake.kernel(photo, RADIUS))[0]
    np.testing.assert_allclose(found.sum(), 1, atol=1e-4)
    assert found[RADIUS - 1 : RADIUS + 2, RADIUS - 1 : RADIUS + 2].sum() > 0.9


def test_a_known_kernel_is_undone_and_strength_keeps_noise_down():
    kernel = PATHS["bent"]
    photo, sharp = shaken(kernel)[..., None], scene()[..., None]
    inner = np.s_[:, 12:-12, 12:-12]
    little, much = camera_shake.deconvolve(photo, kernel, (1e-3, 0.3))

    def error(image):
        return float(np.mean((np.asarray(image) - sharp)[inner] ** 2))

    assert error(little) < error(photo) / 4
    roughness = [np.abs(np.diff(np.asarray(image), n=2, axis=2)).mean() for image in (little, much)]
    assert roughness[1] < roughness[0]


def test_colours_are_undone_each_for_itself():
    kernel = PATHS["slanted"]
    planes = np.stack([shaken(kernel)[0], shaken(kernel, 0.01)[0], shaken(kernel)[0, ::-1]], axis=-1)[None]
    (result,) = camera_shake.deconvolve(planes, kernel, (1e-2,))
    for channel in range(3):
        (alone,) = camera_shake.deconvolve(planes[..., channel : channel + 1], kernel, (1e-2,))
        np.testing.assert_allclose(result[..., channel], alone[..., 0], atol=1e-4)
