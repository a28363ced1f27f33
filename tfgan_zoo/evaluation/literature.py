"""What papers print, by protocol and data set."""

import os
import re
from pathlib import Path

# PSNR in dB as the papers print it, by data set and protocol's level; pairs have level 0.
PUBLISHED = {
    ("awgn-gray", "set12"): {
        "BM3D": {15: 32.37, 25: 29.97, 50: 26.72},
        "DnCNN-S": {15: 32.86, 25: 30.44, 50: 27.18},
        "DnCNN-B": {15: 32.68, 25: 30.36, 50: 27.21},
        "FFDNet": {15: 32.75, 25: 30.43, 50: 27.32},
        "DRUNet": {15: 33.25, 25: 30.94, 50: 27.90},
    },
    ("awgn-gray", "bsd68"): {
        "BM3D": {15: 31.08, 25: 28.57, 50: 25.60},
        "DnCNN-S": {15: 31.73, 25: 29.23, 50: 26.23},
        "DnCNN-B": {15: 31.61, 25: 29.16, 50: 26.23},
        "FFDNet": {15: 31.63, 25: 29.19, 50: 26.29},
        "DRUNet": {15: 31.91, 25: 29.48, 50: 26.59},
    },
    ("jpeg-gray", "classic5"): {
        "JPEG": {10: 27.82, 20: 30.12, 30: 31.48, 40: 32.43},
        "DnCNN-3": {10: 29.40, 20: 31.63, 30: 32.91, 40: 33.77},
    },
    ("jpeg-gray", "live1"): {
        "JPEG": {10: 27.77, 20: 30.07, 30: 31.41, 40: 32.35},
        "DnCNN-3": {10: 29.19, 20: 31.59, 30: 32.98, 40: 33.96},
    },
    ("sr-y", "set5"): {
        "SRCNN": {2: 36.66, 3: 32.75, 4: 30.48},
        "FSRCNN": {2: 37.00, 3: 33.16, 4: 30.71},
        "VDSR": {2: 37.53, 3: 33.66, 4: 31.35},
        "SRResNet": {4: 32.05},
    },
    # Trained on Rain100's own training sets, not on those of others.
    ("derain-y", "rain100l"): {"PReNet": {0: 37.48}},
    ("derain-y", "rain100h"): {"PReNet": {0: 29.46}},
    ("deblur-rgb", "gopro"): {
        "DeblurGAN-v2, MobileNet": {0: 28.17},
        "DeblurGAN-v2, Inception": {0: 29.55},
        "NAFNet-32": {0: 32.87},
        "NAFNet-64": {0: 33.71},
    },
    ("dehaze-rgb", "sotsindoor"): {"AOD-Net": {0: 20.51}, "FFA-Net": {0: 36.39}, "DehazeFormer-B": {0: 37.84}},
    ("dehaze-rgb", "sotsoutdoor"): {"AOD-Net": {0: 24.14}, "FFA-Net": {0: 33.57}, "DehazeFormer-B": {0: 34.95}},
    ("sr-y", "set14"): {"SRCNN": {4: 27.50}, "VDSR": {4: 28.01}, "SRResNet": {4: 28.49}},
    ("sr-y", "bsd100"): {"SRCNN": {4: 26.90}, "VDSR": {4: 27.29}, "SRResNet": {4: 27.58}},
    ("awgn-rgb", "cbsd68"): {
        "DnCNN": {15: 33.90, 25: 31.24, 50: 27.95},
        "FFDNet": {15: 33.87, 25: 31.21, 50: 27.96},
        "DRUNet": {15: 34.30, 25: 31.69, 50: 28.51},
        "SwinIR": {15: 34.42, 25: 31.78, 50: 28.56},
    },
    ("awgn-rgb", "kodak24"): {
        "FFDNet": {15: 34.63, 25: 32.13, 50: 28.98},
        "DRUNet": {15: 35.31, 25: 32.89, 50: 29.86},
    },
    ("awgn-rgb", "mcmaster"): {
        "FFDNet": {15: 34.66, 25: 32.35, 50: 29.18},
        "DRUNet": {15: 35.40, 25: 33.14, 50: 30.08},
    },
}


IMAGES = {
    "set12": 12,
    "bsd68": 68,
    "cbsd68": 68,
    "classic5": 5,
    "live1": 29,
    "kodak24": 24,
    "mcmaster": 18,
    "set5": 5,
    "set14": 14,
    "bsd100": 100,
    "rain100l": 100,
    "rain100h": 100,
    "gopro": 1111,
    "sotsindoor": 500,
    "sotsoutdoor": 500,
}
"""How many images each of those data sets has."""


_PARTS = ("test", "indoor", "outdoor")


def data_name(folder: str | os.PathLike) -> str:
    """A data set's name by its folder: with the one above where it is a part, as of GOPRO_Large/test."""
    path = Path(folder).resolve()
    return f"{path.parent.name}/{path.name}" if path.name.lower() in _PARTS else path.name


def published(protocol: str, folder: str, count: int | None = None) -> dict[str, dict[float, float]]:
    """The published rows for a data set, recognised by its folder's name: "bsd68_gray" is BSD68, "B100" is BSD100.

    Args:
        protocol: its name.
        folder: the data set's `data_name`.
        count: images measured; of a part of the data set nothing was published. None trusts the name.
    """
    plain = "".join(character for character in folder.lower() if character.isalnum())
    plain = re.sub("^(b|bsds)100", "bsd100", plain)
    known = [data for name, data in PUBLISHED if name == protocol and plain.startswith(data)]
    found = max(known, key=len, default=None)
    return PUBLISHED[protocol, found] if found and count in (None, IMAGES[found]) else {}
