import keras
import numpy as np
import pytest

from tfgan_zoo import data, metrics


@pytest.fixture(name="gaussian", scope="module")
def _gaussian():
    return np.random.default_rng(0).standard_normal((4000, 6))


def test_frechet_distance_of_known_gaussians(gaussian):
    assert metrics.frechet_distance(gaussian, gaussian) == pytest.approx(0, abs=1e-8)
    assert metrics.frechet_distance(gaussian, gaussian + 2) == pytest.approx(6 * 4, rel=1e-6)
    # N(0, C) against N(0, 9 C): tr(C + 9 C - 2 * 3 C) = 4 tr C.
    assert metrics.frechet_distance(gaussian, 3 * gaussian + 1 - gaussian.mean(0) * 3 - 1 + gaussian.mean(0)) == (
        pytest.approx(4 * np.trace(np.cov(gaussian, rowvar=False)), rel=1e-6)
    )


def test_frechet_distance_where_covariances_do_not_commute():
    from scipy.linalg import sqrtm

    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((500, 4)) @ rng.standard_normal((4, 4)), rng.standard_normal((500, 4))
    c1, c2 = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    expected = np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(c1 + c2 - 2 * np.real(sqrtm(c1 @ c2)))
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)


def test_kernel_distance_is_zero_for_one_distribution_and_known_for_points(gaussian):
    mean, spread = metrics.kernel_distance(gaussian[:2000], gaussian[2000:], subsets=20, size=500)
    assert abs(mean) < 3 * spread / 20**0.5 + 0.02
    zeros, ones = np.zeros((50, 2)), np.ones((50, 2))
    # Kernels: (0 + 1)^3 = 1, (2 / 2 + 1)^3 = 8, across 1: 1 + 8 - 2.
    assert metrics.kernel_distance(zeros, ones, subsets=3, size=20)[0] == pytest.approx(7)


def test_precision_and_recall_see_what_is_wrong(gaussian):
    real = gaussian[:1000, :2]
    fresh = gaussian[2000:3000, :2]
    precision, recall = metrics.precision_recall(real, fresh)
    assert precision > 0.9 and recall > 0.9
    narrow = 0.2 * fresh
    assert metrics.precision_recall(real, narrow)[0] > 0.95 and metrics.precision_recall(real, narrow)[1] < 0.4
    wide = 5 * fresh
    assert metrics.precision_recall(real, wide)[0] < 0.3 and metrics.precision_recall(real, wide)[1] > 0.8


def test_density_and_coverage_are_near_one_for_the_same_distribution(gaussian):
    density, coverage = metrics.density_coverage(gaussian[:1000], gaussian[1000:2000])
    assert density == pytest.approx(1, abs=0.1) and coverage == pytest.approx(1 - 0.5**5, abs=0.03)
    assert metrics.density_coverage(gaussian[:1000], gaussian[1000:2000] + 50) == (0, 0)
    one_mode = np.tile(gaussian[:1], (1000, 1)) + 0.001 * gaussian[1000:2000]
    assert metrics.density_coverage(gaussian[:1000], one_mode)[1] < 0.05


def test_copies_are_memories(gaussian):
    train, test, fresh = gaussian[:1000], gaussian[1000:2000], gaussian[2000:3000]
    assert metrics.memorisation(train, test, fresh) == pytest.approx(0.05, abs=0.03)
    assert metrics.memorisation(train, test, train[:500] + 1e-4) == 1


def test_copies_are_memories_though_some_test_images_are_training_images(gaussian):
    train, test = gaussian[:1000], np.concatenate([gaussian[1000:1360], gaussian[:40]])
    assert metrics.memorisation(train, test, train[100:600]) == 1
    assert metrics.memorisation(train, test, gaussian[2000:3000]) == pytest.approx(0.05, abs=0.03)
    assert metrics.memorisation(train, train[:50], train[:50]) == 1


def test_equal_images_are_at_no_distance(gaussian):
    twice = np.tile(1000 + np.random.default_rng(0).random((500, 128)), (2, 1))
    assert metrics.birthday_support(twice, 0) == pytest.approx(1000 * 999 / 2 / 500)
    assert metrics.nearest(twice[:10], twice[500:])[0].max() == 0


def test_a_birthday_tells_the_support():
    rng = np.random.default_rng(0)
    points = 10 * rng.standard_normal((400, 5))
    drawn = points[rng.integers(0, 400, 300)] + 1e-3 * rng.standard_normal((300, 5))
    assert metrics.birthday_support(drawn, 0.1) == pytest.approx(400, rel=0.25)
    assert metrics.birthday_support(points, 1e-6) == float("inf")


def test_a_dropped_class_shows():
    assert metrics.histogram_distance(np.arange(100) % 10, 10) == 0
    assert metrics.histogram_distance(np.arange(90) % 9, 10) == pytest.approx(0.1)
    assert metrics.histogram_distance([0, 0, 1], 2, expected=[2 / 3, 1 / 3]) == pytest.approx(0)


def test_what_is_no_set_of_features_is_refused(gaussian):
    with pytest.raises(ValueError, match="shape"):
        metrics.frechet_distance(gaussian[0], gaussian)
    with pytest.raises(ValueError, match="NaN"):
        metrics.frechet_distance(gaussian * np.nan, gaussian)
    with pytest.raises(ValueError, match="neighbours"):
        metrics.precision_recall(gaussian[:3], gaussian)


def test_corruptions_of_real_images_rank_as_they_should(shared):
    """The order of the anchors' table, in thumbnails: a dropped class < blur, noise; memorised support in between."""
    train = data.labelled(shared / "fashion_mnist", channels=1)
    test = data.labelled(shared / "fashion_mnist", "test", channels=1)
    real = data.thumbnails(np.float32(train.images[:5000]) / 255)

    def distance(images):
        return metrics.frechet_distance(real, data.thumbnails(np.float32(images) / 255))

    floor = distance(test.images[:5000])
    dropped = distance(test.images[test.labels != 8][:5000])
    repeated = distance(test.images[:500].repeat(10, axis=0))
    noisy = distance(np.clip(test.images[:5000] + np.random.default_rng(0).normal(0, 120, (5000, 28, 28, 1)), 0, 255))
    assert floor < repeated and floor * 3 < dropped and dropped < noisy


def test_every_measure_ranks_what_it_is_for(gaussian):
    """The anchors' table of corruptions, on ten kinds of points: what each measure sees, and what it does not."""
    rng = np.random.default_rng(3)
    centres = 6 * rng.standard_normal((10, 8))

    def drawn(count, kinds=10):
        return centres[np.arange(count) % kinds] + rng.standard_normal((count, 8))

    train, test = drawn(2000), drawn(2000)
    sets = {
        "none": drawn(2000),
        "few": test[rng.integers(0, 100, 2000)],
        "dropped": drawn(2000, kinds=9),
        "noise": drawn(2000) + 3 * rng.standard_normal((2000, 8)),
        "copied": train + 1e-3 * rng.standard_normal(train.shape),
    }
    close = metrics.pair_distance(test, 1e-4)
    found = {
        name: {
            "frechet": metrics.frechet_distance(train, x),
            "kernel": metrics.kernel_distance(train, x, subsets=20)[0],
            **dict(zip(("precision", "recall"), metrics.precision_recall(train, x))),
            **dict(zip(("density", "coverage"), metrics.density_coverage(train, x))),
            "memorisation": metrics.memorisation(train, test, x),
            "support": metrics.birthday_support(x, close),
        }
        for name, x in sets.items()
    }
    none = found["none"]
    for name in ("dropped", "noise"):
        assert found[name]["frechet"] > 5 * none["frechet"] and found[name]["kernel"] > none["kernel"] + 0.1, name
    assert found["few"]["recall"] < none["recall"] - 0.2 and found["few"]["coverage"] < none["coverage"] - 0.2
    assert found["few"]["support"] < 0.1 * none["support"] and found["few"]["precision"] > 0.9 * none["precision"]
    assert found["dropped"]["coverage"] == pytest.approx(0.9 * none["coverage"], abs=0.03)
    assert found["dropped"]["precision"] == pytest.approx(none["precision"], abs=0.03)
    assert found["noise"]["precision"] < none["precision"] - 0.3 and found["noise"]["density"] < 0.5 * none["density"]
    assert found["copied"]["memorisation"] == 1 and none["memorisation"] == pytest.approx(0.05, abs=0.03)


def test_blocks_change_nothing(gaussian, monkeypatch):
    real, fake = gaussian[:300], gaussian[300:550] + 0.3
    whole = (
        *metrics.precision_recall(real, fake),
        *metrics.density_coverage(real, fake),
        metrics.pair_distance(real, 0.1),
    )
    monkeypatch.setattr("tfgan_zoo.metrics.distribution._BLOCK", 70)
    parts = (
        *metrics.precision_recall(real, fake),
        *metrics.density_coverage(real, fake),
        metrics.pair_distance(real, 0.1),
    )
    assert parts == pytest.approx(whole)


def test_spectra_tell_a_checkerboard_from_what_is_smooth():
    rng = np.random.default_rng(0)
    one, other = (np.cumsum(rng.standard_normal((8, 32, 32, 1)), axis=1) for _ in range(2))
    board = other + 3 * (np.indices((32, 32)).sum(axis=0) % 2)[None, ..., None]
    assert metrics.spectrum_distance(one, one) == 0
    assert metrics.spectrum_distance(one, board) > metrics.spectrum_distance(one, other) + 0.3
    assert not metrics.radial_spectrum(np.ones((2, 8, 8, 1))).any()
    with pytest.raises(ValueError, match="side, side"):
        metrics.radial_spectrum(np.ones((2, 8, 9, 1)))
    with pytest.raises(ValueError, match="from one extractor, got 6 and 5"):
        metrics.precision_recall(rng.random((9, 6)), rng.random((9, 5)))


def test_any_keras_network_is_an_extractor():
    """Inception without its weights; that those can be had is not for a test to say."""
    keras.utils.set_random_seed(0)
    inception = keras.applications.InceptionV3(weights=None, include_top=False, pooling="avg", input_shape=(75, 75, 3))

    def see(images):
        return data.features(images, lambda x: inception(keras.ops.image.resize(2 * x - 1, (75, 75))))

    images = np.random.default_rng(0).integers(0, 256, (12, 16, 16, 3)).astype(np.uint8)
    real, dark = see(images), see(images // 4)
    assert real.shape == (12, 2048)
    assert metrics.kernel_distance(real, real)[0] < metrics.kernel_distance(real, dark)[0]
