"""Reading clock entries."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Entry:
    """One stretch of work on one day."""

    day: date
    seconds: int


def parse_entry(line: str) -> Entry:
    """Read `2026-03-02 08:00:00 16:30:00`.

    Raises ValueError when the line is no entry or ends before it starts.
    """
    parts = line.split()
    if len(parts) != 3:
        raise ValueError(f"not an entry: {line!r}")
    day, start, end = parts
    begin = datetime.fromisoformat(f"{day}T{start}")
    finish = datetime.fromisoformat(f"{day}T{end}")
    if finish < begin:
        raise ValueError(f"ends before it starts: {line!r}")
    return Entry(begin.date(), int((finish - begin).total_seconds()))


def parse(text: str) -> list[Entry]:
    """Read all entries of a text; blank lines and # comments are skipped."""
    lines = (line.strip() for line in text.splitlines())
    return [parse_entry(line) for line in lines if line and not line.startswith("#")]
