import keras
import numpy as np
import pytest
import scipy.ndimage

from tfgan_zoo import explain, networks, zoo
from tfgan_zoo.data import images
from tfgan_zoo.explain import attribution

PATCH = (30, 36, 10, 10)


@pytest.fixture(name="noisy")
def _noisy(photo):
    gray = photo[:72, :80].mean(axis=-1, keepdims=True)
    return (gray + np.random.default_rng(0).normal(0, 25 / 255, gray.shape)).astype(np.float32)


def shallow(channels=1, depth=4):
    keras.utils.set_random_seed(0)
    return networks.DnCNN(channels, depth=depth, width=16, batch_norm=False)


@keras.saving.register_keras_serializable("tests")
class Enlarger(networks.RestorationNetwork):
    """Twice as large, each pixel from the nearest and its right neighbour."""

    scale, receptive_radius = 2, 1

    def call(self, inputs, training=None):
        mixed = 0.75 * inputs + 0.25 * keras.ops.roll(inputs, -1, axis=2)
        return keras.ops.repeat(keras.ops.repeat(mixed, 2, axis=1), 2, axis=2)


@pytest.mark.parametrize(
    ("name", "path", "detector"),
    [
        ("dncnn_gray_25", "blur", "gradient"),
        ("resunet_gray", "blur", "intensity"),
        ("resunet_gray", "straight", "gradient"),
    ],
)
def test_the_map_adds_up_to_the_change_of_the_detector(noisy, photo, name, path, detector):
    network = zoo.load(name)
    options = {"sigma": 25} if network.noise_map else {}
    start = photo[:72, :80].mean(axis=-1, keepdims=True) if path == "straight" else None
    found = explain.attribute(network, noisy, PATCH, detector=detector, baseline=start, steps=20, **options)
    ends = [
        scipy.ndimage.gaussian_filter(noisy, (3, 3, 0), mode="reflect", truncate=3) if start is None else start,
        noisy,
    ]
    values = []
    for end in ends:
        end = np.float32(end)[None]
        output = np.asarray(network((end, np.full((1, 1, 1, 1), 25 / 255, np.float32)) if options else end))[0, ..., 0]
        patch = output[30:40, 36:46]
        total = np.hypot(np.diff(patch, axis=0)[:, :-1], np.diff(patch, axis=1)[:-1]).sum()
        values.append(total if detector == "gradient" else patch.sum())
    assert found.change == pytest.approx(values[1] - values[0], rel=1e-3, abs=2e-3)
    assert found.map.sum() == pytest.approx(found.change, rel=0.04, abs=0.01)


def test_nothing_comes_from_beyond_the_receptive_field(noisy):
    network = shallow(depth=4)
    found = explain.attribute(network, noisy, PATCH, steps=4)
    reach = np.zeros(noisy.shape[:2], bool)
    reach[30 - 4 : 40 + 4, 36 - 4 : 46 + 4] = True
    assert not found.map[~reach].any() and found.map[26, 36:46].any() and found.map[30:40, 49].any()


def test_colour_and_a_network_that_enlarges(photo):
    found = explain.attribute(Enlarger(3), photo, (20, 30, 8, 8), detector="intensity", steps=2)
    expected = np.zeros(photo.shape[:2])
    expected[10:14, 15:19] += 4 * 0.75
    expected[10:14, 16:20] += 4 * 0.25
    blurred = scipy.ndimage.gaussian_filter(photo, (3, 3, 0), mode="reflect", truncate=3)
    np.testing.assert_allclose(found.map, (photo - blurred) * expected[..., None], atol=1e-4)
    assert found.scale == 2


def test_the_diffusion_index_is_that_of_the_gini_coefficient():
    def index(strength):
        return explain.Attribution(np.float32(strength).reshape(2, -1, 1), 0.0, (0, 0, 2, 2)).diffusion_index

    assert index([1, 1, 1, 1]) == pytest.approx(100) and index([0, 0, 0, 5]) == pytest.approx(25)
    values = np.random.default_rng(0).random(60)
    pairs = np.abs(values[:, None] - values[None]).mean() / (2 * values.mean())
    assert index(values) == pytest.approx(100 * (1 - pairs), rel=1e-4)


def test_a_network_that_looks_further_has_the_larger_diffusion_index(noisy):
    deep = explain.attribute(zoo.load("dncnn_gray_25"), noisy, PATCH, steps=8)
    near = explain.attribute(shallow(depth=3), noisy, PATCH, steps=8)
    assert deep.diffusion_index > 2 * near.diffusion_index > 0


def test_the_path_is_a_blur_that_goes(noisy):
    for share, sigma in ((0.0, 3.0), (0.5, 1.5)):
        expected = scipy.ndimage.gaussian_filter(noisy, (sigma, sigma, 0), mode="reflect", radius=9)
        np.testing.assert_allclose(attribution._between(noisy, None, 3.0, share)[0], expected, atol=1e-5)
    np.testing.assert_allclose(attribution._between(noisy, None, 3.0, 1.0)[0], noisy, atol=1e-6)


def test_a_picture_shows_photo_and_maps(photo, tmp_path):
    network = shallow(3)
    found = explain.attribute(network, photo, PATCH, steps=2)
    explain.show_attribution(tmp_path / "a.png", photo, {"one": found, "two": found})
    shown = images.read(tmp_path / "a.png")
    height, width = 2 * photo.shape[0], 2 * photo.shape[1]
    assert shown.shape[1] == 3 * width and shown.shape[0] > height
    explain.show_attribution(tmp_path / "b.png", np.uint8(np.round(255 * photo)), {"one": found, "two": found})
    assert np.abs(images.read(tmp_path / "b.png").astype(int) - shown).max() <= 1
    red = shown[28 : 28 + height, width : 2 * width].astype(int)
    rows, columns = np.nonzero((red[..., 0] > 150) & (red[..., 1] < 80) & (red[..., 2] < 80))
    assert abs(rows.mean() - 2 * 35) < 10 and abs(columns.mean() - 2 * 41) < 10


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"detector": "edges"}, "one of gradient, intensity, got 'edges'"),
        ({"patch": (66, 0, 12, 12)}, "inside of the output"),
        ({"patch": (0, 0, 1, 12)}, "at least 2 pixels"),
        ({"sigma": 25}, "takes no sigma, got 25"),
        ({"steps": 0}, "must be positive"),
        ({"baseline": np.full((72, 80, 1), np.nan)}, "NaN"),
        ({"baseline": np.zeros((4, 4, 1))}, r"the image's shape \(72, 80, 1\), got \(4, 4, 1\)"),
    ],
)
def test_wrong_use_is_refused(noisy, options, reason):
    with pytest.raises(ValueError, match=reason):
        explain.attribute(shallow(), noisy, **{"patch": PATCH, **options})


def test_the_gradient_of_a_flat_patch_is_known():
    flat = np.full((72, 80, 1), 0.5, np.float32)
    assert np.isfinite(explain.attribute(shallow(), flat, PATCH, baseline=0 * flat, steps=2).map).all()


def test_eight_bits_are_taken_as_what_they_mean(noisy):
    levels = np.uint8(np.round(255 * np.clip(noisy, 0, 1)))
    found = [explain.attribute(shallow(), image, PATCH, steps=2).map for image in (levels, np.float32(levels) / 255)]
    np.testing.assert_array_equal(*found)
    with pytest.raises(ValueError, match="divide it by 255"):
        explain.attribute(shallow(), np.float32(levels), PATCH)


def test_a_noise_map_needs_its_sigma(noisy):
    with pytest.raises(ValueError, match="within 0 to 255, got -1"):
        explain.attribute(networks.ResUNet(1, (8,), (1,), noise_map=True), noisy, PATCH, sigma=-1)
    with pytest.raises(ValueError, match="needs a sigma, got None"):
        explain.attribute(networks.ResUNet(1, (8,), (1,), noise_map=True), noisy, PATCH)
    with pytest.raises(ValueError, match=r"must be \(height, width, 3\), got \(72, 80, 1\)"):
        explain.attribute(shallow(3), noisy, PATCH)
