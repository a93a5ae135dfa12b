import unittest
from datetime import date

from timesheets.entries import Entry, parse, parse_entry


class ParseTest(unittest.TestCase):
    def test_reads_one_entry(self):
        self.assertEqual(parse_entry("2026-03-02 08:00:00 16:30:00"), Entry(date(2026, 3, 2), 30600))

    def test_skips_blank_lines_and_comments(self):
        text = "# March\n\n2026-03-02 08:00:00 09:00:00\n"
        self.assertEqual(len(parse(text)), 1)

    def test_refuses_half_an_entry(self):
        with self.assertRaises(ValueError):
            parse_entry("2026-03-02 08:00:00")

    def test_refuses_an_end_before_the_start(self):
        with self.assertRaisesRegex(ValueError, "ends before it starts"):
            parse_entry("2026-03-02 16:00:00 08:00:00")


if __name__ == "__main__":
    unittest.main()
