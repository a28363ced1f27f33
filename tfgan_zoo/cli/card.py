"""tfgan-zoo card: shows a preset's card, or writes it anew."""


def add(commands) -> None:
    """Adds the command and its arguments."""
    card = commands.add_parser("card", help="show a preset's card, or write it anew with its picture")
    card.add_argument("preset", help="name or folder of a preset")
    card.add_argument("--show", help="clean photo (default: scikit-image's cat), or data of a generator")
    card.add_argument("--results", nargs="*", default=[], metavar="FILE", help="what evaluate --json wrote")
    card.add_argument("--seeds", nargs="*", default=[], metavar="FILE", help="results of the recipe from other seeds")
    card.add_argument("--tflite", metavar="FILE", help="measured.json of tfgan-zoo export")
    card.add_argument("--write", action="store_true", help="write it anew, which every option above does too")
    card.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    from tfgan_zoo import zoo

    if not any((options.write, options.show, options.results, options.seeds, options.tflite)):
        path = zoo.find(options.preset) / "card.md"
        if not path.is_file():
            hint = "; --write makes it" if "recipe" in zoo.metadata(options.preset) else ""
            raise ValueError(f"{options.preset} has no card{hint}")
        print(path.read_text(), end="")
        return 0
    from tfgan_zoo.recipes.card import write_card

    print(write_card(options.preset, options.results, options.show, options.seeds, options.tflite))
    return 0
