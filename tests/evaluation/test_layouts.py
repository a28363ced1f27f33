import pytest

from tfgan_zoo.data import images
from tfgan_zoo.evaluation import PROTOCOLS, layouts

RAIN, HAZE, BLUR = (PROTOCOLS[name].layouts for name in ("derain-y", "dehaze-rgb", "deblur-rgb"))


@pytest.fixture(name="place")
def _place(folder, tmp_path):
    """Makes a tree of files, each of them an image."""
    pixels = images.read(folder / "0.png")

    def make(*names):
        for name in names:
            images.write(tmp_path / "set" / name, pixels)
        return tmp_path / "set"

    return make


def _names(pairs, place):
    return [tuple(str(path.relative_to(place)) for path in pair) for pair in pairs]


def test_one_photo_has_many_hazy_versions(place):
    """As in SOTS: 1400_1.png to 1400_10.png of 1400.png outdoors with an airlight in the name too."""
    folder = place("hazy/0001_0.8_0.2.jpg", "hazy/0001_2.jpg", "gt/0001.png", "gt/0002.png")
    pairs = _names(layouts.pairs(folder, HAZE), folder)
    assert pairs == [("hazy/0001_0.8_0.2.jpg", "gt/0001.png"), ("hazy/0001_2.jpg", "gt/0001.png")]


def test_clean_photos_may_lie_beside_the_folder_of_rainy_ones(place):
    """As in PReNet's Rain100L; and what has no clean photo is not taken for one."""
    folder = place("rainy/rain-001.png")
    with pytest.raises(ValueError, match=r"rain-001\.png has no clean photo"):
        layouts.pairs(folder, RAIN)
    place("norain-001.png")
    assert _names(layouts.pairs(folder, RAIN), folder) == [("rainy/rain-001.png", "norain-001.png")]


def test_pairs_of_many_scenes_stay_apart(place):
    """As in GoPro: the numbers of the frames repeat."""
    names = [f"test/{scene}/{kind}/000001.png" for scene in "ab" for kind in ("blur", "sharp", "blur_gamma")]
    folder = place(*names)
    assert _names(layouts.pairs(folder, BLUR), folder) == [(names[0], names[1]), (names[3], names[4])]


@pytest.mark.parametrize("kinds", [("input", "target"), ("lq", "gt"), ("LQ", "GT"), ("input", "gt")])
def test_names_that_sets_of_every_kind_have(place, kinds):
    folder = place(*(f"{kind}/1.png" for kind in kinds))
    for known in (RAIN, HAZE, BLUR, PROTOCOLS["lowlight-rgb"].layouts):
        assert _names(layouts.pairs(folder, known), folder) == [tuple(f"{kind}/1.png" for kind in kinds)]


def test_pairs_of_unknown_names_are_refused(place):
    """Both halves would be taken for clean photos, and a number come out that means nothing."""
    folder = place("bad/1.png", "bad/2.png", "good/1.png", "good/2.png")
    with pytest.raises(ValueError, match=r"bad and .*good hold files of the same names: .* hazy and gt"):
        layouts.pairs(folder, HAZE)
    assert layouts.pairs(folder, ()) == [], "a protocol without pairs takes folders as they are"
    place("good/3.png")
    assert layouts.pairs(folder, HAZE) == []


def test_small_versions_and_other_methods_results_are_left_out(place):
    """As in published copies of Set14 and Urban100."""
    kinds = ("HR", "LR", "SRCNN", "bicubic")
    folder = place(*(f"img_00{n}_SRF_2_{kind}.png" for n in (1, 2) for kind in kinds), "a_b.png", "a_disp.png")
    assert [path.name for path in layouts.clean_photos(folder)] == [
        "a_b.png",
        "img_001_SRF_2_HR.png",
        "img_002_SRF_2_HR.png",
    ]


@pytest.mark.parametrize(
    "names, scale, kept",
    [
        (("HR/a.png", "LR_bicubic/X4/ax4.png"), 4, ["HR/a.png"]),
        (("original/a.png", "GTmod12/a.png", "LRbicx2/a.png"), 2, ["GTmod12/a.png"]),
        (("image_SRF_2/a_HR.png", "image_SRF_4/a_HR.png", "image_SRF_4/a_LR.png"), 4, ["image_SRF_4/a_HR.png"]),
        (("one/a.png", "two/b.png"), 4, ["one/a.png", "two/b.png"]),
    ],
    ids=["EDSR", "BasicSR", "SelfExSR", "plain"],
)
def test_of_one_photo_in_several_folders_only_the_whole_one_counts(place, names, scale, kept):
    folder = place(*names)
    assert [str(path.relative_to(folder)) for path in layouts.clean_photos(folder, scale)] == kept
