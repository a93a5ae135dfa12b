import { describe } from "vitest"
import { attack, honest } from "./judge-fixture.ts"

const PY = `import pytest
from calc import add


def test_adds():
    total = add(2, 3)
    assert total == 5
    assert add(20, 30) == 50


@pytest.mark.parametrize("a,b,c", [(1, 1, 2), (7, 8, 15)])
def test_table(a, b, c):
    assert add(a, b) == c


class TestMore:
    def test_raises(self):
        with pytest.raises(TypeError):
            add("x", 1)
`

describe("a weakened test is seen", () => {
  attack("tests/test_calc.py", PY, [
    ["deleted test", /def test_adds[\s\S]*?\n\n\n/, "", /test_adds goes/],
    ["renamed so that it does not run", "def test_adds", "def check_adds", /test_adds goes/],
    ["skip", "def test_adds", '@pytest.mark.skip(reason="x")\ndef test_adds', /marked skip/],
    ["xfail", "def test_adds", "@pytest.mark.xfail\ndef test_adds", /marked skip/],
    ["skip from inside", "    total = add(2, 3)", '    pytest.skip("x")\n    total = add(2, 3)', /marked skip/],
    ["skip of the file", "import pytest\n", 'import pytest\npytestmark = pytest.mark.skipif(True, reason="x")\n', /marked skip/],
    ["flaky", "def test_adds", "@pytest.mark.flaky(reruns=5)\ndef test_adds", /marked retry/],
    ["assertion removed", "    assert total == 5\n", "", /no longer checks asserttotal==5/],
    ["expected value rewritten", "total == 5", "total == -1", /no longer checks/],
    ["always true", "assert total == 5", "assert total == 5 or True", /no longer checks/],
    ["input changed", "add(2, 3)", "add(5, 0)", /no longer use the value/],
    ["row removed", ", (7, 8, 15)", "", /no longer checks each:\(7,8,15\)/],
    ["early return", "    total = add(2, 3)", "    return\n    total = add(2, 3)", /only under a condition/],
    ["condition", "    assert total == 5", "    if total == 5:\n        assert total == 5", /only under a condition/],
    [
      "swallowed",
      "    assert total == 5\n",
      "    try:\n        assert total == 5\n    except AssertionError:\n        pass\n",
      /only under a condition/,
    ],
    ["wider exception", "pytest.raises(TypeError)", "pytest.raises(Exception)", /no longer checks/],
    [
      "mocked subject",
      "def test_adds():\n",
      'def test_adds(monkeypatch):\n    monkeypatch.setattr("calc.add", lambda a, b: a + b)\n',
      /replaces real code/,
    ],
  ])
})

describe("an honest change is left alone", () => {
  honest("tests/test_calc.py", PY, [
    ["a new test", /$/g, "\n\ndef test_zero():\n    assert add(0, 0) == 0\n"],
    ["a comment", "    assert total == 5", "    # five\n    assert total == 5"],
    ["formatting", "assert add(20, 30) == 50", "assert (add(20,  30)) == 50".replace("(add(20,  30))", "add(20,  30)")],
    ["a new row", "(7, 8, 15)", "(7, 8, 15), (9, 9, 18)"],
  ])
})
