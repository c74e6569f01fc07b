# label: slow
# timeout: 1200
"""The inputs of badinput.py at full depth and length, one process a file, each in bounded time; and files of 5 to 50 MB."""
import json
import os
import shutil
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import badinput
from test_badinput import GOOD, SECONDS, limit_memory

SCALE = int(os.environ.get("BADINPUT_SCALE") or 100000)
LIMITS = {} if awry.is_sanitized() else {"preexec_fn": limit_memory}


class FullScale(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-bad-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, path, *options, most=2 * SECONDS):
        """Problems of one file, checked together with a good one; several files share the machine, hence twice the time. In a folder of its own:
        what lies beside a file that is named is read for facts."""
        folder = os.path.join(self.folder, "of_" + path[:-3])
        os.mkdir(folder)
        os.rename(os.path.join(self.folder, path), os.path.join(folder, path))
        with open(os.path.join(folder, "aaa_good.py"), "wb") as file:
            file.write(GOOD)
        begin = time.monotonic()
        outcome = awry.run("check", "-j1", "--no-cache", "--output-format", "json", *options, "aaa_good.py", path, cwd=folder, timeout=4 * most, **LIMITS)
        seconds = time.monotonic() - begin
        wrong = awry.crashed(outcome)
        if wrong:
            return "%s: %s" % (path, wrong)
        findings = json.loads(outcome.out)
        if not [f for f in findings if f["filename"] == "aaa_good.py" and f["code"] == "AW101"]:
            return "%s: the good file beside it was not checked" % path
        if seconds > most:
            return "%s: %.1f s" % (path, seconds)
        return ""

    def test_files(self):
        names = []
        for name, content in badinput.files(SCALE):
            if not name.startswith("typed_"):
                names.append(name + ".py")
                with open(os.path.join(self.folder, names[-1]), "wb") as file:
                    file.write(content)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            problems = [problem for problem in pool.map(self.check, names) if problem]
        if problems:
            self.fail(awry.shorten(problems))

    def test_large_files(self):
        paths = [os.path.basename(path) for path in badinput.big(self.folder)]
        outcome = awry.run("check", "--output-format", "json", ".", cwd=self.folder, timeout=60, **LIMITS)
        self.assertEqual(awry.crashed(outcome), "")
        findings = json.loads(outcome.out)
        for path in paths:
            self.assertEqual([f["code"] for f in findings if f["filename"] == path], ["AW003"], path)
        # Let in, they are bounded by time and memory; what does not fit is said.
        problems = [self.check(path, "--max-file-size", "64M", most=60) for path in paths]
        self.assertEqual([problem for problem in problems if problem], [])


if __name__ == "__main__":
    unittest.main()
