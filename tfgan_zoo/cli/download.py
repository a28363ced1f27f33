"""tfgan-zoo download: presets into the cache."""


def add(commands) -> None:
    """Adds the command and its arguments."""
    download = commands.add_parser(
        "download",
        help="bring presets from where they are published",
        description="Prints the folder of each preset. Files come from TFGAN_ZOO_URL and must be what the package's "
        "index says; TFGAN_ZOO_INDEX names a tree of other presets whose index is trusted, TFGAN_ZOO_CACHE the folder "
        "that they are kept in, and TFGAN_ZOO_OFFLINE=1 forbids the network.",
    )
    download.add_argument("presets", nargs="*", metavar="NAME", help="as the index has it, see tfgan-zoo list")
    download.add_argument(
        "--tflite",
        action="append",
        default=[],
        metavar="VARIANT",
        help="TFLite files of that variant too, such as int8 or 256_fp16; several times for several",
    )
    download.add_argument("--saved-model", action="store_true", help="the SavedModel too")
    download.add_argument("--all", action="store_true", help="all files; without a NAME those of all presets")
    download.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    import sys

    from tfgan_zoo import zoo
    from tfgan_zoo.zoo import catalogue

    if not options.presets and not options.all:
        raise ValueError("which presets? tfgan-zoo list names them, --all takes all")
    names, failed = options.presets or catalogue.names(fresh=True), 0
    for name in names:
        try:
            print(zoo.download(name, tflite=options.tflite, saved_model=options.saved_model, everything=options.all))
        except zoo.PresetError as error:
            failed += 1
            print(f"tfgan-zoo: {error}", file=sys.stderr)
    return 0 if not failed else 1 if failed < len(names) else 2
