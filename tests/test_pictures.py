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


def test_the_sheet_shows_every_degradation(photo, tmp_path):
    pictures.degradation_sheet(tmp_path / "sheet.png", photo)
    page = images.read(tmp_path / "sheet.png")
    assert page.shape[1] == 4 * photo.shape[1] and page.std() > 20


def test_curves_are_drawn(tmp_path):
    pictures.curves(tmp_path / "c.png", [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0, "val_loss": 1.5}])
    assert (tmp_path / "c.png").stat().st_size > 1000
