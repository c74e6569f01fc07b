"""Which Python environment is taken, from outside: options, settings, what the shell says, what is in the project."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("AWRY_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
AWRY = os.path.abspath(os.environ.get("AWRY", str(SOURCE / "build/dev/awry")))


class Environments(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(os.path.realpath(folder.name))
        self.write("shop/.git/HEAD")
        self.write("shop/a.py")

    def write(self, path, text=""):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def make(self, path):
        self.write(path + "/pyvenv.cfg", "home = /nowhere\nversion = 3.12.1\n")
        self.write(path + "/bin/python3.12")
        self.write(path + "/lib/python3.12/site-packages/some.py")

    def run_awry(self, *arguments, cwd="shop", **variables):
        kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        return subprocess.run([AWRY, "check", *arguments], cwd=self.folder / cwd, timeout=60, stdin=subprocess.DEVNULL,
                              env={**kept, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **variables}, capture_output=True)

    def taken(self, *arguments, **more):
        """The environment as --show-settings tells it, relative to the folder."""
        done = self.run_awry("--show-settings", *arguments, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line for line in done.stdout.decode().splitlines() if line.startswith("# python: ")]
        self.assertEqual(len(lines), 1, done.stdout.decode())
        return lines[0][len("# python: "):].replace(str(self.folder) + "/", "")

    def test_none(self):
        self.assertEqual(self.taken(), "none")

    def test_the_option(self):
        self.make("other")
        self.make("shop/.venv")
        self.assertEqual(self.taken("--python", "../other"), "other (--python), Python 3.12")
        self.assertEqual(self.taken("--python=../other/bin/python3.12"), "other (--python), Python 3.12")
        self.assertEqual(self.taken("--python", "none"), "none")
        self.assertEqual(self.taken("--python", "gone"), "--python: no such file or directory: gone")

    def test_the_option_is_relative_to_the_working_directory_and_the_setting_to_its_file(self):
        self.make("shop/envs/one")
        self.write("shop/pyproject.toml", '[tool.awry]\npython = "envs/one"\n')
        expected = "shop/envs/one (%s:2:1), Python 3.12"
        self.assertEqual(self.taken(), expected % "pyproject.toml")
        self.assertEqual(self.taken("shop/a.py", cwd="."), expected % "shop/pyproject.toml")
        self.assertEqual(self.taken("--python", "envs/one"), "shop/envs/one (--python), Python 3.12")
        self.assertEqual(self.taken("--config", 'python = "envs/one"'), "shop/envs/one (--config), Python 3.12")
        self.assertEqual(self.taken("--config", "python = none"), "none")

    def test_the_setting_of_an_extended_file_is_relative_to_that_file(self):
        self.make("shared/envs/two")
        self.make("shop/envs/two")
        self.write("shared/awry.toml", 'python = "envs/two"\n')
        self.write("shop/awry.toml", 'extend = "../shared/awry.toml"\n')
        self.assertTrue(self.taken().startswith("shared/envs/two ("))
        self.write("shop/awry.toml", 'extend = "../shared/awry.toml"\npython = "envs/two"\n')
        self.assertEqual(self.taken(), "shop/envs/two (awry.toml:2:1), Python 3.12")

    def test_the_setting_has_to_be_a_path(self):
        for value, expected in (("3", "python takes a string that is not empty"), ('""', "python takes a string that is not empty")):
            self.write("shop/awry.toml", "python = %s\n" % value)
            done = self.run_awry()
            self.assertEqual(done.returncode, 2)
            self.assertIn("awry.toml:1:10: " + expected, done.stderr.decode())

    def test_the_shell_comes_before_the_project(self):
        self.make("active")
        self.make("shop/.venv")
        active = str(self.folder / "active")
        self.assertEqual(self.taken(VIRTUAL_ENV=active), "active ($VIRTUAL_ENV), Python 3.12")
        self.assertEqual(self.taken("--python", ".venv", VIRTUAL_ENV=active), "shop/.venv (--python), Python 3.12")
        shutil.rmtree(self.folder / "active")
        self.assertEqual(self.taken(VIRTUAL_ENV=active), "shop/.venv (.venv of the project), Python 3.12")

    def test_above_the_project_up_to_the_repository(self):
        self.make(".venv")
        self.write("shop/services/api/pyproject.toml")
        self.assertEqual(self.taken("services/api"), "none")
        self.make("shop/venv")
        self.assertEqual(self.taken("services/api"), "shop/venv (venv above the project), Python 3.12")
        self.assertEqual(self.taken(), "shop/venv (venv of the project), Python 3.12")
        self.assertEqual(self.taken("--project-root", "services", "services/api"), "none")

    def test_isolated_reads_no_setting_but_looks_around(self):
        self.make("shop/.venv")
        self.write("shop/awry.toml", 'python = "none"\n')
        self.assertEqual(self.taken(), "none")
        self.assertEqual(self.taken("--isolated"), "shop/.venv (.venv of the project), Python 3.12")


if __name__ == "__main__":
    unittest.main()
