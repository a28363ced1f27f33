"""Prints how the restoration family compares with what else one would use, side by side on this machine.

    python -m pip install '.[benchmark]'
    python tests/benchmarks/restoration.py [--rounds 3] [--only SRResNet]

Each measurement runs in a process of its own, ours and the peer's in turn, so that a machine
that slows down slows both. A ratio over 1 means that we are faster, or need less memory.
"""

from side_by_side import batch, degrading, main

# SRResNet x4 without normalisation, 8 patches of 96 x 96, L1, Adam; inference of a 128 x 128 image.


def srresnet():
    from tfgan_zoo import networks

    return networks.SRResNet(3, 4, batch_norm=False, activation="relu", outer_kernel=3)


def srresnet_torch():
    """The same network in PyTorch."""
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1))

        def forward(self, x):
            return x + self.body(x)

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.head = nn.Conv2d(3, 64, 3, padding=1)
            self.body = nn.Sequential(*[Block() for _ in range(16)], nn.Conv2d(64, 64, 3, padding=1))
            ups = [part for _ in range(2) for part in (nn.Conv2d(64, 256, 3, padding=1), nn.PixelShuffle(2), nn.ReLU())]
            self.tail = nn.Sequential(*ups, nn.Conv2d(64, 3, 3, padding=1))

        def forward(self, x):
            x = self.head(x)
            return self.tail(x + self.body(x))

    return Network().to(memory_format=torch.channels_last)


def training_ours(_: str):
    import numpy as np

    from tfgan_zoo import models
    from tfgan_zoo.degradations import Downsample

    model = models.Restorer(srresnet(), Downsample(4), ema=0)
    model.compile("adam", "mae")
    clean = np.random.default_rng(0).random((8, 96, 96, 3), dtype=np.float32)
    return lambda: model.train_on_batch(clean)


def training_peer(_: str):
    import torch

    network, clean = srresnet_torch(), torch.rand(8, 3, 96, 96).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters())

    def step():
        small = torch.nn.functional.interpolate(clean, scale_factor=0.25, mode="bicubic", antialias=True)
        loss = torch.nn.functional.l1_loss(network(small), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def inference_ours(_: str):
    import numpy as np

    from tfgan_zoo import data, inference

    restorer, image = inference.KerasRestorer(srresnet()), np.random.default_rng(0).random((128, 128, 3), np.float32)
    out = np.empty((512, 512, 3), np.float32)
    return lambda: restorer(data.ArrayPicture(image), out)


def inference_peer(_: str):
    import torch

    network, image = srresnet_torch().eval(), torch.rand(1, 3, 128, 128).to(memory_format=torch.channels_last)

    def step():
        with torch.inference_mode():
            return network(image)

    return step


# Tiles: a photo in 4K through resunet_photo, in tiles against the whole at once.


def tiled(tile):
    import numpy as np

    from tfgan_zoo import data, inference, zoo

    restorer = inference.KerasRestorer(zoo.load("resunet_photo"), tile=tile)
    image = np.random.default_rng(0).integers(0, 256, (2160, 3840, 3), np.uint8)
    out = np.empty_like(image)
    return lambda: restorer(data.ArrayPicture(image), out)


def tiles_ours(_: str):
    return tiled("auto")


def tiles_peer(_: str):
    return tiled(None)


# How the cost grows: a photo of so many pixels a side, against four times the one of half the side.


def growth_ours(side: str):
    return grown(int(side))


def growth_peer(side: str):
    half = grown(int(side) // 2)
    return lambda: [half() for _ in range(4)]


def grown(side):
    import numpy as np

    from tfgan_zoo import data, inference, zoo

    restorer = inference.KerasRestorer(zoo.load("resunet_photo"))
    image = np.random.default_rng(0).random((side, side, 3), np.float32)
    out = np.empty_like(image)
    return lambda: restorer(data.ArrayPicture(image), out)


# Degradations: 16 colour images of 128 x 128, in the graph, against numpy, OpenCV or Pillow, image by image, with
# kernels as large and as many steps.

MEASURED = [[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]


def degradation_ours(name: str):
    from tfgan_zoo import degradations as d

    layer = {
        "GaussianBlur": d.GaussianBlur((0.5, 4.0), across=(0.5, 4.0), radius=10),
        "DefocusBlur": d.DefocusBlur(),
        "MotionBlur": d.MotionBlur((4.0, 40.0)),
        "MotionBlur, 120 pixels": d.MotionBlur((60.0, 120.0)),
        "SincFilter": d.SincFilter(radius=10),
        "KernelBlur": d.KernelBlur(MEASURED),
        "Downsample": d.Downsample(4),
        "AtScale": d.AtScale(d.GaussianNoise(25 / 255), (0.3, 1.0), "bilinear", antialias=False),
        "RainStreaks": d.RainStreaks(layers=1, mist=0.0),
        "Snow": d.Snow(layers=1, mist=0.0),
        "Haze": d.Haze(),
        "LowLight": d.LowLight(),
        "Mask": d.Mask(),
        "Mosaic": d.Mosaic(),
        "Quantize": d.Quantize(),
        "real_esrgan": d.real_esrgan(4),
        "bsrgan": d.bsrgan(4),
    }[name]
    return degrading(layer)


def degradation_peer(name: str):
    import cv2
    import numpy as np
    import PIL.Image
    from scipy import special

    images, rng = batch(), np.random.default_rng(0)

    def convolved(image, kernel):
        return cv2.filter2D(image, -1, np.float32(kernel / kernel.sum()), borderType=cv2.BORDER_REFLECT)

    def gaussian(least=0.5, most=4.0):
        long, short, angle = rng.uniform(least, most), rng.uniform(least, most), rng.uniform(0, np.pi)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        inverse = np.linalg.inv(turn @ np.diag([long**2, short**2]) @ turn.T)
        at = np.stack(np.mgrid[-10:11, -10:11], axis=-1)
        return np.exp(-0.5 * np.einsum("...i,ij,...j", at, inverse, at))

    def disk():
        radius = rng.uniform(1, 6)
        rows, columns = np.mgrid[-7:8, -7:8]
        return np.clip(radius + 0.5 - np.hypot(rows, columns), 0, 1)

    def path(reach=20.5):
        """A camera's path: a speed that changes at random, summed up and drawn into a kernel."""
        speed = rng.standard_normal(2) / 10 + np.cumsum(0.03 * rng.standard_normal((80, 2)), axis=0)
        points = np.cumsum(0.4 * speed / np.maximum(np.hypot(*speed.T)[:, None], 0.15), axis=0)
        kernel, _, _ = np.histogram2d(
            *(points - points.mean(axis=0)).T, bins=round(2 * reach), range=[(-reach, reach)] * 2
        )
        return kernel

    def sinc():
        cutoff, distance = rng.uniform(np.pi / 3, np.pi), np.hypot(*np.mgrid[-10:11, -10:11])
        return cutoff * special.j1(cutoff * distance) / np.maximum(2 * np.pi * distance, 1e-6) + (
            (distance == 0) * cutoff**2 / (4 * np.pi)
        )

    def noisy(image, largest=25 / 255):
        return image + rng.uniform(1 / 255, largest) * rng.standard_normal(image.shape, np.float32)

    def resized(image, scale):
        return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)

    def jpeg(image):
        levels = np.round(255 * np.clip(image, 0, 1)).astype(np.uint8)
        encoded = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 96))])[1]
        return np.float32(cv2.imdecode(encoded, cv2.IMREAD_COLOR)) / 255

    def at_scale(image):
        return cv2.resize(noisy(resized(image, rng.uniform(0.3, 1.0)), 25 / 255), (128, 128))

    def rain(image):
        seeds = (rng.random(image.shape[:2]) < 0.01).astype(np.float32)
        length, angle = int(rng.integers(6, 20)), rng.uniform(-30, 30)
        kernel = np.zeros((length | 1, length | 1), np.float32)
        kernel[:, length // 2] = 1
        kernel = cv2.warpAffine(kernel, cv2.getRotationMatrix2D((length // 2, length // 2), angle, 1), kernel.shape)
        return np.clip(image + cv2.GaussianBlur(cv2.filter2D(seeds, -1, kernel), (3, 3), 0)[..., None], 0, 1)

    def snow(image):
        seeds = (rng.random(image.shape[:2]) < 0.008).astype(np.float32)
        flakes = np.minimum(3 * cv2.GaussianBlur(seeds, (5, 5), rng.uniform(0.5, 1.1)), 1)[..., None]
        return image * (1 - flakes) + flakes

    def haze(image):
        field = cv2.resize(rng.random((4, 4), np.float32), image.shape[:2], interpolation=cv2.INTER_CUBIC)
        transmission = np.exp(-rng.uniform(0.6, 1.8) * field)[..., None]
        return image * transmission + rng.uniform(0.7, 1.0) * (1 - transmission)

    def low_light(image):
        light = rng.uniform(0.1, 0.5) * image ** (2.2 * rng.uniform(1.0, 2.0))
        light = light + np.sqrt(1e-3 * light + 1e-6) * rng.standard_normal(image.shape, np.float32)
        return np.maximum(light, 0) ** np.float32(1 / 2.2)

    def mask(image):
        drawn = np.zeros(image.shape[:2], np.uint8)
        for _ in range(6):
            corners = rng.integers(0, 128, (5, 1, 2)).astype(np.int32)
            cv2.polylines(drawn, [corners], False, 1, int(rng.integers(3, 9)))
        return np.where(drawn[..., None] > 0, np.float32(0.5), image)

    def mosaic(image):
        kept = np.zeros_like(image)
        for (row, column), color in {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 2}.items():
            kept[row::2, column::2, color] = image[row::2, column::2, color]
        return kept

    def shrink(image):
        small = PIL.Image.fromarray(np.round(image * 255).astype(np.uint8)).resize(
            (32, 32), PIL.Image.Resampling.BICUBIC
        )
        return np.asarray(small)

    def real_esrgan(image):
        x = resized(convolved(image, gaussian(0.2, 3.0)), rng.uniform(0.15, 1.5))
        x = convolved(jpeg(noisy(x, 30 / 255)), gaussian(0.2, 1.5))
        x = noisy(cv2.resize(x, (side := int(32 * rng.uniform(0.3, 1.2)), side)))
        return jpeg(convolved(cv2.resize(x, (32, 32)), sinc()))

    def bsrgan(image):
        steps = [
            lambda x: convolved(x, gaussian(0.1, 2.8)),
            lambda x: convolved(x, gaussian(0.1, 2.8)),
            noisy,
            jpeg,
            lambda x: cv2.resize(x, (32, 32)),
        ]
        for number in rng.permutation(len(steps)):
            image = steps[number](image)
        return jpeg(image)

    one = {
        "GaussianBlur": lambda x: convolved(x, gaussian()),
        "DefocusBlur": lambda x: convolved(x, disk()),
        "MotionBlur": lambda x: convolved(x, path()),
        "MotionBlur, 120 pixels": lambda x: convolved(x, path(60.5)),
        "SincFilter": lambda x: convolved(x, sinc()),
        "KernelBlur": lambda x: convolved(x, np.rot90(MEASURED[0], rng.integers(4))),
        "Downsample": shrink,
        "AtScale": at_scale,
        "RainStreaks": rain,
        "Snow": snow,
        "Haze": haze,
        "LowLight": low_light,
        "Mask": mask,
        "Mosaic": mosaic,
        "Quantize": lambda x: np.round(np.clip(x, 0, 1) * 255) / 255,
        "real_esrgan": real_esrgan,
        "bsrgan": bsrgan,
    }[name]
    return lambda: np.stack([one(image) for image in images])


ROWS = [
    ("training", "", "SRResNet x4 training step, against PyTorch"),
    ("inference", "", "SRResNet x4, a 128 x 128 image, against PyTorch"),
    ("tiles", "", "4K in tiles, against the whole at once"),
    ("growth", "1024", "1024 x 1024, against four times 512 x 512"),
    ("growth", "2048", "2048 x 2048, against four times 1024 x 1024"),
    *(
        ("degradation", name, f"{name}, against {peer}")
        for name, peer in {
            **dict.fromkeys(("GaussianBlur", "DefocusBlur", "MotionBlur"), "numpy and OpenCV"),
            **dict.fromkeys(("MotionBlur, 120 pixels", "KernelBlur"), "numpy and OpenCV"),
            "SincFilter": "scipy and OpenCV",
            "Downsample": "Pillow",
            **dict.fromkeys(("AtScale", "RainStreaks", "Snow", "Haze", "Mask"), "OpenCV"),
            **dict.fromkeys(("LowLight", "Mosaic", "Quantize"), "numpy"),
            **dict.fromkeys(("real_esrgan", "bsrgan"), "numpy and OpenCV"),
        }.items()
    ),
]


if __name__ == "__main__":
    main(__doc__, ROWS, globals())
