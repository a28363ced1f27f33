"""Image files in and out, by libvips, with Pillow for BMP, which libvips does not know.

Everything here is numpy on the host: uint8 or uint16, (height, width, channels), RGB order.
A file larger than memory can be read and written: libvips decodes it to a temporary file and
`Picture.pixels` reads windows of it.
"""

import contextlib
import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyvips

from tfgan_zoo.data import convert, replacing

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
MAX_PIXELS = 2**30
IN_MEMORY = 2**27
"""Bytes of pixels from which on `scratch` uses a file."""

_DTYPES = {"uchar": np.uint8, "ushort": np.uint16}
_OPTIONS = {
    ".jpg": {"Q": 95},
    ".jpeg": {"Q": 95},
    ".webp": {"lossless": True, "exact": True},
    ".tif": {"compression": "lzw"},
    ".tiff": {"compression": "lzw"},
}
_ALL_BUT_EXIF = 0b11110
"""VipsForeignKeep without its first bit."""
_EIGHT_BIT_ONLY = (".jpg", ".jpeg", ".webp", ".bmp")
_LONGEST = {".jpg": 65535, ".jpeg": 65535, ".webp": 16383}
"""Of a side in pixels, as far as a format goes."""


class ImageError(ValueError):
    """A file that is not an image that can be used; the message names the file and the reason."""


def files(folder: str | os.PathLike, suffixes: Sequence[str] = SUFFIXES) -> list[Path]:
    """All image files below a folder, by suffix, sorted by path; without hidden ones and what lies in hidden folders.

    Raises:
        ImageError: if the folder does not exist or holds no image.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ImageError(f"{folder} is not a folder")
    found = [path for path in _below(folder) if path.suffix.lower() in suffixes]
    if not found:
        raise ImageError(f"{folder} holds no image ({', '.join(suffixes)})")
    return found


def others(folder: str | os.PathLike, suffixes: Sequence[str] = SUFFIXES) -> list[Path]:
    """Files below a folder that `files` leaves out for their suffix, such as a camera's raw files."""
    return [path for path in _below(Path(folder)) if path.suffix and path.suffix.lower() not in suffixes]


def _below(folder):
    visible = (p for p in folder.rglob("*") if not any(part.startswith(".") for part in p.relative_to(folder).parts))
    return sorted(path for path in visible if path.is_file())


class Picture:
    """An opened image file: its colour, its alpha and what else it carries.

    The orientation of EXIF is applied, a palette is expanded, CMYK becomes sRGB. Opening reads
    the header alone, so that a decompression bomb is refused before it is unpacked.

    Attributes:
        height, width: in pixels.
        channels: 1 (gray) or 3 (RGB), alpha not counted.
        pages: of a scan, or frames of an animation; only the first is read.
        has_alpha: whether the file holds transparency.
        dtype: np.uint8 or np.uint16.

    Raises:
        ImageError: not an image, empty, more than `MAX_PIXELS`, or not 8 or 16 bits a channel.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        if not self.path.is_file():
            raise ImageError(f"{self.path} is not a file")
        if self.path.stat().st_size == 0:
            raise ImageError(f"{self.path} is empty")
        image = _open_bmp(self.path) if self.path.suffix.lower() == ".bmp" else _open(self.path)
        if image.interpretation == "cmyk":
            image = image.icc_transform("srgb", depth=16 if image.format == "ushort" else 8)
        if image.format not in _DTYPES:
            raise ImageError(f"{self.path} has pixels of type {image.format}; only 8 and 16 bit are read")
        self.has_alpha = bool(image.hasalpha())
        self.channels = image.bands - self.has_alpha
        if self.channels not in (1, 3):
            raise ImageError(f"{self.path} has {self.channels} colour channels; only 1 and 3 are read")
        self.height, self.width = image.height, image.width
        self.pages = image.get("n-pages") if image.get_typeof("n-pages") else 1
        self.dtype = _DTYPES[image.format]
        self.image = image

    def pixels(self, top: int = 0, left: int = 0, height: int | None = None, width: int | None = None) -> np.ndarray:
        """The colour channels of a window, (height, width, channels); the whole by default.

        Raises:
            ImageError: if the file is damaged where it is read.
        """
        window = self.image.extract_band(0, n=self.channels)
        window = window.crop(left, top, width or self.width - left, height or self.height - top)
        try:
            pixels = window.numpy()
        except pyvips.Error as error:
            raise ImageError(f"{self.path} is damaged: {_reason(error)}") from error
        return pixels.reshape(window.height, window.width, self.channels)


def read(path: str | os.PathLike, channels: int | None = None) -> np.ndarray:
    """Reads a whole file as uint8, (height, width, channels), without alpha.

    Args:
        path: the file.
        channels: 1 converts colour to luma, 3 repeats gray, None keeps what the file has.

    Raises:
        ImageError: see `Picture`.
    """
    pixels = Picture(path).pixels()
    if pixels.dtype == np.uint16:
        pixels = ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return convert.as_channels(pixels, channels)


def on_white(path: str | os.PathLike, channels: int | None = None) -> np.ndarray:
    """Reads a file as `read` does, laid on white where it is transparent.

    Raises:
        ImageError: see `Picture`.
    """
    picture = Picture(path)
    if not picture.has_alpha:
        return read(path, channels)
    most = np.iinfo(picture.dtype).max
    flat = picture.image.flatten(background=[most] * picture.channels).numpy()
    flat = flat.reshape(picture.height, picture.width, picture.channels)
    return convert.as_channels(np.uint8(np.round(flat * (255 / most))), channels)


def write(path: str | os.PathLike, pixels: np.ndarray, like: Picture | None = None) -> None:
    """Writes an image in the format of the suffix, beside its place first, then renamed.

    Args:
        path: where to; an existing file is replaced at once or not at all.
        pixels: uint8 or uint16, (height, width, 1 or 3); 16 bits become 8 where the format
            holds no more.
        like: a picture whose alpha, brought to the size of `pixels`, EXIF and ICC profile are
            carried over; EXIF not into TIFF, where libvips does not write it.

    Raises:
        ImageError: an unknown suffix, alpha into a format that has none, or no room or right
            to write.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    check_target(path, like, pixels.shape)
    if pixels.dtype not in (np.uint8, np.uint16):
        raise ImageError(f"{path}: pixels are written as uint8 or uint16, got {pixels.dtype}")
    pixels = np.ascontiguousarray(pixels)
    image = pyvips.Image.new_from_memory(
        pixels, pixels.shape[1], pixels.shape[0], pixels.shape[2], "ushort" if pixels.dtype == np.uint16 else "uchar"
    )
    image = image.copy(interpretation=convert.interpretation(pixels))
    if like is not None:
        image = _carry_over(image, like)
    if image.format == "ushort" and suffix in _EIGHT_BIT_ONLY:
        image = (image / 257).rint().cast("uchar").copy(interpretation="srgb" if pixels.shape[2] == 3 else "b-w")
    try:
        with replacing.file(path) as beside:
            _save(image, beside, suffix)
    except (OSError, pyvips.Error) as error:
        raise ImageError(f"{path} cannot be written: {_reason(error)}") from error


def check_target(path: str | os.PathLike, like: Picture | None = None, shape: tuple[int, ...] = ()) -> None:
    """Checks, before any work, that a format can hold what will be written.

    Args:
        path: where to.
        like: the picture that it will be made of.
        shape: of its pixels.

    Raises:
        ImageError: an unknown suffix, alpha into a format that has none, more than one page, or a
            side that is too long for the format.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES or suffix == ".gif":
        raise ImageError(f"{path}: images are written as .png, .jpg, .webp, .bmp or .tif, not as {suffix or 'nothing'}")
    if like is not None and like.has_alpha and suffix in (".jpg", ".jpeg", ".bmp"):
        raise ImageError(f"{path}: {suffix} holds no transparency, and {like.path} has some; write .png, .webp or .tif")
    if like is not None and like.pages > 1:
        raise ImageError(f"{like.path} holds {like.pages} pages or frames, and one would be written; split it first")
    if max(shape[:2], default=0) > (most := _LONGEST.get(suffix, MAX_PIXELS)):
        raise ImageError(
            f"{path}: {suffix} holds at most {most} pixels a side, not {max(shape[:2])}; write .png or .tif"
        )


@contextlib.contextmanager
def scratch(target: str | os.PathLike, shape: tuple[int, ...], dtype) -> Iterator[np.ndarray]:
    """An array for pixels on their way to `target`: in a temporary file beside it if it is large.

    Raises:
        ImageError: if there is no room or right to write there.
    """
    target, size = Path(target), math.prod(shape) * np.dtype(dtype).itemsize
    if size < IN_MEMORY:
        yield np.empty(shape, dtype)
        return
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile(prefix=f".{target.stem}-", dir=target.parent))
            # A hole in the file that cannot be filled later would kill the process.
            os.posix_fallocate(file.fileno(), 0, size) if hasattr(os, "posix_fallocate") else file.truncate(size)
        except OSError as error:
            raise ImageError(f"{target} cannot be written: {_reason(error)}") from error
        yield np.memmap(file, dtype, "r+", shape=shape)


def _open(path: Path) -> pyvips.Image:
    try:
        # libvips remembers files by name; a file may have changed since.
        header = pyvips.Image.new_from_file(str(path), fail_on="truncated", revalidate=True)
        if header.width * header.height > MAX_PIXELS:
            raise ImageError(
                f"{path} says it is {header.width}x{header.height}: more than {MAX_PIXELS} pixels, "
                "which is refused as a decompression bomb"
            )
        return header.autorot()
    except UnicodeEncodeError as error:
        raise ImageError(f"{str(path)!a} is not a name in UTF-8, and cannot be opened: rename the file") from error
    except pyvips.Error as error:
        raise ImageError(f"{path} is not an image that can be read: {_reason(error)}") from error


def _open_bmp(path: Path) -> pyvips.Image:
    import PIL.Image

    try:
        with PIL.Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ImageError(f"{path} says it is {image.width}x{image.height}: more than {MAX_PIXELS} pixels")
            return pyvips.Image.new_from_array(np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB")))
    except (OSError, PIL.Image.DecompressionBombError) as error:
        raise ImageError(f"{path} is not an image that can be read: {error}") from error


def _carry_over(image: pyvips.Image, like: Picture) -> pyvips.Image:
    if like.has_alpha:
        alpha = like.image[like.channels]
        if (alpha.width, alpha.height) != (image.width, image.height):
            alpha = alpha.resize(image.width / alpha.width, vscale=image.height / alpha.height)
        if alpha.format != image.format:  # bandjoin would take the wider one for both, levels as they are
            alpha = ((alpha / 257).rint() if image.format == "uchar" else alpha * 257).cast(image.format)
        image = image.bandjoin(alpha).copy(interpretation=image.interpretation)
    image = image.copy(xres=like.image.xres, yres=like.image.yres)
    for field in ("exif-data", "icc-profile-data", "xmp-data", "iptc-data"):
        if like.image.get_typeof(field):
            image.set_type(pyvips.GValue.blob_type, field, like.image.get(field))
    if like.image.get_typeof("exif-data"):
        image.set_type(pyvips.GValue.gint_type, "orientation", 1)
    return image


def _save(image: pyvips.Image, path: Path, suffix: str) -> None:
    if suffix != ".bmp":
        options = dict(_OPTIONS.get(suffix, {}))
        if not image.get_typeof("exif-data") and suffix not in (".jpg", ".jpeg"):
            # libvips would make some up; in a JPEG file it holds the resolution, without a JFIF header.
            options["keep"] = _ALL_BUT_EXIF
        image.write_to_file(str(path), **options)
        return
    import PIL.Image

    pixels = image.numpy()
    PIL.Image.fromarray(pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels).save(path)


def _reason(error: Exception) -> str:
    message = getattr(error, "detail", "") or str(error)
    return " ".join(message.split())
