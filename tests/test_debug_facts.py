#!/usr/bin/env python3
"""`awry debug facts` of the programs in fixtures/facts, against what is believed of them (AWRY_BLESS=1 accepts new beliefs), and of
programs that are hostile: they cost in proportion to their size."""
import difflib
import glob
import os
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry  # noqa: E402

FIXTURES = os.path.join(awry.ROOT, "fixtures", "facts")


class Golden(unittest.TestCase):
    def test_beliefs(self):
        names = sorted(map(os.path.basename, glob.glob(os.path.join(FIXTURES, "*.py"))))
        self.assertTrue(names)
        for name in names:
            with self.subTest(name):
                outcome = awry.run("debug", "facts", "--alone", name, cwd=FIXTURES)
                self.assertEqual((outcome.code, outcome.err), (0, b""))
                self.compare(name, outcome.out.decode("utf-8"))

    def compare(self, name, found):
        path = os.path.join(FIXTURES, name[:-3] + ".facts")
        if os.environ.get("AWRY_BLESS"):
            with open(path, "w", encoding="utf-8", newline="\n") as out:
                out.write(found)
        with open(path, encoding="utf-8", newline="") as expected:
            difference = list(difflib.unified_diff(expected.read().splitlines(), found.splitlines(), path, "found", lineterm=""))
        self.assertFalse(difference, "\n".join(difference))


class View(unittest.TestCase):
    def facts(self, *arguments):
        return awry.run("debug", "facts", "--alone", *arguments, cwd=FIXTURES)

    def test_one_function(self):
        out = self.facts("blocking.py", "load").out.decode()
        self.assertEqual([line for line in out.splitlines() if not line.startswith(" ")], ["function load 16:5: sync"])
        self.assertIn("    blocking.py:17:12  calls requests.get\n", out)

    def test_a_method_by_the_end_of_its_name(self):
        whole, end = self.facts("blocking.py", "Store.fetch"), self.facts("blocking.py", "fetch")
        self.assertEqual(whole.out, end.out)
        self.assertEqual(self.facts("blocking.py", "etch").out, b"")

    def test_a_class_and_a_name(self):
        self.assertIn(b"attribute session: ", self.facts("blocking.py", "Store").out)
        self.assertIn(b"name pool: instance of", self.facts("blocking.py", "pool").out)

    def test_what_is_not_there(self):
        self.assertIn(b"nothing is called `nobody`", self.facts("blocking.py", "nobody").err)
        self.assertEqual(self.facts("no_such_file.py").code, 2)
        self.assertEqual(self.facts().code, 2)


def numbered(count, text):
    return "".join(text.replace("@", str(i)) for i in range(count))


HOSTILE = {
    "chain of calls": lambda n: "import time\n" + "".join("def f%d(): f%d()\n" % (i, i + 1) for i in range(n)),
    "calls in circles": lambda n: "".join("def f%d(p): f%d(p); f%d(p)\n" % (i, i * 7 % n, i * 13 % n) for i in range(n)),
    "arguments": lambda n: "def f(p):\n    g(" + ", ".join(["p"] * n) + ")\n",
    "parameters": lambda n: "def f(" + ", ".join("p%d" % i for i in range(n)) + "):\n" + numbered(n, "    g(p@)\n"),
    "one attribute": lambda n: "class A:\n    def f(self):\n" + numbered(n, "        self.x = g(@)\n"),
    "attributes": lambda n: "class A:\n    def f(self):\n" + numbered(n, "        self.x@ = g\n"),
    "results in one name": lambda n: "def f(p):\n" + numbered(n, "    t = g(p)\n"),
    "results": lambda n: "def f(p):\n" + numbered(n, "    t@ = g(p)\n    h(t@)\n"),
    "captured": lambda n: "def f(p):\n    def job():\n" + numbered(n, "        p()\n") + numbered(n, "    g(job)\n"),
    "bases": lambda n: "class A0: pass\n" + "".join("class A%d(A%d): pass\n" % (i + 1, i) for i in range(n)),
    "returns": lambda n: "def f(p):\n" + numbered(n, "    if p: return g(@)\n"),
    "names of the module": lambda n: numbered(n, "x@ = f(x@)\n"),
    "lambdas": lambda n: "x = " + "lambda p: " * n + "p\n",
    "generators": lambda n: "def f(p):\n    return " + " + ".join(["(p() for x in y)"] * n) + "\n",
}


class Hostile(unittest.TestCase):
    """Four times the size may take ten times as long; what is quadratic takes sixteen times."""

    def seconds(self, text):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "case.py")
            with open(path, "w") as out:
                out.write(text)
            start = time.monotonic()
            outcome = awry.run("debug", "facts", "--alone", path, "nobody")
            self.assertEqual(outcome.code, 0)
            return time.monotonic() - start

    def test_cost(self):
        for name, make in HOSTILE.items():
            with self.subTest(name):
                small = max(self.seconds(make(1000)), 0.1)
                self.assertLess(self.seconds(make(4000)), 10 * small)


if __name__ == "__main__":
    unittest.main()
