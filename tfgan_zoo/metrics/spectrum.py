"""Power by spatial frequency, where what enlarges or generates leaves its traces."""

import numpy as np


def spectrum_distance(real, fake) -> float:
    """Mean difference, in dB, of the radial power spectra of two sets of images.

    Transposed convolutions betray themselves here (Durall et al. 2020, arXiv:2003.01826).
    """
    one, other = radial_spectrum(real), radial_spectrum(fake)
    if one.shape != other.shape:
        raise ValueError(f"spectra are of images of one size, got {np.shape(real)} and {np.shape(fake)}")
    return float(np.abs(10 * np.log10((one + 1e-12) / (other + 1e-12))).mean())


def radial_spectrum(images) -> np.ndarray:
    """Mean power by spatial frequency, up to half a cycle a pixel in both directions.

    Args:
        images: (count, side, side, channels).

    Returns:
        Powers of the radii 1 to side / sqrt(2), that of the corner, where a checkerboard lies;
        normalised to sum to 1; noughts where all images are constant.

    Raises:
        ValueError: if the images are not squares.
    """
    if np.ndim(images) != 4 or np.shape(images)[1] != np.shape(images)[2]:
        raise ValueError(f"images must be (count, side, side, channels), got {np.shape(images)}")
    gray = np.asarray(images, np.float64).mean(axis=-1)
    side = gray.shape[1]
    power = (np.abs(np.fft.fft2(gray - gray.mean(axis=(1, 2), keepdims=True))) ** 2).mean(axis=0)
    frequency = np.fft.fftfreq(side) * side
    radius = np.round(np.hypot(frequency[:, None], frequency[None])).astype(int)
    totals = np.bincount(radius.ravel(), power.ravel()) / np.bincount(radius.ravel())
    return totals[1:] / max(totals[1:].sum(), 1e-12)


def checkerboard(images, scale: int) -> float:
    """How far the grid of an enlargement stands out of the spectrum.

    Sub-pixel and transposed convolutions that treat the positions within their grid unequally
    repeat a pattern every `scale` pixels (Odena et al. 2016, "Deconvolution and Checkerboard
    Artifacts"): a peak at every multiple of 1 / scale cycles a pixel.

    Args:
        images: (count, height, width, channels), sides of at least 16 times `scale`.
        scale: times that they were enlarged, at least 2.

    Returns:
        Of the highest of those peaks, its power over that around it: 1 to 6 in most photos, more where JPEG
        left the grid of its blocks; a pattern of half an 8-bit level has 20.

    Raises:
        ValueError: for a scale or images too small.
    """
    power, peaks, _ = _at_the_grid(images, scale)
    return max(_standing_out(_around(power, *peak)) for peak in peaks)


def grid_amplitude(images, scale: int) -> float:
    """Root mean square of what repeats with an enlargement's grid, in units of the range.

    The peaks of `checkerboard` in absolute terms: in a smooth photo next to nothing stands far out
    of less. Photos have 0 to 0.7 of an 8-bit level there.

    Args:
        images: as of `checkerboard`.
        scale: likewise.

    Raises:
        ValueError: likewise.
    """
    power, peaks, total = _at_the_grid(images, scale)
    above = 0.0
    for peak in peaks:
        near = _around(power, *peak)
        above += max(0.0, near[3:8, 3:8].sum() - 25 * np.median(near[_RING]))
    return float(np.sqrt(above / total))


def _at_the_grid(images, scale):
    """Mean power spectrum under a window, where the grid's multiples lie in it, and the power of a value of 1."""
    if scale < 2 or np.ndim(images) != 4 or min(np.shape(images)[1:3]) < 16 * scale:
        raise ValueError(f"images must be at least {16 * scale} pixels for a scale of {scale}, got {np.shape(images)}")
    gray = np.asarray(images, np.float64).mean(axis=-1)
    # Sides that the scale divides, so that its frequencies fall on samples; a window against the borders' cross.
    height, width = (side // scale * scale for side in gray.shape[1:])
    gray, window = gray[:, :height, :width], np.hanning(height)[:, None] * np.hanning(width)
    gray = (gray - gray.mean(axis=(1, 2), keepdims=True)) * window
    power = (np.abs(np.fft.fft2(gray)) ** 2).mean(axis=0)
    peaks = [(i * height // scale, j * width // scale) for i in range(scale) for j in range(scale) if i or j]
    return power, peaks, height * width * (window**2).sum()


def _around(power, y, x):
    return np.roll(power, (5 - y, 5 - x), axis=(0, 1))[:11, :11]


_RING = np.ones((11, 11), bool)
_RING[3:8, 3:8] = False


def _standing_out(power: np.ndarray) -> float:
    """The middle nine samples' mean over the outer ones' median."""
    return float(power[4:7, 4:7].mean() / max(np.median(power[_RING]), 1e-12))
