"""The command line: one module a command, and what several of them share.

Exit code 0 is success, 1 that some of many files failed, 2 that nothing was done. A command
imports what needs TensorFlow when it runs, so that help comes at once.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Sequence

import tfgan_zoo
from tfgan_zoo.cli import (
    card,
    client,
    demo,
    download,
    evaluate,
    export,
    generate,
    names,
    publish,
    restore,
    train,
)

_COMMANDS = (demo, names, restore, generate, evaluate, train, card, export, client, download, publish)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    parser = argparse.ArgumentParser("tfgan-zoo", description="Keras models that make images and mend them.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {tfgan_zoo.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add(commands)
    options = parser.parse_args(arguments)
    try:
        _start_tensorflow()
        return options.run(options)
    except KeyboardInterrupt:
        return _fail("interrupted")
    except (ValueError, OSError, MemoryError, FloatingPointError) as error:
        # Wrong input, full disks and a training that broke down are the user's to mend: one line, no traceback.
        return _fail(error)
    except Exception as error:
        # What a tf.data pipeline raises holds the error of the file in its text.
        if reason := re.search(r"ImageError: (.*)", str(error)):
            return _fail(reason.group(1))
        raise


def _start_tensorflow() -> None:
    """Starts TensorFlow; what it says of its build and of missing GPUs is shown only if it fails."""
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Its first messages come before that variable is read.
    own = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            import tensorflow

            tensorflow.config.list_physical_devices()
        except BaseException:
            said.seek(0)
            os.write(own, said.read())
            raise
        finally:
            os.dup2(own, 2)
            os.close(own)


def _fail(reason) -> int:
    print(f"tfgan-zoo: {' '.join(str(reason).split())}", file=sys.stderr)
    return 2
