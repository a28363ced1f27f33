"""Presets of a user's own: TFGAN_ZOO_INDEX, and the hub."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest

import tfgan_zoo
from tfgan_zoo import zoo
from tfgan_zoo.zoo import catalogue, sources, transfers


@pytest.fixture(name="own")
def _own(published, monkeypatch):
    """A package that knows no preset, and a tree whose own index is to be trusted."""
    (zoo.bundled() / "index.json").write_text('{"format": 1, "presets": {}}')
    monkeypatch.delenv("TFGAN_ZOO_URL")
    monkeypatch.setenv("TFGAN_ZOO_INDEX", published.server.url)
    return published


def republish(own, tmp_path):
    """The tree with another preset under the same name."""
    shutil.copytree(own.tiny, tmp_path / "other" / "tiny")
    zoo.annotate(tmp_path / "other" / "tiny", summary="another")
    zoo.publish(tmp_path / "other", own.tree)


def test_ones_own_index_is_enough(own):
    assert zoo.load("tiny").channels == 1
    assert [path for path, _ in own.server.asked] == [
        "/index.json", "/tiny/config.json", "/tiny/model.weights.h5", "/tiny/metadata.json"]  # fmt: skip


@pytest.mark.parametrize("form", ["{tree}", "{tree}/index.json", "file://{tree}"])
def test_so_is_that_of_a_folder(own, form, monkeypatch):
    monkeypatch.setenv("TFGAN_ZOO_INDEX", form.format(tree=own.tree))
    assert zoo.load("tiny").channels == 1 and catalogue.names() == ["tiny"]
    assert not own.server.asked


def test_what_is_in_the_cache_is_used_without_a_network_until_it_is_downloaded_again(own, tmp_path):
    folder = zoo.find("tiny")
    republish(own, tmp_path)
    own.server.asked.clear()
    assert zoo.find("tiny") == folder and not own.server.asked
    newer = zoo.download("tiny")
    assert zoo.metadata(newer)["summary"] == "another" and zoo.find("tiny") == newer != folder
    own.server.shutdown()
    own.server.server_close()
    assert zoo.find("tiny") == newer


def test_offline_what_is_there_is_found_by_download_too(own, monkeypatch):
    folder = zoo.download("tiny")
    own.server.asked.clear()
    monkeypatch.setenv("TFGAN_ZOO_OFFLINE", "1")
    assert zoo.download("tiny") == zoo.find("tiny") == folder and not own.server.asked


def test_a_damaged_copy_of_the_index_is_as_good_as_none(own):
    folder = zoo.find("tiny")
    (seen,) = own.cache.glob("index-*.json")
    seen.write_text("{")
    assert zoo.find("tiny") == folder and json.loads(seen.read_text())["presets"]
    seen.write_text("{")
    with pytest.raises(zoo.PresetError, match="there is no preset nosuch"):
        zoo.load("nosuch")


def test_a_new_index_is_looked_at_where_the_last_seen_one_does_not_help(own, tmp_path):
    folder = zoo.find("tiny")
    republish(own, tmp_path)
    shutil.rmtree(folder)
    assert zoo.metadata("tiny")["summary"] == "another"


def test_an_index_can_be_pinned(own, tmp_path, monkeypatch):
    pin = zoo.presets.sha256(own.tree / "index.json")
    monkeypatch.setenv("TFGAN_ZOO_INDEX", f"{own.server.url}#sha256={pin}")
    zoo.load("tiny")
    republish(own, tmp_path)
    zoo.load("tiny")
    with pytest.raises(zoo.PresetError, match=f"index.json has sha256 .*, TFGAN_ZOO_INDEX says {pin}"):
        zoo.download("tiny")


@pytest.mark.parametrize("pin", ["#sha256=", "#sha256=abc", "#sha512=" + "0" * 64, "#" + "0" * 64])
def test_a_pin_that_is_none_is_not_taken_for_one(own, pin, monkeypatch):
    monkeypatch.setenv("TFGAN_ZOO_INDEX", own.server.url + pin)
    with pytest.raises(zoo.PresetError, match=r"needs 64 hexadecimal digits|presets come from"):
        zoo.load("tiny")
    assert not own.server.asked


@pytest.mark.parametrize("place", ["http://example.org/zoo", "http://127.0.0.1.example.org", "http://10.0.0.1"])
def test_an_index_that_others_could_change_is_not_asked_for(own, place, monkeypatch):
    monkeypatch.setattr(transfers, "ask", lambda *_: pytest.fail("asked"))
    monkeypatch.setenv("TFGAN_ZOO_INDEX", place)
    with pytest.raises(zoo.PresetError, match="comes over https or with #sha256=, not from http://"):
        zoo.load("tiny")


def test_nor_taken_from_where_it_was_redirected_to(own, monkeypatch):
    (own.tree / "open").mkdir()
    shutil.copy(own.tree / "index.json", own.tree / "open")
    own.server.script["/index.json"] = [own.server.answer(302, Location="/open/index.json")]
    monkeypatch.setattr(transfers, "is_private", lambda url: "/open/" not in url)
    with pytest.raises(zoo.PresetError, match=r"not from http://127.0.0.1:\d+/open/index.json"):
        zoo.load("tiny")


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://example.org", True),
        ("http://localhost:80/x", True),
        ("http://127.8.8.8", True),
        ("http://[::1]:8000/", True),
        ("http://0.0.0.0", False),
        ("http://localhost.example.org", False),
        ("http://localhost@example.org", False),
        ("ftp://example.org", False),
    ],
)
def test_private_is_https_and_this_machine(url, private):
    assert sources.is_private(url) == private


def test_an_index_without_end_is_cut(own, monkeypatch):
    monkeypatch.setattr(catalogue, "MAX_BYTES", 1000)
    with pytest.raises(zoo.PresetError, match="longer than 1000 bytes"):
        zoo.load("tiny")


def test_presets_of_a_later_version_are_refused_before_they_are_fetched(own, monkeypatch):
    stored = json.loads((own.tree / "index.json").read_text())
    stored["presets"]["tiny"]["needs"] = "tfgan_zoo>=99"
    (own.tree / "index.json").write_text(json.dumps(stored))
    with pytest.raises(zoo.PresetError, match=f"tiny needs tfgan_zoo>=99; this is {tfgan_zoo.__version__}"):
        zoo.load("tiny")
    assert [path for path, _ in own.server.asked] == ["/index.json"]


def test_an_index_that_is_none_is_not_kept(own):
    (own.tree / "index.json").write_text("<html>Log in</html>")
    with pytest.raises(zoo.PresetError, match=r"index.json is not JSON"):
        zoo.load("tiny")
    assert not own.cache.exists()


@pytest.mark.parametrize(("suffix", "folder"), [("", ""), ("@v1", ""), ("@v1/zoo", "zoo/"), ("@v1/index.json", "")])
def test_a_hub_serves_them_too(own, suffix, folder, monkeypatch):
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "ENDPOINT", own.server.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE",
                        own.server.url + "/{repo_id}/resolve/{revision}/{filename}")  # fmt: skip
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("TFGAN_ZOO_INDEX", f"hf://owner/presets{suffix}")
    stored = own.tree / "owner/presets/resolve" / ("v1" if suffix else "main") / folder
    stored.parent.mkdir(parents=True)
    shutil.copytree(own.tree, stored, ignore=shutil.ignore_patterns("owner"))
    assert zoo.load("tiny").channels == 1
    # The hub's library may ask for something of its own, too.
    asked = [path for path, _ in own.server.asked if path.startswith("/owner/")]
    assert asked[0] == f"/{(stored / 'index.json').relative_to(own.tree)}"
    location = sources.locate(f"hf://owner/presets{suffix}", "tiny/config.json")
    assert "Bearer hf_secret" in location.headers.values() and "secret" not in repr(location)


def test_without_its_library_the_hub_is_refused(own, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    monkeypatch.setenv("TFGAN_ZOO_INDEX", "hf://owner/presets")
    with pytest.raises(zoo.PresetError, match=r"addresses need an extra: python -m pip install 'tfgan_zoo\[hub\]'"):
        zoo.load("tiny")


def test_the_cache_is_where_it_should_be(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("TFGAN_ZOO_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert zoo.folders.cache() == tmp_path / ".cache" / "tfgan_zoo"
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert zoo.folders.cache() == Path("/elsewhere/tfgan_zoo")
    monkeypatch.setenv("TFGAN_ZOO_CACHE", "~/mine")
    assert zoo.folders.cache() == tmp_path / "mine"


def test_the_last_seen_index_is_that_of_its_address(own, monkeypatch):
    zoo.load("tiny")
    name = hashlib.sha256(own.server.url.encode()).hexdigest()[:16]
    assert (own.cache / f"index-{name}.json").read_bytes() == (own.tree / "index.json").read_bytes()
    monkeypatch.setenv("TFGAN_ZOO_INDEX", own.server.url + "/other")
    with pytest.raises(zoo.PresetError, match=r"/other/index.json is not there \(404\)"):
        zoo.load("tiny")


def test_no_proxy_is_asked_for_what_is_on_this_machine(own, monkeypatch):
    """One that stands for all of the network would decide what is accepted."""
    monkeypatch.delenv("NO_PROXY")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nothing listens
    folder = own.server.script
    folder["/index.json"] = [own.server.answer(302, Location="/moved/index.json")]
    (own.tree / "moved").mkdir()
    shutil.copy(own.tree / "index.json", own.tree / "moved")
    assert zoo.load("tiny").count_params() > 0
    assert ("/moved/index.json", None) in own.server.asked
