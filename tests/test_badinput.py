# timeout: 240
"""Any input gives an exit code of 0, 1 or 2, and each file is either read or in a finding that says why not; the files
beside it are still checked. The inputs come from badinput.py."""
import collections
import json
import os
import resource
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import badinput

ABOUT_INPUT = {"AW001", "AW002", "AW003", "AW004"}
GOOD = b"import time\n\nasync def pause():\n    time.sleep(1)\n"
SCALE = int(os.environ.get("BADINPUT_SCALE") or 2000)
SECONDS = 20 if awry.is_sanitized() else 12  # for one file: the program's own limit is 10
ADDRESS_SPACE = 4 << 30


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


class BadInput(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-bad-"))
        self.addCleanup(self.clean)
        with open(os.path.join(self.folder, "aaa_good.py"), "wb") as file:
            file.write(GOOD)

    def clean(self):
        badinput.unlock(self.folder)
        shutil.rmtree(self.folder)

    def check(self, *options, paths=(".",), timeout=200):
        """The findings of a run, by file; the run is judged as a whole."""
        limits = {} if awry.is_sanitized() else {"preexec_fn": limit_memory}
        outcome = awry.run("check", "-v", "--output-format", "json", *options, *paths, cwd=self.folder, timeout=timeout, **limits)
        self.assertEqual(awry.crashed(outcome), "")
        findings = collections.defaultdict(list)
        # Names that are no UTF-8 are made readable by the report.
        for finding in json.loads(outcome.out):
            findings[finding["filename"]].append(finding)
            self.assertGreaterEqual(finding["location"]["row"], 1)
            self.assertGreaterEqual(finding["location"]["column"], 1)
            place, end = finding["location"], finding["end_location"]
            self.assertGreaterEqual((end["row"], end["column"]), (place["row"], place["column"]), finding)
            self.assertTrue(finding["message"])
            if finding["code"] in ("AW001", "AW003"):
                self.assertEqual(outcome.code, 2)
        self.assert_good(findings)
        return outcome, findings

    def assert_good(self, findings):
        good = [(f["code"], f["location"]["row"]) for f in findings["aaa_good.py"]]
        self.assertEqual(good, [("AW101", 4)], "the good file beside the bad ones")

    def write(self, cases):
        for name, content in cases:
            with open(os.path.join(self.folder, name + ".py"), "wb") as file:
                file.write(content)

    def told(self, findings, name):
        return sorted({f["code"] for f in findings[name + ".py"] if f["code"] in ABOUT_INPUT})

    def test_files(self):
        cases = badinput.files(SCALE)
        self.assertGreater(len(cases), 150)
        self.write(cases)
        outcome, findings = self.check()
        read, failed, total = self.counts(outcome)
        self.assertEqual(total, len(cases) + 1)
        unread = {name for name, fs in findings.items() if any(f["code"] in ABOUT_INPUT for f in fs)}
        self.assertGreaterEqual(len(unread), total - read)
        self.assertGreaterEqual(len(unread), failed)
        self.assertEqual(EXPECTED.keys() - dict(cases).keys(), set())
        told = {name: self.told(findings, name) for name in EXPECTED}
        self.assertEqual(told, EXPECTED)

    def counts(self, outcome):
        """(read, not analysed, all files) as --verbose tells them."""
        words = outcome.err.decode("utf-8", "replace").replace(",", "").split()
        read = int(words[words.index("files") - 1])
        failed = int(words[words.index("not") - 1])
        listed = awry.run("check", "--show-files", ".", cwd=self.folder)
        return read, failed, len(listed.out.split(b"\n")) - 1

    def test_the_same_at_any_number_of_threads(self):
        self.write(badinput.files(300))
        one = awry.run("check", "-j1", "--output-format", "json", ".", cwd=self.folder)
        many = awry.run("check", "-j7", "--output-format", "json", ".", cwd=self.folder)
        self.assertEqual(awry.crashed(one) + awry.crashed(many), "")
        self.assertEqual((one.code, one.out), (many.code, many.out))

    def test_each_view_of_debug(self):
        """What `awry debug` shows of broken files has no limits to hide behind."""
        cases = [case for case in badinput.files(300) if not case[0].startswith("typed_") or case[0].endswith("5")]
        self.write(cases)
        names = [name + ".py" for name, _ in cases]
        for view in (["tree"], ["tree", "--flat"], ["scopes"], ["flow"]):
            for first in range(0, len(names), 100):
                outcome = awry.run("debug", *view, *names[first:first + 100], cwd=self.folder, timeout=60)
                self.assertEqual(awry.crashed(outcome), "", view)

    def test_what_is_no_plain_file(self):
        made = badinput.trees(self.folder)
        begin = time.monotonic()
        outcome, findings = self.check(timeout=60)
        self.assertLess(time.monotonic() - begin, SECONDS)
        self.assertEqual(outcome.code, 2)
        if os.geteuid() == 0:
            made = {name: what for name, what in made.items() if not what.startswith("denied")}
            print("denied files are left out: root can read them")
        odd = sum(1 for name in findings if "async" in name or not name.isascii() or not name.isprintable())
        for name, what in made.items():
            if what == "file":
                continue
            codes = [f["code"] for f in findings.get(name, [])]
            self.assertEqual(codes, ["AW001"], (name, what, sorted(findings)))
        plain = sum(what == "file" for what in made.values())
        read = self.counts(outcome)[0]
        self.assertGreaterEqual(read, plain + 1, odd)
        for secret in (b"root:", b"PATH="):
            self.assertNotIn(secret, outcome.out + outcome.err)

    def test_named_files_of_every_sort(self):
        """Named on the command line: an answer for each, and no waiting for a pipe."""
        made = badinput.trees(self.folder)
        names = ["./" + name for name, what in made.items() if not (os.geteuid() == 0 and what.startswith("denied"))]
        outcome, findings = self.check(paths=["aaa_good.py", *names, "not_there.py", "directory.py"], timeout=60)
        self.assertEqual(outcome.code, 2)
        self.assertEqual([f["code"] for f in findings["not_there.py"]], ["AW001"])
        for name in ("fifo.py", "dangling.py", "itself.py", "loop_a.py", "zero.py"):
            self.assertEqual([f["code"] in ("AW001", "AW003") for f in findings[name]], [True], name)

    def test_findings_cannot_command_a_terminal(self):
        badinput.trees(self.folder)
        self.write(case for case in badinput.encodings() if case[0] in ("escapes", "bidi", "nul"))
        for form in ("full", "json"):
            outcome = awry.run("check", "--output-format", form, "--color", "never", ".", cwd=self.folder, timeout=60)
            self.assertEqual(awry.crashed(outcome), "")
            text = (outcome.out + outcome.err).decode("utf-8")
            bad = sorted({c for c in text if (ord(c) < 32 and c not in "\n\t") or ord(c) == 127 or 0x80 <= ord(c) < 0xa0 or c in "\u202e\u2066"})
            self.assertEqual(bad, [], form)

    def test_standard_input(self):
        for name, content in badinput.files(200)[::9]:
            path = os.path.join(self.folder, "input")
            with open(path, "wb") as file:
                file.write(content)
            with open(path, "rb") as file:
                outcome = awry.run("check", "--output-format", "json", "-", stdin=file, timeout=60)
            self.assertEqual(awry.crashed(outcome), "", name)
            json.loads(outcome.out)


# What some of them must be called; most may be anything, as long as it is said.
EXPECTED = {
    "utf8": [], "utf8_bom": [], "latin1": [], "cookie_second_line": [], "cookie_shift_jis": [], "cookie_gb18030": [],
    "cookie_euc_kr": [], "cookie_iso2022": [], "cr_only": [], "crlf_in_string": [], "form_feeds": [], "tabs_consistent": [],
    "empty": [], "newline": [], "space": [], "bom_only": [], "comment_only": [], "indent_99": [], "comments_short": [],
    "comments_indented": [], "comments_in_brackets": [], "blank_lines": [], "backslashes": [],
    "deep_attributes": [], "deep_and_or": [], "deep_elif": [], "deep_except": [], "deep_decorators": [], "deep_comparisons": [],
    "deep_table": [], "deep_not": [], "deep_power": [], "deep_conditional": [], "deep_plus_joined": [], "deep_f_fields": [],
    "utf8_invalid": ["AW004"], "utf8_invalid_name": ["AW002", "AW004"], "utf8_surrogate": ["AW004"], "utf8_overlong": ["AW004"],
    "latin1_undeclared": ["AW004"], "cookie_unknown": ["AW004"], "cookie_against_bom": ["AW004"], "cookie_ascii": ["AW004"],
    "utf_16": ["AW004"], "utf_32": ["AW004"], "elf": ["AW004"], "png": ["AW004"], "nul_only": ["AW002"],
    "nul": ["AW002"], "indent_101": ["AW002"], "indent_511_string": ["AW002"], "indent_512_fstring": ["AW002"],
    "tabs_mixed": ["AW002"], "python_2": ["AW002"], "conflicts": ["AW002"], "javascript": ["AW002"],
    "deep_parentheses": ["AW002"], "deep_lists": ["AW002"], "deep_f_nested": ["AW002"], "deep_mixed_open": ["AW002"],
    "string_triple_open": ["AW002"], "tiny_00": ["AW002"], "backslash_end": ["AW002"],
}

if __name__ == "__main__":
    unittest.main()
