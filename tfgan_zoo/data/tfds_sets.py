"""Data sets of TFDS by name, with errors that say what to do."""

from tfgan_zoo import extras
from tfgan_zoo.data import images


def find(source):
    """The builder of a TFDS name; a builder is given back as it is.

    Raises:
        images.ImageError: TFDS is not installed, or knows no such name.
    """
    what = f"{source} is not a folder; data sets of TFDS"
    tfds = extras.module("tensorflow_datasets", "tfds", what, images.ImageError)
    try:
        return source if hasattr(source, "download_and_prepare") else tfds.builder(str(source))
    except (tfds.core.DatasetNotFoundError, ValueError) as error:
        raise images.ImageError(f"{source} is neither a folder nor the name of a TFDS data set") from error


def prepare(builder) -> None:
    """Downloads what a builder needs, if it is not there.

    Raises:
        images.ImageError: it cannot be had; the message is the last line of the reason.
    """
    try:
        builder.download_and_prepare()
    except Exception as error:  # of many kinds, by the data set
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise images.ImageError(f"the TFDS data set {builder.info.full_name} cannot be had: {reason[-1]}") from error
