"""An invented business: who enrolls where and what is paid when, reproducible from a seed.

These records are what the workbooks say when they are read correctly; `workbooks` writes them in
each year's format and `defects` spoils some.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from atlas_assets.periods.calendar import Month, month_range


@cache
def fixture() -> dict[str, Any]:
    """Return the words, names and prices that the samples are built from."""
    text = files("atlas_assets.sample").joinpath("fixture.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@dataclass(frozen=True)
class Student:
    """An invented student with their school."""

    number: str
    name: str
    sex: str
    birth_place: str
    birth_date: date
    identity_number: str
    address: str
    city: str
    phone: str
    email: str
    guardian_name: str
    guardian_phone: str
    organization_name: str
    organization_level: str
    grade: str


@dataclass(frozen=True)
class Order:
    """A student's enrollment in a program of a unit for an intake, with its price in rupiah."""

    student: Student
    unit: str
    product_name: str
    product_category: str
    variant_name: str
    intake: Month
    channel: str
    ordered_on: date
    price: int


@dataclass(frozen=True)
class Transaction:
    """One receipt; `amount` is in rupiah, `month` is that of the sheet it is booked in."""

    order: Order
    month: Month
    paid_on: date
    receipt_number: str
    payment_pattern: str
    payment_method: str
    amount: int
    recorded_by: str
    note: str | None = None


@dataclass(frozen=True)
class Target:
    """A unit's target for a program and month; `revenue` is in rupiah."""

    unit: str
    product_name: str
    month: Month
    students: int
    revenue: int


@dataclass(frozen=True)
class Activity:
    """One line of marketing activity with its funnel."""

    month: Month
    week: int
    unit: str
    channel: str
    title: str
    held_on: date
    target_leads: int
    leads: int
    follow_ups: int
    closings: int


@dataclass(frozen=True)
class Business:
    """Everything that one entity's workbooks say."""

    entity: str
    receipt_prefixes: dict[str, str]
    orders: list[Order]
    transactions: list[Transaction]
    targets: list[Target]
    activities: list[Activity]


def invent(
    entity: str, prefixes: dict[str, str], first: Month, last: Month, *, seed: int, scale: float
) -> Business:
    """Return an entity's business from `first` to `last`.

    `prefixes` gives each unit's receipt prefix, `scale` multiplies the number of orders. The same
    arguments always give the same records.
    """
    random = Random(f"{seed}/{entity}")
    market = _Market(entity, first, random, scale)
    orders = [order for month in month_range(first, last) for order in market.orders_in(month)]
    payments = [payment for order in orders for payment in _payments(order, random)]
    booked = sorted(
        (payment for payment in payments if payment.month <= last),
        key=lambda payment: (payment.paid_on, payment.order.unit, payment.order.student.number),
    )
    return Business(
        entity=entity,
        receipt_prefixes=prefixes,
        orders=orders,
        transactions=_numbered(booked, prefixes),
        targets=_targets(entity, market, last, scale),
        activities=_activities(orders, random),
    )


class _Market:
    """The demand for an entity's programs, and the students who enroll."""

    def __init__(self, entity: str, first: Month, random: Random, scale: float) -> None:
        self.units: dict[str, Any] = fixture()["entities"][entity]["units"]
        self.first, self.random, self.scale = first, random, scale
        self.students: list[Student] = []
        self.names: set[str] = set()
        self.enrolled: set[tuple[str, str, str, Month]] = set()

    def expected_orders(self, unit: str, month: Month) -> float:
        """Return the mean number of orders of a unit in a month."""
        years = (month.year - self.first.year) + (month.number - self.first.number) / 12
        demand = self.units[unit]
        growth = (1 + demand["growth"]) ** years
        return demand["orders"] * growth * fixture()["season"][month.number] * self.scale

    def orders_in(self, month: Month) -> list[Order]:
        """Return the orders of all units that are placed in a month."""
        orders: list[Order] = []
        for unit in self.units:
            mean = self.expected_orders(unit, month)
            count = max(1, round(self.random.gauss(mean, mean**0.5 * 0.7)))
            orders += [order for _ in range(count) if (order := self._order(unit, month))]
        return orders

    def _order(self, unit: str, month: Month) -> Order | None:
        random = self.random
        returning = self.students and random.random() < 0.32
        student = random.choice(self.students) if returning else self._newcomer(month)
        product, category, price = random.choice(self.units[unit]["programs"])
        intake = month.plus(random.choice([0, 0, 0, 1, 1, 2]))
        key = (student.number, unit, product, intake)
        if key in self.enrolled:
            return None
        self.enrolled.add(key)
        channels = fixture()["channel_weights"]
        return Order(
            student=student,
            unit=unit,
            product_name=product,
            product_category=category,
            variant_name=f"{product} {random.choice('ABC')}",
            intake=intake,
            channel=random.choices(list(channels), weights=list(channels.values()))[0],
            ordered_on=date(month.year, month.number, random.randint(1, month.last_day.day)),
            price=round(price * (1 + 0.05 * (month.year - self.first.year)) / 50_000) * 50_000
            or price,
        )

    def _newcomer(self, month: Month) -> Student:
        random, words = self.random, fixture()
        sex = random.choice("LP")
        name = self._unused_name(sex)
        school = random.choice(words["schools"])
        year = month.year - random.randint(9, 24)
        slug = "".join(letter for letter in name.lower() if letter.isalpha() or letter == " ")
        student = Student(
            number=f"{month.year % 100:02d}{len(self.students) + 1:05d}",
            name=name,
            sex=sex,
            birth_place=random.choice(words["cities"]),
            birth_date=date(year, random.randint(1, 12), random.randint(1, 28)),
            identity_number=f"3404{random.randint(10**11, 10**12 - 1)}",
            address=f"{random.choice(words['streets'])} No. {random.randint(1, 150)}",
            city=school["city"],
            phone=f"08{random.randint(10**9, 10**10 - 1)}",
            email=f"{slug.replace(' ', '.')}@example.com",
            guardian_name=f"{random.choice(words['first_names']['P'])} {name.split()[-1]}",
            guardian_phone=f"08{random.randint(10**9, 10**10 - 1)}",
            organization_name=school["name"],
            organization_level=school["level"],
            grade=random.choice(words["grades"][school["level"]]),
        )
        self.students.append(student)
        return student

    def _unused_name(self, sex: str) -> str:
        words = fixture()
        parts = [self.random.choice(words["first_names"][sex])]
        while True:
            parts.append(self.random.choice(words["last_names"]))
            name = " ".join(parts)
            if name.upper() not in self.names:
                self.names.add(name.upper())
                return name


def _payments(order: Order, random: Random) -> list[Transaction]:
    words = fixture()["words"]
    shares, patterns = random.choices(
        [
            ([1.0], [words["paid_in_full"]]),
            ([0.4, 0.3, 0.3], words["installments"]),
            ([0.3, 0.7], words["deposit"]),
        ],
        weights=[66, 18, 16],
    )[0]
    month = Month.of(order.ordered_on)
    payments: list[Transaction] = []
    rest = order.price
    for position, (share, pattern) in enumerate(zip(shares, patterns, strict=True)):
        is_last = position == len(shares) - 1
        amount = rest if is_last else round(order.price * share / 1000) * 1000
        rest -= amount
        due = month.plus(position)
        day = order.ordered_on.day if position == 0 else random.randint(1, due.last_day.day)
        payments.append(
            Transaction(
                order=order,
                month=due,
                paid_on=date(due.year, due.number, day),
                receipt_number="",
                payment_pattern=pattern,
                payment_method=random.choice(words["payment_methods"]),
                amount=amount,
                recorded_by=random.choice(fixture()["staff"]),
            )
        )
    if random.random() < 0.01:
        payments.append(
            replace(
                payments[-1],
                amount=-round(order.price * 0.25 / 1000) * 1000,
                note=words["refund_note"],
            )
        )
    return payments


def _numbered(payments: list[Transaction], prefixes: dict[str, str]) -> list[Transaction]:
    serials: dict[tuple[str, Month], int] = {}
    numbered: list[Transaction] = []
    for payment in payments:
        prefix = prefixes[payment.order.unit]
        serial = serials[prefix, payment.month] = serials.get((prefix, payment.month), 0) + 1
        number = f"{prefix}.{payment.month.year % 100:03d}.{payment.month.number:02d}.{serial:04d}"
        numbered.append(replace(payment, receipt_number=number))
    return numbered


def _targets(entity: str, market: _Market, last: Month, scale: float) -> list[Target]:
    random = Random(f"targets/{entity}/{scale}")
    targets: list[Target] = []
    for unit, demand in market.units.items():
        for product, _, price in demand["programs"]:
            for month in month_range(Month(last.year, 1), Month(last.year, 12)):
                expected = market.expected_orders(unit, month) / len(demand["programs"])
                students = max(1, round(expected * random.uniform(0.85, 1.25)))
                revenue = round(students * price * 1.18 / 100_000) * 100_000
                targets.append(Target(unit, product, month, students, revenue))
    return targets


def _activities(orders: list[Order], random: Random) -> list[Activity]:
    won: dict[tuple[Month, str, str], int] = {}
    for order in orders:
        key = (Month.of(order.ordered_on), order.unit, order.channel)
        won[key] = won.get(key, 0) + 1
    activities: list[Activity] = []
    for (month, unit, channel), closings in won.items():
        leads = closings * random.randint(3, 8) + random.randint(0, 6)
        day = random.randint(1, 28)
        activities.append(
            Activity(
                month=month,
                week=(day - 1) // 7 + 1,
                unit=unit,
                channel=channel,
                title=random.choice(fixture()["activities"]),
                held_on=date(month.year, month.number, day),
                target_leads=round(leads * random.uniform(0.8, 1.3)),
                leads=leads,
                follow_ups=random.randint(closings, leads),
                closings=closings,
            )
        )
    return sorted(
        activities, key=lambda activity: (activity.month, activity.held_on, activity.unit)
    )
