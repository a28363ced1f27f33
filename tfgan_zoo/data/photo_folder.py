"""A TFDS builder for one's own folder of photos: decoded once, then read at TFRecord speed."""

import hashlib
import os
from pathlib import Path

import tensorflow_datasets as tfds

from tfgan_zoo.data import images


class PhotoFolder(tfds.core.GeneratorBasedBuilder):
    """All images below a folder as one TFDS split "train", feature "image": 8-bit RGB, as PNG.

    Args:
        folder: searched with its subfolders.
        data_dir: where TFDS keeps the prepared data, apart for each folder and whenever its files change.
        **kwargs: of `tfds.core.GeneratorBasedBuilder`.

    Raises:
        images.ImageError: a folder without photos; while preparing, the first file that cannot be read.
    """

    VERSION = tfds.core.Version("1.0.0")

    def __init__(self, folder: str | os.PathLike, *, data_dir: str | os.PathLike, **kwargs):
        self.folder = Path(folder).resolve()
        # TFDS would take what it prepared there once, from whatever folder and before whatever changed in it.
        held = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in images.files(self.folder)]
        own = hashlib.sha256(repr(held).encode()).hexdigest()[:16]
        super().__init__(data_dir=Path(data_dir) / own, **kwargs)

    def _info(self) -> tfds.core.DatasetInfo:
        features = {"image": tfds.features.Image(shape=(None, None, 3), encoding_format="png")}
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for path in images.files(self.folder):
            yield str(path.relative_to(self.folder)), {"image": images.read(path, 3)}
