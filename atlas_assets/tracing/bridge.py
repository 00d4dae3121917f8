"""The figures of the way from target, or last year, to actual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.tracing.formulas import Formula, share
from atlas_assets.tracing.spans import YEAR, Span, records, targets, unknown, versus

if TYPE_CHECKING:
    from atlas_assets.periods.calendar import Month
    from atlas_assets.report.model import Bridge, BridgeStep
    from atlas_assets.tracing.formulas import Expression


class BridgeFigures:
    """The figures of the way from target to actual."""

    def __init__(self, bridge: Bridge, first: Month, last: Month) -> None:
        self.bridge, self.first, self.last = bridge, first, last

    def expression(self, rest: list[str]) -> Expression:
        """Return what a figure is made of. Raises UsageError if there is none."""
        steps = self.bridge.steps
        compared = [step for step in steps if step.delta is not None]
        rated = tuple(self._of(step, "delta_pct") for step in steps if step.delta_pct is not None)
        match rest:
            case ["above_count"]:
                return Formula("above", rated)
            case ["below_count"]:
                return Formula("below", rated)
            case ["compared_count"]:
                return Formula("count", rated)
            case ["above_sum" | "below_sum" as name]:
                sign = 1 if name == "above_sum" else -1
                return self._sum([step for step in compared if (step.delta or 0) * sign > 0])
            case ["steps", index, name]:
                return self._step(steps[int(index)], name, compared)
            case _:
                raise unknown(".".join(["bridge", *rest]))

    def _step(self, step: BridgeStep, name: str, compared: list[BridgeStep]) -> Expression:
        def gap(other: BridgeStep) -> Any:
            return other.delta or 0

        same_side = [other for other in compared if gap(other) * gap(step) > 0]
        by_size = sorted(same_side, key=lambda other: (-abs(gap(other)), other.unit))
        values = tuple(self._of(other, "value") for other in compared)
        match name:
            case "share_pct":
                return share(self._of(step, "delta"), self._sum(same_side))
            case "running_share_pct":
                larger = by_size[: by_size.index(step) + 1]
                return share(self._sum(larger), self._sum(same_side))
            case "before" | "after":
                until = compared.index(step) + (name == "after")
                gaps = tuple(self._of(other, "delta") for other in compared[:until])
                return Formula("sum", (*values, *gaps))
            case _:
                return self._of(step, name)

    def _sum(self, steps: list[BridgeStep]) -> Formula:
        return Formula("sum", tuple(self._of(step, "delta") for step in steps))

    def _of(self, step: BridgeStep, name: str) -> Expression:
        span = Span((step.unit,), self.first, self.last)
        reference = self.bridge.reference
        if name == "actuals_not_compared":
            return records("revenue", span.places(f"without_{reference}"))
        value = (
            targets(span.places())
            if reference == "target"
            else records("revenue", span.places("with_last_year", shift=-YEAR, compared=True))
        )
        actuals = records("revenue", span.places(f"with_{reference}"))
        return versus(name, actuals, value, names=("actuals", "value", "delta", "delta_pct"))
