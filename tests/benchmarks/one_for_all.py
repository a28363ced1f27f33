"""Prints how one network that learnt many faults does beside those that learnt one each.

    tfgan-zoo train restore_anything --data BSDS500
    python tests/benchmarks/one_for_all.py runs/restore_anything/restore_anything --data CBSD68 --depth MIDDLEBURY

Mean PSNR in dB by the rules of the protocols, before, after the one network, and after the preset that knows
the fault. Haze has two lines: shown the photo as it is, and made small as `dehaze` does (`networks.Guided`).
Last, photos that nothing is wrong with.
"""

import argparse
import dataclasses

import numpy as np

from tfgan_zoo import evaluation, zoo
from tfgan_zoo.degradations import JPEG
from tfgan_zoo.recipes import dehaze

CAMERA = evaluation.PROTOCOLS["camera-rgb"]


def _saved(clean, quality, number, path=None):
    return np.asarray(JPEG(int(quality))(clean, seed=number))


RULES = {
    **evaluation.PROTOCOLS,
    "jpeg-rgb": dataclasses.replace(CAMERA, name="jpeg-rgb", level="JPEG quality", levels=(20, 40), degrade=_saved),
    "not damaged": dataclasses.replace(CAMERA, name="not damaged", levels=(1,), degrade=lambda clean, *_: clean),
}
# The protocol, and the preset that knows its fault.
TASKS = (
    ("camera-rgb", "resunet_photo"),
    ("jpeg-rgb", "resunet_photo"),
    ("derain-y", "derain"),
    ("dehaze-rgb", "dehaze"),
    ("lowlight-rgb", "lowlight"),
    ("not damaged", "resunet_photo"),
)


def rows(task: str, network, specialist: str, folder: str, title: str | None = None) -> list[str]:
    """The table's lines of a task, one a level."""
    networks = network, zoo.load(specialist)
    one, other = (evaluation.means(evaluation.evaluate(n, RULES[task], folder)) for n in networks)
    lines = []
    for level, found in one.items():
        known = other[level]["psnr"]
        numbers = f"{found['input_psnr']:.2f} | {found['psnr']:.2f} | {known:.2f} | {found['psnr'] - known:+.2f}"
        lines.append(f"| {title or task} ({level:g}) | `{specialist}` | {numbers} |")
    return lines


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", help="preset or folder of the one network")
    parser.add_argument("--data", required=True, help="folder of clean colour photos")
    parser.add_argument("--depth", required=True, help="folder of photos with their disparity, for haze")
    options = parser.parse_args()
    network = zoo.load(options.preset)
    print("| task | its preset | damaged | one for all | its preset's | difference |\n|---|---|---|---|---|---|")
    for task, specialist in TASKS:
        folder = options.depth if task == "dehaze-rgb" else options.data
        print(*rows(task, network, specialist, folder), sep="\n", flush=True)
        if task == "dehaze-rgb":
            small = dehaze.RECIPE.finish(network)
            print(*rows(task, small, specialist, folder, "dehaze-rgb, shown small"), sep="\n", flush=True)


if __name__ == "__main__":
    main()
