"""Targets: what units plan to reach."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from atlas_assets.operational.models.base import EntityScoped, Record


class Metric(Record):
    """What is planned: revenue, students or leads, with its unit of measure."""

    __tablename__ = "target_metric"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_of_measure: Mapped[str]


class TargetItem(Record, EntityScoped):
    """A unit's target for a month, or for one of its programs where `item_id` is set.

    `month_key` is the first day of the month; `value` is in the metric's unit of measure.
    """

    __tablename__ = "target_item"
    __table_args__ = (
        UniqueConstraint("entity_id", "metric_id", "unit_id", "item_id", "month_key"),
        Index("ix_target_item_entity_id_month_key", "entity_id", "month_key"),
    )

    metric_id: Mapped[str] = mapped_column(ForeignKey("target_metric.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("core_unit.id"))
    item_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_item.id"))
    month_key: Mapped[str]
    value: Mapped[float]
