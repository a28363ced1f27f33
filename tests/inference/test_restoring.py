import keras
import numpy as np
import pytest
import pyvips
import tensorflow as tf

from tfgan_zoo import inference, networks, zoo
from tfgan_zoo.data import ArrayPicture, estimate_sigma, images

RESTORERS = [name for name in zoo.list() if "multiply_adds_per_pixel" in zoo.metadata(name)]


def network(channels=3, noise_map=False):
    """A network whose every output depends visibly on its surroundings."""
    keras.utils.set_random_seed(0)
    made = networks.ResUNet(channels, widths=(8, 12), blocks=(1, 1), noise_map=noise_map)
    rng = np.random.default_rng(0)
    made.set_weights([w + rng.normal(0, 0.03, w.shape) for w in made.get_weights()])
    return made


@pytest.fixture(name="noisy")
def _noisy(photo):
    noise = np.random.default_rng(0).normal(0, 0.1, (480, 512, 3))
    return np.clip(np.tile(photo, (5, 4, 1)) + noise, 0, 1).astype(np.float32)


def test_tiles_leave_no_trace(noisy):
    made = network()
    whole = inference.restore(made, noisy, tile=None)
    assert np.abs(whole - noisy).max() > 0.05
    for tile in (256, 304):
        tiled = inference.restore(made, noisy, tile=tile)
        assert np.abs(tiled - whole).max() < 1e-5


@pytest.mark.parametrize("shape", [(389, 477), (384, 480), (300, 450)])
def test_tiles_leave_no_trace_in_an_ensemble_either(noisy, shape):
    image = noisy[: shape[0], : shape[1]]
    whole, tiled = (inference.restore(network(), image, tile=tile, ensemble=True) for tile in (None, 264))
    assert np.abs(tiled - whole).max() < 1e-5


@pytest.mark.parametrize("name", RESTORERS)
def test_tiles_leave_no_trace_with_a_trained_network(noisy, name):
    made = zoo.load(name)
    if made.whole:
        with pytest.raises(ValueError, match="judges by the whole image and takes no tiles"):
            inference.restore(made, noisy, tile=512)
        return
    options = {"sigma": 25} if made.noise_map else {}
    # The smallest tile that the network takes, and an image that does not fit into it.
    restorer = inference.KerasRestorer(made)
    tile = max(restorer.smallest, -(-328 // restorer.grid) * restorer.grid)
    image = np.tile(noisy, (1, -(-tile // 400), 1))[:389, : tile + 149]
    whole, tiled = (inference.restore(made, image, tile=side, **options) for side in (None, tile))
    assert np.abs(tiled - whole).max() < 0.1 / 255


def test_work_that_begins_anew_is_told_of_once(noisy, monkeypatch):
    """After a tile for which memory was too small."""
    restorer = inference.KerasRestorer(network(), tile=304)
    forward, count, rows = restorer.forward, [], []

    def failing(*arguments):
        count.append(1)
        if len(count) == 4:
            raise tf.errors.ResourceExhaustedError(None, None, "full")
        return forward(*arguments)

    monkeypatch.setattr(restorer, "forward", failing)
    out = np.zeros(noisy.shape, np.float32)
    restorer(ArrayPicture(noisy), out, rows.append)
    assert sum(rows) == len(noisy) and min(rows) > 0 and len(count) > 5
    np.testing.assert_allclose(out, inference.restore(network(), noisy, tile=None), atol=1e-5)


def test_whole_equals_the_network(noisy):
    made = network()
    expected = np.clip(np.asarray(made(noisy[None]))[0], 0, 1)
    np.testing.assert_allclose(inference.restore(made, noisy), expected, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_integers_come_back_as_integers(noisy, dtype):
    levels = np.iinfo(dtype).max
    pixels = np.round(noisy * levels).astype(dtype)
    restored = inference.restore(network(), pixels)
    assert restored.dtype == dtype and restored.shape == pixels.shape
    expected = inference.restore(network(), pixels.astype(np.float32) / levels)
    assert np.abs(restored / levels - expected).max() <= 0.51 / levels + 1e-6


def test_gray_goes_through_gray_and_colour_through_channels(noisy):
    gray = np.ascontiguousarray(noisy[..., 0])
    color_net, gray_net = network(3), network(1)
    assert inference.restore(color_net, gray).shape == gray.shape
    three = inference.restore(color_net, np.repeat(gray[..., None], 3, -1))
    unclipped = np.asarray(color_net(np.repeat(gray[None, ..., None], 3, -1)))[0].mean(-1)
    np.testing.assert_allclose(inference.restore(color_net, gray), np.clip(unclipped, 0, 1), atol=1e-5)
    assert three.shape == (*gray.shape, 3)
    separate = np.stack([inference.restore(gray_net, np.ascontiguousarray(noisy[..., c])) for c in range(3)], -1)
    np.testing.assert_allclose(inference.restore(gray_net, noisy), separate, atol=1e-5)


def test_strength_blends(noisy):
    made = network()
    full, half, none = (inference.restore(made, noisy, strength=s) for s in (1.0, 0.5, 0.0))
    np.testing.assert_array_equal(none, noisy)
    raw = np.asarray(made(noisy[None]))[0]
    np.testing.assert_allclose(half, np.clip((raw + noisy) / 2, 0, 1), atol=1e-5)
    assert np.abs(full - noisy).max() > 0.05


def test_sigma_is_told_or_estimated(noisy):
    made = network(noise_map=True)
    told = inference.restore(made, noisy, sigma=20)
    expected = np.asarray(made((noisy[None], np.full((1, 1, 1, 1), 20 / 255, np.float32))))[0]
    np.testing.assert_allclose(told, np.clip(expected, 0, 1), atol=1e-5)
    estimated = estimate_sigma(ArrayPicture(noisy))
    np.testing.assert_allclose(
        inference.restore(made, noisy), inference.restore(made, noisy, sigma=estimated), atol=1e-6
    )


@pytest.mark.parametrize("sigma", [5, 15, 25, 50])
def test_the_estimate_of_sigma_is_near(sigma, photo):
    clean = np.tile(photo, (5, 4, 1))
    noisy = clean + np.random.default_rng(0).normal(0, sigma / 255, clean.shape)
    estimate = estimate_sigma(ArrayPicture(noisy.astype(np.float32)))
    assert estimate == pytest.approx(sigma, rel=0.1, abs=1.5)


def test_the_ensemble_is_the_mean_of_eight_views(noisy):
    made, image = network(), noisy[:64, :48]
    views = []
    for turns in range(4):
        for flip in (False, True):
            view = np.rot90(image, turns)
            view = view[:, ::-1] if flip else view
            result = np.asarray(made(np.ascontiguousarray(view)[None]))[0]
            views.append(np.rot90(result[:, ::-1] if flip else result, -turns))
    expected = np.clip(np.mean(views, axis=0), 0, 1)
    np.testing.assert_allclose(inference.restore(made, image, ensemble=True), expected, atol=1e-5)


def test_out_of_memory_halves_the_tile(noisy):
    made = network()
    restorer = inference.KerasRestorer(made, tile=None)
    forward, sizes = restorer.forward, []

    def limited(image, *rest):
        sizes.append(image.shape[1])
        if image.shape[1] > 300:
            raise tf.errors.ResourceExhaustedError(None, None, "no memory")
        return forward(image, *rest)

    restorer.forward = limited
    out = np.empty_like(noisy)
    restorer(ArrayPicture(noisy), out)
    np.testing.assert_allclose(out, inference.restore(made, noisy), atol=1e-5)
    assert sizes[0] == 480 and max(sizes[1:]) <= 256


def test_bad_input_is_refused(noisy):
    made = network()
    broken = noisy.copy()
    broken[3, 4, 1] = np.nan
    for image, reason in ((broken, "NaN"), (noisy[:3], "at least 4 pixels"), (np.zeros((8, 8, 5)), "shape"),
                          (np.zeros((0, 8, 3)), "shape"),
                          (np.zeros((8, 8), np.int32), "int32"), (255 * noisy, "divide it by 255")):  # fmt: skip
        with pytest.raises(images.ImageError, match=reason):
            inference.restore(made, image)
    wrong = (
        ({"strength": 1.5}, "strength"),
        ({"sigma": 20}, "takes no sigma"),
        ({"tile": 100}, "multiple"),
        ({"tile": 64}, "at least"),
    )
    for options, reason in wrong:
        with pytest.raises(ValueError, match=reason):
            inference.restore(made, noisy, **options)
    with pytest.raises(ValueError, match="sigma"):
        inference.restore(network(noise_map=True), noisy, sigma=300)
    with pytest.raises(TypeError, match=r'zoo\.load\("resunet_photo"\)'):
        inference.restore("resunet_photo", noisy)
    with pytest.raises(ValueError, match="restores nothing, it is a ConvClassifier"):
        inference.restore(networks.ConvClassifier((28, 28, 1), 10), noisy)
    with pytest.raises(ValueError, match=r"takes no sigma$"):
        inference.restore(networks.MobileSR(3, 2), noisy, sigma=3)


def test_a_colour_preset_denoises_a_gray_photo(photo):
    """The same noise in three channels is no noise that it was told of, unless the level is adapted."""
    gray = photo.mean(axis=-1)
    noisy = (gray + np.random.default_rng(0).normal(0, 20 / 255, gray.shape)).astype(np.float32)
    restored = {name: inference.restore(zoo.load(name), noisy, sigma=20) for name in ("resunet_color", "resunet_gray")}
    color, own = (-10 * np.log10(np.mean((image - gray) ** 2)) for image in restored.values())
    assert color > own - 0.5


def test_files_keep_what_they_carry(tmp_path, photo):
    pixels = np.dstack([np.round(photo * 65535), np.full(photo.shape[:2], 40000)]).astype(np.uint16)
    pyvips.Image.new_from_array(pixels, interpretation="rgb16").write_to_file(str(tmp_path / "in.png"))
    restorer = inference.KerasRestorer(network())
    inference.restore_file(restorer, tmp_path / "in.png", tmp_path / "out.png")
    written = images.Picture(tmp_path / "out.png")
    assert written.has_alpha and written.dtype == np.uint16
    expected = inference.restore(network(), pixels[..., :3])
    assert np.abs(written.pixels().astype(int) - expected).max() <= 1
    assert (written.image.numpy()[..., 3] == 40000).all()


def test_a_large_image_passes_through_a_file_instead_of_memory(tmp_path, monkeypatch, noisy):
    monkeypatch.setattr(images, "IN_MEMORY", 1000)
    images.write(tmp_path / "in.png", np.round(noisy * 255).astype(np.uint8))
    rows = []
    inference.restore_file(
        inference.KerasRestorer(network(), tile=256), tmp_path / "in.png", tmp_path / "out.png", rows.append
    )
    assert sum(rows) == 480 and len(rows) > 1
    expected = inference.restore(network(), tmp_path / "in.png")
    assert np.abs(images.read(tmp_path / "out.png").astype(int) - expected).max() <= 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.png", "out.png"]


def test_a_target_that_cannot_hold_the_result_is_refused_before_any_work(tmp_path, noisy, monkeypatch):
    image = np.dstack([np.round(noisy * 255), np.full(noisy.shape[:2], 9)]).astype(np.uint8)
    pyvips.Image.new_from_array(image).write_to_file(str(tmp_path / "in.png"))
    never = inference.KerasRestorer(network())
    never.output_shape = lambda picture: (*noisy.shape[:2], 3)
    monkeypatch.setattr(inference.KerasRestorer, "__call__", lambda *_: pytest.fail("it began"))
    for name in ("out.jpg", "out.gif"):
        with pytest.raises(images.ImageError, match="out"):
            inference.restore_file(never, tmp_path / "in.png", tmp_path / name)
    never.output_shape = lambda picture: (10, 20_000, 3)
    with pytest.raises(images.ImageError, match="at most 16383"):
        inference.restore_file(never, tmp_path / "in.png", tmp_path / "out.webp")


def test_a_network_is_traced_once(noisy, monkeypatch):
    made, calls = network(), []
    call = made.call
    monkeypatch.setattr(made, "call", lambda *inputs, **options: calls.append(1) or call(*inputs, **options))
    inference.restore(made, noisy)
    first = len(calls)
    inference.restore(made, noisy[:40, :60])
    assert first and len(calls) == first
