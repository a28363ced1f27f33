"""Pictures for people: rows of images with captions, and a sheet of what degradations do."""

import os
import textwrap

import keras
import numpy as np
import PIL.Image
from matplotlib.figure import Figure

from tfgan_zoo import degradations, extras
from tfgan_zoo.data import convert, images, replacing


def grid(path: str | os.PathLike, rows: list[list[np.ndarray]], scale: int = 1) -> None:
    """Writes rows of equally large images, (height, width, channels) in [0, 1], as one file, `scale` times as large."""
    joined = np.concatenate([np.concatenate([np.asarray(image) for image in row], axis=1) for row in rows], axis=0)
    images.write(path, to_uint8(joined).repeat(scale, axis=0).repeat(scale, axis=1))


def rows(made: np.ndarray, columns: int) -> list[list[np.ndarray]]:
    """Images in rows of `columns`, for `grid`; the last row is filled up with white."""
    missing = -len(made) % columns
    filled = [*made, *[np.ones_like(made[0])] * missing]
    return [filled[start : start + columns] for start in range(0, len(filled), columns)]


def film(path: str | os.PathLike, frames: np.ndarray, scale: int = 1, seconds: float = 0.05) -> None:
    """Writes frames, (count, height, width, channels) in [0, 1], as a GIF that repeats, enlarged `scale` times."""
    pages = [PIL.Image.fromarray(to_rgb(frame)) for frame in frames]
    pages = [page.resize((page.width * scale, page.height * scale), PIL.Image.Resampling.BICUBIC) for page in pages]
    with replacing.file(path) as beside:
        pages[0].save(beside, "GIF", save_all=True, append_images=pages[1:], duration=round(1000 * seconds), loop=0)


def captioned(
    path: str | os.PathLike,
    pictures: dict[str, np.ndarray] | list[tuple[str, np.ndarray]],
    columns: int | None = None,
) -> None:
    """Writes images of one size with a caption each, pixel for pixel, as PNG or JPEG.

    Args:
        path: of the file.
        pictures: caption and image, (height, width, 1 or 3) in [0, 1] or uint8.
        columns: images in a row; all in one by default.
    """
    shown = list(pictures.items() if isinstance(pictures, dict) else pictures)
    columns = columns or len(shown)
    rows = -(-len(shown) // columns)
    height, width = shown[0][1].shape[:2]
    caption = 28
    figure = Figure(figsize=(columns * width / 100, rows * (height + caption) / 100), dpi=100)
    for number, (text, image) in enumerate(shown):
        row, column = divmod(number, columns)
        bottom = 1 - ((row + 1) * (height + caption)) / (rows * (height + caption))
        axes = figure.add_axes((column / columns, bottom, 1 / columns, height / (rows * (height + caption))))
        axes.imshow(to_rgb(image), interpolation="nearest")
        axes.set_axis_off()
        axes.text(width / 2, -caption / 2, text, ha="center", va="center", fontsize=9)
    save(figure, path)


def labelled_rows(
    path: str | os.PathLike, rows: list[tuple[str, np.ndarray]], columns: list[str] | None = None, margin: int = 150
) -> None:
    """Writes rows of equally large images, each with a name on its left, as PNG.

    Args:
        path: of the PNG.
        rows: name and images, (count, height, width, 1 or 3) in [0, 1], as many in each row.
        columns: names above the images.
        margin: pixels for the rows' names.
    """
    strips = [np.concatenate([to_rgb(image) for image in images], axis=1) for _, images in rows]
    height, width = strips[0].shape[:2]
    heads = [textwrap.fill(name.replace("_", " "), width // 6 // len(columns)) for name in columns or []]
    head = max((16 + 13 * name.count("\n") for name in heads), default=0)
    whole = (margin + width, len(rows) * height + head)
    figure = Figure(figsize=(whole[0] / 100, whole[1] / 100), dpi=100)
    axes = figure.add_axes((margin / whole[0], 0, width / whole[0], 1 - head / whole[1]))
    axes.imshow(np.concatenate(strips, axis=0), interpolation="nearest")
    axes.set_axis_off()
    for number, (name, _) in enumerate(rows):
        axes.text(-8, (number + 0.5) * height, name, ha="right", va="center", fontsize=9)
    for number, name in enumerate(heads):
        axes.text((number + 0.5) * width / len(heads), -3, name, ha="center", va="bottom", fontsize=7)
    save(figure, path)


def degradation_sheet(path: str | os.PathLike, image: np.ndarray, seed: int = 0) -> None:
    """Writes one image under every degradation of the package, at a strength that shows.

    Args:
        path: of the PNG.
        image: (height, width, 3) in [0, 1], float32.
        seed: of the degradations.
    """
    results = {text: keras.ops.convert_to_numpy(layer(image, seed=seed)) for text, layer in _shown().items()}
    captioned(path, results, columns=4)


def _shown() -> dict[str, degradations.Degradation]:
    d = degradations
    camera = d.PoissonGaussianNoise(0.01)
    return {
        "clean": d.Chain([]),
        "GaussianNoise 25/255": d.GaussianNoise(25 / 255),
        "PoissonGaussianNoise 0.01": camera,
        "... through a mosaic": d.PoissonGaussianNoise(0.01, mosaic=1.0),
        "PoissonNoise 60": d.PoissonNoise(60),
        "SpeckleNoise 0.3": d.SpeckleNoise(0.3),
        "SaltPepperNoise 0.05": d.SaltPepperNoise(0.05),
        "JPEG 10": d.JPEG(10),
        "Chain(camera, JPEG 30)": d.Chain([camera, d.JPEG(30)]),
        "GaussianBlur 2": d.GaussianBlur(2.0),
        "GaussianBlur 5 across 1": d.GaussianBlur(5.0, across=1.0),
        "MotionBlur 30": d.MotionBlur(30.0),
        "DefocusBlur 5": d.DefocusBlur(5.0),
        "SincFilter 1.2": d.SincFilter(1.2),
        "AtScale(area, 1/4)": d.AtScale(d.Chain([]), 0.25, "area"),
        "Mosaic RGGB": d.Mosaic("RGGB"),
        "RainStreaks": d.RainStreaks(0.004, strength=0.4),
        "Snow": d.Snow(0.008, strength=0.9),
        "Haze 1.5": d.Haze(1.5, 0.9),
        "LowLight 0.35": d.LowLight(0.35, 1.2, shot=0.003),
        "Mask 0.2": d.Mask(0.2),
        "Mask 0.2, box": d.Mask(0.2, "box"),
        "Quantize to 3 bits": d.Quantize(3),
        "real_esrgan(scale=1)": d.real_esrgan(1),
    }


def cat() -> np.ndarray:
    """scikit-image's photo of a cat (CC0), uint8, (300, 448, 3).

    Raises:
        ValueError: if scikit-image is not installed.
    """
    return extras.module("skimage.data", "demo", "scikit-image's photos").chelsea()[:, :448]


def curves(path: str | os.PathLike, rows: list[dict[str, float]]) -> None:
    """Writes a training's curves, one panel a quantity, validation (val_) beside training.

    Args:
        path: of the PNG.
        rows: one an epoch: "epoch" and values by name, such as `callbacks.Log.rows` gives.
    """
    names = [n for n in dict.fromkeys(n for row in rows for n in row) if not n.startswith("val_")]
    names = [n for n in names if n not in ("epoch", "minutes")]
    figure = Figure(figsize=(5 * len(names), 3.2), dpi=100, layout="constrained")
    for number, name in enumerate(names):
        axes = figure.add_subplot(1, len(names), number + 1)
        for key, style in ((name, "-"), (f"val_{name}", "o-")):
            points = [(row["epoch"], row[key]) for row in rows if np.isfinite(row.get(key, np.nan))]
            if points:
                axes.plot(*zip(*points), style, label=key, markersize=2)
        axes.set_xlabel("epoch")
        axes.legend()
        axes.grid(alpha=0.3)
    save(figure, path)


def to_uint8(image: np.ndarray) -> np.ndarray:
    """Clips [0, 1] and rounds to 8 bits; leaves uint8 as it is."""
    image = np.asarray(image)
    return image if image.dtype == np.uint8 else np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)


def to_rgb(image: np.ndarray) -> np.ndarray:
    """(height, width, 1 or 3) to uint8 RGB."""
    return convert.as_channels(to_uint8(image), 3)


def save(figure: Figure, path: str | os.PathLike) -> None:
    """Writes a matplotlib figure as PNG or, by its suffix, as JPEG, beside its place and renamed."""
    lossy = os.fspath(path).endswith((".jpg", ".jpeg"))
    options = {"format": "jpeg", "pil_kwargs": {"quality": 92, "subsampling": 0}} if lossy else {"format": "png"}
    with replacing.file(path) as beside:
        figure.savefig(beside, facecolor="white", **options)
