"""Prints what a network that makes up texture gains in likeness and costs in dB, and whether it leaves a grid.

    python tests/benchmarks/sharpness.py --data Set5 [--preset srgan_x4] [--strengths 0 0.5 1]

By the rules of `sr-y`, means over the photos. Strength 0 is the network that the training started
from. Likeness is judged by flower_features, which no training of these presets has seen: the distance
of its feature maps, `losses.perceptual`. Contrast is the mean absolute difference of neighbours.
The grid is what repeats with the scale: how far it stands out of the spectrum, the mean over photos;
and in 8-bit levels its root mean square in photos, and its largest value on flat colours.
"""

import argparse

import numpy as np
import tqdm

from tfgan_zoo import inference, losses, metrics, zoo
from tfgan_zoo.data import images
from tfgan_zoo.evaluation import PROTOCOLS

COLORS = ((0.2, 0.2, 0.2), (0.5, 0.5, 0.5), (0.8, 0.8, 0.8), (0.6, 0.4, 0.2), (0.2, 0.5, 0.8))
SIDE = 32


def flat(network) -> float:
    """The largest departure in 8-bit levels, over the places within the grid, from a flat colour's mean."""
    scale, largest = network.scale, 0.0
    for rgb in COLORS:
        made = np.asarray(network(np.full((1, SIDE, SIDE, 3), rgb, np.float32)))[0].mean(-1)
        inner = made[SIDE // 4 * scale : -SIDE // 4 * scale, SIDE // 4 * scale : -SIDE // 4 * scale]
        side = len(inner) // scale
        phases = inner.reshape(side, scale, side, scale).mean((0, 2))
        largest = max(largest, 255 * float(np.abs(phases - phases.mean()).max()))
    return largest


def row(made, photos, judge, scale) -> list[float]:
    """Means of PSNR, distance, contrast, checkerboard and the grid's amplitude over pairs of made and real images."""
    rules, found = PROTOCOLS["sr-y"], []
    for image, clean in zip(made, photos):
        luma = [rules.compared(x[None], scale) for x in (clean, image)]
        maps = [judge.feature_maps(x[None]) for x in (clean, image)]
        found.append(
            (
                float(metrics.psnr(*luma)[0]),
                float(np.mean(losses.perceptual(*maps))),
                float(np.abs(np.diff(image, axis=1)).mean()),
                metrics.checkerboard(image[None], scale),
                255 * metrics.grid_amplitude(image[None], scale),
            )
        )
    return np.mean(found, axis=0).tolist()


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of clean colour photos")
    parser.add_argument("--preset", default="srgan_x4", help="preset or folder of a network trained from another")
    parser.add_argument("--strengths", type=float, nargs="+", default=[0.0, 0.5, 1.0])
    options = parser.parse_args()
    rules, judge = PROTOCOLS["sr-y"], zoo.load("flower_features")
    networks = {f"strength {strength:g}": zoo.between(options.preset, strength) for strength in options.strengths}
    scale = next(iter(networks.values())).scale
    photos = [
        rules.prepared(images.read(path, 3).astype(np.float32) / 255, scale) for path in images.files(options.data)
    ]
    small = [rules.degrade(clean, scale, number, None) for number, clean in enumerate(photos)]
    print(f"| | PSNR Y, dB | distance | contrast | grid in the spectrum | in photos | on flat colours |\n{'|---' * 7}|")
    rows = {"bicubic": ([rules.baseline(image, scale) for image in small], None)}
    for name, network in networks.items():
        made = [inference.restore(network, image) for image in tqdm.tqdm(small, desc=name, leave=False)]
        rows[name] = ([np.asarray(metrics.quantize(image)) for image in made], network)
    rows["as it was"] = (photos, None)
    for name, (made, network) in rows.items():
        psnr, distance, contrast, standing, rms = row(made, photos, judge, scale)
        grid = f"{flat(network):.2f}" if network else "-"
        cells = (
            name,
            f"{psnr:.2f}".replace("inf", "-"),
            f"{distance:.3f}",
            f"{contrast:.4f}",
            f"{standing:.1f}",
            f"{rms:.2f}",
        )
        print(f"| {' | '.join((*cells, grid))} |")


if __name__ == "__main__":
    main()
