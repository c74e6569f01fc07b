"""What reports promise whatever the source holds: JSON stays JSON, a terminal gets no control characters, both formats
say the same, and the picture in the README is what the program prints."""
# timeout: 300
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

SOURCE = pathlib.Path(os.environ.get("AWRY_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
AWRY = os.environ.get("AWRY", str(SOURCE / "build/dev/awry"))
sys.path.insert(0, str(SOURCE / "tests"))

CALL = b"import time\nasync def f():\n    %s; time.sleep(1)%s\n"
HOSTILE = {
    "escape.py": CALL % (b'"\x1b[2J\x1b]0;title\x07"', b""),
    "invalid.py": CALL % (b'"\xff\xfe\xc0\x80"', b"  # \xf5"),
    "latin.py": b"# coding: latin-1\n" + CALL % (b'"\xe9\xe8"', b""),
    "bidi.py": CALL % ('"\u202e\u2066\u200b\ufeff"'.encode(), "  # \u202e".encode()),
    "nul.py": CALL % (b'"a"', b"  # \x00"),
    "quotes.py": CALL % (b"'\"\\\\\"\\n'", b"  # \"\\"),
    "separators.py": CALL % ('"\u2028\u2029\x85"'.encode(), b""),
    "crlf.py": (CALL % (b"1", b"")).replace(b"\n", b"\r\n"),
    "cr.py": (CALL % (b"1", b"")).replace(b"\n", b"\r"),
    "tabs.py": (CALL % (b"'\t\t'", b"")).replace(b"    ", b"\t"),
    "formfeed.py": CALL % (b"1", b"\x0c"),
    "emoji.py": CALL % ('"\U0001f9d1\u200d\U0001f4bb e\u0301"'.encode(), b""),
    "bom.py": b"\xef\xbb\xbf" + CALL % (b"1", b""),
    "surrogate.py": CALL % (b'"\xed\xa0\x80"', b""),
    "broken.py": b"async def f(:\n    \x1b[31m\xff\n",
    "open.py": b'async def f():\n    x = """\x1b\n\xe2\x80\xae',
    "empty.py": b"",
}
KEYS = ["code", "name", "case", "message", "filename", "location", "end_location", "severity", "confidence", "url", "symbol",
        "fingerprint", "fix", "calls", "chain"]
PEOPLE = ("full", "concise", "github")
PROGRAMS = ("json", "json-lines", "sarif", "gitlab", "junit")


def check(*arguments, cwd):
    return subprocess.run([AWRY, "check", *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.kept.name)
        for name, content in HOSTILE.items():
            (cls.folder / name).write_bytes(content)
        for name in (b"line\nbreak.py", b"esc\x1b[31m.py", b"not\xffutf8.py", '日本"\\.py'.encode()):
            with open(os.fsencode(cls.folder) + b"/" + name, "wb") as file:
                file.write(CALL % (b"1", b""))
        cls.full = check(cwd=cls.folder).stdout
        cls.json = check("--output-format=json", cwd=cls.folder).stdout
        cls.findings = json.loads(cls.json.decode("utf-8"))

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def test_each_file_but_the_empty_one_is_in_the_report(self):
        names = {f["filename"] for f in self.findings}
        for name in HOSTILE:
            self.assertEqual(name in names, name != "empty.py", name)
        self.assertEqual(len(names), len(HOSTILE) - 1 + 4)

    def test_json_is_ascii_controls_free_with_the_promised_keys(self):
        self.assertNotRegex(self.json, rb"[\x00-\x09\x0b-\x1f\x7f]")
        for finding in self.findings:
            self.assertEqual(list(finding), KEYS)
            for place in [finding["location"], finding["end_location"]]:
                self.assertGreaterEqual(min(place["row"], place["column"]), 1)
            self.assertLessEqual(tuple(finding["location"].values()), tuple(finding["end_location"].values()))
            self.assertIn(finding["severity"], ("error", "warning", "info"))
            self.assertIn(finding["confidence"], ("sure", "likely"))

    def test_json_has_one_object_a_line(self):
        lines = self.json.decode().split("\n")
        self.assertEqual((lines[0], lines[-2:]), ("[", ["]", ""]))
        for line, finding in zip(lines[1:], self.findings):
            self.assertEqual(json.loads(line.rstrip(",")), finding)

    def test_no_format_has_control_characters_or_invalid_text(self):
        for name in PEOPLE + PROGRAMS:
            text = check("--output-format", name, cwd=self.folder).stdout.decode("utf-8")
            self.assertNotRegex(
                text, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029\ufeff]", name)

    def test_json_lines_are_the_objects_of_json(self):
        text = check("--output-format=json-lines", cwd=self.folder).stdout.decode("utf-8")
        self.assertEqual([json.loads(line) for line in text.split("\n")[:-1]], self.findings)

    def test_a_line_for_each_finding_and_one_for_the_summary(self):
        for name, start in (("concise", ""), ("github", "::")):
            lines = check("--output-format", name, cwd=self.folder).stdout.decode("utf-8").split("\n")
            self.assertEqual(len(lines), len(self.findings) + 2, name)
            self.assertRegex(lines[-2], r"^Found \d+ problems \(")
            for line, finding in zip(lines, self.findings):
                self.assertTrue(line.startswith(start), line)
                self.assertIn(": %s " % finding["code"], line)

    def test_concise_says_where_and_how_bad(self):
        lines = check("--output-format=concise", cwd=self.folder).stdout.decode("utf-8").split("\n")
        for line, finding in zip(lines, self.findings):
            place = finding["location"]
            self.assertIn(":%d:%d: %s [%s] " % (place["row"], place["column"], finding["code"], finding["severity"]), line)

    def test_gitlab_names_each_finding_by_its_fingerprint(self):
        objects = json.loads(check("--output-format=gitlab", cwd=self.folder).stdout.decode("utf-8"))
        self.assertEqual([each["fingerprint"] for each in objects], [finding["fingerprint"] for finding in self.findings])
        self.assertEqual(len({each["fingerprint"] for each in objects}), len(objects))

    def test_junit_is_xml_and_counts_right(self):
        root = ElementTree.fromstring(check("--output-format=junit", cwd=self.folder).stdout)
        suites = root.findall("testsuite")
        self.assertEqual(int(root.get("tests")), len(self.findings))
        self.assertEqual(sum(int(suite.get("failures")) for suite in suites), len(self.findings))
        self.assertEqual(len(root.findall("testsuite/testcase/failure")), len(self.findings))

    def test_both_formats_say_the_same_in_the_same_order(self):
        heads = re.findall(r"^(AW\d+) .*\n *--> .*:(\d+):(\d+)$", self.full.decode(), re.MULTILINE)
        places = [(f["code"], str(f["location"]["row"]), str(f["location"]["column"])) for f in self.findings]
        self.assertEqual(heads, places)

    def test_marks_stand_under_what_they_mark(self):
        text = self.full.decode()
        for name in ("latin.py", "quotes.py", "tabs.py", "crlf.py", "cr.py", "bom.py", "formfeed.py", "escape.py"):
            block = text[text.index(f"--> {name}:"):]
            line, marks = re.search(r"^\d+ \| (.*time\.sleep.*)\n *\| ( *\^+)", block, re.MULTILINE).groups()
            self.assertEqual(line[marks.index("^"):][:marks.count("^")], "time.sleep(1)", name)

    def test_same_at_any_number_of_threads(self):
        for jobs in ("1", "2", "7"):
            self.assertEqual(check("-j", jobs, "--output-format=json", cwd=self.folder).stdout, self.json)


class Picture(unittest.TestCase):
    """docs/output.svg shows what the program prints for the example project."""

    def test_picture_is_what_is_printed(self):
        import picture
        drawn = picture.draw(AWRY, SOURCE)
        path = SOURCE / "docs/output.svg"
        if os.environ.get("AWRY_BLESS") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_text(drawn)
        self.assertEqual(path.read_text(), drawn)


if __name__ == "__main__":
    unittest.main()
