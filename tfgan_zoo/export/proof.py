"""Proof that an export computes what the network does: on real images, in a process that has TensorFlow alone."""

import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.cbook
import numpy as np
import PIL.Image

from tfgan_zoo.data import convert

FLOAT, LEVELS = 1e-4, 1
"""How far an export may differ: floats in units of the range, 8-bit images in levels."""


class ExportError(ValueError):
    """An export that does not compute what its network does; nothing of it is kept."""


def photo(channels: int, height: int, width: int, number: int = 0) -> np.ndarray:
    """A piece of a real photo, matplotlib's of Grace Hopper (public domain), uint8; `number` moves it along."""
    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
        whole = np.asarray(PIL.Image.open(file).convert("RGB"))
    rows = (np.arange(height) + 40 + 48 * number) % whole.shape[0]
    columns = (np.arange(width) + 120) % whole.shape[1]
    return convert.as_channels(whole[rows][:, columns], channels)


def reloaded(folder: Path, requests: dict[str, dict[str, np.ndarray]]) -> dict[str, dict[str, np.ndarray]]:
    """What a SavedModel answers to requests by signature, asked by a fresh process without this package.

    Raises:
        ExportError: if it cannot be loaded or answers with an error.
    """
    with tempfile.TemporaryDirectory() as place:
        asked, answered = Path(place) / "asked.npz", Path(place) / "answered.npz"
        flat = {
            f"{signature}/{name}": value for signature, inputs in requests.items() for name, value in inputs.items()
        }
        np.savez(asked, **flat)
        script = Path(__file__).with_name("reload.py")
        run_alone("the exported model does not run", script, folder, asked, answered)
        answers = {signature: {} for signature in requests}
        with np.load(answered) as file:
            for key in file.files:
                signature, name = key.split("/", 1)
                answers[signature][name] = file[key]
    return answers


def run_alone(trouble: str, script: Path, *arguments: str | Path) -> str:
    """What a script of this package prints, run by a fresh process that does not see the package's folder.

    Raises:
        ExportError: `trouble`, and the last line that the process said.
    """
    command = [sys.executable, "-P", str(script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise ExportError(f"{trouble}: {said[-1]}")
    return done.stdout


def compare(what: str, expected: np.ndarray, found: np.ndarray) -> None:
    """Holds an answer against what the network gives.

    Raises:
        ExportError: another shape, values that are not finite, or a difference above `FLOAT` or `LEVELS`.
    """
    if expected.shape != found.shape:
        raise ExportError(f"{what} gives shape {found.shape}, the network {expected.shape}")
    limit = LEVELS if expected.dtype == np.uint8 else FLOAT
    difference = np.abs(np.float64(expected) - np.float64(found)).max(initial=0)
    # A NaN is no smaller than the limit either.
    if not difference <= limit:
        unit = "8-bit levels" if expected.dtype == np.uint8 else "of the range"
        raise ExportError(f"{what} differs from the network by {difference:g} {unit}; at most {limit:g} is allowed")
