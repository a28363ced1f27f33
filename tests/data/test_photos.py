import logging

import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import data, degradations
from tfgan_zoo.data import convert, images


def test_photos_come_in_order_as_they_are(folder):
    read = [photo.numpy() for photo in data.photos(folder)]
    expected = [images.read(path) for path in images.files(folder)]
    assert len(read) == 4
    for one, other in zip(read, expected):
        np.testing.assert_array_equal(one, other)
    assert next(iter(data.photos(folder, 1))).shape == (96, 128, 1)


def test_a_scale_pyramid_adds_antialiased_reductions(folder):
    shapes = [photo.shape for photo in data.photos(folder, scales=(1.0, 0.5, 0.1), minimum_side=20)]
    assert shapes[:2] == [(96, 128, 3), (48, 64, 3)] and len(shapes) == 8
    checkers = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (32, 32))[..., None]
    assert np.abs(convert.reduce(checkers, 0.5).astype(int) - 128).max() < 30


def test_batches_repeat_with_the_seed_and_go_on_from_any_start(folder):
    def batches(start, count, seed=1):
        return np.stack([b.numpy() for b in data.patches(folder, 32, 8, seed=seed, start=start).take(count)])

    whole = batches(0, 6)
    assert whole.shape == (6, 8, 32, 32, 3) and whole.dtype == np.float32
    assert whole.min() >= 0 and whole.max() <= 1
    np.testing.assert_array_equal(batches(4, 2), whole[4:])
    assert (batches(0, 1, seed=2) != whole[:1]).any()


def test_patches_are_cut_from_the_photos_in_all_eight_orientations(tmp_path):
    ramp = np.add.outer(np.arange(40) * 4, np.arange(40)).astype(np.uint8)[..., None]
    images.write(tmp_path / "ramp.png", ramp)
    batch = next(iter(data.patches(tmp_path, 8, 400, channels=1))).numpy() * 255
    steps = {(round(float(p[1, 0, 0] - p[0, 0, 0])), round(float(p[0, 1, 0] - p[0, 0, 0]))) for p in batch}
    assert steps == {(s * a, t * b) for s in (1, -1) for t in (1, -1) for a, b in ((4, 1), (1, 4))}
    plain = next(iter(data.patches(tmp_path, 8, 50, channels=1, augment=False))).numpy() * 255
    assert {(round(float(p[1, 0, 0] - p[0, 0, 0])), round(float(p[0, 1, 0] - p[0, 0, 0]))) for p in plain} == {(4, 1)}
    assert len({float(p[0, 0, 0]) for p in plain}) > 10
    upright = next(iter(data.patches(tmp_path, 8, 50, channels=1, upright=True))).numpy() * 255
    steps = {(round(float(p[1, 0, 0] - p[0, 0, 0])), round(float(p[0, 1, 0] - p[0, 0, 0]))) for p in upright}
    assert steps == {(4, 1), (4, -1)}


def test_every_photo_is_used_once_before_any_again(folder):
    flat = np.arange(4, dtype=np.uint8)[:, None, None, None] * np.ones((4, 16, 16, 1), np.uint8)
    source = tf.data.Dataset.from_tensor_slices(flat)
    batches = [b.numpy()[:, 0, 0, 0] * 255 for b in data.patches(source, 8, 4, channels=1).take(5)]
    assert all(sorted(np.round(batch)) == [0, 1, 2, 3] for batch in batches)
    assert any((batch != batches[0]).any() for batch in batches[1:])


def test_a_broken_photo_is_named_or_skipped_and_counted(folder, caplog):
    (folder / "9_empty.png").write_bytes(b"")
    with pytest.raises(tf.errors.OpError, match=r"9_empty\.png is empty"):
        list(data.photos(folder))
    with caplog.at_level(logging.WARNING):
        assert len(list(data.photos(folder, skip_broken=True))) == 4
    assert "1 photos skipped" in caplog.text and "9_empty.png" in caplog.text


def test_a_photo_smaller_than_the_patch_is_named(folder):
    with pytest.raises(tf.errors.OpError, match=r"0\.png is 128x96; each side must be at least 100"):
        next(iter(data.patches(folder, 100)))


def test_a_source_that_is_nothing_is_named():
    with pytest.raises(data.ImageError, match="neither a folder nor the name of a TFDS data set"):
        data.photos("no_such_thing")


def test_a_window_is_degraded_with_what_surrounds_it(folder):
    blur = degradations.KernelBlur([np.eye(9)], turn=False)
    degraded, clean = next(iter(data.pairs(blur, folder, crop=32, margin=4)))
    photo = images.read(sorted(folder.iterdir())[0])[None].astype(np.float32) / 255
    np.testing.assert_allclose(clean, photo[:, 32:64, 48:80], atol=1e-6)
    np.testing.assert_allclose(degraded, np.asarray(blur(photo))[:, 32:64, 48:80], atol=1e-5)
    noise = degradations.GaussianNoise(0.1, return_sigma=True)
    (noisy, sigma), clean = next(iter(data.pairs(noise, folder, crop=32, margin=4)))
    assert noisy.shape == clean.shape and sigma.shape == (1, 32, 32, 1)
    with pytest.raises(ValueError, match="margin needs a degradation of scale 1 and a crop, got 4"):
        data.pairs(blur, folder, margin=4)


def test_pairs_with_a_degradation_are_the_same_at_every_pass(folder):
    pairs = data.pairs(degradations.GaussianNoise((0.05, 0.1), return_sigma=True), folder, batch=2, crop=64)
    first, second = [[[np.asarray(x) for x in tf.nest.flatten(pair)] for pair in pairs] for _ in range(2)]
    assert len(first) == 2 and [x.shape for x in first[0]] == [(2, 64, 64, 3), (2, 64, 64, 1), (2, 64, 64, 3)]
    for one, other in zip(first, second):
        for a, b in zip(one, other):
            np.testing.assert_array_equal(a, b)
    assert (first[0][0][0] != first[0][0][1]).any()


def test_pairs_of_folders_correspond(folder, tmp_path):
    darker = tmp_path / "darker"
    darker.mkdir()
    for path in images.files(folder):
        images.write(darker / path.name, images.read(path) // 2)
    for degraded, clean in data.pairs(darker, folder):
        assert np.abs(degraded.numpy() - clean.numpy() / 2).max() < 1 / 255
    images.write(darker / "0.png", np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(tf.errors.InvalidArgumentError, match="correspond"):
        list(data.pairs(darker, folder))
    (darker / "3.png").unlink()
    with pytest.raises(data.ImageError, match="3 degraded photos and 4 clean"):
        data.pairs(darker, folder)
    with pytest.raises(ValueError, match="skip_broken"):
        data.pairs(darker, folder, skip_broken=True)
    assert len(list(data.pairs([darker / "1.png"], [folder / "1.png"]))) == 1


def by_mean(image, seed):
    """Every square of three pixels becomes its mean."""
    return tf.nn.avg_pool2d(image[None], 3, 3, "VALID")[0]


def test_pairs_of_a_small_and_a_large_photo_correspond(folder, tmp_path):
    """96 x 128 at scale 3 is 32 x 42, and two columns are cut."""
    small = tmp_path / "small"
    small.mkdir()
    for path in images.files(folder):
        pixels = images.read(path)[:96, :126].reshape(32, 3, 42, 3, 3).mean((1, 3))
        images.write(small / path.name, np.round(pixels).astype(np.uint8))
    for crop, sides in ((None, (96, 126)), (30, (30, 30))):
        for source in (by_mean, small):
            pairs = list(data.pairs(source, folder, scale=3, crop=crop))
            assert len(pairs) == 4
            for degraded, clean in pairs:
                assert clean.shape[1:3] == sides
                assert np.abs(by_mean(clean[0], None) - degraded[0]).max() < 1 / 255
    with pytest.raises(tf.errors.InvalidArgumentError, match="correspond"):
        list(data.pairs(small, folder, scale=2))
    with pytest.raises(ValueError, match="crop must be a multiple of scale, got 31 and 3"):
        data.pairs(small, folder, scale=3, crop=31)


def test_a_data_set_serves_as_it_is(folder):
    color = data.photos(folder)
    assert next(iter(data.patches(color, 16, 2))).shape == (2, 16, 16, 3)
    with pytest.raises(ValueError, match="3 channels"):
        data.patches(color, 16, 2, channels=1)
    with pytest.raises(ValueError, match="skip_broken"):
        data.patches(color, 16, 2, skip_broken=True)


def test_benchmarks_are_read_as_they_are(shared):
    paths = images.files(shared / "bsd68_gray")
    assert len(paths) == 68
    assert all(images.read(path).shape[-1] == 1 for path in paths[:5])


def test_patches_are_of_bytes(folder):
    scaled = data.photos(folder).map(lambda photo: tf.cast(photo, tf.float32) / 255)
    with pytest.raises(ValueError, match="photos are uint8, 0 to 255; this data set is of float32"):
        data.patches(scaled, 16, 2)
