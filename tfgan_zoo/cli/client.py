"""tfgan-zoo client: restores and generates by a TensorFlow Serving."""

from pathlib import Path

from tfgan_zoo.cli import conditions, targets


def add(commands) -> None:
    """Adds the command and its arguments."""
    client = commands.add_parser("client", help="restore or generate by a TensorFlow Serving")
    actions = client.add_subparsers(required=True, metavar="ACTION")
    restore = actions.add_parser("restore", help="restore a photo")
    restore.add_argument("input", metavar="INPUT", help="image file")
    restore.add_argument(
        "--sigma", type=float, help="noise level, 0 to 255, for presets that take one (default: estimated)"
    )
    generate = actions.add_parser("generate", help="make images")
    generate.add_argument("-n", "--count", type=int, default=1, help="images (default: 1)")
    generate.add_argument("--seed", type=int, default=0, help="the same seed gives the same images (default: 0)")
    conditions.add(generate)
    for action, run, default, output in (
        (restore, _restore, "resunet_photo", "file to write"),
        (generate, _generate, "cgan_fashion", "file, or folder for several images"),
    ):
        action.add_argument("--url", required=True, help="http://HOST:8501 or grpc://HOST:8500")
        action.add_argument("--model", help=f"its name on the server (default: {default})")
        action.add_argument("-o", "--output", required=True, help=output)
        action.add_argument("--overwrite", action="store_true", help="replace existing files")
        action.set_defaults(run=run)


def _restore(options) -> int:
    from tfgan_zoo import client, zoo

    targets.refuse_folder(Path(options.output))
    targets.refuse_existing([Path(options.output)], options.overwrite)
    asked = client.Client(options.url, options.model or zoo.DEFAULT)
    client.restore_file(asked, options.input, options.output, options.sigma)
    print(f"wrote {options.output}")
    return 0


def _generate(options) -> int:
    from tfgan_zoo import client
    from tfgan_zoo.data import images

    if options.count < 1:
        raise ValueError(f"the count must be at least 1, got {options.count}")
    model, output = options.model or "cgan_fashion", Path(options.output)
    paths = targets.numbered(output, options.count, options.seed)
    targets.refuse_existing(paths, options.overwrite)
    asked = client.Client(options.url, model)
    inputs = asked.signatures.get("generate_bytes", {})
    known = {
        name: shape[1:] if len(shape) > 1 else None
        for name, (_, shape) in inputs.items()
        if name not in ("seed", "number")
    }
    values = conditions.values(model, known, _classes(model), options, options.count)
    for path, image in zip(paths, asked.generate(options.count, options.seed, **values)):
        images.write(path, image)
    print(f"wrote {options.output}")
    return 0


def _classes(model: str) -> dict:
    """Names of labels, where the model is a preset that is at hand."""
    from tfgan_zoo import zoo

    return zoo.metadata(model).get("classes", {}) if model in zoo.list() else {}
