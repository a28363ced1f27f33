"""Measured blur kernels from files."""

import os
from pathlib import Path

import numpy as np

from tfgan_zoo.data import images


def read(path: str | os.PathLike) -> list[np.ndarray]:
    """Kernels of rank 2, float32, each of sum 1: what `degradations.KernelBlur` takes.

    Args:
        path: of an image, whose luma is one kernel; of an .npy array, (side, side) or (kernels,
            side, side); of an .npz archive of kernels; or of a .mat file of MATLAB's up to
            version 7, whose numeric arrays, (side, side) or (side, side, kernels), and cells are
            kernels (this needs scipy).

    Raises:
        ImageError: if an image cannot be read.
        ValueError: if a kernel is not of rank 2, not finite, or of no positive sum.
    """
    arrays = [np.asarray(array, np.float64) for array in _arrays(Path(path))]
    arrays = [kernel for array in arrays for kernel in (array if array.ndim == 3 else [array])]
    if not arrays:
        raise ValueError(f"{path} holds no kernel")
    for array in arrays:
        if array.ndim != 2 or not np.isfinite(array).all() or array.sum() <= 0:
            found = f"shape {array.shape} and sum {array.sum():g}"
            raise ValueError(f"{path}: a kernel is an array of rank 2 of positive sum, got {found}")
    return [(array / array.sum()).astype(np.float32) for array in arrays]


def _arrays(path):
    if path.suffix == ".npy":
        return [np.load(path, allow_pickle=False)]
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as archive:
            return [archive[name] for name in archive.files]
    if path.suffix == ".mat":
        return _matlab(path)
    return [images.read(path, channels=1)[..., 0]]


def _matlab(path):
    try:
        from scipy import io
    except ImportError as error:
        raise ValueError(f"{path.name} needs scipy: python -m pip install scipy") from error
    values = [value for name, value in io.loadmat(path).items() if not name.startswith("__")]
    parts = [part for value in values for part in (value.ravel() if value.dtype == object else [value])]
    # MATLAB counts along the last axis.
    return [np.moveaxis(part, -1, 0) if part.ndim == 3 else part for part in parts]
