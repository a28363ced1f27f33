import numpy as np
import pytest
from scipy import io

from tfgan_zoo.data import images, kernels


def test_files_of_all_kinds_give_kernels_of_sum_1(tmp_path):
    drawn = np.random.default_rng(0).integers(1, 200, (3, 5, 5)).astype(np.uint8)
    images.write(tmp_path / "k.png", drawn[0][..., None])
    np.save(tmp_path / "k.npy", drawn.astype(float))
    np.savez(tmp_path / "k.npz", a=drawn[0], b=drawn[1, :, :3])
    cells = np.empty((1, 2), object)
    cells[0, 0], cells[0, 1] = drawn[0].astype(float), drawn[2].astype(float)
    io.savemat(tmp_path / "k.mat", {"kernels": cells, "other": drawn[1].astype(float)})
    io.savemat(tmp_path / "stack.mat", {"kernels": np.moveaxis(drawn, 0, -1).astype(float)})
    counts = {"k.png": 1, "k.npy": 3, "k.npz": 2, "k.mat": 3, "stack.mat": 3}
    for name, count in counts.items():
        read = kernels.read(tmp_path / name)
        assert len(read) == count
        np.testing.assert_allclose(read[0], drawn[0] / drawn[0].sum(), rtol=1e-6)
        assert all(kernel.dtype == np.float32 and kernel.sum() == pytest.approx(1) for kernel in read)


def test_what_is_no_kernel_is_refused(tmp_path):
    np.save(tmp_path / "k.npy", np.zeros((3, 3)))
    with pytest.raises(ValueError, match="positive sum"):
        kernels.read(tmp_path / "k.npy")
    np.save(tmp_path / "k.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        kernels.read(tmp_path / "k.npy")


def test_a_file_of_more_than_kernels_says_which(tmp_path):
    """As Levin's: the photo, its blurred one, and the kernel."""
    photo, kernel = np.ones((255, 255)), np.ones((19, 19))
    file = tmp_path / "im05.MAT"
    io.savemat(file, {"x": photo, "f": kernel, "by": "me"}, appendmat=False)
    with pytest.raises(ValueError, match=r"x: a kernel's sides are 2 to 129 pixels, got \(255, 255\)"):
        kernels.read(file)
    (read,) = kernels.read(file, names=["f"])
    assert read.shape == (19, 19)
    with pytest.raises(ValueError, match="holds x, f, by, no g"):
        kernels.read(file, names=["g"])


def test_matlabs_newer_files_are_refused_in_words(tmp_path):
    file = tmp_path / "new.mat"
    file.write_bytes(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(400))
    with pytest.raises(ValueError, match="-v7"):
        kernels.read(file)


def test_the_kernels_of_the_literature_are_read(shared):
    read = kernels.read(shared / "blur_kernels" / "kernels_12.mat")
    assert len(read) == 12 and all(kernel.shape == (25, 25) for kernel in read)
    assert kernels.read(shared / "blur_kernels" / "k_large_2.png")[0].shape == (70, 70)
