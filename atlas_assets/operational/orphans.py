"""Removes people, organizations, events and products that nothing refers to anymore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from atlas_assets.operational.models import catalog, commerce, marketing, people, target

if TYPE_CHECKING:
    from atlas_assets.operational.entity_session import EntityWriter

# The references that keep a record of each model from being removed. Removal follows this order.
_REFERENCES: dict[type[Any], list[sa.Select[Any]]] = {
    people.Account: [sa.select(commerce.Order.account_id)],
    people.Person: [
        sa.select(commerce.Order.participant_id),
        sa.select(people.Account.person_id),
        sa.select(people.Relation.from_person_id),
    ],
    people.Organization: [
        sa.select(people.Account.organization_id),
        sa.select(people.Person.organization_id),
    ],
    marketing.Agenda: [sa.select(marketing.Activity.agenda_id)],
    catalog.ItemVariant: [sa.select(commerce.Order.variant_id)],
    catalog.Item: [sa.select(commerce.Order.item_id), sa.select(target.TargetItem.item_id)],
    catalog.Category: [sa.select(catalog.Item.category_id)],
    commerce.Intake: [sa.select(commerce.Order.intake_id)],
}


def remove_orphans(writer: EntityWriter) -> None:
    """Remove people, organizations, events and products that nothing refers to anymore."""
    agenda_channel, relation = marketing.AgendaChannel, people.Relation
    events = _union(_REFERENCES[marketing.Agenda])
    writer.delete(agenda_channel, agenda_channel.agenda_id.not_in(events))
    writer.delete(people.Account, _unused(people.Account))
    # A guardian is only kept for somebody who has an account.
    writer.delete(relation, relation.to_person_id.not_in(sa.select(people.Account.person_id)))
    for model in _REFERENCES:
        if model is not people.Account:
            writer.delete(model, _unused(model))


def _unused(model: type[Any]) -> sa.ColumnElement[bool]:
    return model.id.not_in(_union(_REFERENCES[model]))


def _union(references: list[sa.Select[Any]]) -> sa.ScalarSelect[Any]:
    queries = [query.where(query.selected_columns[0].is_not(None)) for query in references]
    return sa.union(*queries).scalar_subquery()
