"""What holds for every file that we keep: sizes, no address of a registry, no path of somebody's machine, nothing half-done."""
import os
import re
import subprocess
import unittest

ROOT = os.environ.get("AWRY_SOURCE") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LONGEST = 900
OUTSIDE = {"build", ".git", "node_modules", "bundled", "__pycache__", ".awry_cache"}

# Spelt in pieces, so that this file does not hold them.
REGISTRIES = re.compile("|".join([
    r"registry\." + r"npmjs", r"npmjs\." + r"(?:org|com)", r"registry\." + r"yarnpkg", r"pypi\." + r"(?:org|python)",
    r"files\." + r"pythonhosted", r"crates\." + r"io", r"proxy\." + r"golang", r"\"resolved\"\s*:" + r"\s*\"http",
]), re.IGNORECASE)
MACHINE_PATHS = re.compile(r"(?<![\w.~/}$)-])/(?:work|root|home/\w+|Users/\w+|tmp/(?:w|b|corpora))" + r"(?:/|\b(?![\w-]))")
HALF_DONE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")


def files():
    """Our files relative to the root: what git would keep, or the folder itself when it is no clone."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "-z"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, check=False)
    if listed.returncode == 0 and listed.stdout:
        return sorted(name for name in listed.stdout.decode().split("\0") if name and os.path.isfile(os.path.join(ROOT, name)))
    found = []
    for directory, folders, names in os.walk(ROOT):
        folders[:] = [folder for folder in folders if folder not in OUTSIDE]
        found += [os.path.relpath(os.path.join(directory, name), ROOT) for name in names]
    return sorted(found)


def lines_of(name):
    with open(os.path.join(ROOT, name), "rb") as source:
        return source.read().decode("utf-8", "replace").splitlines()


def places(pattern, names):
    return ["%s:%d: %s" % (name, number, line.strip()[:100])
            for name in names for number, line in enumerate(lines_of(name), 1) if pattern.search(line)]


class House(unittest.TestCase):
    def assert_none(self, wrong):
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    # Fixtures are left out below: they are code as it is found, and may name anything.

    def test_no_address_of_a_registry(self):
        self.assert_none(places(REGISTRIES, [name for name in files() if not name.startswith("fixtures/")]))

    def test_no_path_of_a_machine(self):
        self.assert_none(places(MACHINE_PATHS, [name for name in files() if not name.startswith("fixtures/")]))

    def test_nothing_is_half_done(self):
        self.assert_none(places(HALF_DONE, [name for name in files() if name.startswith(("src/", "rules/"))]))

    def test_c_files_stay_short(self):
        counts = [(name, len(lines_of(name))) for name in files() if name.endswith((".c", ".h"))]
        self.assert_none(["%s has %d lines, at most %d" % (name, n, LONGEST) for name, n in counts if n > LONGEST])

    def test_the_lock_has_hashes_and_no_addresses(self):
        text = "\n".join(lines_of("deps/package-lock.json"))
        self.assertNotIn("resolved", text)
        self.assertEqual(text.count('"node_modules/'), text.count('"integrity": "sha512-'))

    def test_the_patterns_find_what_they_are_for(self):
        self.assertTrue(REGISTRIES.search("https://registry." + "npm" + "js.org/x"))
        self.assertTrue(MACHINE_PATHS.search("see /ro" + "ot/.pyenv"))
        self.assertTrue(MACHINE_PATHS.search('"/home/' + 'someone/x"'))
        self.assertFalse(MACHINE_PATHS.search("${x}/root/y and a/work/b"))
        self.assertTrue(HALF_DONE.search("/* TO" + "DO: later */"))


if __name__ == "__main__":
    unittest.main()
