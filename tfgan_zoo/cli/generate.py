"""tfgan-zoo generate: images from a generator, or a film from one to another."""

import re
from pathlib import Path


def add(commands) -> None:
    """Adds the command and its arguments."""
    generate = commands.add_parser("generate", help="make images")
    generate.add_argument("preset", help="name or folder of a generator's preset")
    generate.add_argument("-n", "--count", type=int, help="images (default: 16, or 1 where no noise varies them)")
    generate.add_argument("--label", help="what to show, by name or number (default: all in turn, in a film the first)")
    generate.add_argument("--color", help="such as #c03020, for presets that take a colour")
    generate.add_argument("--image", metavar="FILE", help="outline, for presets that take an image")
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

    from tfgan_zoo import inference, networks, pictures, zoo
    from tfgan_zoo.data import images

    network = zoo.load(options.preset)
    if not isinstance(network, networks.Generator):
        raise ValueError(f"{options.preset} makes no images; it is a {type(network).__name__}")
    _check(network, options)
    output = Path(options.output)
    count = 1 if options.interpolate or not network.latent else options.count or 16
    single = options.grid or (count == 1 and output.suffix)
    suffix = ".gif" if options.interpolate else ".png" if single else ""
    if suffix and not output.suffix:
        output = output / f"{network.name}{suffix}"
    if suffix and output.suffix.lower() != suffix:
        raise ValueError(f"{output} must end in {suffix}, or be a folder")
    if not suffix and output.suffix.lower() in images.SUFFIXES:
        raise ValueError(f"{count} images go into a folder, not into {output}; --grid makes one picture of them")
    truncation = 1.0 if options.truncation is None else options.truncation
    seed = options.seed or 0
    classes = zoo.metadata(options.preset).get("classes", {})
    conditions = conditions_of(network.name, network.conditions, classes, options, count)
    if options.interpolate:
        conditions = {
            name: np.squeeze(value, 0) if np.shape(value) == (1,) else value for name, value in conditions.items()
        }
        refuse_existing([output], options.overwrite)
        start, end = (inference.latents(network.latent, 1, seed, truncation)[0] for seed in options.interpolate)
        latent = inference.slerp(start, end, options.frames or 60)
        frames = inference.generate(network, latent=latent, **conditions)
        pictures.film(output, frames, scale=max(1, 256 // network.shape[0]))
        print(f"wrote {output}")
        return 0
    targets = [output] if single else [output / f"{seed}_{number:04d}.png" for number in range(count)]
    refuse_existing(targets, options.overwrite)
    made = inference.generate(network, count, seed=seed, truncation=truncation, **conditions)
    if single:
        pictures.grid(output, pictures.rows(made, columns=max(1, round(count**0.5))))
    else:
        for target, image in zip(targets, made):
            images.write(target, pictures.to_uint8(image))
    print(f"wrote {output}")
    return 0


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


def conditions_of(name: str, conditions: dict, classes: dict, options, count: int) -> dict:
    """Values of a generator's conditions, each from the option of its kind.

    Args:
        name: of the generator, for messages.
        conditions: of the generator; a label whose number of classes is not known is None.
        classes: names of labels, by condition.
        options: label, color and image.
        count: of images.
    """
    values, given = {}, {"label": options.label, "color": options.color, "image": options.image}
    for condition, kind in conditions.items():
        if kind is None or isinstance(kind, int):
            known = classes.get(condition) or [str(number) for number in range(kind or 0)]
            values[condition] = _labels(name, condition, given.pop("label", None), list(known), count)
        elif len(kind) == 1:
            values[condition] = _color(given.pop("color", None), kind[0])
        else:
            values[condition] = _image(given.pop("image", None), kind)
    if unused := [option for option, value in given.items() if value is not None]:
        raise ValueError(f"{name} takes no --{unused[0]}")
    return values


def _labels(name: str, condition: str, asked: str | None, known: list[str], count: int):
    """The label asked for, or all in turn; of a server's network the number of classes may not be known."""
    import numpy as np

    if known:
        return np.arange(count) % len(known) if asked is None else _label(asked, known)
    if asked is None or not asked.isdigit():
        raise ValueError(f"{name} takes a {condition}: give --label, a number")
    return int(asked)


def _label(asked: str, known: list[str]) -> int:
    plain = [_plain(label) for label in known]
    if _plain(asked) in plain:
        return plain.index(_plain(asked))
    if asked.isdigit() and int(asked) < len(known):
        return int(asked)
    raise ValueError(f"there is no label {asked}; known: {', '.join(known)}")


def _plain(label: str) -> str:
    """A label as whoever types it may write it."""
    return label.lower().replace("_", " ").replace("-", " ")


def _color(asked: str | None, size: int):
    if size != 3:
        raise ValueError(f"this preset needs {size} numbers, which --color does not give; use inference.generate")
    if asked is None:
        raise ValueError("this preset needs --color, such as #c03020")
    if not re.fullmatch(r"#?[0-9a-fA-F]{6}", asked):
        raise ValueError(f"--color must be six hexadecimal digits, such as #c03020; got {asked}")
    plain = asked.removeprefix("#")
    return [int(plain[i : i + 2], 16) / 255 for i in (0, 2, 4)]


def _image(path: str | None, shape: tuple):
    """The file on white, cut to a square in the middle and brought to the condition's size."""
    import numpy as np

    from tfgan_zoo.data import convert, images

    if path is None:
        raise ValueError(f"this preset needs --image, which is brought to {shape[1]}x{shape[0]} pixels")
    made = np.float32(convert.square(images.on_white(path, shape[-1]), shape[0])) / 255
    if shape[-1] == 1 and made.mean() < 0.5:
        raise ValueError(f"--image must be dark lines on white; {path} is mostly dark")
    return made


def refuse_existing(targets, overwrite: bool) -> None:
    """Refuses to replace a file unless told to."""
    if not overwrite and (existing := [target for target in targets if target.exists()]):
        raise ValueError(f"{existing[0]} exists; --overwrite replaces it")
