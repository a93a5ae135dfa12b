"""What payroll gets to see."""

from .entries import Entry
from .hours import overtime, per_day, total


def clock(seconds: int) -> str:
    """`8:15`"""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def report(entries: list[Entry]) -> str:
    """One line per day worked, then the sums."""
    lines = [f"{day.isoformat()}  {clock(seconds)}" for day, seconds in per_day(entries).items()]
    lines.append(f"total       {clock(total(entries))}")
    lines.append(f"overtime    {clock(overtime(entries))}")
    return "\n".join(lines)
