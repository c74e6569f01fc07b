"""Comments that take findings back. Each case is a source and what is left of it: lines and codes."""
import json
import os
import pathlib
import subprocess
import textwrap
import time
import unittest

SOURCE = pathlib.Path(os.environ.get("AWRY_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
AWRY = os.environ.get("AWRY", str(SOURCE / "build/dev/awry"))


def environment():
    return {**{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}, "LC_ALL": "C.UTF-8"}


def check(source, *arguments):
    done = subprocess.run([AWRY, "check", "--output-format", "json", *arguments, "-"], input=source.encode(), env=environment(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode in (0, 1, 2), done.stderr
    return json.loads(done.stdout)


def sleep(*lines):
    """An async function of these lines, the first one in row 4."""
    return "import time\n\nasync def f():\n" + "".join("    %s\n" % line for line in lines)


class Suppress(unittest.TestCase):
    def left(self, source, expected, *arguments):
        found = ["%d %s" % (f["location"]["row"], f["code"]) for f in check(source, *arguments)]
        self.assertEqual(found, expected, source)

    def message(self, source, code):
        return next(f["message"] for f in check(source) if f["code"] == code)

    def test_nothing_said(self):
        self.left(sleep("time.sleep(1)"), ["4 AW101"])
        self.left(sleep("time.sleep(1)  # awry ignore"), ["4 AW101"])
        self.left(sleep("time.sleep('# awry: ignore')"), ["4 AW101"])

    def test_behind_code(self):
        for comment in ("awry: ignore", "awry:ignore[AW101]", "awry: ignore[aw101]", "awry: ignore[blocking-sleep] because",
                        "awry: ignore [blocking-sleep]", "awry: ignore because", "AWRY: Ignore[blocking-sleep]"):
            self.left(sleep("time.sleep(1)  # " + comment), [])
        self.left(sleep("time.sleep(1)  # awry: ignore[missing-await]"), ["4 AW101", "4 AW005"])
        self.left(sleep("pass  # awry: ignore[blocking-sleep]", "time.sleep(1)"), ["4 AW005", "5 AW101"])

    def test_several_lines(self):
        self.left(sleep("time.sleep(", "    1,  # awry: ignore[AW101]", ")"), [])
        self.left(sleep("time.sleep(", "    1,", ")  # awry: ignore[AW101]"), [])
        self.left(sleep("time.sleep(  # awry: ignore[AW101]", "    1,", ")"), [])
        # The statement around counts with its first and its last line, and with the line above it.
        self.left(sleep("print(  # awry: ignore[AW101]", "    time.sleep(1),", ")"), [])
        self.left(sleep("print(", "    time.sleep(1),", ")  # awry: ignore[AW101]"), [])
        self.left(sleep("print(", "    time.sleep(1),", ")  # noqa: ASYNC251"), [])
        self.left(sleep("# awry: ignore[AW101]", "print(", "    time.sleep(1),", ")"), [])
        self.left(sleep("x = [", "    1,", "    time.sleep(1),", "    2,  # awry: ignore[AW101]", "]"), ["6 AW101", "7 AW005"])
        self.left(sleep("print(", "    time.sleep(1),", ")", "# awry: ignore[AW101]"), ["5 AW101", "7 AW005"])

    def test_statements_with_a_block(self):
        head = ["if (  # awry: ignore[AW101]", "    time.sleep(1)", "):", "    time.sleep(2)"]
        self.left(sleep(*head), ["7 AW101"])
        self.left(sleep("if time.daylight:", "    time.sleep(2)", "    pass  # awry: ignore[AW101]"), ["5 AW101", "6 AW005"])
        self.left(sleep("if time.daylight:  # awry: ignore[AW101]", "    time.sleep(2)"), ["4 AW005", "5 AW101"])
        self.left(sleep("if time.daylight:  # awry: ignore[AW101]", "    pass", "elif (", "    time.sleep(2)", "):", "    pass"),
                  ["4 AW005", "7 AW101"])
        self.left(sleep("if time.daylight:", "    pass", "elif (  # awry: ignore[AW101]", "    time.sleep(2)", "):", "    pass"), [])
        self.left(sleep("@deco(", "    time.sleep(1),", ")  # awry: ignore[AW101]", "def g():", "    pass"), ["5 AW101", "6 AW005"])
        self.left(sleep("@deco(  # awry: ignore[AW101]", "    time.sleep(1),", ")", "def g():", "    pass"), [])

    def test_alone_on_a_line(self):
        self.left(sleep("# awry: ignore[AW101]", "time.sleep(1)", "time.sleep(2)"), ["6 AW101"])
        self.left(sleep("# awry: ignore[AW101]", "", "# more", "time.sleep(1)"), [])
        self.left(sleep("# awry: ignore[AW101]", "# awry: ignore[AW201]", "time.sleep(1)"), ["5 AW005"])
        self.left(sleep("print(", "    # awry: ignore[AW101]", "    time.sleep(1),", ")"), [])
        self.left(sleep("time.sleep(1)", "# awry: ignore[AW101]"), ["4 AW101", "5 AW005"])

    def test_the_whole_file(self):
        self.left("# awry: file-ignore[blocking-sleep] a script\n" + sleep("time.sleep(1)", "time.sleep(2)"), [])
        self.left(sleep("time.sleep(1)") + "# awry: file-ignore\n", [])
        self.left("# awry: file-ignore[AW201]\n" + sleep("time.sleep(1)"), ["1 AW005", "5 AW101"])

    def test_cases(self):
        self.left(sleep("time.sleep(0)  # awry: ignore[blocking-sleep:zero]"), [])
        self.left(sleep("time.sleep(1)  # awry: ignore[blocking-sleep:zero]"), ["4 AW101", "4 AW005"])
        self.left(sleep("time.sleep(0)  # awry: ignore[blocking-sleep:none]"), ["4 AW101", "4 AW006"])

    def test_words_for_several_rules(self):
        for word in ("ASYNC251", "async251", "S7488", "blocking", "AW1", "AW1xx", "AW10", "ASYNC", "ASYNC2", "AW101,ASYNC251"):
            self.left(sleep("time.sleep(1)  # awry: ignore[%s]" % word), [])
        for word in ("ASYNC105", "awaiting", "AW2"):
            found = check(sleep("time.sleep(1)  # awry: ignore[%s]" % word), "--select", "all")
            self.assertEqual([f["code"] for f in found][:1], ["AW101"], word)
        self.left(sleep("time.sleep(1)  # awry: ignore[ASYNC105]"), ["4 AW101", "4 AW005"])
        self.left("# awry: file-ignore[blocking] a script\n" + sleep("time.sleep(1)"), [])

    def test_what_was_not_looked_for_is_not_unused(self):
        source = sleep("pass  # awry: ignore[AW101]")
        self.left(source, ["4 AW005"])
        self.left(source, [], "--ignore", "AW101")
        self.left(source, [], "--ignore", "blocking")
        self.left(source, [], "--select", "AW201,AW005")
        self.left(source, ["4 AW005"], "--select", "AW101,AW005")
        self.left(source, [], "--ignore", "AW005")
        self.left(source, [], "--ignore", "blocking-sleep:zero")
        blanket = sleep("pass  # awry: ignore")
        self.left(blanket, ["4 AW005"])
        self.left(blanket, [], "--ignore", "AW101")

    def test_below_the_least_severity_it_is_used_all_the_same(self):
        self.left(sleep("time.sleep(1)  # awry: ignore[AW101]"), [], "--severity", "AW101=info", "--min-severity", "warning")

    def test_as_if_there_were_none(self):
        for comment in ("awry: ignore", "awry: ignore[AW101, nonsense]", "noqa", "noqa: ASYNC251", "awry: ignore[AW201]"):
            self.left(sleep("time.sleep(1)  # " + comment), ["4 AW101"], "--ignore-suppressions")
        self.left("# awry: file-ignore\n" + sleep("time.sleep(1)"), ["5 AW101"], "--ignore-suppressions")

    def test_other_tools(self):
        for comment in ("noqa", "NOQA", "noqa: ASYNC251", "noqa:ASYNC251", "noqa: E501, ASYNC251", "noqa: E501 ASYNC251 why",
                        "noqa: AW101", "ruff: ignore[ASYNC251]", "noqa: E501  # awry: ignore[AW101]", "text  # noqa: ASYNC251",
                        "ruff: ignore[E501, ASYNC251]"):
            self.left(sleep("time.sleep(1)  # " + comment), [])
        for comment in ("noqa: E501", "noqa: whatever", "noqall", "see noqa", "ruff: ignore", "ruff: ignore[E501]", "type: ignore",
                        "type: ignore[arg-type]", "pylint: disable=invalid-name", "ASYNC251"):
            self.left(sleep("time.sleep(1)  # " + comment), ["4 AW101"])
        self.left(sleep("# noqa", "time.sleep(1)"), ["5 AW101"])
        self.left(sleep("# ruff: ignore[ASYNC251]", "time.sleep(1)"), [])
        for comment in ("ruff: noqa", "flake8: noqa", "ruff: noqa: ASYNC251", "flake8: noqa: ASYNC251", "ruff: file-ignore[ASYNC251]"):
            self.left("# " + comment + "\n" + sleep("time.sleep(1)"), [])

    def test_unused(self):
        self.left("x = 1  # awry: ignore\n", ["1 AW005"])
        self.left("x = 1  # noqa: ASYNC251\n", [])
        self.left(sleep("time.sleep(1)  # awry: ignore[AW101, blocking-sleep]"), ["4 AW005"])
        self.left(sleep("# awry: ignore[AW101]", "time.sleep(1)  # awry: ignore[AW101]"), [])
        self.left(sleep("time.sleep(1)  # noqa  # awry: ignore[AW101]"), [])
        self.left("x = (  # awry: ignore[AW101]\n", ["1 AW002"])
        found = check("x = 1  # awry: ignore[AW301, blocking-sleep]\n")
        self.assertEqual([f["location"]["column"] for f in found], [23, 30])
        self.assertEqual([f["end_location"]["column"] for f in found], [28, 44])

    def test_unknown(self):
        unknown = {
            "ignore[blocking-slep]": "unknown rule `blocking-slep`; did you mean `blocking-sleep`?",
            "ignore[nonsense]": "unknown rule `nonsense`",
            "ignore[default]": "`default` is no rule",
            "ignore[AW0]": "`AW0` cannot be suppressed by a comment",
            "ignore[]": "no rule is named between the brackets",
            "ignore[AW101": "the `[` is never closed",
            "disable[AW101]": "unknown word `disable` behind `awry:`",
            "ignored": "unknown word `ignored` behind `awry:`",
            "ignore[AW002]": "`syntax-error` cannot be suppressed by a comment",
            "ignore[unused-suppression]": "`unused-suppression` cannot be suppressed by a comment",
        }
        for comment, message in unknown.items():
            source = sleep("time.sleep(1)  # awry: " + comment)
            self.left(source, ["4 AW101", "4 AW006"])
            self.assertEqual(self.message(source, "AW006"), message)

    def test_a_file_without_async_words(self):
        """What stands there for a strict run is not unused in a plain one."""
        self.left("import time\n\ntime.sleep(1)  # awry: ignore[AW201]\n", [])
        self.left("import time\n\ntime.sleep(1)  # awry: ignore[AW201]\n", ["3 AW005"], "--select", "strict")
        self.left("import time\n\ntime.sleep(1)  # awry: ignore[AW101]\n", ["3 AW005"])

    def test_what_is_said_of_the_input_stays(self):
        self.left("x = )  # awry: ignore\n", ["1 AW002"])
        self.left("# awry: file-ignore\nx = )\n", ["2 AW002"])
        self.left("x = )  # noqa\n", ["1 AW002"])

    def test_hostile_ones_take_no_time(self):
        many = 60000
        sources = [
            "# awry: ignore[AW101]\n" * many + sleep("; ".join(["time.sleep(1)"] * 1000)),
            sleep("; ".join(["time.sleep(1)"] * 1000) + "  # awry: ignore[" + "AW201," * many + "]"),
            "# awry: file-ignore[AW201]\n" * many + sleep("; ".join(["time.sleep(1)"] * 1000)),
            "# awry: ignore[nothing-of-the-kind]\n" * many,
            "x = 1  # awry: ignore[" + "a" * 1000000 + "]\n",
        ]
        for source in sources:
            begin = time.monotonic()
            check(source)
            self.assertLess(time.monotonic() - begin, 15, source[:100])


if __name__ == "__main__":
    unittest.main()
