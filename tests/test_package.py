"""What holds for the package as a whole."""

import importlib.metadata
import pathlib
import subprocess
import sys

import pytest

import tfgan_zoo


def test_importing_it_does_not_start_tensorflow():
    code = "import sys, tfgan_zoo; assert not {'tensorflow', 'keras'} & set(sys.modules); print(tfgan_zoo.__version__)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == tfgan_zoo.__version__ == importlib.metadata.version("tfgan_zoo")


def test_submodules_are_there_when_asked_for():
    for name in tfgan_zoo.__all__:
        assert getattr(tfgan_zoo, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = tfgan_zoo.nothing


def test_every_package_folder_is_installed():
    """The list of packages in pyproject.toml has no gap."""
    import tomllib

    root = pathlib.Path(__file__).resolve().parents[1]
    listed = set(tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {str(p.parent.relative_to(root)).replace("/", ".") for p in (root / "tfgan_zoo").rglob("__init__.py")}
    assert listed == found | {"tfgan_zoo.presets"}
