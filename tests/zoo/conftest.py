"""A web server on loopback that can be told to misbehave, and a preset that is published on it."""

import dataclasses
import http.server
import threading
from pathlib import Path

import numpy as np
import pytest

import tfgan_zoo
from tfgan_zoo import networks, zoo
from tfgan_zoo.zoo import web


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients that hang up are part of the tests."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        path = self.path.partition("?")[0]
        server.asked.append((path, self.headers.get("Range")))
        file = server.tree / path.lstrip("/")
        if server.script.get(path):
            server.script[path].pop(0)(self, file)
        else:
            serve(self, file)

    def log_message(self, *_):
        pass


def serve(handler, file, *, content=None, send=None, ranges=True, length=True, hold=None):
    """Answers with a file; what is sent can be other content, less, without a length, or late."""
    if content is None and not file.is_file():
        return answer(404)(handler, file)
    content = file.read_bytes() if content is None else content
    asked = handler.headers.get("Range")
    start = int(asked[6:-1]) if asked and ranges else 0
    if start and start >= len(content):
        return answer(416)(handler, file)
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    if length:
        handler.send_header("Content-Length", str(len(content) - start))
    else:
        handler.send_header("Connection", "close")
    handler.end_headers()
    if hold:
        hold()
    handler.wfile.write(content[start : len(content) if send is None else start + send])
    handler.close_connection = send is not None or not length


def answering(**options):
    """A `serve` with these options."""
    return lambda handler, file: serve(handler, file, **options)


def answer(status, **headers):
    def run(handler, _):
        handler.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return run


@pytest.fixture(name="server")
def _server(tmp_path):
    """Serves tmp_path/tree. `script` maps a path to what its next answers are, `asked` has (path, Range)."""
    server = Server(("127.0.0.1", 0), Handler)
    server.tree, server.script, server.asked = tmp_path / "tree", {}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    server.answer, server.answering = answer, answering
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """A preset with all that a preset can have; its exports are noise."""
    folder = zoo.save(networks.DnCNN(1, depth=3, width=4), tmp_path_factory.mktemp("mine") / "tiny", summary="a test")
    random = np.random.default_rng(0)
    for path in ("tflite/tiny_256_int8.tflite", "tflite/tiny_256_int16x8.tflite", "tflite/tiny_128_fp16.tflite",
                 "saved_model/1/saved_model.pb", "saved_model/1/variables/variables.data-00000-of-00001"):  # fmt: skip
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(random.bytes(300_000))
    (folder / "tflite/tiny_256_int8.json").write_text("{}")
    (folder / "card.md").write_text("a card")
    (folder / ".hidden").write_text("not published")
    return folder


@dataclasses.dataclass
class Published:
    """A preset's folder, the tree that it was published in, the server of that, and an empty cache."""

    tiny: Path
    tree: Path
    server: Server
    cache: Path

    def brought(self) -> Path:
        """The preset's folder in the cache, with all but its exports in it; nothing was asked for yet."""
        folder = zoo.download("tiny")
        self.server.asked.clear()
        return folder

    def asked(self) -> list[tuple[str, str | None]]:
        """Which files of the preset the server was asked for, and from where on."""
        return [(path.removeprefix("/tiny/"), span) for path, span in self.server.asked]

    def files(self, folder: Path) -> set[str]:
        found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
        return {path.relative_to(folder).as_posix() for path in found}


@pytest.fixture
def published(tmp_path, tiny, server, monkeypatch):
    """A package whose index knows `tiny` and that has no preset, and a server that has it."""
    zoo.publish(tiny, tmp_path / "tree")
    package = tmp_path / "package"
    (package / "exported").mkdir(parents=True)
    (package / "exported" / "index.json").write_text((tmp_path / "tree" / "index.json").read_text())
    monkeypatch.setattr(tfgan_zoo, "__file__", str(package / "tfgan_zoo" / "__init__.py"))
    monkeypatch.setattr(web, "FIRST_PAUSE", 0.001)
    monkeypatch.setenv("TFGAN_ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TFGAN_ZOO_URL", server.url)
    return Published(tiny, tmp_path / "tree", server, tmp_path / "cache")
