import numpy as np
import pytest
from scipy import ndimage

from tfgan_zoo import degradations as d

GRAY = np.full((40, 96, 120, 3), 0.25, np.float32)


@pytest.mark.parametrize(("kind", "tolerance"), [("strokes", 0.03), ("box", 0.015), ("pixels", 0.02)])
@pytest.mark.parametrize("share", [0.1, 0.4])
def test_the_share_asked_for_is_hidden(kind, tolerance, share):
    masked, mask = (np.asarray(x) for x in d.Mask(share, kind, fill=0.75, return_mask=True)(GRAY, seed=0))
    assert mask.shape == (40, 96, 120, 1) and set(np.unique(mask)) == {0.0, 1.0}
    assert np.abs(mask.mean(axis=(1, 2, 3)) - share).max() < tolerance
    np.testing.assert_array_equal(masked, np.where(mask == 1, np.float32(0.75), GRAY))
    assert (mask[0] != mask[1]).any()


def test_strokes_are_few_and_connected():
    mask = np.asarray(d.Mask(0.2, return_mask=True)(GRAY, seed=1)[1])[..., 0]
    # Four, of which some leave the image and come back.
    pieces = [ndimage.label(one)[1] for one in mask]
    assert max(pieces) <= 8 and np.median(pieces) <= 4


def test_a_box_is_a_full_rectangle():
    mask = np.asarray(d.Mask((0.1, 0.5), "box", return_mask=True)(GRAY, seed=1)[1])[..., 0]
    for one in mask:
        rows, columns = np.flatnonzero(one.any(axis=1)), np.flatnonzero(one.any(axis=0))
        assert one.sum() == len(rows) * len(columns) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    assert len({(one.any(axis=1).sum(), one.any(axis=0).sum()) for one in mask}) > 20


def test_nothing_and_everything_can_be_hidden():
    for kind in ("strokes", "box", "pixels"):
        assert np.asarray(d.Mask(0.0, kind, return_mask=True)(GRAY, seed=0)[1]).mean() < 0.002
        assert np.asarray(d.Mask(1.0, kind, return_mask=True)(GRAY, seed=0)[1]).mean() > 0.99


def test_a_kind_is_drawn_for_each_image():
    mask = np.asarray(d.Mask(0.3, ("box", "pixels"), return_mask=True)(GRAY, seed=0)[1])[..., 0]
    pieces = np.array([ndimage.label(one)[1] for one in mask])
    assert 8 < (pieces == 1).sum() < 32 and (pieces[pieces != 1] > 50).all()


def test_a_wrong_kind_is_refused():
    with pytest.raises(ValueError, match="kind"):
        d.Mask(kind="circle")
