import numpy as np

from tfgan_zoo.data import ArrayPicture, estimate_sigma
from tfgan_zoo.inference import smoothing


def test_smoothing_takes_the_flicker_and_leaves_what_moves():
    """A bar moves over a still ground, with fresh noise in every frame."""
    rng = np.random.default_rng(0)
    ground = np.broadcast_to(np.linspace(0.3, 0.6, 96)[None, :, None], (64, 96, 3))
    clean = []
    for number in range(40):
        frame = ground.copy()
        frame[20:44, 2 * number : 2 * number + 10] = 0.9
        clean.append(frame.astype(np.float32))
    noisy = [frame + rng.normal(0, 10 / 255, frame.shape).astype(np.float32) for frame in clean]
    smoother = smoothing.Smoother(0.8)
    smooth = np.stack([smoother(frame, frame) for frame in noisy])
    flicker = [np.stack(frames)[:, 48:].std(axis=0).mean() for frames in (smooth, noisy)]
    assert flicker[0] < 0.5 * flicker[1]
    error = [np.abs(np.stack(x) - np.stack(clean))[:, 20:44].mean() for x in (smooth, noisy)]
    assert error[0] < error[1]
    for number in range(5, 40):
        for part in (slice(2 * number, 2 * number + 10), slice(2 * number - 8, 2 * number)):
            assert abs((smooth[number] - clean[number])[24:40, part].mean()) < 0.02


def test_moving_texture_is_no_noise(photo):
    """Fur that is panned over, beside a flat wall."""
    scene = np.concatenate([np.full((96, 64, 3), 0.5, np.float32), photo, photo[:, ::-1]], axis=1)
    smoother = smoothing.Smoother(0.8)
    for number in range(20):
        frame = scene[:, 2 * number : 2 * number + 240]
        smooth = smoother(frame, frame)
    assert np.abs(smooth - frame).max() < 6 / 255


def test_black_bars_do_not_hide_the_noise():
    rng = np.random.default_rng(0)
    frame = np.zeros((540, 96, 3), np.float32)
    frame[70:470] = 0.5 + rng.normal(0, 10 / 255, (400, 96, 3))
    assert 9 < estimate_sigma(ArrayPicture(frame)) < 11


def test_a_slow_fade_is_followed():
    rng = np.random.default_rng(0)
    smoother = smoothing.Smoother(1.0)
    for number in range(60):
        level = 0.3 + number / 255
        frame = (level + rng.normal(0, 8 / 255, (96, 96, 3))).astype(np.float32)
        smooth = smoother(frame, frame)
        assert abs(smooth.mean() - level) < 3.5 / 255
