"""Payable time."""

from collections import defaultdict
from datetime import date

from .entries import Entry

QUARTER = 15 * 60

DAILY_LIMIT = 8 * 3600


def round_to_quarter(seconds: int) -> int:
    """Round to the quarter of an hour, half up: the agreement says in favour of the employee."""
    return (seconds + QUARTER // 2) // QUARTER * QUARTER


def per_day(entries: list[Entry]) -> dict[date, int]:
    """Seconds worked on each day, rounded once per day."""
    days: dict[date, int] = defaultdict(int)
    for entry in entries:
        days[entry.day] += entry.seconds
    return {day: round_to_quarter(seconds) for day, seconds in sorted(days.items())}


def overtime(entries: list[Entry]) -> int:
    """Seconds above the daily limit, over all days."""
    return sum(max(0, seconds - DAILY_LIMIT) for seconds in per_day(entries).values())


def total(entries: list[Entry]) -> int:
    """Payable seconds."""
    return sum(per_day(entries).values())
