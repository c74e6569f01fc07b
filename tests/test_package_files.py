"""What packages are made of, without making one: the module that finds the program, the hooks, the version."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.environ.get("AWRY_SOURCE") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODULE = os.path.join(ROOT, "packaging", "python", "awry")


def text_of(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


class Module(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-module-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_module(self, packages, programs, *arguments):
        """`python -m awry` with the module and a program that repeats its arguments in these folders; (code, out, err)."""
        packages = os.path.join(self.folder, packages)
        shutil.copytree(MODULE, os.path.join(packages, "awry"), ignore=shutil.ignore_patterns("__pycache__"))
        if programs:
            os.makedirs(os.path.join(self.folder, programs))
            path = os.path.join(self.folder, programs, "awry")
            with open(path, "w", encoding="utf-8") as program:
                program.write("#!/bin/sh\nprintf '%s;' \"$0\" \"$@\"\nexit 7\n")
            os.chmod(path, 0o755)
        done = subprocess.run([sys.executable, "-m", "awry", *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, env={**os.environ, "PYTHONPATH": packages})
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_the_program_of_a_prefix(self):
        code, out, _ = self.run_module("prefix/lib/python3.8/site-packages", "prefix/bin", "check", "a b", "--", "")
        self.assertEqual((code, out), (7, os.path.join(self.folder, "prefix/bin/awry") + ";check;a b;--;;"))

    def test_the_program_of_a_target(self):
        code, out, _ = self.run_module("target", "target/bin", "--version")
        self.assertEqual((code, out), (7, os.path.join(self.folder, "target/bin/awry") + ";--version;"))

    def test_without_a_program(self):
        if shutil.which("awry"):
            self.skipTest("awry is installed here, and would be found")
        code, out, err = self.run_module("a/b/c/d", "")
        self.assertEqual((code, out), (2, ""))
        self.assertTrue(err.startswith("awry: the program is not installed: awry is in none of: %s/a/bin, " % self.folder), err)


class Files(unittest.TestCase):
    def test_the_version_is_found_in_one_place(self):
        pattern = re.search(r"^regex = '(.*)'$", text_of("pyproject.toml"), re.MULTILINE).group(1)
        [version] = re.findall(pattern, text_of("CMakeLists.txt"))
        self.assertRegex(version, r"^\d+\.\d+\.\d+$")
        self.assertNotRegex(text_of("pyproject.toml"), r"(?m)^version\s*=")

    def test_the_hooks(self):
        hooks = re.split(r"(?m)^(?=- id: )", text_of(".pre-commit-hooks.yaml"))[1:]
        self.assertEqual([re.search(r"^- id: (\S+)", hook).group(1) for hook in hooks], ["awry", "awry-system"])
        for hook, language in zip(hooks, ("python", "system")):
            pairs = dict(re.findall(r"(?m)^  (\w+): (.*)$", hook))
            self.assertEqual(pairs["language"], language)
            self.assertEqual(pairs["entry"], "awry check --force-exclude")
            self.assertEqual(pairs["types_or"], "[python, pyi]")
            # Several processes would not know each other's files.
            self.assertEqual(pairs["require_serial"], "true")


if __name__ == "__main__":
    unittest.main()
