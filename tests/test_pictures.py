import numpy as np

from tfgan_zoo import pictures
from tfgan_zoo.data import images


def test_captions_leave_the_pixels_alone(photo, tmp_path):
    other = photo[::-1].copy()
    pictures.captioned(tmp_path / "c.png", {"one": photo, "two": other, "gray": photo[..., :1]}, columns=2)
    page = images.read(tmp_path / "c.png")
    height, width = photo.shape[:2]
    caption = page.shape[0] // 2 - height
    assert page.shape[1] == 2 * width and caption > 10
    for row, column, image in ((0, 0, photo), (0, 1, other), (1, 0, np.repeat(photo[..., :1], 3, -1))):
        top = row * (height + caption) + caption
        part = page[top : top + height, column * width : (column + 1) * width]
        assert np.abs(part.astype(int) - np.round(image * 255)).max() <= 1


def test_rows_have_names_on_the_left_and_columns_above(photo, tmp_path):
    pair = np.stack([photo[:64, :64], photo[:64, -64:]])
    rows = [("one", pair), ("other", 1 - pair)]
    pictures.labelled_rows(tmp_path / "plain.png", rows, margin=60)
    pictures.labelled_rows(tmp_path / "named.png", rows, ["cat", "lily_of_the_valley"], margin=60)
    plain, named = (images.read(tmp_path / f"{name}.png") for name in ("plain", "named"))
    above = len(named) - len(plain)
    assert plain.shape[:2] == (2 * 64, 60 + 2 * 64)
    np.testing.assert_array_equal(named[above:], plain)
    heads = [named[:above, 60 + 64 * column : 60 + 64 * (column + 1)] for column in (0, 1)]
    written = [np.flatnonzero((head < 128).any(axis=(1, 2))) for head in heads]
    assert written[0].min() > written[1].min() > 0, "the longer name takes more lines and is not cut off"


def test_the_sheet_shows_every_degradation(photo, tmp_path):
    pictures.degradation_sheet(tmp_path / "sheet.png", photo)
    page = images.read(tmp_path / "sheet.png")
    assert page.shape[1] == 4 * photo.shape[1] and page.std() > 20


def test_curves_are_drawn(tmp_path):
    pictures.curves(tmp_path / "c.png", [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0, "val_loss": 1.5}])
    assert (tmp_path / "c.png").stat().st_size > 1000
