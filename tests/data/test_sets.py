import numpy as np

from tfgan_zoo import data
from tfgan_zoo.data import images


def test_emoji_are_read_with_outline_and_colour(tmp_path):
    import pyvips

    for number in range(12):
        pixels = np.zeros((72, 72, 4), np.uint8)
        pixels[20:50, 20:50] = [200, 30, 30, 255]
        pyvips.Image.new_from_array(pixels).write_to_file(str(tmp_path / f"emoji_u1f6{number:02d}.png"))
    read = data.emoji(tmp_path)
    assert len(read.arrays["image"]) + len(read.held_out["image"]) == 4 * 12, "each in four turns of colour"
    assert not set(read.arrays["label"]) & set(read.held_out["label"]), "no code point is in both"
    assert read.arrays["image"].shape[1:] == (64, 64, 3) and read.arrays["outline"].shape[1:] == (64, 64, 1)
    np.testing.assert_allclose(read.held_out["color"][0], [200 / 255, 30 / 255, 30 / 255], atol=0.05)
    assert (read.held_out["image"][0, 0, 0] == 255).all(), "transparent is white"
    assert read.held_out["opacity"][0, 32, 32] == 1 and "opacity" not in read.arrays


def test_flowers_are_read_with_kind_and_colour(tmp_path):
    for kind, color in (("lily", [250, 240, 250]), ("rose", [220, 20, 60])):
        (tmp_path / kind).mkdir()
        for number in range(10):
            pixels = np.full((40, 50, 3), [40, 160, 40], np.uint8)
            pixels[10:30, 15:35] = color
            images.write(tmp_path / kind / f"{number}.png", pixels)
    read = data.flowers(tmp_path, side=32)
    assert read.classes == {"label": ("lily", "rose")}
    assert np.bincount(read.arrays["label"]).tolist() == [9, 9] and np.bincount(read.held_out["label"]).tolist() == [
        1,
        1,
    ]
    np.testing.assert_allclose(read.held_out["color"][1], np.array([220, 20, 60]) / 255, atol=0.08)
