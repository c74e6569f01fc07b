"""The table generators: what they write, and that a mistake in a rule or a table stops the build with a place."""
import os
import re
import subprocess
import tempfile
import unittest

BUILD = os.environ["AWRY_BUILD"]
SOURCE = os.environ["AWRY_SOURCE"]

RULE = '''/// # late-bell
///
/// A bell that rings "late", what??
#include "rule.h"

RULE(late_bell) = {
    .code = "AW901",
    .name = "late-bell",
};
'''
ROLES = '/* roles */\nROLE(SLEEP, "sleep")\nROLE(COROUTINE, "coroutine") /* more */\n'


class Generator(unittest.TestCase):
    program = ""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_with(self, files):
        """Writes {name: text}, runs the program over them; (output file's text or None, stderr, exit code)."""
        for name, text in files.items():
            with open(os.path.join(self.directory, name), "w", encoding="utf-8") as out:
                out.write(text)
        program = os.path.join(BUILD, self.program)
        result = subprocess.run([program, "out.c", *files], cwd=self.directory, stderr=subprocess.PIPE, text=True, check=False)
        output = os.path.join(self.directory, "out.c")
        if not os.path.exists(output):
            return None, result.stderr, result.returncode
        with open(output, encoding="utf-8") as text:
            return text.read(), result.stderr, result.returncode

    def accepts(self, files):
        output, error, code = self.run_with(files)
        self.assertEqual((code, error), (0, ""))
        return output

    def refuses(self, files, message):
        output, error, code = self.run_with(files)
        self.assertEqual((error, code, output), (message + "\n", 1, None))


class Rules(Generator):
    program = "gen_rules"

    def test_no_rule_gives_an_empty_table(self):
        self.assertIn("all_rules_count = 0;", self.accepts({"helper.c": "int x;\n"}))

    def test_doc_loses_its_slashes(self):
        output = self.accepts({"late_bell.c": RULE})
        self.assertIn('"# late-bell" "\\n"', output)
        self.assertIn('"A bell that rings \\"late\\", what\\?\\?" "\\n"', output)
        self.assertNotIn("include", output.split("all_rule_docs")[1])

    def test_sorted_by_code(self):
        early = RULE.replace("late", "early").replace("AW901", "AW105")
        output = self.accepts({"late_bell.c": RULE, "early_bell.c": early})
        self.assertEqual(re.findall(r"&rule_(\w+)", output), ["early_bell", "late_bell"])
        self.assertEqual(re.findall(r'\{ "(AW\d+)"', output), ["AW105", "AW901"])

    def test_code_is_taken(self):
        other = RULE.replace("late", "early")
        self.refuses({"early_bell.c": other, "late_bell.c": RULE},
                     "late_bell.c:7: error: code AW901 is taken by early_bell.c:7")

    def test_code_is_no_code(self):
        self.refuses({"late_bell.c": RULE.replace("AW901", "AW91")}, "late_bell.c:7: error: code `AW91` is not AW and three digits")

    def test_title_differs(self):
        self.refuses({"late_bell.c": RULE.replace("/// # late-bell", "/// # Late bell")},
                     "late_bell.c:1: error: the doc's title is not the rule's name `late-bell`")

    def test_doc_is_missing(self):
        self.refuses({"late_bell.c": RULE[RULE.index("#include"):]},
                     "late_bell.c:1: error: a rule begins with its doc: `/// # late-bell`")

    def test_file_is_called_otherwise(self):
        self.refuses({"bell.c": RULE}, "bell.c:8: error: rule `late-bell` belongs into late_bell.c")

    def test_id_differs(self):
        self.refuses({"late_bell.c": RULE.replace("RULE(late_bell)", "RULE(bell)")},
                     "late_bell.c:6: error: RULE(bell) is named `late-bell`; expected RULE(late_bell)")

    def test_two_rules_in_a_file(self):
        self.refuses({"late_bell.c": RULE + "RULE(other) = {\n"},
                     "late_bell.c:10: error: a second rule; a file holds one (the first is on line 6)")


class Apis(Generator):
    program = "gen_apis"

    def test_sorted_over_files_bytewise(self):
        output = self.accepts({"roles.def": ROLES, "b.tbl": "time.sleep  sleep  await asyncio.sleep(...)\n",
                               "a.tbl": "# trio\n\ntrio.sleep\tcoroutine\ntime_z.sleep  sleep\n"})
        self.assertEqual(re.findall(r'\{ "([\w.]+)"', output), ["time.sleep", "time_z.sleep", "trio.sleep"])
        self.assertIn('{ "time.sleep", ROLE_SLEEP, "await asyncio.sleep(...)" },', output)
        self.assertIn('{ "trio.sleep", ROLE_COROUTINE, "" },', output)
        self.assertIn("all_apis_count = 3;", output)

    def test_no_table(self):
        self.assertIn("all_apis_count = 0;", self.accepts({"roles.def": ROLES}))

    def test_unknown_role(self):
        self.refuses({"roles.def": ROLES, "a.tbl": "# x\ntime.sleep  slep  y\n"},
                     "a.tbl:2: error: unknown role `slep`; the roles are in src/facts/roles.def")

    def test_listed_twice(self):
        self.refuses({"roles.def": ROLES, "a.tbl": "time.sleep  sleep\n", "b.tbl": "x.y  sleep\ntime.sleep  sleep  z\n"},
                     "b.tbl:2: error: `time.sleep` is listed twice; first at a.tbl:1")

    def test_columns_need_two_spaces(self):
        self.refuses({"roles.def": ROLES, "a.tbl": "time.sleep sleep\n"},
                     "a.tbl:1: error: `time.sleep sleep` is no qualified name; columns are separated by two spaces or a tab")

    def test_no_role(self):
        self.refuses({"roles.def": ROLES, "a.tbl": "time.sleep  \n"}, "a.tbl:1: error: `time.sleep` has no role")


class Kinds(unittest.TestCase):
    """The generated enums are what the grammar has."""

    def enumerators(self):
        with open(os.path.join(BUILD, "gen", "kinds.h"), encoding="utf-8") as header:
            return set(re.findall(r"^    (\w+) = \d+,$", header.read(), re.MULTILINE))

    def test_names(self):
        names = self.enumerators()
        for name in ("PY_NO_NODE", "PY_ERROR", "PY_MODULE", "PY_CALL", "PY_FUNCTION_DEFINITION", "PY_LAMBDA", "PY_KW_LAMBDA",
                     "PY_KW_ASYNC", "PY_AWAIT", "PY_KW_AWAIT", "PY_OP_WALRUS", "PY_KW_NOT_IN", "F_NAME", "F_BODY", "F_RIGHT"):
            self.assertIn(name, names)
        self.assertFalse([name for name in names if "REPEAT" in name or name.startswith("PY__")], "hidden symbols have no kind")

    def test_every_kind_that_the_code_names_exists(self):
        names = self.enumerators() | {"PY_KIND_COUNT", "F_NONE", "F_COUNT"}
        unknown = []
        for top in ("src", "rules"):
            for directory, _, files in os.walk(os.path.join(SOURCE, top)):
                if directory.endswith("gen"):
                    continue
                for file in files:
                    with open(os.path.join(directory, file), encoding="utf-8") as text:
                        for use in re.findall(r"\b(PY_(?:KW|OP)_[A-Z_]+)\b", text.read()):
                            if use not in names and not use.endswith("_"):
                                unknown.append("%s: %s" % (file, use))
        self.assertEqual(unknown, [])


if __name__ == "__main__":
    unittest.main()
