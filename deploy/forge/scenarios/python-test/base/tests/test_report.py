import unittest

from timesheets.entries import parse
from timesheets.report import clock, report


class ReportTest(unittest.TestCase):
    def test_clock_pads_minutes(self):
        self.assertEqual(clock(8 * 3600 + 300), "8:05")

    def test_report_lists_days_and_sums(self):
        text = report(parse("2026-03-02 08:00:00 17:07:30\n2026-03-03 08:00:00 12:00:00"))
        self.assertEqual(
            text.splitlines(),
            ["2026-03-02  9:15", "2026-03-03  4:00", "total       13:15", "overtime    1:15"],
        )


if __name__ == "__main__":
    unittest.main()
