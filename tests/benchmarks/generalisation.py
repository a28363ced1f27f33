"""Prints what presets do to photos damaged otherwise than they learnt: weaker, stronger, of another kind, not at all.

    python tests/benchmarks/generalisation.py --data CBSD68 [--every 4] [--only derain dehaze] [--enlarged 3]
    python tests/benchmarks/generalisation.py --data CBSD68 --only deblur_motion --kernels kernels_12.mat

PSNR before and after in dB, means over every fourth clean photo of the folder; gray presets see
its luma. Bold where doing nothing is better. Haze is of random depth. A photo that was not damaged
has no PSNR before; the one after says how much the preset takes from it. Measured kernels, of a file
that `data.kernels.read` takes, are cases of another kind, one each. Enlarged photos are soft, as those
of large cameras are.
"""

import argparse
import functools

import numpy as np
import tqdm

from tfgan_zoo import degradations as d
from tfgan_zoo import inference, metrics, zoo
from tfgan_zoo.data import images, kernels
from tfgan_zoo.ops import color, resize

LEVEL = 1 / 255
SHARP = "not damaged"


def small(scale, *more):
    """Made small by the bicubic filter, and what else was done to it."""
    return d.Chain([d.Downsample(scale), *more, d.Quantize()])


def rain(**options):
    return d.RainStreaks(**{"density": 0.004, "length": 16.0, "angle": (-30.0, 30.0), "strength": 0.5, **options})


def coarse(image, seed):
    """Noise of two pixels' grain."""
    height, width, channels = image.shape
    grain = d.GaussianNoise(25 * LEVEL)(np.zeros((-(-height // 2), -(-width // 2), channels), np.float32), seed=seed)
    return image + np.asarray(resize.resize(np.asarray(grain)[None], 2.0, "bilinear"))[0, :height, :width]


def half_dark(image, seed):
    """The left half in a shadow."""
    dark = np.asarray(d.LowLight(0.3, 1.4, 1e-3)(image, seed=seed))
    return np.where(np.arange(image.shape[1])[:, None] < image.shape[1] // 2, dark, image)


def off_the_grid(image, seed):
    """JPEG of a photo that was cut afterwards: its blocks begin elsewhere."""
    return np.asarray(d.JPEG(20)(np.pad(image, ((3, 0), (3, 0), (0, 0)), mode="symmetric"), seed=seed))[3:, 3:]


NOISE = {
    "weaker: sigma 10": d.GaussianNoise(10 * LEVEL),
    "learnt: sigma 25": d.GaussianNoise(25 * LEVEL),
    "stronger: sigma 75": d.GaussianNoise(75 * LEVEL),
    "speckle": d.SpeckleNoise(0.2),
    "coarse noise": coarse,
    "JPEG of quality 20": d.JPEG(20),
}
ENLARGED = {
    "learnt: bicubic": lambda scale: small(scale),
    "blurred before": lambda scale: d.Chain([d.GaussianBlur(0.6 * scale), small(scale)]),
    "noise of sigma 5": lambda scale: small(scale, d.GaussianNoise(5 * LEVEL)),
    "JPEG of quality 60": lambda scale: small(scale, d.JPEG(60)),
}
CASES = {
    "dncnn_gray_25": NOISE,
    "resunet_gray": NOISE,
    "resunet_color": NOISE,
    "mobile_denoise": NOISE,
    "resunet_photo": {
        "weaker: shot noise 1e-4": d.PoissonGaussianNoise(1e-4, mosaic=1.0),
        "learnt: shot noise 4e-3, JPEG 80": d.Chain([d.PoissonGaussianNoise(4e-3, mosaic=1.0), d.JPEG(80)]),
        "stronger: shot noise 3e-2": d.PoissonGaussianNoise(3e-2, mosaic=1.0),
        "white noise of sigma 25": d.GaussianNoise(25 * LEVEL),
        "lost and hot pixels": d.SaltPepperNoise(0.02),
        "blur of 1.5 pixels": d.GaussianBlur(1.5),
    },
    "dejpeg": {
        "weaker: quality 80": d.JPEG(80),
        "learnt: quality 20": d.JPEG(20),
        "stronger: quality 5": d.JPEG(5),
        "quality 20, cut afterwards": off_the_grid,
        "noise of sigma 15": d.GaussianNoise(15 * LEVEL),
    },
    "deblur_motion": {
        "weaker: path of 3": d.MotionBlur(3.0),
        "learnt: path of 15": d.MotionBlur(15.0),
        "stronger: path of 45": d.MotionBlur(45.0),
        "out of focus, 3 pixels": d.DefocusBlur(3.0),
        "Gaussian blur of 2 pixels": d.GaussianBlur(2.0),
        "path of 15, noise of sigma 10": d.Chain([d.MotionBlur(15.0), d.GaussianNoise(10 * LEVEL)]),
    },
    "derain": {
        "weaker: a tenth of the streaks": rain(density=0.0004),
        "learnt: heavy rain": rain(),
        "stronger: three times as dense": rain(density=0.012),
        "broad streaks": rain(width=1.2),
        "of two directions at once": d.Chain([rain(angle=-35.0), rain(angle=35.0)]),
        "in thick mist": rain(mist=0.8),
        "snow": d.Snow(),
        "noise of sigma 15": d.GaussianNoise(15 * LEVEL),
    },
    "dehaze": {
        "weaker: beta 0.2": d.Haze(0.2, 0.85),
        "learnt: beta 1": d.Haze(1.0, 0.85),
        "stronger: beta 3": d.Haze(3.0, 0.85),
        "dark airlight": d.Haze(1.0, 0.5),
        "noise of sigma 15": d.GaussianNoise(15 * LEVEL),
    },
    "lowlight": {
        "weaker: gain 0.9": d.LowLight(0.9, 1.0, 1e-4),
        "learnt: gain 0.3": d.LowLight(0.3, 1.4, 1e-3),
        "stronger: gain 0.05": d.LowLight(0.05, 1.4, 1e-3),
        "gain 0.3, ten times the noise": d.LowLight(0.3, 1.4, 1e-2),
        "gain 0.3 in one half": half_dark,
    },
    **{
        name: {case: made(scale) for case, made in ENLARGED.items()}
        for name, scale in (("srresnet_x4", 4), ("srgan_x4", 4), ("mobile_sr_x2", 2))
    },
}


def measured(network, degradation, photos) -> tuple[float, float]:
    """Mean PSNR before and after, both of 8 bits."""
    before, after = [], []
    for number, clean in enumerate(photos):
        scale = network.scale
        clean = clean[: clean.shape[0] // scale * scale, : clean.shape[1] // scale * scale]
        degraded = clean if degradation is None else np.asarray(degradation(clean, seed=number))
        degraded = np.asarray(metrics.quantize(degraded))
        restored = inference.restore(network, degraded)
        if scale > 1:
            degraded = np.clip(resize.resize(degraded[None], float(scale), "bicubic"), 0, 1)[0]
        for found, image in ((before, degraded), (after, restored)):
            found.append(float(metrics.psnr(clean[None], metrics.quantize(image)[None])[0]))
    return float(np.mean(before)), float(np.mean(after))


@functools.cache
def photos(folder: str, every: int, channels: int, enlarged: int) -> list[np.ndarray]:
    """Clean photos, float32 in [0, 1]; gray ones are the luma."""
    read = [images.read(path, 3).astype(np.float32) / 255 for path in images.files(folder)[::every]]
    if enlarged > 1:
        read = [np.clip(resize.resize(image[None], float(enlarged), "bicubic"), 0, 1)[0] for image in read]
    return read if channels == 3 else [np.asarray(color.rgb_to_ycbcr(image))[..., :1] for image in read]


STRENGTHS = ("weaker", "learnt", "stronger")


def row(name: str, options) -> str:
    """A preset's line of the table: its cases by strength, and those of another kind."""
    network, cells = zoo.load(name), {}
    chosen = photos(options.data, options.every, network.channels, options.enlarged)
    cases = CASES[name] if network.scale > 1 else {**CASES[name], SHARP: None}
    if options.kernels:
        read = kernels.read(options.kernels)
        cases = {f"kernel {number}": d.KernelBlur([one], turn=False) for number, one in enumerate(read, start=1)}
    for case, degradation in tqdm.tqdm(cases.items(), desc=name, leave=False):
        before, after = measured(network, degradation, chosen)
        worse = case != SHARP and after < before - 0.05
        numbers = f"{after:.1f}" if case == SHARP else f"{before:.1f} to {after:.1f}"
        kind, _, what = case.partition(": ")
        column, text = (kind, what) if kind in STRENGTHS else (SHARP, "") if case == SHARP else ("other", case)
        said = f"{text}: {numbers}" if text else numbers
        cells.setdefault(column, []).append(f"**{said}**" if worse else said)
    columns = ["<br>".join(cells.get(column, ["-"])) for column in (*STRENGTHS, "other", SHARP)]
    return f"| `{name}` | {' | '.join(columns)} |"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of clean colour photos")
    parser.add_argument("--every", type=int, default=4, help="measures every so manieth photo")
    parser.add_argument(
        "--enlarged", type=int, default=1, help="makes the photos so many times as high and wide before"
    )
    parser.add_argument("--kernels", help="file of measured kernels, whose blurs are measured instead")
    parser.add_argument("--only", nargs="+", help="names of presets")
    options = parser.parse_args()
    print(f"| preset | {' | '.join(STRENGTHS)} | of another kind | {SHARP} |\n{'|---' * 6}|")
    for name in options.only or [name for name in zoo.list() if name in CASES]:
        print(row(name, options), flush=True)


if __name__ == "__main__":
    main()
