import numpy as np
import pytest

from tfgan_zoo.data import video_color


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(("colorspace", "red", "blue"), [(1, 0.2126, 0.0722), (6, 0.299, 0.114), (9, 0.2627, 0.0593)])
def test_colours_are_those_of_the_standard(photo, colorspace, red, blue, full):
    frame = video_color.from_rgb(photo, "yuv444p", colorspace, full)
    luma = photo @ [red, 1 - red - blue, blue]
    chroma = (photo[..., 2] - luma) / (2 * (1 - blue)), (photo[..., 0] - luma) / (2 * (1 - red))
    if full:
        expected = 255 * luma, 128 + 255 * chroma[0], 128 + 255 * chroma[1]
    else:
        expected = 16 + 219 * luma, 128 + 224 * chroma[0], 128 + 224 * chroma[1]
    planes = [np.frombuffer(p, np.uint8).reshape(p.height, -1)[:, : p.width] for p in frame.planes]
    assert np.abs(np.stack(planes) - np.stack(expected)).max() < 0.51
    assert np.abs(video_color.to_rgb(frame) - photo).max() < 2.1 / 255


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv420p10le"])
def test_colours_do_not_drift(photo, pixel_format, full):
    there = video_color.to_rgb(video_color.from_rgb(photo, pixel_format, 1, full))
    assert np.abs((there - photo).mean(axis=(0, 1))).max() < 0.15 / 255
    again = video_color.to_rgb(video_color.from_rgb(there, pixel_format, 1, full))
    assert np.abs((again - there).mean(axis=(0, 1))).max() < 0.05 / 255
