"""Where the cache may be, and `awry clean`: nothing is removed that awry did not write."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("AWRY_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
AWRY = os.environ.get("AWRY", str(SOURCE / "build/dev/awry"))

TAG = ("Signature: 8a477f597d28d172789f06886806bc55\n"
       "# This file is a cache directory tag created by awry.\n"
       "# For information about cache directory tags see https://bford.info/cachedir/\n")


class Clean(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.project = self.folder / "project"
        (self.project / "src").mkdir(parents=True)
        (self.project / "pyproject.toml").write_text("")
        (self.project / "src/a.py").write_text("x = 1\n")

    def awry(self, *arguments, cwd=None, **variables):
        kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS") or k == "PATH"}
        done = subprocess.run([AWRY, *arguments], cwd=cwd or self.project, env={**kept, **variables}, timeout=60,
                              capture_output=True, text=True)
        self.assertEqual(done.stdout if arguments[0] == "clean" and "-h" not in arguments else "", "")
        return done

    def make(self, directory, tag=TAG):
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "cache.bin").write_bytes(b"anything")
        (directory / "tmp-12-ab").write_bytes(b"")
        (directory / ".gitignore").write_text("*\n")
        if tag is not None:
            (directory / "CACHEDIR.TAG").write_text(tag)
        return directory

    def test_removes_the_cache_of_the_project_from_anywhere_in_it(self):
        for cwd, arguments in ((self.project, ()), (self.project / "src", ()), (self.folder, ("project",)),
                               (self.folder, ("project/src/a.py",))):
            cache = self.make(self.project / ".awry_cache")
            done = self.awry("clean", *arguments, cwd=cwd)
            self.assertEqual((done.returncode, done.stderr), (0, f"awry: removed the cache in {cache}\n"))
            self.assertFalse(cache.exists())

    def test_no_cache_is_no_mistake(self):
        done = self.awry("clean")
        self.assertEqual(done.returncode, 0)
        self.assertIn("there is no cache in", done.stderr)

    def test_leaves_what_is_not_its_own(self):
        for tag in (None, "", TAG[:-1], TAG + "x", TAG.replace("awry", "black")):
            cache = self.make(self.project / ".awry_cache", tag)
            done = self.awry("clean")
            self.assertEqual(done.returncode, 2)
            self.assertIn("not a cache of awry, nothing removed", done.stderr)
            self.assertTrue((cache / "cache.bin").exists())

    def test_keeps_files_of_others_beside_it(self):
        cache = self.make(self.project / ".awry_cache")
        (cache / "notes.txt").write_text("mine")
        (cache / ".gitignore").write_text("*.bin\n")
        self.assertEqual(self.awry("clean").returncode, 0)
        self.assertEqual(sorted(path.name for path in cache.iterdir()), [".gitignore", "notes.txt"])

    def test_follows_no_link(self):
        outside = self.make(self.folder / "outside")
        (self.project / ".awry_cache").symlink_to(outside)
        self.assertEqual(self.awry("clean").returncode, 2)
        self.assertTrue((outside / "cache.bin").exists())

    def test_directory_by_option_variable_and_configuration(self):
        chosen = self.make(self.folder / "chosen")
        self.assertEqual(self.awry("clean", "--cache-dir", str(chosen), AWRY_CACHE_DIR="/nowhere").returncode, 0)
        self.assertFalse(chosen.exists())
        self.make(chosen)
        self.assertEqual(self.awry("clean", AWRY_CACHE_DIR=str(chosen)).returncode, 0)
        self.assertFalse(chosen.exists())
        (self.project / "awry.toml").write_text('cache-dir = "var/awry"\n')
        below = self.make(self.project / "var/awry")
        self.assertEqual(self.awry("clean").returncode, 0)
        self.assertFalse(below.exists())
        self.assertTrue(below.parent.exists())

    def test_no_project_no_cache(self):
        done = self.awry("clean", cwd=self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no project here", done.stderr)

    def test_a_configuration_names_nothing_outside(self):
        for value in ("..", "../cache", "/tmp/cache", "a/../../b", "", "."):
            (self.project / "awry.toml").write_text(f'cache-dir = "{value}"\n')
            done = self.awry("check", "--color", "never")
            self.assertEqual(done.returncode, 2, value)
            self.assertIn("awry.toml:1:13: cache-dir takes a directory below the project's root", done.stderr)

    def test_words(self):
        self.assertEqual(self.awry("clean", "--cache-dir").returncode, 2)
        self.assertEqual(self.awry("clean", "--cache-dir=").returncode, 2)
        self.assertEqual(self.awry("clean", "a", "b").returncode, 2)
        self.assertEqual(self.awry("clean", "--all").returncode, 2)


if __name__ == "__main__":
    if not os.access(AWRY, os.X_OK):
        sys.exit(f"{AWRY} is not built")
    unittest.main()
