#!/usr/bin/env python3
"""`awry debug flow` of the programs in fixtures/flow, against the graphs beside them (AWRY_BLESS=1 accepts new ones), and of
programs that are hostile: deep, long and wide."""
import difflib
import glob
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry  # noqa: E402

FIXTURES = os.path.join(awry.ROOT, "fixtures", "flow")


class Golden(unittest.TestCase):
    def test_graphs(self):
        names = sorted(map(os.path.basename, glob.glob(os.path.join(FIXTURES, "*.py"))))
        self.assertTrue(names)
        for name in names:
            with self.subTest(name):
                outcome = awry.run("debug", "flow", name, cwd=FIXTURES)
                self.assertEqual((outcome.code, outcome.err), (0, b""))
                self.compare(name, outcome.out.decode("utf-8"))

    def compare(self, name, found):
        path = os.path.join(FIXTURES, name[:-3] + ".flow")
        if os.environ.get("AWRY_BLESS"):
            with open(path, "w", encoding="utf-8", newline="\n") as out:
                out.write(found)
        with open(path, encoding="utf-8", newline="") as expected:
            difference = list(difflib.unified_diff(expected.read().splitlines(), found.splitlines(), path, "found", lineterm=""))
        self.assertFalse(difference, "\n".join(difference))


def nested_try(depth):
    """`return` below so many try statements."""
    lines = ["def f():"]
    lines += [" " * (i + 1) + "try:" for i in range(depth)]
    lines += [" " * (depth + 1) + "return work()"]
    for i in reversed(range(depth)):
        lines += [" " * (i + 1) + "finally:", " " * (i + 2) + "close()"]
    return "\n".join(lines) + "\n"


def numbered(count, text):
    return "".join(text.replace("@", str(i)) for i in range(count))


# name: (what it looks like at size n, the two sizes, the most blocks an item may cost)
HOSTILE = {
    "finally": (nested_try, 45, 90, 3),
    "elif": (lambda n: "if f(): pass\n" + numbered(n, "elif f(@): g(@)\n"), 2000, 4000, 3),
    "statements": (lambda n: numbered(n, "x@ = f(@)\n"), 5000, 10000, 1),
    "and": (lambda n: "x = " + " and ".join(["f()"] * n) + "\n", 5000, 10000, 2),
    "or, as a condition": (lambda n: "if " + " or ".join(["f()"] * n) + ": pass\n", 5000, 10000, 2),
    "ternary": (lambda n: "x = " + "f() if g() else " * n + "h()\n", 2000, 4000, 4),
    "comparison": (lambda n: "x = " + " < ".join(["f()"] * n) + "\n", 5000, 10000, 2),
    "operators": (lambda n: "x = " + " + ".join(["f()"] * n) + "\n", 5000, 10000, 1),
    "calls": (lambda n: "x = a" + "()" * n + "\n", 5000, 10000, 1),
    "not": (lambda n: "if " + "not " * n + "f(): pass\n", 5000, 10000, 1),
    "lambda": (lambda n: "x = " + "lambda: " * n + "f()\n", 1000, 2000, 1),
    "handlers": (lambda n: "try: f()\n" + numbered(n, "except E@: g()\n") + "finally: h()\n", 2000, 4000, 2),
    "with items": (lambda n: "def f():\n with " + ", ".join(["c()"] * n) + ":\n" + numbered(n, "  if g(): return @\n"),
                   1000, 2000, 8),
    "cases": (lambda n: "match f():\n" + numbered(n, " case @: g()\n"), 2000, 4000, 3),
    "comprehension": (lambda n: "x = [f() " + "for a in g() " * n + "]\n", 1000, 2000, 3),
    "targets": (lambda n: "a = " * n + "f()\n", 2000, 4000, 1),
    "dead code": (lambda n: "def f():\n" + " return g()\n" * n, 2000, 4000, 2),
}


class Hostile(unittest.TestCase):
    def counts(self, text):
        """Blocks and edges of all functions of a program."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "program.py")
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            outcome = awry.run("debug", "flow", "--count", path, timeout=60)
        self.assertEqual((outcome.code, outcome.err), (0, b""))
        rows = [line.split() for line in outcome.out.decode().splitlines()[1:]]
        return max(int(row[row.index("blocks") + 1]) for row in rows), max(int(row[row.index("edges") + 1]) for row in rows)

    def test_size(self):
        for name, (make, small, large, cost) in HOSTILE.items():
            with self.subTest(name):
                blocks, edges = self.counts(make(small))
                more_blocks, more_edges = self.counts(make(large))
                self.assertLessEqual(more_blocks, cost * large + 10)
                self.assertLessEqual(more_edges, 4 * cost * large + 20)
                self.assertLessEqual(more_edges, 2 * edges + 10)
                self.assertLessEqual(more_blocks, 2 * blocks + 10)

    def test_broken(self):
        for text in ("try:\n", "try:\n  f()\nfinally\n  g()\n", "match x:\n  case\n", "with :\n  pass\n", "x = a if\n", "for in :\n",
                     "def f(:\n  return\n", "break\ncontinue\nreturn 1\nyield\n", "x = [f() for]\n", "except: f()\nelse: g()\n",
                     "async with a( as b:\n  await\n", "assert\ndel\nraise from\n", "if f() and : pass\n", "f(\n", "class A(:\n  x = f()\n"):
            with self.subTest(text):
                self.counts(text)


if __name__ == "__main__":
    unittest.main()
