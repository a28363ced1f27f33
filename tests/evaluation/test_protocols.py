import json

import keras
import numpy as np
import pytest

from tfgan_zoo import degradations, evaluation, inference, metrics, networks
from tfgan_zoo.data import images
from tfgan_zoo.evaluation import literature


@keras.saving.register_keras_serializable("tests")
class Identity(networks.RestorationNetwork):
    """Gives back its input, and remembers the sigma it was told."""

    def call(self, inputs):
        image = inputs[0] if self.noise_map else inputs
        self.told = float(np.ravel(inputs[1])[0]) if self.noise_map else None
        return keras.ops.convert_to_tensor(image)


@pytest.fixture(name="gray_folder")
def _gray_folder(folder):
    for path in images.files(folder):
        images.write(path, images.read(path, 1))
    return folder


def test_awgn_has_its_sigma_is_not_clipped_and_is_told(gray_folder):
    protocol = evaluation.PROTOCOLS["awgn-gray"]
    clean = np.zeros((256, 256, 1), np.float32)
    noisy = protocol.degrade(clean, 25, 0)
    assert noisy.std() == pytest.approx(25 / 255, rel=0.01) and noisy.min() < 0
    assert (protocol.degrade(clean, 25, 1) != noisy).any()
    np.testing.assert_array_equal(protocol.degrade(clean, 25, 0), noisy)
    network = Identity(1, noise_map=True)
    results = evaluation.evaluate(network, protocol, gray_folder, [25])
    assert network.told == pytest.approx(25 / 255)
    assert [r.file for r in results] == ["0.png", "1.png", "2.png", "3.png"]
    # Unrounded noise of sigma 25 is 20.17 dB; clipping the result to [0, 1] can only help.
    assert all(r.input_psnr == pytest.approx(20.17, abs=0.15) and r.psnr >= r.input_psnr - 0.01 for r in results)


def test_the_result_is_rounded_to_eight_bits_before_it_is_measured(gray_folder):
    protocol = evaluation.PROTOCOLS["awgn-gray"]
    result = evaluation.evaluate(Identity(1), protocol, gray_folder, [15])[2]
    clean = images.read(gray_folder / "2.png").astype(np.float32)[None] / 255
    noisy = protocol.degrade(clean[0], 15, 2)[None]
    expected = float(metrics.psnr(clean, np.round(np.clip(noisy, 0, 1) * 255) / 255)[0])
    assert result.psnr == pytest.approx(expected, abs=1e-4)


def test_jpeg_is_pillows_and_has_psnr_b(gray_folder):
    results = evaluation.evaluate(Identity(1), evaluation.PROTOCOLS["jpeg-gray"], gray_folder)
    summary = evaluation.means(results)
    values = [summary[q]["psnr"] for q in (10, 20, 30, 40)]
    assert values == sorted(values) and values[0] < values[-1] - 3
    assert summary[10]["psnr_b"] < summary[10]["psnr"]


def test_jpeg_of_a_colour_photo_is_of_its_luma_in_limited_range(folder):
    """As the field does with LIVE1."""
    photo = images.read(sorted(folder.iterdir())[0]).astype(np.float32)
    luma = np.round(16 + photo @ np.float32([65.481, 128.553, 24.966]) / 255)[..., None] / 255
    degraded = evaluation.PROTOCOLS["jpeg-gray"].degrade(np.float32(luma), 20, 0)
    result = evaluation.evaluate(Identity(1), evaluation.PROTOCOLS["jpeg-gray"], folder, [20])[0]
    assert result.psnr == pytest.approx(float(metrics.psnr(np.float32(luma)[None], degraded[None])[0]), abs=1e-3)


def test_where_the_blur_made_something_up_nothing_is_judged():
    image = np.zeros((1, 40, 50, 3), np.float32)
    protocol = evaluation.PROTOCOLS["deblur-rgb"]
    assert protocol.compared(image, 15.0).shape == (1, 24, 34, 3)
    assert protocol.compared(image, 0.0).shape == image.shape, "pairs are as they are"


def test_camera_noise_is_an_image_of_eight_bits(photo):
    protocol = evaluation.PROTOCOLS["camera-rgb"]
    worse = [protocol.degrade(photo, level, 0) for level in protocol.levels]
    errors = [np.square(x - photo).mean() for x in worse]
    assert errors == sorted(errors)
    assert np.abs(worse[0] * 255 - np.round(worse[0] * 255)).max() < 1e-3


def test_wrong_channels_are_refused_not_converted(folder, gray_folder):
    with pytest.raises(ValueError, match="network of 3 channels"):
        evaluation.evaluate(Identity(1), evaluation.PROTOCOLS["awgn-rgb"], folder)
    with pytest.raises(ValueError, match=r"in colour, and .*is gray: convert it"):
        evaluation.evaluate(Identity(3), evaluation.PROTOCOLS["awgn-rgb"], gray_folder)
    with pytest.raises(ValueError, match="no sigma"):
        evaluation.evaluate(Identity(1, noise_map=True), evaluation.PROTOCOLS["jpeg-gray"], gray_folder)


def test_published_rows_belong_to_their_data_set():
    assert evaluation.published("awgn-gray", "bsd68_gray")["DnCNN-S"] == {15: 31.73, 25: 29.23, 50: 26.23}
    assert evaluation.published("awgn-gray", "Set12")["DnCNN-S"][25] == 30.44
    assert evaluation.published("awgn-rgb", "CBSD68")["FFDNet"][50] == 27.96
    assert evaluation.published("awgn-rgb", "CBSD68", 68) and not evaluation.published("awgn-rgb", "CBSD68", 3)
    assert evaluation.published("sr-y", "B100")["VDSR"] == evaluation.published("sr-y", "BSDS100")["VDSR"] == {4: 27.29}
    assert evaluation.published("deblur-rgb", "GoPro", 1111)["NAFNet-64"] == {0: 33.71}
    assert evaluation.published("awgn-rgb", "BSD68") == {} == evaluation.published("awgn-gray", "holidays")


def test_the_report_holds_means_and_every_image(gray_folder, tmp_path, monkeypatch):
    protocol = evaluation.PROTOCOLS["awgn-gray"]
    set12 = gray_folder.rename(tmp_path / "set12")
    results = evaluation.evaluate(Identity(1), protocol, set12, [15, 50])
    text = evaluation.table("mine", protocol, set12, results)
    assert "published" not in text, "nothing was published of 4 images"
    monkeypatch.setitem(literature.IMAGES, "set12", 4)
    assert "DnCNN-S (published)    32.86    27.18" in evaluation.table("mine", protocol, set12, results)
    mean = np.mean([r.psnr for r in results if r.level == 50])
    assert f"{mean:.2f}" in text
    evaluation.save_json(tmp_path / "r.json", "mine", protocol, results, weights_sha256="abc")
    record = json.loads((tmp_path / "r.json").read_text())
    assert record["means"]["50"]["psnr"] == pytest.approx(mean)
    assert len(record["images"]) == 8 and record["weights_sha256"] == "abc" and record["protocol"] == "awgn-gray"


def test_noise_on_the_benchmark_is_what_the_field_has(shared):
    """The mean PSNR of BSD68's first images under sigma 25 noise is 20.17 dB before clipping."""
    protocol = evaluation.PROTOCOLS["awgn-gray"]
    clean = [images.read(path).astype(np.float32) / 255 for path in images.files(shared / "bsd68_gray")[:8]]
    values = [float(metrics.psnr(c[None], protocol.degrade(c, 25, i)[None])[0]) for i, c in enumerate(clean)]
    assert np.mean(values) == pytest.approx(20.17, abs=0.03)


@keras.saving.register_keras_serializable("tests")
class Nearest(networks.RestorationNetwork):
    """Repeats pixels."""

    def __init__(self, channels=3, scale=2, **kwargs):
        super().__init__(channels, **kwargs)
        self.scale = scale

    def call(self, inputs):
        return keras.ops.repeat(keras.ops.repeat(inputs, self.scale, axis=1), self.scale, axis=2)


def test_enlarging_is_judged_by_luma_without_the_border(folder):
    (result, *_) = evaluation.evaluate(Nearest(), evaluation.PROTOCOLS["sr-y"], folder)
    clean = images.read(folder / "0.png").astype(np.float64)
    small = evaluation.PROTOCOLS["sr-y"].degrade(np.float32(clean / 255), 2, 0)
    large = np.round(small * 255).repeat(2, 0).repeat(2, 1)
    luma = [np.round((x @ [65.481, 128.553, 24.966]) / 255 + 16) for x in (clean, large)]
    error = np.mean((luma[0] - luma[1])[2:-2, 2:-2] ** 2)
    assert result.psnr == pytest.approx(10 * np.log10(255**2 / error), abs=1e-3)
    assert result.level == 2 and result.input_psnr > result.psnr  # bicubic beats repeated pixels
    with pytest.raises(ValueError, match="enlarges 2 times, not 4"):
        evaluation.evaluate(Nearest(), evaluation.PROTOCOLS["sr-y"], folder, [4])
    with pytest.raises(ValueError, match="keeps the size"):
        evaluation.evaluate(Identity(3), evaluation.PROTOCOLS["sr-y"], folder)


def test_bicubic_on_set5_is_the_published_number(shared):
    results = evaluation.evaluate(Nearest(scale=4), evaluation.PROTOCOLS["sr-y"], shared / "set5")
    assert evaluation.means(results)[4]["input_psnr"] == pytest.approx(28.42, abs=0.03)


def test_pairs_are_taken_as_they_are(folder, tmp_path):
    for name, clean in (("hazy", False), ("gt", True)):
        (tmp_path / "pairs" / name).mkdir(parents=True)
        for path in images.files(folder)[:2]:
            pixels = images.read(path)
            target = path.name if clean else f"{path.stem}_0.8.png"
            images.write(tmp_path / "pairs" / name / target, pixels if clean else np.maximum(pixels, 100))
    results = evaluation.evaluate(Identity(3), evaluation.PROTOCOLS["dehaze-rgb"], tmp_path / "pairs")
    pixels = images.read(folder / "0.png").astype(np.float32)[None] / 255
    expected = float(metrics.psnr(pixels, np.maximum(pixels, 100 / 255))[0])
    assert [r.file for r in results] == ["0_0.8.png", "1_0.8.png"] and results[0].psnr == pytest.approx(
        expected, abs=1e-4
    )
    with pytest.raises(ValueError, match="no beta to vary"):
        evaluation.evaluate(Identity(3), evaluation.PROTOCOLS["dehaze-rgb"], tmp_path / "pairs", [0.8])
    (tmp_path / "pairs" / "gt" / "1.png").unlink()
    with pytest.raises(ValueError, match=r"1_0\.8\.png has no clean photo"):
        evaluation.evaluate(Identity(3), evaluation.PROTOCOLS["dehaze-rgb"], tmp_path / "pairs")


def test_a_network_that_surveys_a_photo_is_judged_as_it_restores(photo, tmp_path):
    """In its most detailed windows, for in the middle there is nothing to see."""
    inner = networks.ResUNet(3, (8, 12), (1, 1), guides=9)
    inner.tail.set_weights([np.zeros_like(weight) for weight in inner.tail.get_weights()])
    network = networks.BlindDeconvolution(inner, 5, window=64)
    sharp = np.tile(photo, (2, 2, 1))
    sharp[56:136, 88:168] = 0.5
    blurred = np.asarray(degradations.Chain([degradations.MotionBlur(9.0), degradations.Quantize()])(sharp, seed=1))
    for name, image in (("blur", blurred), ("sharp", sharp)):
        (tmp_path / name).mkdir()
        images.write(tmp_path / name / "a.png", np.round(image * 255).astype(np.uint8))
    (result,) = evaluation.evaluate(network, evaluation.PROTOCOLS["deblur-rgb"], tmp_path)
    sharp, blurred = (images.read(tmp_path / name / "a.png") for name in ("sharp", "blur"))
    restored = inference.restore(network, blurred)
    assert result.psnr == pytest.approx(float(metrics.psnr(*(x[None] / 255 for x in (sharp, restored)))[0]), abs=0.02)
    middle = np.asarray(metrics.quantize(network(np.float32(blurred)[None] / 255)))[0]
    assert abs(result.psnr - float(metrics.psnr(sharp[None] / 255, middle[None])[0])) > 0.05


def test_a_larger_clear_photo_is_cut_to_the_middle(folder, tmp_path):
    """As in SOTS indoor."""
    pixels = images.read(folder / "0.png")
    for name, part in (("hazy", pixels[10:-10, 10:-10]), ("gt", pixels)):
        (tmp_path / name).mkdir()
        images.write(tmp_path / name / ("1_2.png" if name == "hazy" else "1.png"), part)
    (result,) = evaluation.evaluate(Identity(3), evaluation.PROTOCOLS["dehaze-rgb"], tmp_path)
    assert result.psnr > 90


def test_pairs_are_of_one_size(folder, tmp_path):
    pixels = images.read(folder / "0.png")
    for kind, part in (("blur", pixels), ("sharp", pixels[:-4])):
        images.write(tmp_path / kind / "000001.png", part)
    with pytest.raises(ValueError, match="pairs are of one size"):
        evaluation.evaluate(Identity(3), evaluation.PROTOCOLS["deblur-rgb"], tmp_path)


def test_haze_is_computed_from_the_disparity_beside_a_photo(folder, tmp_path):
    images.write(tmp_path / "a_rgb.png", images.read(folder / "0.png"))
    images.write(tmp_path / "a_disp.png", np.full((96, 128, 1), 90, np.uint8))
    (result, *_) = evaluation.evaluate(Identity(3), evaluation.PROTOCOLS["dehaze-rgb"], tmp_path, [1.2])
    # All of it at one distance: a blend with one airlight.
    clean = images.read(folder / "0.png") / 255
    hazy = evaluation.PROTOCOLS["dehaze-rgb"].degrade(np.float32(clean), 1.2, 0, tmp_path / "a_rgb.png")
    t = np.exp(-1.2)
    airlight = (hazy - clean * t) / (1 - t)
    assert result.file == "a_rgb.png" and airlight.std() < 0.01 and 0.74 < airlight.mean() < 0.96


# What the inputs of the synthetic protocols have on one photo: another number is another protocol.
INPUTS = {
    "camera-rgb": (36.89, 29.81, 23.30),
    "deblur-rgb": (26.17, 22.41, 20.55),
    "derain-y": (30.16, 20.70, 17.50, 18.66),
    "dehaze-rgb": (13.86, 11.53, 10.15),
    "lowlight-rgb": (9.61, 8.42),
}


@pytest.mark.parametrize("name", INPUTS)
def test_what_is_measured_is_the_same_everywhere(name, photo):
    protocol = evaluation.PROTOCOLS[name]
    degraded = [protocol.degrade(photo, level, 3) for level in protocol.levels]
    found = [float(metrics.psnr(photo[None], image[None])[0]) for image in degraded]
    assert found == pytest.approx(INPUTS[name], abs=0.02)
    for level, image in zip(protocol.levels, degraded):
        assert image.shape == photo.shape
        np.testing.assert_array_equal(image, protocol.degrade(photo, level, 3))


def test_depth_is_one_over_disparity(tmp_path):
    disparity = np.full((20, 20, 1), 50, np.uint8)
    disparity[:10] = 100
    disparity[0, 0] = 0
    images.write(tmp_path / "a_disp.png", disparity)
    images.write(tmp_path / "a_rgb.png", np.zeros((20, 20, 3), np.uint8))
    depth = evaluation.protocols.depth_of(tmp_path / "a_rgb.png")
    assert depth[15, 5, 0] == pytest.approx(1) and depth[5, 5, 0] == pytest.approx(0.5) and depth[0, 0, 0] == 1
    assert evaluation.protocols.depth_of(tmp_path / "other.png") is None


def test_where_eight_bits_go_in_the_rules_say_so(gray_folder):
    """The noise is clipped and rounded then, and what is said to go in is that."""
    protocol = evaluation.PROTOCOLS["awgn-gray"]
    rounded = protocol.in_eight_bits()
    clean = images.read(images.files(gray_folder)[0]).astype(np.float32) / 255
    noisy, seen = (p.degrade(clean, 25, 0, None) for p in (protocol, rounded))
    np.testing.assert_array_equal(seen, np.round(np.clip(noisy, 0, 1) * 255).astype(np.float32) / 255)
    assert rounded.name == "awgn-gray, 8 bits" and "rounded to 8 bits, as awgn-gray is not" in rounded.summary
    assert rounded.in_eight_bits() is rounded and not evaluation.published(rounded.name, "set12")
    network = inference.KerasRestorer(networks.DnCNN(depth=3, width=4))
    found = [evaluation.means(evaluation.evaluate(network, p, gray_folder, [50]))[50] for p in (protocol, rounded)]
    assert found[0]["input_psnr"] == found[1]["input_psnr"] and found[0]["psnr"] == found[1]["psnr"]
    for name in set(evaluation.PROTOCOLS) - {"awgn-gray", "awgn-rgb"}:
        assert evaluation.PROTOCOLS[name].in_eight_bits() is evaluation.PROTOCOLS[name]


@pytest.mark.parametrize(
    ("folder", "name", "protocol", "count"),
    [
        ("GOPRO_Large/test", "GOPRO_Large/test", "deblur-rgb", 1111),
        ("SOTS/outdoor", "SOTS/outdoor", "dehaze-rgb", 500),
        ("data/Set12", "Set12", "awgn-gray", 12),
    ],
)
def test_a_part_of_a_data_set_is_known_by_the_folder_above(tmp_path, folder, name, protocol, count):
    assert evaluation.data_name(tmp_path / folder) == name
    assert evaluation.published(protocol, name, count)
    assert not evaluation.published(protocol, name, count - 1)
