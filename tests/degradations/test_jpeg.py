import io

import numpy as np
import pytest
from PIL import Image
from skimage import data as skimage_data

from tfgan_zoo import degradations as d
from tfgan_zoo import metrics


def pillow(image, quality):
    pixels = np.round(image * 255).astype(np.uint8)
    buffer = io.BytesIO()
    gray = pixels.shape[-1] == 1
    Image.fromarray(pixels[..., 0] if gray else pixels).save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    decoded = np.asarray(Image.open(buffer), np.float32) / 255
    return decoded[..., None] if gray else decoded


@pytest.mark.parametrize("quality", [5, 10, 30, 50, 75, 90, 100])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_loses_what_pillow_loses(quality, channels):
    clean = skimage_data.chelsea()[:200, 50:251, :channels].astype(np.float32) / 255
    ours, theirs = np.asarray(d.JPEG(quality)(clean, seed=0)), pillow(clean, quality)
    loss = [float(metrics.psnr(clean[None], x[None])[0]) for x in (ours, theirs)]
    assert loss[0] == pytest.approx(loss[1], abs=0.1 if quality < 100 else 0.5)
    assert float(metrics.psnr(theirs[None], ours[None])[0]) > 40


@pytest.mark.parametrize("size", [(17, 17), (25, 40), (33, 70), (5, 3), (1, 1)])
@pytest.mark.parametrize("channels", [1, 3])
def test_borders_are_filled_as_libjpeg_fills_them(size, channels):
    clean = skimage_data.chelsea()[60 : 60 + size[0], 100 : 100 + size[1], :channels].astype(np.float32) / 255
    ours, theirs = np.asarray(d.JPEG(30)(clean, seed=0)), pillow(clean, 30)
    loss = [float(metrics.psnr(clean[None], x[None])[0]) for x in (ours, theirs)]
    assert loss[0] == pytest.approx(loss[1], abs=0.5)


def test_each_image_has_its_quality(photo):
    drawn = np.asarray(d.JPEG((10, 90)).draw(500, 0)["quality"])
    assert (drawn == np.round(drawn)).all() and drawn.min() >= 10 and drawn.max() <= 90 and np.ptp(drawn) > 70
    counts = np.bincount(np.asarray(d.JPEG((10, 12)).draw(6000, 0)["quality"]).astype(int))[10:]
    assert counts == pytest.approx(2000, rel=0.1)


def test_a_quality_out_of_range_is_refused():
    with pytest.raises(ValueError, match="quality"):
        d.JPEG(0)
    with pytest.raises(ValueError, match="quality"):
        d.JPEG((10, 101))
    with pytest.raises(ValueError, match="whole"):
        d.JPEG(15.5)


@pytest.mark.parametrize("colors", [((0, 0, 0), (255, 255, 0)), ((255, 0, 0), (255, 255, 255))])
def test_graphics_overshoot_no_more_than_in_a_decoder(colors):
    """Which keeps luma and chroma in 8 bits each before it makes colours of them."""
    bars = np.where(np.arange(64)[:, None] // 5 % 2, *np.float32(colors)[:, None, :]) / 255
    clean = np.ascontiguousarray(np.broadcast_to(bars[None], (64, 64, 3))).astype(np.float32)
    error = np.abs(np.asarray(d.JPEG(30)(clean, seed=0)) - pillow(clean, 30)) * 255
    assert error.mean() < 1.5 and np.mean(error > 8) < 0.05
