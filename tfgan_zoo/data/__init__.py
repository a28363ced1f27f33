"""Images from files and TFDS as tf.data pipelines."""

from tfgan_zoo.data import kernels
from tfgan_zoo.data.array_picture import ArrayPicture
from tfgan_zoo.data.clusters import clustered, group_centres, nearest_centre
from tfgan_zoo.data.features import features, thumbnails
from tfgan_zoo.data.images import ImageError
from tfgan_zoo.data.labelled import Labelled, batches, labelled
from tfgan_zoo.data.noise_level import estimate_sigma
from tfgan_zoo.data.pairs import pairs
from tfgan_zoo.data.patches import patches
from tfgan_zoo.data.photos import photos
from tfgan_zoo.data.sets import Examples, emoji, fashion_mnist, flower_color, flowers, pieces

__all__ = [
    "ArrayPicture",
    "Examples",
    "ImageError",
    "Labelled",
    "PhotoFolder",
    "batches",
    "clustered",
    "emoji",
    "estimate_sigma",
    "fashion_mnist",
    "features",
    "flower_color",
    "flowers",
    "group_centres",
    "kernels",
    "labelled",
    "nearest_centre",
    "pairs",
    "patches",
    "photos",
    "pieces",
    "thumbnails",
]


def __getattr__(name: str):
    # TFDS is an extra; only its builder needs it.
    if name == "PhotoFolder":
        from tfgan_zoo.data.photo_folder import PhotoFolder

        return PhotoFolder
    raise AttributeError(f"module 'tfgan_zoo.data' has no attribute {name!r}")
