"""The kernel that a shaken photo was blurred with, found from the photo alone; and what a known kernel undoes.

From coarse to fine, in turns: the image whose few edges, blurred by the kernel, explain the photo (the idea of Xu,
Zheng and Jia 2013, doi:10.1109/CVPR.2013.147; the splitting of Pan et al. 2014, doi:10.1109/CVPR.2014.371), and the
kernel that leads from its edges to the photo's (Cho and Lee 2009, doi:10.1145/1618452.1618491). Nothing is learnt.
"""

import math

import numpy as np
from keras import ops

from tfgan_zoo.ops import fourier, kernels, padding, resize

_TURNS = 8
"""At each scale."""
_EDGE_COST, _CHEAPER = 0.04, 1 / 1.06
"""What an edge in a pixel costs: as much as missing the photo there by its square root. It falls from turn to turn."""
_SPLITS, _SPLIT_GROWTH = 7, 8.0
"""Half-quadratic splitting: how often, and how much tighter each time."""
_RIDGE, _STILL = 40.0, 0.04
"""Added at each frequency to the power of the edges, of luma in [0, 1], and to their product: where the edges tell
nothing the kernel is nothing, and without any edge it is a point."""
_FAINTEST = 1 / 7
"""Of a kernel's largest value; less is taken for noise."""
_SMALLEST_RADIUS = 3
_ALIKE = 0.8
"""Correlation from which on two kernels are taken for one."""


def kernel(luma, radius: int):
    """Finds the kernel, one for the whole image.

    Args:
        luma: (batch, height, width) in [0, 1], each side more than twice the radius.
        radius: of the kernel in pixels, at least 1. The cost of edges, which falls over all scales, was tuned for 19.

    Returns:
        (batch, 2 radius + 1, 2 radius + 1), non-negative, of sum 1, its centre of mass in the middle: the result is
        not displaced.
    """
    height, width = ops.shape(luma)[1:3]
    found, cost = None, _EDGE_COST
    for scale in reversed(_scales(radius)):
        reach = max(1, math.ceil(radius * scale))
        if scale == 1.0:
            blurred = luma
        else:
            sides = (padding.at_least(resize.scaled(side, scale), 2 * reach + 1) for side in (height, width))
            blurred = resize.resize_to(luma[..., None], *sides)[..., 0]
        if found is None:
            found = ops.repeat(ops.convert_to_tensor(_point(reach)), ops.shape(luma)[0], axis=0)
        else:
            found = _cleaned(resize.resize_to(found[..., None], 2 * reach + 1, 2 * reach + 1, "bilinear")[..., 0])
        found, cost = _refined(blurred, found, reach, cost)
    return found


def agreed(kernels):
    """One kernel of several that were found in parts of a photo: the mean of those like the one most like all.

    Args:
        kernels: (count, side, side), each as `kernel` gives it.

    Returns:
        (1, side, side).
    """
    # Blurred, so that paths a pixel apart are alike.
    shapes = ops.average_pool(kernels[..., None], 3, strides=1, padding="same")[..., 0]
    shapes = shapes / ops.sqrt(ops.sum(ops.square(shapes), axis=(1, 2), keepdims=True))
    alike = ops.einsum("nij,mij->nm", shapes, shapes)
    likest = ops.take(alike, ops.argmax(ops.sum(alike, axis=1)), axis=0)
    share = ops.cast(likest >= _ALIKE, "float32")[:, None, None]
    return _cleaned(ops.sum(share * kernels, axis=0, keepdims=True))


def deconvolve(images, kernel, strengths: tuple[float, ...]):
    """Undoes a known blur by Wiener's filter: the photo is to be explained by an image of small differences.

    Args:
        images: (batch, height, width, channels), each side at least twice the kernel's radius.
        kernel: (batch, side, side).
        strengths: weights of the squared differences against the squared error. More keeps noise down, and detail.

    Returns:
        An image of the photo's shape for each strength, not clipped.
    """
    batch, height, width, channels = ops.shape(images)
    radius = kernel.shape[1] // 2
    planes = ops.reshape(ops.transpose(images, (0, 3, 1, 2)), (batch * channels, height, width))
    planes = _periodic(planes, 2 * radius)
    frame, results = fourier.Frame(*ops.shape(planes)[1:3], radius), []
    lens = [ops.repeat(part, channels, axis=0) for part in frame.transform_kernels(kernel)]
    seen = fourier.times(fourier.conjugate(lens), frame.transform(planes))
    for strength in strengths:
        share = 1.0 / (fourier.power(lens) + strength * frame.steepness)
        result = frame.inverse([part * share for part in seen])[:, :height, :width]
        results.append(ops.transpose(ops.reshape(result, (batch, channels, height, width)), (0, 2, 3, 1)))
    return results


def _scales(radius):
    """From 1 down by roots of 2, until the kernel is small."""
    count = max(0, math.ceil(2 * math.log2(radius / _SMALLEST_RADIUS)))
    return [2 ** (-number / 2) for number in range(count + 1)]


def _refined(blurred, found, radius, cost):
    """In turns sharp image and kernel at one scale: the kernel, centred, and what edges cost by now.

    Args:
        blurred: (batch, height, width).
        found: the kernel to start from, (batch, 2 radius + 1, 2 radius + 1).
        radius: of the kernel.
        cost: of an edge at the start.
    """
    height, width = ops.shape(blurred)[1:3]
    blurred = _periodic(blurred, 2 * radius)
    rows, columns = ops.shape(blurred)[1:3]
    frame = fourier.Frame(rows, columns, radius)
    seen = frame.transform(blurred)
    # What was invented beyond the border tells nothing about the kernel.
    inside = _within(rows, height - 1)[:, None] * _within(columns, width - 1)
    # Of the sharp image a pixel less: its differences at the border lean on what was invented.
    known = _within(rows, height - 2, 1)[:, None] * _within(columns, width - 2, 1)
    edges = [frame.transform(difference(blurred) * inside) for difference in (_right, _down)]

    def turn(_, state):
        found, cost = state
        sharp = _sharp(blurred, seen, frame, frame.transform_kernels(found), cost)
        products, powers = (0.0, 0.0), 0.0
        for difference, edge in zip((_right, _down), edges):
            sharper = frame.transform(difference(sharp) * known)
            product = fourier.times(fourier.conjugate(sharper), edge)
            products = [total + part for total, part in zip(products, product)]
            powers = powers + fourier.power(sharper)
        spectrum = [(part + still) / (powers + _RIDGE) for part, still in zip(products, (_STILL, 0.0))]
        found = _cleaned(frame.inverse_kernels(spectrum))
        return found, cost * _CHEAPER

    found, cost = ops.fori_loop(0, _TURNS, turn, (found, ops.cast(cost, "float32")))
    return _centred(found), cost


def _sharp(blurred, seen, frame, lens, cost):
    """The image of few differences that are not 0 which, blurred by the kernel, is like the photo.

    Args:
        blurred: (batch, rows, columns), where the search starts.
        seen: its spectrum.
        frame: of the spectra.
        lens: the kernel's spectrum.
        cost: of an edge.
    """
    correlated, power = fourier.times(fourier.conjugate(lens), seen), fourier.power(lens)
    sharp, tightness = blurred, 2.0 * cost
    for _ in range(_SPLITS):  # not a loop of the graph: TFLite's converter fails on one within another
        right, down = _right(sharp), _down(sharp)
        # A step, but without its edge: what rounding decides would part one machine's kernel from another's.
        ratio = ops.square(ops.square((ops.square(right) + ops.square(down)) * (tightness / cost)))
        kept = ratio / (1.0 + ratio)
        right, down = right * kept, down * kept
        edges = frame.transform(ops.roll(right, 1, axis=2) - right + ops.roll(down, 1, axis=1) - down)
        share = 1.0 / (power + tightness * frame.steepness)
        sharp = frame.inverse([(a + tightness * b) * share for a, b in zip(correlated, edges)])
        tightness = tightness * _SPLIT_GROWTH
    return sharp


def _right(images):
    return ops.roll(images, -1, axis=2) - images


def _down(images):
    return ops.roll(images, -1, axis=1) - images


def _periodic(images, margin: int):
    """Adds rows at the bottom and columns at the right that lead from the end, mirrored, back to the start."""
    for axis in (1, 2):
        share = ops.reshape((np.arange(margin, dtype=np.float32) + 1) / (margin + 1), (-1, 1) if axis == 1 else (-1,))
        length = ops.shape(images)[axis]
        end, start = (
            ops.take(images, places, axis=axis)
            for places in (length - 1 - np.arange(margin), np.arange(margin - 1, -1, -1))
        )
        images = ops.concatenate([images, end * (1 - share) + start * share], axis=axis)
    return images


def _cleaned(kernel):
    """(batch, side, side), non-negative, without what is faint, of sum 1."""
    kernel = ops.relu(kernel)
    faint = ops.max(kernel, axis=(1, 2), keepdims=True) * _FAINTEST
    # A trace in the middle, so that nothing at all has a sum too.
    return kernels.normalized(ops.where(kernel >= faint, kernel, 0.0) + 1e-12 * _point(kernel.shape[1] // 2))


def _centred(kernel):
    """Moved, by bilinear interpolation, so that its centre of mass is the middle."""
    radius = kernel.shape[1] // 2
    places = np.arange(-radius, radius + 1, dtype=np.float32)
    down = ops.sum(kernel * places[:, None], axis=(1, 2))[:, None, None]
    right = ops.sum(kernel * places, axis=(1, 2))[:, None, None]
    rows, columns = (ops.relu(1.0 - ops.abs(places[:, None] + offset - places)) for offset in (down, right))
    return kernels.normalized(ops.matmul(ops.matmul(rows, kernel), ops.transpose(columns, (0, 2, 1))))


def _point(radius):
    place = np.zeros((1, 2 * radius + 1, 2 * radius + 1), np.float32)
    place[0, radius, radius] = 1.0
    return place


def _within(length, stop, start: int = 0):
    places = ops.arange(length)
    return ops.cast((places >= start) & (places < stop), "float32")
