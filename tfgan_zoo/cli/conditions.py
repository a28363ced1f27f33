"""What an image is asked to be, from the command line: a label, a colour, an outline."""

import re


def add(parser) -> None:
    """Adds the options of all kinds of condition."""
    parser.add_argument("--label", help="what to show, by name or number (default: all in turn)")
    parser.add_argument("--color", help="such as #c03020, for presets that take a colour")
    parser.add_argument("--image", metavar="FILE", help="outline, for presets that take an image")


def values(name: str, conditions: dict, classes: dict, options, count: int) -> dict:
    """Values of a generator's conditions, each from the option of its kind.

    Args:
        name: of the generator, for messages.
        conditions: of the generator; a label whose number of classes is not known is None.
        classes: names of labels, by condition.
        options: label, color and image.
        count: of images.
    """
    made, given = {}, {"label": options.label, "color": options.color, "image": options.image}
    for condition, kind in conditions.items():
        if kind is None or isinstance(kind, int):
            known = classes.get(condition) or [str(number) for number in range(kind or 0)]
            made[condition] = _labels(name, condition, given.pop("label", None), list(known), count)
        elif len(kind) == 1:
            made[condition] = _color(name, given.pop("color", None), kind[0])
        else:
            made[condition] = _image(name, given.pop("image", None), kind)
    if unused := [option for option, value in given.items() if value is not None]:
        raise ValueError(f"{name} takes no --{unused[0]}")
    return made


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
    raise ValueError(f"there is no label {asked}; known: {', '.join(known)}, or 0 to {len(known) - 1}")


def _plain(label: str) -> str:
    """A label as whoever types it may write it."""
    return label.lower().replace("_", " ").replace("-", " ")


def _color(name: str, asked: str | None, size: int):
    if size != 3:
        raise ValueError(f"{name} needs {size} numbers, which --color does not give; use inference.generate")
    if asked is None:
        raise ValueError(f"{name} needs --color, such as #c03020")
    if not re.fullmatch(r"#?[0-9a-fA-F]{6}", asked):
        raise ValueError(f"--color must be six hexadecimal digits, such as #c03020; got {asked}")
    plain = asked.removeprefix("#")
    return [int(plain[i : i + 2], 16) / 255 for i in (0, 2, 4)]


def _image(name: str, path: str | None, shape: tuple):
    """The file on white, cut to a square in the middle and brought to the condition's size."""
    import numpy as np

    from tfgan_zoo.data import convert, images

    if path is None:
        raise ValueError(f"{name} needs --image, which is brought to {shape[1]}x{shape[0]} pixels")
    made = np.float32(convert.square(images.on_white(path, shape[-1]), shape[0])) / 255
    if shape[-1] == 1 and made.mean() < 0.5:
        raise ValueError(f"--image must be dark lines on white; {path} is mostly dark")
    return made
