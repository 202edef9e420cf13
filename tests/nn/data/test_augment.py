"""Augmentation: what every function keeps, and what each of them does."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import nn.random
from autograd_core.errors import ArgumentError, DtypeError, ShapeError
from nn.data import augment

pytest.importorskip("scipy")

EVERY = {
    "affine": partial(augment.affine, degrees=20, shear=15, zoom=(0.7, 1.3), pixels=3),
    "rotate": augment.rotate,
    "shear": augment.shear,
    "zoom": augment.zoom,
    "translate": augment.translate,
    "elastic": augment.elastic,
    "random_crop": partial(augment.random_crop, size=(11, 13), padding=2),
    "horizontal_flip": augment.horizontal_flip,
    "vertical_flip": augment.vertical_flip,
    "cutout": partial(augment.cutout, size=5),
    "brightness": partial(augment.brightness, factors=(0.2, 3)),
    "contrast": partial(augment.contrast, factors=(0, 4)),
}
IDENTITY = {
    "affine": augment.affine,
    "elastic": partial(augment.elastic, alpha=0),
    "random_crop": partial(augment.random_crop, size=(11, 13)),
    "horizontal_flip": partial(augment.horizontal_flip, p=0),
    "vertical_flip": partial(augment.vertical_flip, p=0),
    "cutout": partial(augment.cutout, size=0),
    "brightness": partial(augment.brightness, factors=(1, 1)),
    "contrast": partial(augment.contrast, factors=(1, 1)),
}
DTYPES = [np.uint8, np.float32, np.float64]


def images(rng, dtype=np.float64, shape=(6, 11, 13)):
    """A batch that uses the whole range of its dtype."""
    batch = rng.random(shape)
    batch.flat[:2] = 0, 1
    return np.rint(255 * batch).astype(np.uint8) if dtype == np.uint8 else batch.astype(dtype)


# --- what every function keeps -----------------------------------------------


@pytest.mark.parametrize("shape", [(6, 11, 13), (6, 3, 11, 13)], ids=["NHW", "NCHW"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", EVERY)
def test_shape_dtype_range_and_the_images_themselves_are_kept(rng, name, dtype, shape):
    batch = images(rng, dtype, shape)
    before = batch.copy()
    out = EVERY[name](batch, rng=0)
    assert out.shape == batch.shape and out.dtype == batch.dtype
    assert out.min() >= 0 and out.max() <= (255 if dtype == np.uint8 else 1)
    assert not np.array_equal(out, batch)
    np.testing.assert_array_equal(batch, before)
    assert not np.shares_memory(out, batch)


@pytest.mark.parametrize("name", EVERY)
def test_a_seed_decides_and_each_image_is_changed_differently(rng, name):
    batch = np.repeat(images(rng, shape=(1, 11, 13)), 20, axis=0)
    a, b, c = (EVERY[name](batch, rng=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)
    assert any(not np.array_equal(a[0], other) for other in a[1:])


@pytest.mark.parametrize("name", EVERY)
def test_without_a_seed_the_shared_generator_is_used(rng, name):
    batch = images(rng)
    nn.random.manual_seed(5)
    first = EVERY[name](batch)
    second = EVERY[name](batch)
    nn.random.manual_seed(5)
    np.testing.assert_array_equal(EVERY[name](batch), first)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", IDENTITY)
def test_ranges_that_change_nothing_change_nothing(rng, name, dtype):
    batch = images(rng, dtype)
    np.testing.assert_allclose(IDENTITY[name](batch, rng=0), batch, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", [*EVERY, "deskew"])
def test_channels_of_one_image_are_changed_alike(rng, name):
    if name in ("brightness", "contrast"):
        pytest.skip("acts on values")
    function = EVERY[name] if name in EVERY else lambda batch, rng: augment.deskew(batch)
    plane = images(rng)
    out = function(np.stack([plane, plane / 2], axis=1), rng=3)
    np.testing.assert_allclose(out[:, 1], out[:, 0] / 2, atol=1e-12)


@pytest.mark.parametrize("name", [*EVERY, "deskew"])
def test_an_empty_batch_stays_empty(name):
    function = EVERY[name] if name in EVERY else lambda batch, rng: augment.deskew(batch)
    assert function(np.zeros((0, 11, 13)), rng=0).shape == (0, 11, 13)


@pytest.mark.parametrize("name", EVERY)
def test_what_are_no_images_is_refused(name):
    with pytest.raises(ShapeError, match=r"\(28, 28\).*image\[None\]"):
        EVERY[name](np.zeros((28, 28)))
    with pytest.raises(DtypeError, match="int64"):
        EVERY[name](np.zeros((1, 28, 28), np.int64))


# --- geometry ----------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("quarter", [-1, 1, 2, 3])
def test_turning_by_right_angles_is_exact_and_counter_clockwise(rng, quarter, dtype):
    batch = images(rng, dtype, (3, 9, 9))
    out = augment.rotate(batch, (90 * quarter, 90 * quarter))
    np.testing.assert_allclose(out, np.rot90(batch, quarter, axes=(1, 2)), atol=1e-6)


def test_a_number_is_a_range_to_both_sides(rng):
    points = np.zeros((400, 41, 41))
    points[:, 20, 40] = 1  # at the right end of the horizontal line through the centre
    rows, _ = np.indices((41, 41))
    out = augment.rotate(points, 30, rng=rng)
    heights = 20 - (out * rows).sum((1, 2)) / out.sum((1, 2))
    assert heights.min() < -8 and heights.max() > 8  # 20 sin 30° = 10
    assert np.abs(heights).max() < 10.6


def test_translation_moves_down_and_right(rng):
    batch = images(rng)
    out = augment.translate(batch, (2, 2), fill=0.5)
    np.testing.assert_allclose(out[:, 2:, 2:], batch[:, :-2, :-2], atol=1e-12)
    np.testing.assert_allclose(out[:, :2], 0.5)
    np.testing.assert_allclose(out[:, :, :2], 0.5)


def test_half_a_pixel_is_the_mean_of_neighbours():
    batch = np.array([[[0.0, 1.0, 0.0, 0.0]]])
    shifted = augment.affine(batch, pixels=(0.5, 0.5))
    np.testing.assert_allclose(shifted[0, 0], [0, 0.25, 0.25, 0])  # half of it moved down, and out


def test_zoom_enlarges_about_the_centre():
    batch = np.zeros((1, 9, 9))
    batch[0, 3:6, 3:6] = 1
    out = augment.zoom(batch, (3, 3))
    np.testing.assert_allclose(out[0, 1:8, 1:8], 1)
    assert 64 < out.sum() <= 81


def test_shear_moves_what_is_above_the_centre_to_the_right():
    batch = np.zeros((1, 5, 5))
    batch[0, :, 2] = 1
    np.testing.assert_allclose(augment.shear(batch, (45, 45))[0], np.eye(5)[::-1], atol=1e-12)


def test_affine_turns_after_it_slants_after_it_scales():
    blob = np.zeros((1, 31, 31))
    blob[0, 15, 18] = 1  # three to the right of the centre
    out = augment.affine(blob, zoom=(2, 2), degrees=(90, 90))
    assert np.unravel_index(out[0].argmax(), (31, 31)) == (9, 15)  # six above it
    blob = np.zeros((1, 31, 31))
    blob[0, 12, 15] = 1  # three above: slanted to (-3, 3), turned to (-3, -3)
    out = augment.affine(blob, shear=(45, 45), degrees=(90, 90))
    assert np.unravel_index(out[0].argmax(), (31, 31)) == (12, 12)


def test_one_affine_map_is_what_an_independent_formula_gives(rng):
    """Bilinear interpolation written out, at the inverse of the forward map."""
    batch = images(rng, shape=(1, 12, 10))
    theta, phi, factor, shift = np.deg2rad(25), np.deg2rad(10), 1.3, 1.5
    out = augment.affine(
        batch, degrees=(25, 25), shear=(10, 10), zoom=(1.3, 1.3), pixels=(1.5, 1.5)
    )[0]
    turn = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
    slant = np.array([[1, 0], [-np.tan(phi), 1]])
    forward = turn @ slant * factor  # of (row, column)
    centre = np.array([5.5, 4.5])
    padded = np.pad(batch[0], 20)
    for row in range(12):
        for column in range(10):
            y, x = np.linalg.solve(forward, np.array([row, column]) - centre - shift) + centre + 20
            i, j = int(np.floor(y)), int(np.floor(x))
            a, b = y - i, x - j
            value = (1 - a) * ((1 - b) * padded[i, j] + b * padded[i, j + 1]) + a * (
                (1 - b) * padded[i + 1, j] + b * padded[i + 1, j + 1]
            )
            assert abs(out[row, column] - value) < 1e-12


def test_elastic_keeps_the_mass_roughly_and_bends_smoothly(rng):
    y, x = np.indices((28, 28))
    ramp = np.repeat((x / 27.0)[None], 50, axis=0)  # its value says where a pixel came from
    out = augment.elastic(ramp, alpha=8, sigma=4, fill=0, rng=rng)
    moved = (out - ramp)[:, 5:-5, 5:-5] * 27
    assert 0.05 < moved.std() < 2
    assert np.abs(np.diff(moved, axis=1)).max() < 0.5 * np.abs(moved).max()
    assert abs(moved.mean()) < 0.2


@pytest.mark.parametrize(
    "call",
    [
        partial(augment.rotate, degrees=(10, -10)),
        partial(augment.zoom, factors=(0, 1)),
        partial(augment.zoom, factors=1.1),
        partial(augment.elastic, sigma=0),
        partial(augment.random_crop, size=29),
        partial(augment.random_crop, size=0),
        partial(augment.horizontal_flip, p=1.5),
        partial(augment.cutout, size=-1),
        partial(augment.brightness, factors=(-1, 1)),
    ],
)
def test_ranges_that_make_no_sense_are_refused(call):
    with pytest.raises(ArgumentError, match="need"):
        call(np.zeros((1, 28, 28)))


# --- regions and values ------------------------------------------------------


def test_a_crop_is_a_window_of_the_image_and_every_place_occurs(rng):
    batch = np.repeat(np.arange(20.0).reshape(1, 4, 5), 300, axis=0)
    out = augment.random_crop(batch, (3, 3), rng=rng)
    corners = set(out[:, 0, 0].astype(int).tolist())
    assert corners == {0, 1, 2, 5, 6, 7}
    for window in out[:20]:
        corner = window[0, 0]
        np.testing.assert_array_equal(
            window, corner + np.array([[0, 1, 2], [5, 6, 7], [10, 11, 12]])
        )


def test_a_padded_crop_moves_by_whole_pixels(rng):
    batch = np.zeros((500, 7, 7))
    batch[:, 3, 3] = 1
    out = augment.random_crop(batch, 7, padding=2, fill=0, rng=rng)
    assert (out.sum((1, 2)) == 1).all()
    assert {divmod(int(k), 7) for k in out.reshape(500, -1).argmax(1)} == {
        (i, j) for i in range(1, 6) for j in range(1, 6)
    }


@pytest.mark.parametrize(("flip", "axis"), [("horizontal_flip", -1), ("vertical_flip", -2)])
def test_about_a_share_p_of_the_images_is_mirrored(rng, flip, axis):
    batch = images(rng, shape=(1000, 3, 2))
    out = getattr(augment, flip)(batch, p=0.3, rng=rng)
    mirrored = (out == np.flip(batch, axis)).all((1, 2))
    same = (out == batch).all((1, 2))
    assert (mirrored | same).all() and 230 < mirrored.sum() < 370


def test_cutout_covers_a_square_that_may_reach_over_the_edge(rng):
    out = augment.cutout(np.ones((500, 6, 12)), 3, fill=0.25, rng=rng)
    covered = (out == 0.25).sum((1, 2))
    assert set(covered.tolist()) == {4, 6, 9}
    assert (out == 0.25).any(0).all()  # everywhere at some time


def test_brightness_and_contrast_are_their_formulas():
    batch = np.array([[[0.2, 0.4, 0.6]]])
    np.testing.assert_allclose(augment.brightness(batch, (2, 2)), [[[0.4, 0.8, 1.0]]])
    np.testing.assert_allclose(augment.contrast(batch, (2, 2)), [[[0.0, 0.4, 0.8]]], atol=1e-15)
    bytes_ = np.array([[[1, 2, 255]]], np.uint8)
    assert augment.brightness(bytes_, (0.75, 0.75)).tolist() == [[[1, 2, 191]]]  # rounded to even


def test_contrast_keeps_the_mean_of_each_image(rng):
    batch = 0.4 + 0.2 * images(rng, shape=(5, 3, 8, 8))
    out = augment.contrast(batch, (0.5, 1.5), rng=rng)
    np.testing.assert_allclose(out.mean((1, 2, 3)), batch.mean((1, 2, 3)), rtol=1e-12)


def test_images_beyond_the_limits_are_refused_and_limits_can_be_given():
    batch = np.array([[[-1.0, 1.0]]])
    with pytest.raises(ArgumentError, match="before normalising"):
        augment.brightness(batch)
    np.testing.assert_array_equal(augment.brightness(batch, (2, 2), limits=(-1, 1)), batch)


# --- composition -------------------------------------------------------------


def test_steps_are_applied_in_order_with_one_generator(rng):
    batch = images(rng)
    both = augment.compose(augment.rotate, partial(augment.cutout, size=3), rng=7)
    own = np.random.default_rng(7)
    expected = augment.cutout(augment.rotate(batch, rng=own), 3, rng=own)
    np.testing.assert_array_equal(both(batch), expected)
    assert not np.array_equal(both(batch), expected)  # the generator has moved on


def test_a_composition_without_a_seed_is_seeded_by_the_shared_generator_once(rng):
    batch = images(rng)
    outs = []
    for _ in range(2):
        nn.random.manual_seed(3)
        turn = augment.compose(augment.rotate)
        state = nn.random.get_state()
        outs.append(turn(batch))
        assert nn.random.get_state() == state
    np.testing.assert_array_equal(*outs)


# --- deskewing ---------------------------------------------------------------


def slant(image):
    """The regression slope of column on row, weighted by brightness."""
    rows, columns = np.indices(image.shape)
    y = rows - np.average(rows, weights=image)
    x = columns - np.average(columns, weights=image)
    return np.average(x * y, weights=image) / np.average(y * y, weights=image)


@pytest.mark.parametrize("angle", [-25, -10, 10, 25])
def test_deskewing_undoes_a_shear(angle):
    # So large that two interpolations blur it by less than the tolerance.
    y, x = np.indices((112, 112)) - 55.5
    upright = np.exp(-((x / 8) ** 2) - (y / 24) ** 2)[None]
    slanted = augment.shear(upright, (angle, angle))
    assert abs(slant(slanted[0])) > 0.1
    back = augment.deskew(slanted)
    assert abs(slant(back[0])) < 2e-3
    np.testing.assert_allclose(back, upright, atol=0.01)


def test_deskewing_leaves_the_centre_of_mass(rng):
    y, x = np.indices((28, 28))
    slanted = np.exp(-(((x - 11 - 0.3 * (y - 15)) / 2) ** 2) - ((y - 15) / 4) ** 2)[None]
    out = augment.deskew(slanted)[0]
    for grid in (y, x):
        assert np.average(grid, weights=out) == pytest.approx(
            np.average(grid, weights=slanted[0]), abs=1e-2
        )


@pytest.mark.parametrize("dtype", DTYPES)
def test_deskewing_keeps_shape_dtype_and_range(rng, dtype):
    batch = images(rng, dtype, (4, 2, 11, 13))
    out = augment.deskew(batch)
    assert out.shape == batch.shape and out.dtype == dtype
    assert out.min() >= 0 and out.max() <= (255 if dtype == np.uint8 else 1)


def test_images_without_height_or_mass_are_left_alone():
    batch = np.zeros((2, 5, 5))
    batch[1, 2] = 1  # one row
    np.testing.assert_array_equal(augment.deskew(batch), batch)
