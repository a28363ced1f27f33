"""Arrays in the place of image files."""

import numpy as np

from tfgan_zoo.data import convert, images

# Strong noise leaves [0, 1]; nothing leaves it so far.
_FARTHEST = 8.0


class ArrayPicture:
    """An array seen as a picture: what `images.Picture` is for a file."""

    has_alpha, pages = False, 1

    def __init__(self, array: np.ndarray):
        if 0 in array.shape or array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[-1] not in (1, 3)):
            raise images.ImageError(f"an image is (height, width), or (height, width, 1 or 3); got shape {array.shape}")
        self.array = array.reshape(*array.shape[:2], -1)
        self.height, self.width, self.channels = self.array.shape
        self.dtype = array.dtype
        if convert.levels(self.dtype) is None:
            if not np.issubdtype(self.dtype, np.floating):
                raise images.ImageError(f"an image is uint8, uint16 or floating point in [0, 1], got {array.dtype}")
            if not np.isfinite(array).all():
                raise images.ImageError("the image holds NaN or infinite values")
            if np.abs(array).max(initial=0) > _FARTHEST:
                raise images.ImageError(
                    f"a floating point image is in [0, 1]; this one reaches {np.abs(array).max():g}: divide it by 255?"
                )

    def pixels(self, top: int, left: int, height: int, width: int) -> np.ndarray:
        """The pixels of a window."""
        return self.array[top : top + height, left : left + width]
