# label: net
# timeout: 1200
"""What test_same.py says of small projects holds for a real package of some 900 files: the same bytes at any number of threads, with and
without a cache, in any order of paths, and for a file that is named alone; and after edits, beside a cache."""
import json
import os
import random
import re
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import installed
import linked
from warm import Project

SEED = int(os.environ.get("AWRY_SEED") or random.randrange(1 << 30))
ALONE = 40  # files
EDITS = 12
PACKAGE = "prefect"
# Many runs: where there is a release build beside the one under test, it is the one that makes them.
RELEASE = os.environ.get("AWRY_RELEASE")
FAST = RELEASE if RELEASE and os.path.exists(RELEASE) else awry.AWRY


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source, why = installed.wheel(PACKAGE)
        if not cls.source:
            raise unittest.SkipTest(why)
        print("AWRY_SEED=%d" % SEED, flush=True)

    def setUp(self):
        self.project = Project(self)
        os.rmdir(self.project.folder)
        shutil.copytree(self.source, self.project.folder)
        self.project.write("pyproject.toml", "[project]\nname = \"package\"\n")
        self.paths = linked.files(self.project.folder)
        self.assertGreater(len(self.paths), 800)

    def run_fast(self, *arguments, **more):
        outcome = awry.run(*self.project.command(*arguments, **more), cwd=self.project.folder, program=FAST)
        self.assertEqual(awry.crashed(outcome), "")
        self.assertIn(outcome.code, (0, 1), outcome.err.decode())
        return outcome.out

    def test_the_same_in_all_runs(self):
        whole = self.project.run(".", "-j1", warm=False).out
        findings = json.loads(whole)
        self.assertGreater(len(findings), 100)
        self.assertGreater(sum(self.is_across(f) for f in findings), 10, "findings that come from another file")
        self.assertEqual(self.project.run(".", "-j8", warm=False).out, whole)
        for jobs in ("-j8", "-j1", "-j4"):
            self.assertEqual(self.project.run(".", jobs).out, whole, "beside a cache, " + jobs)
        dice = random.Random(SEED)
        for warm in (False, True):
            dice.shuffle(self.paths)
            self.assertEqual(self.run_fast(*self.paths, warm=warm), whole, "AWRY_SEED=%d" % SEED)

    def is_across(self, finding):
        return any(step["filename"] != finding["filename"] for step in finding["chain"] if step["step"] is not None)

    def test_a_file_alone(self):
        findings = json.loads(self.run_fast("."))
        found_in = sorted({f["filename"] for f in findings})
        dice = random.Random(SEED)
        chosen = dice.sample(found_in, min(ALONE, len(found_in))) + dice.sample(self.paths, ALONE // 4)
        for turn, path in enumerate(chosen):
            wanted = [f for f in findings if f["filename"] == path]
            self.assertEqual(json.loads(self.run_fast(path)), wanted, path)
            if turn % 4 == 0:
                self.assertEqual(json.loads(self.run_fast(path, warm=False)), wanted, path)

    def test_edits(self):
        """Functions begin to sleep, become coroutine functions, change their names; files go and come back."""
        dice = random.Random(SEED)
        first = self.run_fast(".")
        changed = {}
        for step in range(EDITS):
            path = dice.choice(self.paths)
            text = changed.setdefault(path, self.project.read(path))
            heads = list(re.finditer(r"^( *)((?:async )?def \w+\([^()]*\)[^\n:]*:)\n", text, re.MULTILINE))
            if not heads:
                os.rename(self.project.path(path), self.project.path(path) + ".gone")
            else:
                head = dice.choice(heads)
                self.project.write(path, text[:head.start()] + self.edited(dice, head) + text[head.end():])
            about = "step %d: %s, AWRY_SEED=%d" % (step, path, SEED)
            self.assertEqual(self.run_fast(".").decode(), self.run_fast(".", warm=False).decode(), about)
            if not heads:
                os.rename(self.project.path(path) + ".gone", self.project.path(path))
        for path, text in changed.items():
            with open(self.project.path(path), "w", encoding="utf-8", newline="") as out:
                out.write(text)
        self.assertEqual(self.run_fast("."), first)

    def edited(self, dice, head):
        indent, definition = head.group(1), head.group(2)
        kind = dice.randrange(4)
        if kind == 0:
            return "%s%s\n%s    import time\n%s    time.sleep(1)\n" % (indent, definition, indent, indent)
        if kind == 1:
            other = definition[len("async "):] if definition.startswith("async ") else "async " + definition
            return "%s%s\n" % (indent, other)
        if kind == 2:
            return "%s%s\n" % (indent, definition.replace("(", "_other(", 1))
        return "%s%s\n%s    # a comment\n" % (indent, definition, indent)


if __name__ == "__main__":
    unittest.main()
