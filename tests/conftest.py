"""What tests share: a real photo, and the folders of photos that only some machines have."""

import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pytest
from skimage import data as skimage_data

from tfgan_zoo.data import images

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch):
    """What a user may have set does not reach the tests: places of presets, and proxies on the way to this machine."""
    for name in [name for name in os.environ if name.startswith("TFGAN_ZOO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(scope="session")
def photo() -> np.ndarray:
    """A real photo, (96, 128, 3), float32 in [0, 1]."""
    return skimage_data.chelsea()[40:136, 100:228].astype(np.float32) / 255


@pytest.fixture
def folder(tmp_path, photo) -> Path:
    """A folder of four small colour photos."""
    place = tmp_path / "photos"
    place.mkdir()
    pixels = np.round(photo * 255).astype(np.uint8)
    for number in range(4):
        images.write(place / f"{number}.png", np.ascontiguousarray(np.roll(pixels, 20 * number, axis=1)))
    return place


@pytest.fixture
def shared() -> Path:
    """Benchmark and training photos; tests that need them skip where they are absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the shared photos")
    return SHARED
