"""Images with labels, small enough for memory: MNIST's files, a folder a class, a TFDS data set."""

import dataclasses
import gzip
import os
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgan_zoo.data import convert, images, tfds_sets


@dataclasses.dataclass(frozen=True)
class Labelled:
    """Images of one size and what each shows.

    Attributes:
        images: uint8, (count, height, width, channels).
        labels: int32, (count,).
        classes: name of each label.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]


def labelled(
    source: str | os.PathLike, split: str = "train", *, side: int | None = None, channels: int = 3
) -> Labelled:
    """Reads all images and labels of a data set.

    Args:
        source: a folder with MNIST's files (train-images-idx3-ubyte and so on, gzipped or
            not), a folder with one folder a class, or the name of a TFDS data set with image
            and label.
        split: "train" or "test" of MNIST's files, or a split of TFDS; a folder of classes has
            only "train".
        side: the square that images are cut to in the middle and resized to; by default they
            stay as they are and must be of one size.
        channels: 1 (luma) or 3.

    Raises:
        images.ImageError: no such source, files that are not what they should be, or images of
            several sizes where `side` is not given.
    """
    folder = Path(source)
    if _idx(folder, "images", split):
        pixels, labels, classes = _from_idx(folder, split)
    elif folder.is_dir():
        pixels, labels, classes = _from_folders(folder, split)
    else:
        pixels, labels, classes = _from_tfds(source, split)
    # One by one: whole photos need not all fit into memory.
    colored = (convert.as_channels(p, channels) for p in pixels)
    shaped = [p if side is None else convert.square(p, side) for p in colored]
    if len({p.shape for p in shaped}) > 1:
        raise images.ImageError(f"the images of {source} are of several sizes; give the side to bring them to")
    return Labelled(np.stack(shaped), np.asarray(labels, np.int32), classes)


def batches(
    arrays: dict[str, np.ndarray],
    batch: int = 64,
    *,
    seed: int = 0,
    start=0,
    flip: bool = False,
    shift: int = 0,
    shuffle: bool = True,
):
    """Endless random batches of examples held in memory, as dictionaries.

    Batch number i is a function of the arrays and `seed` alone, so an interrupted training
    goes on with `start`. That may be a model's `steps`: they are read when the first batch is
    drawn, after Keras's BackupAndRestore has put them back.

    Args:
        arrays: entries of equal length by name, one of them "image". Images, (count, height,
            width, channels), of uint8 become float32 in [0, 1]; all else stays.
        batch: examples in a batch.
        seed: of the order.
        start: batches to pass over, a number or a scalar variable.
        flip: mirrors half of the examples, all that are images of them alike.
        shift: moves examples by up to so many pixels each way, likewise; the border is repeated.
        shuffle: False keeps the order, for looking at all of them once.

    Raises:
        ValueError: no "image", entries of several lengths, or fewer than a batch.
    """
    lengths = {name: len(values) for name, values in arrays.items()}
    if "image" not in lengths or len(set(lengths.values())) > 1:
        raise ValueError(f'batches need an "image" and all entries of one length, got {lengths}')
    count = lengths["image"]
    if count < batch:
        raise ValueError(f"a batch of {batch} needs as many images, got {count}")
    held = {name: tf.constant(value) for name, value in arrays.items()}

    def pick(numbers, index):
        chosen = {name: tf.gather(value, numbers) for name, value in held.items()}
        chosen = _images(chosen, lambda v: tf.cast(v, tf.float32) / 255.0 if v.dtype == tf.uint8 else v)
        own = tf.stack([seed, tf.cast(index, tf.int32)])
        if flip:
            mirrored = tf.random.stateless_uniform((batch,), own)[:, None, None, None] < 0.5
            chosen = _images(chosen, lambda v: tf.where(mirrored, v[:, :, ::-1], v))
        if shift:
            moved = tf.random.stateless_uniform((2, batch), tf.add(own, [0, 2**20]), -shift, shift + 1, tf.int32)
            chosen = _images(chosen, lambda v: _moved(_moved(v, moved[0], 1), moved[1], 2))
        return chosen

    def number(index):
        """The example at a place of the endless order: each pass is a permutation of its own."""
        if not shuffle:
            return index % count
        words = tf.cast(tf.stack([tf.constant(seed, tf.int64), index // count]), tf.uint32)
        return tf.random.experimental.index_shuffle(index % count, words, count - 1)

    def endless(first):
        order = tf.data.Dataset.counter(first * batch).map(number).batch(batch, drop_remainder=True)
        return tf.data.Dataset.zip(order, tf.data.Dataset.counter(first))

    begin = tf.data.Dataset.from_tensors(0).map(lambda _: tf.cast(tf.convert_to_tensor(start), tf.int64))
    picked = begin.flat_map(endless).map(pick, tf.data.AUTOTUNE, deterministic=True)
    return picked.apply(tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)).prefetch(4)


def _images(arrays, change):
    """The entries that are images, changed."""
    return {name: change(value) if value.shape.rank == 4 else value for name, value in arrays.items()}


def _moved(images, by, axis):
    """Each image moved along an axis, its last row or column repeated."""
    side = images.shape[axis]
    return tf.gather(images, tf.clip_by_value(tf.range(side) + by[:, None], 0, side - 1), axis=axis, batch_dims=1)


def _idx(folder: Path, kind: str, split: str) -> Path | None:
    prefix = {"train": "train", "test": "t10k"}.get(split, split)
    for path in sorted(folder.glob(f"{prefix}-{kind}-idx*")) if folder.is_dir() else ():
        return path
    return None


def _from_idx(folder: Path, split: str):
    names = _idx(folder, "labels", split)
    if names is None:
        raise images.ImageError(f"{folder} has images but no labels of {split}")
    pixels, labels = _read_idx(_idx(folder, "images", split)), _read_idx(names)
    if len(pixels) != len(labels):
        raise images.ImageError(f"{folder} has {len(pixels)} images and {len(labels)} labels of {split}")
    count = int(labels.max()) + 1
    return pixels[..., None], labels, tuple(map(str, range(count)))


def _read_idx(path: Path) -> np.ndarray:
    """The array of an IDX file (yann.lecun.com/exdb/mnist), of bytes."""
    data = path.read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    if data[:3] != b"\x00\x00\x08":
        raise images.ImageError(f"{path} is not an IDX file of bytes")
    shape = np.frombuffer(data, ">i4", data[3], 4)
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    if values.size != np.prod(shape):
        raise images.ImageError(f"{path} says it holds {tuple(shape)}, but has {values.size} bytes")
    return values.reshape(shape)


def _from_folders(folder: Path, split: str):
    classes = sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not classes:
        raise images.ImageError(f"{folder} holds neither MNIST's files of {split} nor one folder a class")
    if split != "train":
        raise images.ImageError(f"{folder} is one folder a class and has no split {split}")
    paths, labels = [], []
    for number, name in enumerate(classes):
        found = images.files(folder / name)
        paths += found
        labels += [number] * len(found)
    return map(images.read, paths), labels, tuple(classes)


def _from_tfds(source, split: str):
    builder = tfds_sets.find(source)
    import tensorflow_datasets as tfds

    if not {"image", "label"} <= set(builder.info.features):
        raise images.ImageError(f"the TFDS data set {builder.info.full_name} has not both image and label")
    tfds_sets.prepare(builder)
    names, labels = tuple(builder.info.features["label"].names), []

    def pixels():
        for example in tfds.as_numpy(builder.as_dataset(split=split, shuffle_files=False)):
            labels.append(example["label"])
            yield example["image"]

    return pixels(), labels, names
