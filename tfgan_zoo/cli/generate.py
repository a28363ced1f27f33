"""tfgan-zoo generate: images from a generator, or a film from one to another."""

from pathlib import Path

from tfgan_zoo.cli import conditions, targets


def add(commands) -> None:
    """Adds the command and its arguments."""
    generate = commands.add_parser("generate", help="make images")
    generate.add_argument("preset", help="name or folder of a generator's preset, or its TFLite file")
    generate.add_argument("-n", "--count", type=int, help="images (default: 16, or 1 where no noise varies them)")
    conditions.add(generate)
    generate.add_argument("--seed", type=int, help="the same seed gives the same images (default: 0)")
    generate.add_argument(
        "--truncation", type=float, help="in (0, 2]; under 1: more usual images, over 1: odder ones (default: 1)"
    )
    generate.add_argument("--grid", action="store_true", help="one picture of all instead of a file each")
    generate.add_argument(
        "--interpolate",
        type=int,
        nargs=2,
        metavar="SEED",
        help="a film from one to the other, of the first label if none is given",
    )
    generate.add_argument("--frames", type=int, help="of the film (default: 60)")
    generate.add_argument(
        "-o", "--output", required=True, help="folder; or a .png of one image or with --grid, a .gif with --interpolate"
    )
    generate.add_argument("--overwrite", action="store_true", help="replace existing files")
    generate.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    import numpy as np

    from tfgan_zoo import inference, pictures
    from tfgan_zoo.data import images

    network, classes = _loaded(options.preset)
    _check(network, options)
    output, seed = Path(options.output), options.seed or 0
    count = 1 if options.interpolate or not network.latent else options.count or 16
    if options.interpolate:
        paths = [targets.single(output, network.name, ".gif")]
    elif options.grid:
        paths = [targets.single(output, network.name, ".png")]
    else:
        paths = targets.numbered(output, count, seed)
    targets.refuse_existing(paths, options.overwrite)
    truncation = 1.0 if options.truncation is None else options.truncation
    asked = conditions.values(network.name, network.conditions, classes, options, count)
    if options.interpolate:
        asked = {name: np.squeeze(value, 0) if np.shape(value) == (1,) else value for name, value in asked.items()}
        start, end = (inference.latents(network.latent, 1, seed, truncation)[0] for seed in options.interpolate)
        latent = inference.slerp(start, end, options.frames or 60)
        frames = inference.generate(network, latent=latent, **asked)
        pictures.film(paths[0], frames, scale=max(1, 256 // network.shape[0]))
    else:
        made = inference.generate(network, count, seed=seed, truncation=truncation, **asked)
        if options.grid:
            rows = pictures.rows(made, columns=max(1, round(count**0.5)))
            pictures.grid(paths[0], rows, scale=max(1, 64 // network.shape[0]))
        else:
            for path, image in zip(paths, made):
                images.write(path, pictures.to_uint8(image))
    print(f"wrote {paths[0] if len(paths) == 1 else output}")
    return 0


def _loaded(preset: str):
    """A generator, and the names of its labels by condition."""
    from tfgan_zoo import inference, networks, zoo

    if preset.endswith(".tflite"):
        network = inference.TFLiteGenerator(preset)
        return network, network.file.about.get("classes", {})
    network = zoo.load(preset)
    if not isinstance(network, networks.Generator):
        raise ValueError(f"{preset} makes no images; it is a {type(network).__name__}")
    return network, zoo.metadata(preset).get("classes", {})


def _check(network, options) -> None:
    """Refuses what would be ignored."""
    if options.count is not None and options.count < 1:
        raise ValueError(f"the count must be at least 1, got {options.count}")
    given = {
        "--interpolate": options.interpolate,
        "--truncation": options.truncation,
        "--seed": options.seed,
        "-n": options.count if options.count != 1 else None,
    }
    if not network.latent and (useless := [name for name, value in given.items() if value is not None]):
        raise ValueError(
            f"{network.name} takes no noise: the same conditions give the same image, whatever {useless[0]} is"
        )
    if options.interpolate and (options.count or options.grid or options.seed is not None):
        raise ValueError(
            "--interpolate makes one film between its two seeds; -n, --grid and --seed have no place there"
        )
    if options.frames is not None and not options.interpolate:
        raise ValueError("--frames are of a film; give --interpolate too")
    if options.frames is not None and options.frames < 2:
        raise ValueError(f"--frames must be at least 2, got {options.frames}")
