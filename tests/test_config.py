"""Configuration from outside: which file holds where, what it may say, selection, profiles, target version."""
import json
import os
import pathlib
import subprocess
import tempfile
import textwrap
import unittest

SOURCE = pathlib.Path(os.environ.get("AWRY_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
AWRY = os.environ.get("AWRY", str(SOURCE / "build/dev/awry"))

# Row 4 is AW101, row 5 AW101:zero, row 8 AW201.
BAD = """\
import time

async def f():
    time.sleep(1)
    time.sleep(0)

async def g():
    f()
"""


def environment():
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    return {**kept, "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


class Project(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(os.path.realpath(folder.name))

    def write(self, path, text=BAD):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text))

    def run_awry(self, *arguments, cwd=".", stdin=None):
        return subprocess.run([AWRY, "check", *arguments], cwd=self.folder / cwd, env=environment(), timeout=60,
                              input=stdin.encode() if stdin is not None else None, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **({} if stdin is not None else {"stdin": subprocess.DEVNULL}))

    def found(self, *arguments, **more):
        """`path:row code` of all findings."""
        done = self.run_awry("--output-format", "json", *arguments, **more)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return ["%s:%d %s" % (f["filename"], f["location"]["row"], f["code"]) for f in json.loads(done.stdout)]

    def codes(self, *arguments, **more):
        return sorted({line.split()[1] for line in self.found(*arguments, **more)})

    def rows(self, *arguments, **more):
        return [int(line.split(":")[1].split()[0]) for line in self.found(*arguments, **more)]

    def mistake(self, expected, *arguments, **more):
        done = self.run_awry(*arguments, **more)
        self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
        self.assertEqual(done.stderr.decode(), "".join("awry: %s\n" % line for line in expected.split("\n")))

    def setting(self, key, *arguments, **more):
        """The value of a key and where it was set."""
        done = self.run_awry("--show-settings", *arguments, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line for line in done.stdout.decode().splitlines() if line.startswith(key + " = ")]
        value, origin = lines[-1].split(" = ", 1)[1].rsplit("  # ", 1)
        return value.strip(), origin


class Discovery(Project):
    def test_awry_toml_and_pyproject(self):
        self.write("a.py")
        self.assertEqual(self.codes(), ["AW101", "AW201"])
        self.write("pyproject.toml", '[tool.awry]\nselect = ["AW201"]\n')
        self.assertEqual(self.codes(), ["AW201"])
        self.write("awry.toml", 'select = ["AW101"]\n')
        self.assertEqual(self.codes(), ["AW101"])
        self.write(".awry.toml", 'select = ["AW201"]\n')
        self.assertEqual(self.codes(), ["AW201"])

    def test_the_nearest_one_wins_and_nothing_is_merged(self):
        self.write("awry.toml", 'ignore = ["AW201"]\n')
        self.write("top.py")
        self.write("packages/one/pyproject.toml", '[tool.awry]\nignore = ["AW101"]\n')
        self.write("packages/one/src/a.py")
        self.write("packages/two/b.py")
        self.write("packages/three/pyproject.toml", '[project]\nname = "three"\n')
        self.write("packages/three/c.py")
        expected = ["packages/one/src/a.py AW201", "packages/three/c.py AW101", "packages/two/b.py AW101", "top.py AW101"]

        def seen(*arguments, **more):
            return sorted({"%s %s" % (line.split(":")[0], line.split()[1]) for line in self.found(*arguments, **more)})

        self.assertEqual(seen(), expected)
        files = ["top.py", "packages/one/src/a.py", "packages/two/b.py", "packages/three/c.py"]
        self.assertEqual(seen(*files), expected)
        self.assertEqual(seen(*[str(self.folder / name) for name in files]), expected)
        self.assertEqual(seen("-j", "4", ".", "packages/one"), expected)
        # From inside, and from elsewhere by absolute paths.
        self.assertEqual(seen("src", cwd="packages/one"), ["src/a.py AW201"])
        self.assertEqual(seen(cwd="packages/two"), ["b.py AW101"])
        with tempfile.TemporaryDirectory() as elsewhere:
            self.assertEqual({line.split()[1] for line in seen(str(self.folder / "packages/one"), cwd=elsewhere)}, {"AW201"})
            self.assertEqual({line.split()[1] for line in seen(str(self.folder / "packages/two"), cwd=elsewhere)}, {"AW101"})

    def test_a_repository_ends_the_search(self):
        self.write("awry.toml", 'ignore = ["AW101"]\n')
        self.write("vendored/.git/HEAD", "")
        self.write("vendored/src/a.py")
        self.assertEqual(self.codes(), ["AW101", "AW201"])
        self.assertEqual(self.codes("vendored/src/a.py"), ["AW101", "AW201"])

    def test_project_root_ends_it_too(self):
        self.write("awry.toml", 'ignore = ["AW101"]\n')
        self.write("inner/a.py")
        self.assertEqual(self.codes("inner"), ["AW201"])
        self.assertEqual(self.codes("inner", "--project-root", "inner"), ["AW101", "AW201"])
        self.mistake("nothing: no such directory", "--project-root", "nothing")

    def test_isolated(self):
        self.write("awry.toml", 'ignore = ["AW101"]\nnonsense = 1\n')
        self.write("a.py")
        self.assertEqual(self.codes("--isolated"), ["AW101", "AW201"])
        self.mistake("--config FILE and --isolated exclude each other", "--isolated", "--config", "awry.toml")

    def test_a_file_for_all(self):
        self.write("awry.toml", 'ignore = ["AW101"]\n')
        self.write("ci/strict.toml", 'ignore = ["AW201"]\n[per-path."sub/**"]\nselect = ["AW201"]\n')
        self.write("ci/pyproject.toml", '[tool.awry]\nignore = ["AW201"]\n')
        self.write("a.py")
        self.write("sub/awry.toml", 'select = ["AW101"]\n')
        self.write("sub/b.py")
        self.assertEqual(sorted(set(self.found("--config", "ci/strict.toml"))),
                         ["a.py:4 AW101", "a.py:5 AW101", "sub/b.py:8 AW201"])
        self.assertEqual(self.codes("--config", "ci/pyproject.toml"), ["AW101"])
        self.mistake("missing.toml: no such file", "--config", "missing.toml")
        self.mistake("--config names more than one file", "--config", "awry.toml", "--config", "ci/strict.toml")
        self.write("ci/none/pyproject.toml", '[project]\nname = "x"\n')
        self.mistake("ci/none/pyproject.toml: has no table [tool.awry]", "--config", "ci/none/pyproject.toml")

    def test_single_values(self):
        self.write("awry.toml", 'ignore = ["AW101"]\nfail-on = "error"\n')
        self.write("a.py")
        self.assertEqual(self.codes("--config", 'ignore=["AW201"]'), ["AW101"])
        self.assertEqual(self.codes("--config", "ignore=AW201"), ["AW101"])
        self.assertEqual(self.codes("--config", "ignore = AW101, AW201"), [])
        self.assertEqual(self.setting("fail-on", "--config", "fail-on=info"), ('"info"', "--config"))
        self.assertEqual(self.setting("fail-on", "--config", "fail-on=info", "--fail-on", "warning"), ('"warning"', "--fail-on"))
        self.assertEqual(self.setting("max-seconds", "--config", "max-seconds=2.5"), ("2.5", "--config"))
        self.assertEqual(self.codes("--config", 'per-path."a.py".ignore=["AW201"]'), [])
        self.mistake('--config: unknown key "fail-om"; did you mean "fail-on"?', "--config", "fail-om=info")
        self.mistake('--config max-seconds=[: not valid TOML: expected a value', "--config", "max-seconds=[")
        self.mistake("max-seconds: no such file", "--config", "max-seconds")

    def test_extend(self):
        self.write("base.toml", 'ignore = ["AW101"]\nfail-on = "error"\n')
        self.write("pkg/awry.toml", 'extend = "../base.toml"\nfail-on = "info"\n')
        self.write("pkg/a.py")
        self.assertEqual(self.codes("pkg"), ["AW201"])
        self.assertEqual(self.setting("fail-on", cwd="pkg"), ('"info"', "awry.toml:2:1"))
        self.assertEqual(self.setting("ignore", cwd="pkg"), ('["AW101"]', str(self.folder / "base.toml") + ":1:1"))
        self.write("pkg/awry.toml", 'extend = "../bas.toml"\n')
        self.mistake("pkg/awry.toml:1:10: no such file: ../bas.toml", "pkg")
        self.write("base.toml", 'extend = "pkg/awry.toml"\n')
        self.write("pkg/awry.toml", 'extend = "../base.toml"\n')
        self.mistake("pkg/awry.toml: too many files extend each other", "pkg")

    def test_standard_input_has_the_settings_of_its_name(self):
        self.write("awry.toml", 'ignore = ["AW201"]\n')
        self.write("sub/awry.toml", 'ignore = ["AW101"]\n[per-path."gen_*.py"]\nignore = ["AW2"]\n')
        self.assertEqual(self.codes("-", stdin=BAD), ["AW101"])
        self.assertEqual(self.codes("-", "--stdin-filename", "new.py", stdin=BAD), ["AW101"])
        self.assertEqual(self.codes("-", "--stdin-filename", "sub/new.py", stdin=BAD), ["AW201"])
        self.assertEqual(self.codes("-", "--stdin-filename", str(self.folder / "sub/gen_a.py"), stdin=BAD), [])
        self.assertEqual(self.codes("-", "--stdin-filename", "sub/new.py", "--exclude", "sub/", stdin=BAD), ["AW201"])
        self.assertEqual(self.codes("-", "--stdin-filename", "sub/new.py", "--exclude", "sub/", "--force-exclude", stdin=BAD), [])

    def test_a_link_to_the_project(self):
        self.write("real/awry.toml", 'ignore = ["AW101"]\n[per-path."sub/"]\nignore = ["AW201"]\n')
        self.write("real/sub/a.py")
        self.write("real/b.py")
        (self.folder / "link").symlink_to("real")
        self.assertEqual(self.found("link"), ["link/b.py:8 AW201"])


class Mistakes(Project):
    def test_unknown_keys_and_wrong_values(self):
        cases = {
            'selct = ["AW1"]': '1:1: unknown key "selct"; did you mean "select"?',
            'zzzzzzzzzzzz = 1': '1:1: unknown key "zzzzzzzzzzzz"',
            '[per-path]\n[fail_on]': '2:2: unknown key "fail_on"; did you mean "fail-on"?',
            'select = 1': "1:10: select takes an array of rules, not an integer",
            'select = ["AW1", 2]': "1:18: select takes strings, not an integer",
            'select = ["AW101", "blocking-slep"]': '1:20: unknown rule "blocking-slep"; did you mean "blocking-sleep"?',
            'select = ["blockin"]': '1:11: unknown rule "blockin"; did you mean "blocking"?',
            'select = [""]': "1:11: a rule needs a name",
            'ignore = ["blocking-sleep:none"]': '1:11: rule "blocking-sleep" has no such case as "blocking-sleep:none"; it has zero',
            'fail-on = "warn"': '1:11: unknown severity "warn"; it is info, warning or error',
            'fail-on = "warnin"': '1:11: unknown severity "warnin"; did you mean "warning"?',
            'fail-on = true': '1:11: fail-on takes "info", "warning" or "error", not a boolean',
            'severity = { AW101 = "fatal" }': '1:14: unknown severity "fatal"; it is info, warning or error',
            'severity = { xyzzy = "error" }': '1:14: unknown rule "xyzzy"; `awry explain` lists them',
            'severity = "error"': "1:12: severity takes a table of rules and severities, not a string",
            'profiles = "no"': "1:12: profiles takes true or false, not a string",
            'target-version = 3.9': '1:18: target-version takes a string as "3.9" or "py39"',
            'target-version = "2.7"': '1:18: target-version takes a string as "3.9" or "py39"',
            'max-file-size = "4X"': '1:17: max-file-size takes a size from 1 to 1G, as "4M", "512K" or a number of bytes',
            'max-file-size = 0': '1:17: max-file-size takes a size from 1 to 1G, as "4M", "512K" or a number of bytes',
            'max-seconds = -1': "1:15: max-seconds takes seconds, as 10 or 0.5",
            'exclude = [1]': "1:12: exclude takes strings, not an integer",
            'output-format = "sarf"': None,
            'extend = 1': "1:10: extend takes a string that is not empty, not an integer",
            'per-path = []': '1:12: per-path takes a table of patterns, as [per-path."tests/**"], not an array',
            '[per-path]\n"a/" = 1': "2:8: a/ takes a table, not an integer",
            '[per-path."a/"]\nselekt = []': '2:1: unknown key "selekt"; did you mean "select"?',
            '[per-path."a/"]\nprofile = "test"': '2:11: profile takes "tests" or "none"',
            '[per-path."!a/"]\nignore = []': '1:11: a pattern of per-path begins with neither "!" nor "#"',
            'a = 1\na = 2': '2:1: `a` is there twice: first on line 1',
            'select = [AW101]': "1:11: not valid TOML: a string needs quotes",
            'select = ["AW101"': "1:18: not valid TOML: expected `,` or `]`",
            'é = 1': "1:1: not valid TOML: expected a key",
        }
        self.write("a.py")
        for text, expected in cases.items():
            self.write("awry.toml", text + "\n" if "AW101\"" not in text or "]" in text else text)
            with self.subTest(text=text):
                if expected is None:
                    expected = '1:1: unknown value "sarf" for output-format'
                self.mistake("awry.toml:" + expected)

    def test_all_mistakes_of_all_files(self):
        self.write("awry.toml", 'slect = 1\nfail-on = 2\n')
        self.write("a.py")
        self.mistake('awry.toml:1:1: unknown key "slect"; did you mean "select"?\n'
                     'awry.toml:2:11: fail-on takes "info", "warning" or "error", not an integer')
        self.write("awry.toml", "")
        self.write("one/awry.toml", "x = 1\n")
        self.write("one/a.py")
        self.write("two/pyproject.toml", "[tool.awry]\ny = 1\n")
        self.write("two/a.py")
        self.mistake('one/awry.toml:1:1: unknown key "x"\ntwo/pyproject.toml:2:1: unknown key "y"')
        self.mistake('one/awry.toml:1:1: unknown key "x"\ntwo/pyproject.toml:2:1: unknown key "y"', "--show-files")

    def test_pyprojects_of_others(self):
        self.write("a.py")
        self.write("pyproject.toml", "this is no TOML\n")
        self.assertEqual(self.codes(), ["AW101", "AW201"])
        self.write("pyproject.toml", "this is no TOML\n[tool.awry]\n")
        self.mistake("pyproject.toml:1:6: not valid TOML: expected `=`")
        self.write("pyproject.toml", "[tool]\nawry = 1\n")
        self.mistake("pyproject.toml:2:1: tool.awry is a table, as [tool.awry]")
        (self.folder / "pyproject.toml").write_bytes(b"[tool.awry]\nx = '\xff'\n")
        self.mistake("pyproject.toml:2:6: not valid TOML: not UTF-8")

    def test_what_cannot_be_read(self):
        self.write("a.py")
        os.mkfifo(self.folder / "awry.toml")
        self.mistake("awry.toml: not a regular file")
        (self.folder / "awry.toml").unlink()
        (self.folder / "awry.toml").write_text("# " + "x" * (1 << 20) + "\n")
        self.mistake("awry.toml: larger than 1 MiB")

    def test_a_deep_one(self):
        self.write("a.py")
        (self.folder / "awry.toml").write_text("x = " + "[" * 100000 + "]" * 100000 + "\n")
        done = self.run_awry()
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"nested too deep", done.stderr)


class Selection(Project):
    def setUp(self):
        super().setUp()
        self.write("a.py")

    def test_words(self):
        for words in ("AW101", "aw101", "blocking-sleep", "AW1", "AW1xx", "AW10", "AW10x", "blocking", "ASYNC251", "async251",
                      "S7488", "ASYNC2", "AW101,blocking", "AW101, AW102x"[:5]):
            self.assertEqual(self.codes("--select", words), ["AW101"], words)
        for words in ("AW", "all", "default", "strict", "blocking,awaiting", "ASYNC", "AW1,AW2"):
            self.assertEqual(self.codes("--select", words), ["AW101", "AW201"], words)
        self.assertEqual(self.codes("--select", "AW101", "--select", "AW201"), ["AW101", "AW201"])
        for words in ("", ",", "AW1O1", "AW10xx", "AWx", "blocking_sleep"):
            self.assertEqual(self.run_awry("--select", words).returncode, 2, words)

    def test_ignore_and_extend(self):
        self.assertEqual(self.codes("--ignore", "AW1"), ["AW201"])
        self.assertEqual(self.codes("--ignore", "ASYNC251"), ["AW201"])
        self.assertEqual(self.codes("--select", "AW1", "--extend-select", "AW201"), ["AW101", "AW201"])
        self.assertEqual(self.codes("--ignore", "all"), [])

    def test_the_most_specific_word_decides(self):
        self.assertEqual(self.codes("--select", "AW101", "--ignore", "AW1"), ["AW101"])
        self.assertEqual(self.codes("--select", "AW1", "--ignore", "AW101"), [])
        self.assertEqual(self.codes("--select", "AW101", "--ignore", "blocking-sleep"), [])
        self.assertEqual(self.codes("--select", "all", "--ignore", "default"), [])
        self.assertEqual(self.codes("--select", "AW10", "--ignore", "AW1"), ["AW101"])

    def test_cases(self):
        self.assertEqual(self.rows("--select", "AW101"), [4, 5])
        self.assertEqual(self.rows("--select", "AW101", "--ignore", "blocking-sleep:zero"), [4])
        self.assertEqual(self.rows("--select", "AW101:zero"), [5])
        self.assertEqual(self.rows("--select", "AW101:zero", "--ignore", "AW101"), [5])
        done = self.run_awry("--select", "AW101:one")
        self.assertEqual((done.returncode, done.stderr),
                         (2, b'awry: --select: rule "blocking-sleep" has no such case as "AW101:one"; it has zero\n'))

    def test_rules_that_are_off_need_their_name(self):
        self.write("b.py", "import time\n\nasync def f():\n    time.sleep(1)  # awry: ignore[AW101]\n")
        for words, codes in (("default", []), ("all", []), ("AW0", []), ("AW,AW0", []), ("AW101,AW007", ["AW007"]),
                             ("AW101,suppression-without-reason", ["AW007"])):
            self.assertEqual(self.codes("--select", words, "b.py"), codes, words)
        self.assertEqual(self.codes("--extend-select", "AW007", "b.py"), ["AW007"])

    def test_options_come_behind_files(self):
        self.write("awry.toml", 'select = ["AW101"]\nignore = ["AW201"]\n')
        self.assertEqual(self.codes(), ["AW101"])
        self.assertEqual(self.codes("--select", "AW2"), ["AW201"])
        self.assertEqual(self.codes("--extend-select", "AW2"), ["AW101", "AW201"])
        self.assertEqual(self.codes("--ignore", "AW1"), [])

    def test_what_is_wrong_with_the_input_stays(self):
        self.write("a.py", "x = )\n")
        self.assertEqual(self.codes("--select", "AW101"), ["AW002"])
        self.assertEqual(self.codes("--ignore", "AW0"), ["AW002"])

    def test_severities(self):
        def severities(*arguments):
            done = self.run_awry("--output-format", "json", *arguments)
            return [f["severity"] for f in json.loads(done.stdout)], done.returncode

        self.assertEqual(severities("--select", "AW101"), (["error", "info"], 1))
        self.assertEqual(severities("--select", "AW101", "--severity", "AW101=warning"), (["warning", "warning"], 1))
        self.assertEqual(severities("--select", "AW101", "--severity", "AW1=info"), (["info", "info"], 0))
        self.assertEqual(severities("--select", "AW101", "--severity", "AW101=info", "--severity", "AW101:zero=error"), (["info", "error"], 1))
        self.assertEqual(severities("--select", "AW101", "--min-severity", "warning"), (["error"], 1))
        self.assertEqual(severities("--select", "AW101", "--fail-on", "error"), (["error", "info"], 1))
        self.assertEqual(severities("--select", "AW101:zero", "--fail-on", "info"), (["info"], 1))
        self.assertEqual(severities("--select", "AW101:zero"), (["info"], 0))
        self.write("awry.toml", 'select = ["AW101"]\nseverity = { "blocking-sleep:zero" = "error", ASYNC251 = "info" }\n')
        self.assertEqual(severities(), (["info", "error"], 1))
        self.assertEqual(severities("--severity", "blocking=warning"), (["warning", "warning"], 1))
        for word in ("AW101", "AW101=", "=info", "AW101=fatal", "AW101,AW201=info"):
            self.assertEqual(self.run_awry("--severity", word).returncode, 2, word)


class Paths(Project):
    def test_patterns_are_relative_to_the_file(self):
        self.write("pkg/awry.toml", '''\
            [per-path."gen/**"]
            ignore = ["AW101"]
            [per-path."*_pb.py"]
            select = ["AW101"]
            [per-path."gen/deep/**"]
            extend-select = ["AW101"]
            severity = { AW101 = "info" }
            ''')
        for name in ("gen/a.py", "gen/deep/a.py", "src/gen/a.py", "x_pb.py"):
            self.write("pkg/" + name)
        expected = {"gen/a.py": {"AW201"}, "gen/deep/a.py": {"AW101", "AW201"}, "src/gen/a.py": {"AW101", "AW201"}, "x_pb.py": {"AW101"}}

        def by_file(*arguments, **more):
            seen = {}
            for line in self.found(*arguments, **more):
                seen.setdefault(os.path.relpath(line.split(":")[0], "pkg") if line.startswith("pkg") else line.split(":")[0], set()).add(line.split()[1])
            return seen

        self.assertEqual(by_file(), expected)
        self.assertEqual(by_file(cwd="pkg"), expected)
        self.assertEqual(by_file("pkg/gen", "pkg/src", "pkg/x_pb.py"), expected)
        self.assertEqual(by_file(*["pkg/" + name for name in expected]), expected)

    def test_excludes_of_files(self):
        self.write("awry.toml", 'exclude = ["old/", "/gen_*.py"]\nextend-exclude = ["!build/"]\n')
        for name in ("a.py", "old/a.py", "sub/old/a.py", "gen_a.py", "sub/gen_a.py", "build/a.py"):
            self.write(name)
        self.write("pkg/awry.toml", 'exclude = ["own/"]\n')
        self.write("pkg/own/a.py")
        self.write("pkg/old/a.py")

        def files(*arguments, **more):
            return self.run_awry("--show-files", *arguments, **more).stdout.decode().split()

        self.assertEqual(files(), ["a.py", "build/a.py", "pkg/old/a.py", "sub/gen_a.py"])
        self.assertEqual(files("--exclude", "sub/"), ["a.py", "build/a.py", "gen_a.py", "old/a.py", "pkg/old/a.py", "pkg/own/a.py"])
        self.assertEqual(files("--extend-exclude", "sub/"), ["a.py", "build/a.py", "pkg/old/a.py"])
        self.assertEqual(files("old/a.py", "gen_a.py"), ["gen_a.py", "old/a.py"])
        self.assertEqual(files("old/a.py", "gen_a.py", "a.py", "pkg/own/a.py", "pkg/old/a.py", "--force-exclude"), ["a.py", "pkg/old/a.py"])
        self.write("awry.toml", 'exclude = ["old/"]\nforce-exclude = true\n')
        self.assertEqual(files("old/a.py", "old", "a.py"), ["a.py"])
        self.assertEqual(files("old/a.py", "../" + self.folder.name + "/old/a.py", "a.py", cwd="."), ["a.py"])

    def test_ignore_files(self):
        self.write("a.py")
        self.write(".gitignore", "a.py\n")
        self.assertEqual(self.found(), [])
        self.write("awry.toml", "respect-ignore = false\n")
        self.assertEqual(self.codes(), ["AW101", "AW201"])


class Profiles(Project):
    def test_tests_may_sleep(self):
        quiet = ("tests/a.py", "pkg/tests/unit/a.py", "test/a.py", "test_a.py", "a_test.py", "pkg/conftest.py", "examples/a.py", "samples/a.py", "tests.py")
        loud = ("a.py", "contest.py", "latest.py", "pkg/attests/a.py", "mytest_a.py")
        for name in quiet + loud:
            self.write(name)
        self.assertEqual(sorted({line.split(":")[0] for line in self.found("--select", "AW101:zero,AW1")}), sorted(loud + quiet))
        self.assertEqual(sorted({line.split(":")[0] for line in self.found() if "AW101" in line}), sorted(loud))
        self.assertEqual(sorted({line.split(":")[0] for line in self.found() if "AW201" in line}), sorted(loud + quiet))
        self.assertEqual(sorted({line.split(":")[0] for line in self.found("--no-profiles") if "AW101" in line}), sorted(loud + quiet))
        # Named files are where they are, too.
        self.assertEqual(self.rows("tests/a.py"), [8])
        self.assertEqual(self.rows("a.py", cwd="tests"), [4, 5, 8])
        self.write("pyproject.toml", "")
        self.assertEqual(self.rows("a.py", cwd="tests"), [8])

    def test_what_was_asked_for_by_name_is_reported(self):
        self.write("tests/a.py")
        self.assertEqual(self.codes("--select", "all"), ["AW201"])
        self.assertEqual(self.codes("--select", "blocking"), [])
        self.assertEqual(self.codes("--select", "AW101"), ["AW101"])
        self.assertEqual(self.codes("--extend-select", "ASYNC251"), ["AW101", "AW201"])
        self.write("awry.toml", 'select = ["default", "blocking-sleep"]\n')
        self.assertEqual(self.codes(), ["AW101", "AW201"])

    def test_files_change_it(self):
        self.write("tests/a.py")
        self.write("checks/a.py")
        self.write("awry.toml", '[per-path."checks/"]\nprofile = "tests"\n[per-path."tests/"]\nprofile = "none"\n')
        self.assertEqual(sorted({line.split(":")[0] for line in self.found() if "AW101" in line}), ["tests/a.py"])
        self.write("awry.toml", "profiles = false\n")
        self.assertEqual(self.codes("tests"), ["AW101", "AW201"])
        self.write("awry.toml", '[per-path."tests/**"]\nextend-select = ["AW101"]\n')
        self.assertEqual(self.codes("tests"), ["AW101", "AW201"])


class Libraries(Project):
    """What became a coroutine function in a major version is none for who asks for older versions."""
    SERVER = """\
        from aiohttp import web

        async def stream(request):
            response = web.StreamResponse()
            await response.prepare(request)
            response.write(b"x")
        """

    def setUp(self):
        super().setUp()
        self.write("shop/server.py", self.SERVER)

    def test_requirements_at_the_root(self):
        (self.folder / ".git").mkdir()
        self.assertEqual(self.codes(), ["AW201"])
        for name in ("requirements.txt", "setup.py", "setup.cfg", "Pipfile", "buildout.cfg", "requirements/base.txt"):
            self.write(name, "aiohttp<3\n" if name.endswith("txt") else "'aiohttp<3'" if name == "setup.py" else "aiohttp = 2.3\n")
            self.assertEqual(self.codes(), [], name)
            self.assertEqual(self.codes("--isolated", "shop/server.py"), [], name)
            (self.folder / name).unlink()
        self.write("requirements.txt", "aiohttp==3.9.1\n")
        self.write("setup.py", "install_requires=['aiohttp==2.3']")
        self.assertEqual(self.codes(), ["AW201"])

    def test_the_nearest_project_that_speaks_of_it(self):
        self.write("pyproject.toml", '[project]\nname = "x"\ndependencies = ["aiohttp<3"]\n')
        self.write("one/pyproject.toml", '[project]\nname = "one"\ndependencies = ["aiohttp>=3.8"]\n')
        self.write("one/server.py", self.SERVER)
        self.write("two/pyproject.toml", '[project]\nname = "two"\n')
        self.write("two/server.py", self.SERVER)
        self.assertEqual(self.found(), ["one/server.py:6 AW201"])

    def test_a_repository_ends_it(self):
        self.write("requirements.txt", "aiohttp<3\n")
        (self.folder / ".git").mkdir()
        (self.folder / "shop/.git").mkdir()
        self.assertEqual(self.codes(), ["AW201"])

    def test_a_warm_run_sees_a_change(self):
        (self.folder / ".git").mkdir()
        cache = "--cache-dir=" + str(self.folder / "cache")
        for text, codes in (("", ["AW201"]), ("aiohttp<3", []), ("aiohttp<3", []), ("aiohttp", ["AW201"])):
            self.write("requirements.txt", text)
            self.assertEqual(self.codes(cache), codes, text)

    def test_what_cannot_be_read_says_nothing(self):
        (self.folder / ".git").mkdir()
        self.write("requirements.txt/aiohttp<3", "aiohttp<3")
        (self.folder / "Pipfile").symlink_to("Pipfile")
        self.write("setup.cfg", "#" * (1 << 20) + "\naiohttp<3\n")
        self.assertEqual(self.codes(), ["AW201"])


class Target(Project):
    def target(self, *arguments, **more):
        return self.setting("target-version", *arguments, **more)

    def test_requires_python(self):
        self.assertEqual(self.target(), ('"3.9"', "default"))
        bounds = {">=3.8": 8, ">=3.10,<4": 10, "<4,>=3.11": 11, "~=3.12": 12, "==3.13.*": 13, ">3.9": 9, ">=3.9.2": 9, " >= 3.14 ": 14,
                  "^3.8": 8, ">=3.8,!=3.9.0": 8}
        for bound, minor in bounds.items():
            self.write("pyproject.toml", '[project]\nname = "x"\nrequires-python = "%s"\n' % bound)
            self.assertEqual(self.target(), ('"3.%d"' % minor, "requires-python, pyproject.toml:3:1"), bound)
        for bound in ("<4", "", "!=3.9", ">=2.7", "three"):
            self.write("pyproject.toml", '[project]\nrequires-python = "%s"\n' % bound)
            self.assertEqual(self.target(), ('"3.9"', "default"), bound)
        self.write("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.10"\n')
        self.assertEqual(self.target(), ('"3.10"', "requires-python, pyproject.toml:2:1"))

    def test_the_nearest_project_and_what_is_above_it(self):
        self.write("pyproject.toml", '[project]\nrequires-python = ">=3.10"\n[tool.awry]\nfail-on = "info"\n')
        self.write("one/pyproject.toml", '[project]\nrequires-python = ">=3.12"\n')
        self.write("one/src/a.py")
        self.write("two/a.py")
        self.assertEqual(self.target("one/src/a.py")[0], '"3.12"')
        self.assertEqual(self.target("two/a.py")[0], '"3.10"')
        self.assertEqual(self.setting("fail-on", "one/src/a.py"), ('"info"', "pyproject.toml:4:1"))
        self.assertEqual(self.target("one/src/a.py", "--target-version", "3.8"), ('"3.8"', "--target-version"))
        self.assertEqual(self.target("one/src/a.py", "--target-version=py313")[0], '"3.13"')
        self.assertEqual(self.target("two/a.py", "--isolated"), ('"3.9"', "default"))
        self.write("one/awry.toml", 'target-version = "py311"\n')
        self.assertEqual(self.target("one/src/a.py"), ('"3.11"', "one/awry.toml:1:1"))
        for word in ("3", "3.", "2.7", "py27", "4.0", "3.999", "py3", "three"):
            self.assertEqual(self.run_awry("--target-version", word).returncode, 2, word)


class Once(Project):
    """What a run has once."""

    def test_the_working_directory_decides_else_the_first_path(self):
        self.write("awry.toml", 'fail-on = "error"\nselect = ["AW201"]\nseverity = { AW201 = "warning" }\n')
        self.write("a.py")
        self.write("sub/awry.toml", 'fail-on = "info"\nselect = ["AW201"]\nseverity = { AW201 = "warning" }\n')
        self.write("sub/a.py")
        self.assertEqual(self.run_awry().returncode, 0)
        self.assertEqual(self.run_awry("sub").returncode, 0)
        self.assertEqual(self.run_awry(cwd="sub").returncode, 1)
        with tempfile.TemporaryDirectory() as elsewhere:
            self.assertEqual(self.run_awry(str(self.folder / "sub/a.py"), str(self.folder), cwd=elsewhere).returncode, 1)
            self.assertEqual(self.run_awry(str(self.folder), str(self.folder / "sub/a.py"), cwd=elsewhere).returncode, 0)

    def test_limits_and_format(self):
        self.write("awry.toml", 'output-format = "json"\nmax-file-size = 20\nallow-limits = true\n')
        self.write("a.py")
        done = self.run_awry()
        self.assertEqual([f["code"] for f in json.loads(done.stdout)], ["AW003"])
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"AW003", self.run_awry("--output-format", "full").stdout)
        # A file that came with the code does not say where a report is written.
        self.write("awry.toml", 'output-format = "json:owned"\n')
        self.mistake('awry.toml:1:1: unknown value "json:owned" for output-format')

    def test_several_outputs(self):
        self.write("a.py")
        done = self.run_awry("--output-format", "full", "--output-format", "json:out.json", "--output-format=concise:out.txt")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"--> a.py:4:5", done.stdout)
        self.assertEqual(len(json.loads((self.folder / "out.json").read_text())), 3)
        self.assertIn("a.py:4:5: AW101", (self.folder / "out.txt").read_text())

    def test_statistics(self):
        self.write("a.py")
        done = self.run_awry("--statistics", "--output-format", "full", "--output-format", "json:out.json")
        self.assertEqual(done.stdout.decode().splitlines()[:2], ["     2  AW101  blocking-sleep", "     1  AW201  missing-await"])
        self.assertIn(b"Found 3 problems", done.stdout)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(json.loads((self.folder / "out.json").read_text())), 3)
        self.assertEqual(len(self.run_awry("--statistics", "-q").stdout.splitlines()), 2)
        self.assertEqual(self.run_awry("--statistics", "-q", "--exit-zero").returncode, 0)

    def test_show_settings(self):
        self.write("awry.toml", 'ignore = ["AW201"]\n[per-path."gen/"]\nextend-select = ["AW201"]\n')
        self.write("gen/a.py")
        text = self.run_awry("--show-settings", "gen/a.py", "--min-severity", "warning", "--ignore", "AW006").stdout.decode()
        self.assertTrue(text.startswith("# gen/a.py: awry.toml\n"), text)
        self.assertIn('AW201 = "error"  # missing-await', text)
        self.assertNotIn("AW006", text.split("[rules]")[1])
        self.assertEqual(self.setting("min-severity", "--min-severity", "warning"), ('"warning"', "--min-severity"))
        self.assertEqual(self.setting("ignore"), ('["AW201"]', "awry.toml:1:1"))
        self.assertIn('# the profile "tests" holds\n', self.run_awry("--show-settings", "test_x.py").stdout.decode())

    def test_the_example_of_the_readme(self):
        section = (SOURCE / "README.md").read_text().split("## Configuration")[1].split("\n## ")[0]
        example = section.split("```toml\n")[1].split("```")[0]
        self.write("a.py")
        self.write("scripts/a.py")
        self.write("load_tests/a.py")
        self.write("pyproject.toml", example)
        self.assertEqual(sorted({line.split()[1] + " " + line.split(":")[0] for line in self.found()}),
                         ["AW101 a.py", "AW201 a.py", "AW201 load_tests/a.py", "AW201 scripts/a.py"])
        # Every key has a row, and every row a key.
        keys = set()
        for row in section.split("| key | value | |")[1].split("\n\n")[0].splitlines()[2:]:
            keys |= {word.split("`")[0].split(".")[0] for word in row.split("|")[1].split("`")[1::2]}
        shown = self.run_awry("--show-settings").stdout.decode().split("[rules]")[0]
        known = {line.lstrip("# ").split(" = ")[0].split(":")[0] for line in shown.splitlines()[1:] if " = " in line or line.startswith(("# max", "# python"))}
        self.assertEqual(keys, known | {"extend"})

    def test_no_cache_is_accepted(self):
        self.write("a.py")
        self.assertEqual(self.codes("--no-cache"), ["AW101", "AW201"])


if __name__ == "__main__":
    unittest.main()
