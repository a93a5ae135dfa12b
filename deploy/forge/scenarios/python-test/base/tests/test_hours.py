import unittest
from datetime import date

from timesheets.entries import Entry
from timesheets.hours import overtime, per_day, round_to_quarter, total

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)


class RoundingTest(unittest.TestCase):
    def test_whole_quarters_stay(self):
        self.assertEqual(round_to_quarter(2700), 2700)

    def test_less_than_half_a_quarter_is_dropped(self):
        self.assertEqual(round_to_quarter(900 + 449), 900)

    def test_half_a_quarter_counts_for_the_employee(self):
        self.assertEqual(round_to_quarter(450), 900)
        self.assertEqual(round_to_quarter(4 * 900 + 450), 5 * 900)


class HoursTest(unittest.TestCase):
    def test_a_day_is_rounded_once(self):
        entries = [Entry(MONDAY, 400), Entry(MONDAY, 400)]
        self.assertEqual(per_day(entries), {MONDAY: 900})

    def test_days_come_in_order(self):
        entries = [Entry(TUESDAY, 3600), Entry(MONDAY, 3600)]
        self.assertEqual(list(per_day(entries)), [MONDAY, TUESDAY])

    def test_overtime_is_counted_per_day(self):
        entries = [Entry(MONDAY, 9 * 3600), Entry(TUESDAY, 7 * 3600)]
        self.assertEqual(overtime(entries), 3600)

    def test_total_adds_the_rounded_days(self):
        entries = [Entry(MONDAY, 3600 + 450), Entry(TUESDAY, 3600)]
        self.assertEqual(total(entries), 2 * 3600 + 900)


if __name__ == "__main__":
    unittest.main()
