"""tfgan-zoo card."""


def add(commands) -> None:
    """Adds the command and its arguments."""
    card = commands.add_parser("card", help="write a preset's card and picture")
    card.add_argument("preset", help="name or folder of a preset")
    card.add_argument("--photo", help="clean photo to show it on (default: scikit-image's cat)")
    card.add_argument("--results", nargs="*", default=[], metavar="FILE", help="what evaluate --json wrote")
    card.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    import numpy as np

    from tfgan_zoo import demo
    from tfgan_zoo.data import images
    from tfgan_zoo.recipes.card import write_card

    photo = images.read(options.photo, 3).astype(np.float32) / 255 if options.photo else demo.photo()
    print(write_card(options.preset, photo, options.results))
    return 0
