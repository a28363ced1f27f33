"""Data sets by TFDS name and from one's own folder."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tfgan_zoo import data
from tfgan_zoo.data import images

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.mark.parametrize("name", ["imagenet2012", "coco/2017", "div2k"])
def test_a_tfds_name_is_a_source(name):
    with tfds.testing.mock_data(num_examples=3):
        photos = [photo.numpy() for photo in data.photos(name)]
    assert len(photos) == 3
    assert all(photo.dtype == np.uint8 and photo.ndim == 3 and photo.shape[-1] == 3 for photo in photos)


def test_patches_come_from_a_tfds_name():
    with tfds.testing.mock_data(num_examples=3):
        batch = next(iter(data.patches("imagenet2012", 16, 4, channels=1)))
    assert batch.shape == (4, 16, 16, 1)


def test_a_data_set_without_images_is_refused():
    with tfds.testing.mock_data(num_examples=1), pytest.raises(data.ImageError, match="has no image"):
        data.photos("imdb_reviews")


def test_ones_own_folder_becomes_a_data_set(folder, tmp_path):
    builder = data.PhotoFolder(folder, data_dir=tmp_path / "prepared")
    prepared = [photo.numpy() for photo in data.photos(builder)]
    assert len(prepared) == 4
    expected = {images.read(path).tobytes() for path in images.files(folder)}
    assert {photo.tobytes() for photo in prepared} == expected
    assert isinstance(next(iter(data.patches(builder, 16, 2))), tf.Tensor)
    other = tmp_path / "other"
    other.mkdir()
    images.write(other / "black.png", np.zeros((20, 30, 3), np.uint8))
    prepared = list(data.photos(data.PhotoFolder(other, data_dir=tmp_path / "prepared")))
    assert len(prepared) == 1, "a second folder must not get the first one's photos"
    images.write(other / "gray.png", np.full((20, 30, 3), 99, np.uint8))
    prepared = list(data.photos(data.PhotoFolder(other, data_dir=tmp_path / "prepared")))
    assert len(prepared) == 2, "nor a changed folder what was in it before"


@pytest.mark.parametrize("name", ["photos/", "/nowhere/photos", "./photos", "photo.jpg", "no_such_data_set"])
def test_what_is_neither_folder_nor_data_set_is_named(name):
    with pytest.raises(data.ImageError, match="neither a folder nor"):
        data.photos(name)
