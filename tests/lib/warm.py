"""Projects that are checked, edited and checked again beside one cache: what a warm run says is what a cold one says."""
import os
import shutil
import tempfile
import textwrap

import awry


PROJECT = "[project]\nname = 'app'\n"


class Project:
    """A folder with files, and a cache beside it. `options` go into each run."""

    def __init__(self, test, files=None, folder=None, options=()):
        self.test, self.options = test, list(options)
        self.kept = os.path.realpath(tempfile.mkdtemp(prefix="awry-warm-"))
        test.addCleanup(shutil.rmtree, self.kept)
        self.folder = folder or os.path.join(self.kept, "project")
        self.cache = os.path.join(self.kept, "cache")
        os.makedirs(self.folder, exist_ok=True)
        for path, text in ({"pyproject.toml": PROJECT, **files} if files else {}).items():
            self.write(path, text)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(textwrap.dedent(text))

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as source:
            return source.read()

    def replace(self, name, old, new):
        text = self.read(name)
        self.test.assertIn(old, text)
        self.write(name, text.replace(old, new))

    def remove(self, name):
        os.remove(self.path(name))

    def command(self, *arguments, form="json", warm=True):
        kept = ["--cache-dir", self.cache] if warm else ["--no-cache"]
        return ["check", "--select", "all", "--output-format", form, *self.options, *kept, *(arguments or ["."])]

    def run(self, *arguments, **more):
        """The outcome of one run; a crash, a sanitizer's report or exit code 2 is a failure."""
        outcome = awry.run(*self.command(*arguments, **more), cwd=self.folder)
        self.test.assertEqual(awry.crashed(outcome), "")
        self.test.assertIn(outcome.code, (0, 1), outcome.err.decode("utf-8", "replace")[-2000:])
        return outcome

    def agree(self, *wanted, about=""):
        """The same bytes warm and cold; `wanted` are all findings, as `PATH:ROW CODE`. Gives the bytes."""
        warm, cold = self.run(form="json"), self.run(form="json", warm=False)
        self.test.assertEqual(warm.out.decode(), cold.out.decode(), "warm, then cold" + about)
        self.test.assertEqual(warm.code, cold.code)
        if wanted:
            self.found(*wanted)
        return warm.out

    def found(self, *wanted):
        wanted = [] if wanted == ("nothing",) else list(wanted)
        said = self.run(form="concise").out.decode().split("\n")
        there = ["%s:%s %s" % (path, row, rest.split()[0]) for path, row, _, rest in (line.split(":", 3) for line in said if ": AW" in line)]
        self.test.assertEqual(there, wanted)

    def cache_files(self):
        """The files below the cache's directory, the largest first."""
        found = [os.path.join(directory, name) for directory, _, names in os.walk(self.cache) for name in names]
        return sorted(found, key=os.path.getsize, reverse=True)
