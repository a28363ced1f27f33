"""The page in a real browser: its pixels are those of LiteRT in Python, and nothing leaves it."""

import functools
import http.server
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import keras
import numpy as np
import pytest

from tfgan_zoo import export, inference, networks
from tfgan_zoo.data import images

PAGE = Path(__file__).resolve().parents[2] / "tutorials" / "browser"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if not CHROMIUM or not shutil.which("npm"):
    pytest.skip("needs Chromium and npm", allow_module_level=True)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 (the standard library has it so)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".wasm": "application/wasm",
    }

    def log_message(self, *rest):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The page in a folder of its own, with its packages, on loopback."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(PAGE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "models"))
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"npm cannot install the page's packages: {done.stderr.strip()[-200:]}")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("noise_map", "variant", "side"), [(False, "fp32", 164), (True, "int8", 160)], ids=["fp32", "int8"]
)
def test_a_photo_is_restored_as_in_python(site, noise_map, variant, side, photo, tmp_path):
    folder, url = site
    keras.utils.set_random_seed(5)
    network = networks.ResUNet(1 if noise_map else 3, (8, 12), (1, 1), noise_map=noise_map)
    network.tail.set_weights([np.random.default_rng(0).normal(0, 0.05, w.shape) for w in network.tail.get_weights()])
    piece = np.tile(photo, (2, 2, 1))[None, :side, :side, : network.channels]
    met = [{"image": piece, **({"sigma": np.float32([level])} if noise_map else {})} for level in (10, 30, 50)]
    place = folder / "models" / f"small_{variant}.tflite"
    file = export.to_tflite(network, place, size=side, variant=variant, calibration=met)
    (folder / "models" / "index.json").write_text(json.dumps([{"name": "small", "file": file.name}]))
    pixels = np.round(np.tile(photo, (2, 2, 1))[:190, :230] * 255).astype(np.uint8)
    images.write(tmp_path / "photo.png", pixels)
    command = ["node", str(Path(__file__).with_name("drive.mjs")), url, str(tmp_path / "photo.png"), "30"]
    command += [str(tmp_path / "out.png"), str(tmp_path / "screenshot.png")]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**os.environ, "CHROMIUM": CHROMIUM}, timeout=300
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["status"].startswith("Done in") and said["download"]
    assert any(0 < share < 1 for share in said["shown"]), "progress is seen while it computes"
    assert all(address.startswith((url, "data:", "blob:")) for address in said["asked"])
    options = {"sigma": 30} if noise_map else {}
    expected = inference.restore(inference.TFLiteRestorer(file, **options), pixels)
    found = images.read(tmp_path / "out.png")
    assert np.abs(np.int32(found) - expected).max() <= 2
    assert np.abs(np.int32(found) - pixels).max() > 5
