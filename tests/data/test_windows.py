import numpy as np

from tfgan_zoo.data import ArrayPicture, windows


def test_the_windows_with_most_detail_are_kept():
    image = np.full((40, 70, 3), 128, np.uint8)
    image[33:40:2, 55:66] = 255  # the last of three columns, the lower of two rows
    (found,) = windows.most_detailed(ArrayPicture(image), 32, count=1)
    assert found.shape == (32, 32, 3) and found.dtype == np.float32
    np.testing.assert_array_equal(found, np.float32(image[8:40, 38:70]) / 255)
    assert len(windows.most_detailed(ArrayPicture(image), 32, count=9)) == 6
    (whole,) = windows.most_detailed(ArrayPicture(image), 128)
    assert whole.shape == image.shape
