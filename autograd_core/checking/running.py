"""Running one check: record, differentiate, compare, and hand on what disagrees."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from ..context import no_grad
from ..errors import ArgumentError, AutogradError
from .comparing import Comparison, Rules, compare_directions, compare_jacobian
from .diagnosis import Diagnosis
from .differences import Sampler
from .foreign import ForeignRecording
from .foreign_faults import misshapen
from .problem import Problem
from .recording import Recording
from .report import GradReport
from .values import differs

__all__ = ["Check", "Direction", "signs"]

Direction = Literal["full", "random"]

_SEVERAL = 1 << 18  # elements of a Jacobian that is still worth a look at each of them


class Check:
    """One order of one check.

    Parameters
    ----------
    problem : Problem
    rules : Rules
    modes, direction, probes, seed, localize
        As for `gradcheck`.
    report : GradReport
        What it adds to.
    order : int
    """

    def __init__(
        self,
        problem: Problem,
        rules: Rules,
        modes: tuple[str, ...],
        direction: Direction,
        probes: int,
        seed: int,
        localize: bool,
        report: GradReport,
        order: int,
    ) -> None:
        self.problem, self.rules, self.modes, self.report = problem, rules, modes, report
        self.direction, self.probes = direction, probes
        self.rng = np.random.default_rng(seed)
        self.order = order
        self.recording: Recording
        self.diagnosis = Diagnosis(problem, rules, report, order, localize)

    def run(self) -> None:
        """Record, differentiate, compare, and explain what disagrees."""
        self.recording = recording = self.problem.record()
        self.diagnosis.recording = recording
        narrow = recording.rounding()
        if narrow > self.rules.eps:
            self.rules = self.diagnosis.rules = replace(self.rules, eps=narrow)
            self.report.notes.append("f computes in a narrower dtype than it is given")
        if self.order == 1:
            self.report.problem, self.report.recording = self.problem, recording
        if self.diagnosis.of_values():
            return
        with ExitStack() as stack:
            stack.enter_context(np.errstate(all="ignore"))
            stack.enter_context(no_grad())
            stack.enter_context(self.problem.holding(recording.held))
            sampler = self._sampler()
            here = sampler.here()
            if differs(self.diagnosis, here):
                return
            with self.problem.holding(recording.held):
                try:
                    if self.direction == "random":
                        jobs = self._random()
                    else:
                        jobs = self._full()
                except AutogradError as error:
                    self.diagnosis.of_exception(error)
                    return
            if isinstance(recording, ForeignRecording) and misshapen(self.diagnosis, recording):
                return
            self._compare(sampler, np.real(here), jobs)

    def _sampler(self) -> Sampler:
        """The function to take differences of."""
        if self.rules.method != "complex":
            return self.problem.sampler(self.recording.here)
        try:
            sampler = self.problem.sampler(self.recording.here, np.complex128)
            v = self._everywhere()
            slope = np.imag(sampler.along(v, 1e-20j)) / 1e-20
        except Exception as error:
            raise ArgumentError(
                f"gradcheck: f does not take complex arrays ({error}); use method='central'"
            ) from error
        real = self.problem.sampler(self.recording.here)
        h = 6e-6
        check = (real.along(v, h) - real.along(v, -h)) / (2 * h)
        scale = np.max(np.abs(check), initial=0.0) + np.max(np.abs(self.recording.here), initial=0)
        if not np.allclose(slope, check, rtol=1e-4, atol=1e-4 * scale):
            raise ArgumentError(
                "gradcheck: f is not analytic (it takes absolute values, compares, or drops "
                "imaginary parts), which the complex step needs; use method='central'"
            )
        return self.problem.sampler(self.recording.here, np.complex128)

    def _full(self) -> list[Any]:
        recording, leaves = self.recording, self.problem.leaves
        if "rev" in self.modes:
            matrices = recording.rows()
        else:
            matrices = [recording.columns(k) for k in range(len(leaves))]
        pushed: list[Any] = [None] * len(leaves)
        if "rev" in self.modes and "fwd" in self.modes:
            # Each leaf by itself along a direction without zeros: whatever element of the
            # forward mode is wrong shows in it, at full size, against the matrix.
            for k, leaf in enumerate(leaves):
                v = [np.zeros(other.data.shape) for other in leaves]
                v[k] = signs(self.rng, leaf.data.shape)
                pushed[k] = v[k].reshape(-1), recording.push(v)
        return [matrices, pushed]

    def _random(self) -> list[Any]:
        jobs = []
        for probe in range(self.probes):
            u = signs(self.rng, self.recording.here.size)
            v = self._everywhere()
            pulled = self.recording.pull(u) if "rev" in self.modes else None
            # One direction without zeros shows any mistake of forward mode: it is compared
            # with reverse mode, to rounding.
            both = "fwd" in self.modes and (probe == 0 or pulled is None)
            pushed = self.recording.push(v) if both else None
            jobs.append((u, v, pulled, pushed))
        return jobs

    def _everywhere(self) -> list[Any]:
        """A direction of all leaves at once."""
        sizes = [leaf.data.size for leaf in self.problem.leaves]
        drawn = signs(self.rng, sum(sizes))
        parts, start = [], 0
        for leaf, size in zip(self.problem.leaves, sizes, strict=True):
            parts.append(drawn[start : start + size].reshape(leaf.data.shape))
            start += size
        return parts

    def _compare(self, sampler: Sampler, here: Any, jobs: list[Any]) -> None:
        if self.direction == "random":
            if self._compare_random(sampler, here, jobs):
                return
            if sum(x.data.size for x in self.problem.leaves) * here.size > _SEVERAL:
                with self.problem.holding(self.recording.held):
                    self.diagnosis.of_directions()
                return
            with self.problem.holding(self.recording.held):
                jobs = self._full()  # which element, and why
        matrices, pushed = jobs
        comparisons = []
        for k, leaf in enumerate(self.problem.leaves):
            comparison = compare_jacobian(sampler, k, matrices[k], here, self.rules)
            comparisons.append(comparison)
            if self.order == 1 or self.report.ok:
                self.report.add(leaf, comparison, self.recording, self.order)
        with self.problem.holding(self.recording.held):
            self.diagnosis.of_jacobians(comparisons, self.modes[0])
            if not self.report.ok:
                return
            for k, pair in enumerate(pushed):
                if pair is not None:
                    self._agree(k, matrices[k], *pair)

    def _compare_random(self, sampler: Sampler, here: Any, jobs: list[Any]) -> bool:
        """Whether all projections agree; what they say goes into the report."""
        fine = True
        for u, v, pulled, pushed in jobs:
            if pulled is not None:
                a = float(sum(np.vdot(g, w) for g, w in zip(pulled, v, strict=True)))
            else:
                a = float(u @ pushed)
            comparison = compare_directions(sampler, v, u, a, here, self.rules)
            self.report.add_probe(comparison, self.order)
            if pulled is not None and pushed is not None:
                size = sum(
                    np.abs(g).ravel() @ np.abs(w).ravel() for g, w in zip(pulled, v, strict=True)
                )
                limit = self._exact() * size + self._floor(size)
                fine &= bool(abs(float(u @ pushed) - a) <= limit)
            skipped = self.rules.kinks == "skip" and bool(comparison.of("kink"))
            if skipped:
                self.report.note_kinks(1, "direction")
            fine &= skipped or not comparison.entries
        return fine

    def _agree(self, k: int, matrix: Any, v: Any, pushed: Any) -> None:
        """Compare forward mode along v with the Jacobian of reverse mode."""
        expected = matrix @ v
        size = np.abs(matrix) @ np.abs(v)
        tolerance = self._exact() * size + self._floor(size)
        wrong = ~(np.abs(pushed - expected) <= tolerance)
        if np.any(wrong & np.isfinite(expected)):
            comparison = Comparison(pushed[:, None], expected[:, None], tolerance[:, None])
            self.diagnosis.of_forward(k, comparison)

    def _floor(self, size: Any) -> float:
        """What rounding alone can make of derivatives that cancel."""
        scale = np.max(np.abs(self.recording.here), initial=0.0) + np.max(size, initial=0.0)
        return float(1e3 * self.rules.eps * scale) + 1e-300

    def _exact(self) -> float:
        return 1e-9 if self.rules.eps < 1e-10 else 1e-3


def signs(rng: np.random.Generator, shape: Any) -> Any:
    """Random numbers of either sign, none of them near zero."""
    return rng.uniform(0.5, 1.0, shape) * np.where(rng.random(shape) < 0.5, -1.0, 1.0)
