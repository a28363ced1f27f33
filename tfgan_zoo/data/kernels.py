"""Measured blur kernels from files."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tfgan_zoo.data import images

LARGEST = 129
"""Pixels of a side: what is larger is a picture."""


def read(path: str | os.PathLike, names: Sequence[str] | None = None) -> list[np.ndarray]:
    """Kernels of rank 2, float32, each of sum 1: what `degradations.KernelBlur` takes.

    Args:
        path: of an image, whose luma is one kernel; of an .npy array, (side, side) or (kernels,
            side, side); of an .npz archive of kernels; or of a .mat file of MATLAB's up to
            version 7, whose numeric arrays, (side, side) or (side, side, kernels), and cells are
            kernels (this needs scipy).
        names: of the variables of an .npz or a .mat file that are kernels; all numbers by default.

    Raises:
        ImageError: if an image cannot be read.
        ValueError: if a variable is missing, or a kernel is not of rank 2, smaller than 2 x 2 or larger than
            `LARGEST`, not finite, or of no positive sum.
    """
    path, kernels = Path(path), []
    for name, array in _arrays(path, names):
        for kernel in array if array.ndim == 3 else [array]:
            _check(kernel, f"{path}: {name}" if name else str(path))
            kernels.append((kernel / kernel.sum(dtype=np.float64)).astype(np.float32))
    if not kernels:
        raise ValueError(f"{path} holds no kernel")
    return kernels


def _check(kernel, where):
    if kernel.ndim != 2 or not np.isfinite(kernel).all() or kernel.sum() <= 0:
        found = f"shape {kernel.shape} and sum {kernel.sum():g}"
        raise ValueError(f"{where}: a kernel is an array of rank 2 of positive sum, got {found}")
    if min(kernel.shape) < 2 or max(kernel.shape) > LARGEST:
        raise ValueError(f"{where}: a kernel's sides are 2 to {LARGEST} pixels, got {kernel.shape}; choose by names")


def _arrays(path, names):
    """Names and arrays of a file; the name is empty where there is one alone."""
    suffix = path.suffix.lower()
    if suffix in _ARCHIVES:
        variables = _ARCHIVES[suffix](path)
        if missing := [name for name in names or () if name not in variables]:
            raise ValueError(f"{path} holds {', '.join(variables) or 'nothing'}, no {missing[0]}")
        return [(name, a) for name in names or variables for a in variables[name] if names or a.dtype.kind in "buif"]
    return [("", np.load(path, allow_pickle=False) if suffix == ".npy" else images.read(path, channels=1)[..., 0])]


def _numpy(path):
    with np.load(path, allow_pickle=False) as archive:
        return {name: [archive[name]] for name in archive.files}


def _matlab(path):
    try:
        from scipy import io
    except ImportError as error:
        raise ValueError(f"{path.name} needs scipy: python -m pip install scipy") from error
    try:
        variables = {name: value for name, value in io.loadmat(path).items() if not name.startswith("__")}
    except NotImplementedError as error:
        raise ValueError(f"{path} is of MATLAB 7.3; save it there with -v7") from error
    parts = {name: value.ravel() if value.dtype == object else [value] for name, value in variables.items()}
    # MATLAB counts along the last axis.
    return {name: [np.moveaxis(a, -1, 0) if a.ndim == 3 else a for a in arrays] for name, arrays in parts.items()}


_ARCHIVES = {".npz": _numpy, ".mat": _matlab}
