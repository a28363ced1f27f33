import numpy as np
import pytest

from tfgan_zoo import data
from tfgan_zoo.data import images
from tfgan_zoo.data.sets import _motif


def test_emoji_are_read_with_outline_and_colour(tmp_path):
    import pyvips

    for number in range(12):
        pixels = np.zeros((72, 72, 4), np.uint8)
        pixels[20:50, 20:50] = [200, 30, 30, 255]
        pyvips.Image.new_from_array(pixels).write_to_file(str(tmp_path / f"emoji_u1f6{number:02d}.png"))
    read = data.emoji(tmp_path)
    assert len(read.arrays["image"]) + len(read.held_out["image"]) == 4 * 12, "each in four turns of colour"
    motifs = [set(part["label"] // 4) for part in (read.arrays, read.held_out)]
    assert not motifs[0] & motifs[1] and len(motifs[0] | motifs[1]) == 12
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
    assert np.bincount(read.arrays["label"]).tolist() == [27, 27], "in three colourings"
    assert np.bincount(read.held_out["label"]).tolist() == [1, 1] and len(read.taken()["image"]) == 18
    rose = int(np.flatnonzero(read.arrays["label"][:18] == 1)[0])
    turned = read.arrays["color"][[rose, 18 + rose, 36 + rose]]
    assert turned.argmax(axis=1).tolist() == [0, 1, 2], "red, then green, then blue"
    assert np.abs(read.arrays["image"][18 + rose][0, 0].astype(int) - [40, 160, 40]).max() < 12, "the leaves stay"
    np.testing.assert_allclose(read.held_out["color"][1], np.array([220, 20, 60]) / 255, atol=0.08)
    more = data.flowers(tmp_path, side=32, windows=2)
    np.testing.assert_array_equal(more.taken()["image"], read.taken()["image"])
    assert np.bincount(more.arrays["label"]).tolist() == [81, 81] and len(more.held_out["label"]) == 2
    # A window of a rose is red where its label says rose, and not the whole photo.
    windows, labels = more.arrays["image"][18:54], more.arrays["label"][18:54]
    assert (more.arrays["color"][18:54].argmax(axis=1)[labels == 1] == 0).all()
    assert all((window != photo).any() for window, photo in zip(windows, np.tile(read.taken()["image"], (2, 1, 1, 1))))


def test_skin_and_gender_make_no_motif_of_their_own():
    names = ("emoji_u1f468_1f3fb_200d_1f373", "emoji_u1f469_200d_1f373", "emoji_u1f9d1_1f3ff_200d_1f373")
    assert {_motif(name) for name in names} == {"1f9d1_200d_1f373"}
    assert _motif("emoji_u1f44d_1f3fd") == _motif("emoji_u1f44d") != _motif("emoji_u1f44e")
    runners = ("1f3c3", "1f3c3_1f3fd_200d_2640", "1f3c3_200d_2642", "1f3c3_200d_2640_200d_27a1", "1f3c3_200d_27a1_fe0f")
    assert {_motif(f"emoji_u{name}") for name in runners} == {"1f3c3"}
    assert _motif("emoji_u2640") == "2640" != _motif("emoji_u2642")


def test_pieces_are_held_out_by_place(tmp_path):
    for number in range(4):
        pixels = np.full((40, 90, 3), 10 * number, np.uint8)
        pixels[:, 60:] = 200 + number
        images.write(tmp_path / f"{number}.png", pixels)
    read = data.pieces(tmp_path, side=16, each=20, leave_out={"3"})
    assert read.classes["label"] == ("1", "2") and np.bincount(read.arrays["label"]).tolist() == [20, 20]
    assert (read.arrays["image"] < 200).all() and (read.held_out["image"] >= 200).all()
    assert (read.arrays["image"][:20] == 10).all() and (read.held_out["image"][-1] == 202).all()
    others = data.pieces(tmp_path, side=16, each=20, leave_out={"0"})
    assert others.classes["label"] == ("1", "2", "3"), "every 25th of all, left out or not"
    with pytest.raises(data.ImageError, match="too small for pieces of 32"):
        data.pieces(tmp_path, side=32)
