import numpy as np
import pytest

from tfgan_zoo.data import conditions


def test_an_outline_is_dark_where_colours_change_and_white_elsewhere():
    image = np.full((1, 16, 16, 3), 255, np.uint8)
    image[0, 4:12, 4:12] = [255, 0, 0]
    lines = conditions.outline(image)
    assert lines.shape == (1, 16, 16, 1)
    assert (lines[0, 8, 3:5] < 30).all() and (lines[0, 8, 6:10] == 255).all() and (lines[0, :2] == 255).all()


def test_the_colourful_part_decides_the_colour():
    image = np.full((1, 8, 8, 3), 128, np.uint8)
    image[0, :4, :2] = [255, 0, 0]
    color = conditions.dominant_color(image)[0]
    assert color[0] > 0.9 and color[1] < 0.1
    weights = np.zeros((8, 8))
    weights[6:] = 1
    np.testing.assert_allclose(conditions.dominant_color(image, weights)[0], 128 / 255, atol=1e-3)


def test_no_rounding_leads_a_colour_out_of_its_range():
    weights = np.random.default_rng(0).random((50, 64, 64), dtype=np.float32)
    assert conditions.dominant_color(np.full((50, 64, 64, 3), 255, np.uint8), weights).max() <= 1


def test_a_full_turn_of_hue_changes_nothing_and_a_third_moves_channels_on():
    image = np.random.default_rng(0).integers(60, 190, (2, 5, 5, 3), np.uint8)
    np.testing.assert_allclose(conditions.rotate_hue(image, 1.0).astype(int), image, atol=1)
    np.testing.assert_allclose(conditions.rotate_hue(image, 1 / 3).astype(int), np.roll(image, 1, -1), atol=1)
    gray = np.full((1, 2, 2, 3), 77, np.uint8)
    np.testing.assert_array_equal(conditions.rotate_hue(gray, 0.4), gray)
    assert conditions.rotate_hue(image, 0.25).mean() == pytest.approx(image.mean(), abs=1.5)


@pytest.mark.parametrize(
    "see", [conditions.outline, conditions.dominant_color, lambda x: conditions.rotate_hue(x, 0.3)]
)
def test_images_in_0_to_1_are_not_taken_for_bytes(see):
    with pytest.raises(ValueError, match="uint8, 0 to 255, got float32"):
        see(np.ones((1, 16, 16, 3), np.float32))
