import io
import os
import struct
import zlib

import numpy as np
import pytest
import pyvips
from PIL import Image

from tfgan_zoo.data import convert, images

RGB = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
GRAY = RGB[..., :1]


@pytest.mark.parametrize("suffix", [".png", ".webp", ".bmp", ".tif", ".tiff"])
@pytest.mark.parametrize("pixels", [RGB, GRAY], ids=["rgb", "gray"])
def test_lossless_formats_give_back_what_was_written(tmp_path, suffix, pixels):
    path = tmp_path / f"x{suffix}"
    images.write(path, pixels)
    channels = pixels.shape[-1]
    np.testing.assert_array_equal(images.read(path, channels), pixels)
    theirs = np.asarray(Image.open(path).convert("RGB" if channels == 3 else "L"))
    np.testing.assert_array_equal(theirs.reshape(pixels.shape), pixels)


def test_jpeg_is_decoded_as_pillow_does(tmp_path):
    path = tmp_path / "x.jpg"
    Image.fromarray(np.asarray(Image.fromarray(RGB).resize((300, 200)))).save(path, quality=80)
    np.testing.assert_array_equal(images.read(path), np.asarray(Image.open(path)))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_stay_sixteen_bits(tmp_path, suffix, channels):
    pixels = np.random.default_rng(0).integers(0, 65536, (20, 30, channels), np.uint16)
    images.write(tmp_path / f"x{suffix}", pixels)
    picture = images.Picture(tmp_path / f"x{suffix}")
    assert picture.dtype == np.uint16
    np.testing.assert_array_equal(picture.pixels(), pixels)
    eight = images.read(tmp_path / f"x{suffix}")
    np.testing.assert_array_equal(eight, np.round(pixels / 257).astype(np.uint8))


def test_sixteen_bits_become_eight_where_the_format_holds_no_more(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 65536, (20, 30, 3), np.uint16)
    images.write(tmp_path / "x.webp", pixels)
    np.testing.assert_array_equal(images.read(tmp_path / "x.webp"), np.round(pixels / 257).astype(np.uint8))


def test_what_a_format_cannot_hold_is_known_before_any_work(tmp_path):
    with pytest.raises(images.ImageError, match="at most 16383 pixels a side, not 16384"):
        images.check_target(tmp_path / "x.webp", shape=(10, 16384, 3))
    images.check_target(tmp_path / "x.png", shape=(10, 16384, 3))
    pages = [Image.fromarray(RGB), Image.fromarray(RGB[::-1].copy())]
    for name in ("scan.tif", "film.gif"):
        pages[0].save(tmp_path / name, save_all=True, append_images=pages[1:])
        picture = images.Picture(tmp_path / name)
        assert picture.pages == 2
        with pytest.raises(images.ImageError, match="holds 2 pages or frames"):
            images.check_target(tmp_path / "x.png", picture)


def test_a_name_that_is_not_utf8_is_named(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    images.write(tmp_path / "x.png", RGB)
    (tmp_path / "x.png").rename(path)
    with pytest.raises(images.ImageError, match="not a name in UTF-8"):
        images.read(path)


def test_palette_one_bit_and_gif_are_expanded(tmp_path):
    for name, image in (("p.png", Image.fromarray(RGB).quantize(16)), ("b.png", Image.fromarray(RGB).convert("1")),
                        ("g.gif", Image.fromarray(RGB).quantize(16))):  # fmt: skip
        image.save(tmp_path / name)
        np.testing.assert_array_equal(images.read(tmp_path / name, 3), np.asarray(image.convert("RGB")))


def test_gray_is_luma_and_colour_of_gray_is_gray(tmp_path):
    Image.fromarray(RGB).save(tmp_path / "x.png")
    np.testing.assert_array_equal(
        images.read(tmp_path / "x.png", 1)[..., 0], np.asarray(Image.fromarray(RGB).convert("L"))
    )
    assert (convert.as_channels(GRAY, 3) == GRAY).all()


def test_exif_orientation_is_applied_once(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(RGB).save(tmp_path / "x.png", exif=exif)
    picture = images.Picture(tmp_path / "x.png")
    upright = np.rot90(RGB, -1)
    np.testing.assert_array_equal(picture.pixels(), upright)
    images.write(tmp_path / "y.png", np.ascontiguousarray(upright), like=picture)
    np.testing.assert_array_equal(images.read(tmp_path / "y.png"), upright)
    with Image.open(tmp_path / "y.png") as written:
        assert written.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_alpha_of_another_depth_is_brought_to_that_of_the_pixels(tmp_path, dtype):
    """What a server restored of a file in 16 bits has 8."""
    other, factor = (np.uint16, 257) if dtype == np.uint8 else (np.uint8, 1 / 257)
    alpha = np.random.default_rng(1).integers(0, 256, (20, 30)).astype(np.uint16)
    levels = (alpha * 257 if other == np.uint16 else alpha).astype(other)
    whole = np.ascontiguousarray(np.dstack([RGB.astype(other) * (257 if other == np.uint16 else 1), levels]))
    pyvips.Image.new_from_array(whole, interpretation="rgb16" if other == np.uint16 else "srgb").write_to_file(
        str(tmp_path / "x.png")
    )
    picture = images.Picture(tmp_path / "x.png")
    assert picture.has_alpha and picture.dtype == other
    pixels = (RGB.astype(np.uint16) * (1 if dtype == np.uint8 else 257)).astype(dtype)
    images.write(tmp_path / "y.png", pixels, like=picture)
    written = pyvips.Image.new_from_file(str(tmp_path / "y.png")).numpy()
    assert written.dtype == dtype
    np.testing.assert_array_equal(written, np.dstack([pixels, np.round(levels / factor).astype(dtype)]))


def test_alpha_exif_and_profile_are_carried_over(tmp_path):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    alpha = np.random.default_rng(1).integers(0, 256, (20, 30), np.uint8)
    Image.fromarray(np.dstack([RGB, alpha])).save(tmp_path / "x.png", exif=exif, icc_profile=profile)
    picture = images.Picture(tmp_path / "x.png")
    assert picture.has_alpha and picture.channels == 3
    for suffix in (".png", ".webp", ".tif"):
        images.write(tmp_path / f"y{suffix}", 255 - RGB, like=picture)
        with Image.open(tmp_path / f"y{suffix}") as written:
            np.testing.assert_array_equal(np.asarray(written), np.dstack([255 - RGB, alpha]))
            assert written.info["icc_profile"] == profile
            assert suffix == ".tif" or written.getexif()[0x010F].rstrip("\0") == "A camera"
    with pytest.raises(images.ImageError, match=r"\.jpg holds no transparency"):
        images.write(tmp_path / "y.jpg", RGB, like=picture)


@pytest.mark.parametrize("source", [".png", ".jpg", ".tif"])
@pytest.mark.parametrize("target", [".png", ".jpg", ".tif"])
def test_the_print_resolution_is_kept_and_no_exif_invented(source, target, tmp_path):
    Image.fromarray(RGB).save(tmp_path / f"x{source}", dpi=(300, 300))
    images.write(tmp_path / f"y{target}", RGB, like=images.Picture(tmp_path / f"x{source}"))
    with Image.open(tmp_path / f"y{target}") as written:
        assert written.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        if target == ".png":
            assert "exif" not in written.info


def test_what_is_left_out_is_known(tmp_path):
    Image.fromarray(RGB).save(tmp_path / "x.png")
    (tmp_path / "raw.CR2").write_bytes(b"raw")
    (tmp_path / ".hidden.nef").write_bytes(b"raw")
    assert images.others(tmp_path) == [tmp_path / "raw.CR2"]


def test_cmyk_becomes_rgb(tmp_path):
    Image.fromarray(RGB).convert("CMYK").save(tmp_path / "x.jpg")
    assert images.read(tmp_path / "x.jpg").shape == RGB.shape


def test_a_window_is_that_part(tmp_path):
    Image.fromarray(RGB).save(tmp_path / "x.png")
    window = images.Picture(tmp_path / "x.png").pixels(top=3, left=5, height=7, width=11)
    np.testing.assert_array_equal(window, RGB[3:10, 5:16])


def truncated() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.tile(RGB, (20, 20, 1))).save(buffer, "PNG")
    return buffer.getvalue()[: len(buffer.getvalue()) // 2]


def bomb() -> bytes:
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"hello", "not an image"), (truncated(), "damaged|not an image"), (bomb(), "decompression bomb")],
    ids=["empty", "text", "truncated", "bomb"],
)
def test_a_bad_file_is_named_with_the_reason(tmp_path, content, reason):
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(images.ImageError, match=rf"bad\.png.*({reason})"):
        images.read(path)


def test_bad_places_are_named(tmp_path):
    with pytest.raises(images.ImageError, match=r"no\.png is not a file"):
        images.read(tmp_path / "no.png")
    with pytest.raises(images.ImageError, match="not a folder"):
        images.files(tmp_path / "nowhere")
    with pytest.raises(images.ImageError, match="holds no image"):
        images.files(tmp_path)
    with pytest.raises(images.ImageError, match="cannot be written"):
        images.write(f"{__file__}/x.png", RGB)
    with pytest.raises(images.ImageError, match=r"not as \.xyz"):
        images.write(tmp_path / "x.xyz", RGB)


def test_floating_point_files_are_refused(tmp_path):
    Image.fromarray(np.zeros((8, 8), np.float32)).save(tmp_path / "x.tif")
    with pytest.raises(images.ImageError, match="only 8 and 16 bit"):
        images.read(tmp_path / "x.tif")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    images.write(tmp_path / "x.png", RGB)
    monkeypatch.setattr(images.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(images.ImageError, match="disk full"):
        images.write(tmp_path / "x.png", 255 - RGB)
    np.testing.assert_array_equal(images.read(tmp_path / "x.png"), RGB)
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]


def test_files_are_found_in_subfolders_in_order(tmp_path):
    for name in ("b/2.png", "a.JPG", "b/1.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".thumbs").mkdir()
    for name in (".hidden.png", ".thumbs/1.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [str(p.relative_to(tmp_path)) for p in images.files(tmp_path)] == ["a.JPG", "b/1.webp", "b/2.png"]


def test_no_room_for_the_scratch_file_is_an_error_and_not_a_crash(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images, "IN_MEMORY", 10)
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(images.ImageError, match="No space left"), images.scratch(tmp_path / "x.png", (9, 9, 3), "u1"):
        pass
    monkeypatch.undo()
    monkeypatch.setattr(images, "IN_MEMORY", 10)
    with pytest.raises(OSError, match="of the body"), images.scratch(tmp_path / "x.png", (9, 9, 3), "u1"):
        raise OSError("of the body")
    assert not list(tmp_path.iterdir())


def test_only_bytes_and_words_are_written(tmp_path):
    with pytest.raises(images.ImageError, match="int32"):
        images.write(tmp_path / "x.png", np.zeros((4, 4, 3), np.int32))


def test_an_interrupt_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(images, "_save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        images.write(tmp_path / "x.png", np.zeros((4, 4, 3), np.uint8))
    assert not list(tmp_path.iterdir())
