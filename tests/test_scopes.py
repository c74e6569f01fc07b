"""What names refer to: fixtures/scopes/*.py against `awry debug scopes --names`.

A comment of a fixture says what stands on its line: `text` is TARGET, where TARGET is as the command prints it, or `dead` or
`alive`. Every use of that text on the line must agree.
"""
import os
import re
import subprocess
import unittest
from pathlib import Path

AWRY = os.environ.get("AWRY", "awry")
SOURCE = Path(os.environ.get("AWRY_SOURCE") or Path(__file__).resolve().parent.parent)
SAID = re.compile(r"`([^`]+)` is ([^,\n]+?)(?=, `|\s*$)")
PRINTED = re.compile(r"^(\d+):\d+ `(.*)` (.+?)( \(dead\))?$")


def run(*arguments):
    result = subprocess.run([AWRY, "debug", "scopes", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            check=False)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


class Targets(unittest.TestCase):
    maxDiff = None

    def uses(self, path):
        code, out, err = run("--names", path)
        self.assertEqual((code, err), (0, ""))
        found = {}
        for line in out.splitlines():
            printed = PRINTED.match(line)
            if printed:
                row, text, target, dead = printed.groups()
                text = text.replace('\\"', '"')
                found.setdefault((int(row), text), []).append((target, "dead" if dead else "alive"))
        return found

    def check(self, path):
        found, wrong, marks = self.uses(path), [], 0
        for row, line in enumerate(path.read_text().splitlines(), 1):
            comment = line.partition("  # ")[2]
            for text, target in SAID.findall(comment):
                marks += 1
                uses = found.get((row, text), [])
                index = 1 if target in ("dead", "alive") else 0
                if not uses or any(use[index] != target for use in uses):
                    wrong.append("%s:%d: `%s` is %s, not %s" % (path.name, row, text, uses or "not there", target))
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))
        return marks

    def test_fixtures(self):
        paths = sorted((SOURCE / "fixtures/scopes").glob("*.py"))
        self.assertGreater(len(paths), 5)
        for path in paths:
            with self.subTest(path.name):
                self.assertGreater(self.check(path), 2)


class Command(unittest.TestCase):
    def test_a_file_that_is_not_there(self):
        code, out, err = run("--flat", "no/such/file.py")
        self.assertEqual((code, out), (2, "== no/such/file.py\n"))
        self.assertIn("no/such/file.py", err)

    def test_an_option_that_is_not_there(self):
        self.assertEqual(run("--flat-out")[0], 2)


if __name__ == "__main__":
    unittest.main()
