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
FACTS = '''/* words */
KIND(FUNCTION, "")
KIND(CLASS, "class")     /* more */
KIND(ALIAS, "alias")
COLOUR(SYNC, "")
COLOUR(COROUTINE, "coroutine")
HAZARD(NONE, "")
HAZARD(SLEEP, "sleep")
HAZARD(LOCK, "lock")
ROLE(NONE, "")
ROLE(SPAWNS, "spawns")
CALLBACK(ANY, "")
CALLBACK(SYNC, "sync-callback")
'''


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

    def rows(self, *tables):
        """{name: {field: value}} of what is written for the tables."""
        files = {"facts.def": FACTS}
        files.update(("%d.tbl" % number, table) for number, table in enumerate(tables))
        rows = {}
        for line in re.findall(r"^    \{ \.name = .*$", self.accepts(files), re.MULTILINE):
            fields = dict(re.findall(r'\.(\w+) = ("(?:[^"\\]|\\.)*"|\w+)', line))
            rows[fields["name"].strip('"')] = {name: value.strip('"') for name, value in fields.items()}
        return rows

    def refuses_row(self, row, message):
        self.refuses({"facts.def": FACTS, "a.tbl": "# x\n" + row + "\n"}, "a.tbl:2: error: " + message)

    def test_sorted_over_files_bytewise(self):
        rows = self.rows("time.sleep  sleep  | await asyncio.sleep(...)\n", "# trio\n\ntrio.sleep\tcoroutine\ntime_z.sleep  sleep\n")
        self.assertEqual(list(rows), ["time.sleep", "time_z.sleep", "trio.sleep"])

    def test_columns(self):
        rows = self.rows("""
            a.f        lock usually unless=block:False,0:* spawns arg=2 key=target  -> (a.A, call(1), b.B)  | await "x", and  then y
            a.A        class(b.B,a.C)
            a.A.*      coroutine arg=all spawns   -> await(0)
            a.result   -> a.A
            a.sort     sync-callback arg=none key=key
            b.A        alias  -> a.A
            """)
        self.assertEqual(rows["a.f"], {
            "name": "a.f", "name_length": "3", "kind": "KIND_FUNCTION", "colour": "COLOUR_SYNC", "hazard": "HAZARD_LOCK", "weight": "WEIGHT_USUALLY",
            "role": "ROLE_SPAWNS", "callback": "CALLBACK_ANY", "argument": "2", "keyword": "target", "unless": "block:False,0:*",
            "result": "(a.A, call(1), b.B)", "instead": 'await \\"x\\", and  then y'})
        self.assertEqual((rows["a.A"]["kind"], rows["a.A"]["bases"]), ("KIND_CLASS", "b.B,a.C"))
        self.assertEqual((rows["a.A.*"]["argument"], rows["a.A.*"]["result"]), ("255", "await(0)"))
        self.assertEqual((rows["a.result"]["kind"], rows["a.result"]["result"]), ("KIND_FUNCTION", "a.A"))
        self.assertEqual((rows["a.sort"]["callback"], rows["a.sort"]["argument"]), ("CALLBACK_SYNC", "254"))
        self.assertEqual((rows["b.A"]["kind"], rows["b.A"]["result"]), ("KIND_ALIAS", "a.A"))

    def test_no_table(self):
        output = self.accepts({"facts.def": FACTS})
        self.assertIn("all_apis_count = 0;", output)
        self.assertIn("api_slot_count = 1;", output)

    def test_every_row_has_a_slot(self):
        output = self.accepts({"facts.def": FACTS, "a.tbl": "".join("a.f%d  sleep\n" % i for i in range(500))})
        slots = [int(slot, 16) for slot in re.findall(r"\b0x[0-9a-f]+", output)]
        self.assertEqual(sorted(slot & 0xffff for slot in slots), list(range(1, 501)))

    def test_unknown_word(self):
        self.refuses_row("time.sleep  slep  | y", "unknown word `slep`; known are class, alias, coroutine, sleep, lock, spawns, sync-callback, usually, large")

    def test_two_words_of_a_group(self):
        self.refuses_row("a.f  sleep coroutine lock", "`sleep` and `lock` exclude each other")
        self.refuses_row("a.f  class class(b.B)", "`class` and `class` exclude each other")

    def test_listed_twice(self):
        self.refuses({"facts.def": FACTS, "a.tbl": "time.sleep  sleep\n", "b.tbl": "x.y  sleep\ntime.sleep  sleep  | z\n"},
                     "b.tbl:2: error: `time.sleep` is listed twice; first at a.tbl:1")

    def test_columns_need_two_spaces(self):
        self.refuses_row("time.sleep sleep", "`time.sleep sleep` is no qualified name; columns are separated by two spaces or a tab")
        self.refuses_row("a.f  sleep -> b", "unknown word `->`; known are class, alias, coroutine, sleep, lock, spawns, sync-callback, usually, large")
        self.refuses_row("a.f  sleep  -> b | c", "`b | c` is no result; see src/facts/api.h")
        self.refuses_row("a.f  sleep  b.c", "expected `-> result` or `| what to use instead` before `b.c`")

    def test_no_facts(self):
        self.refuses_row("time.sleep  ", "`time.sleep` has no facts")
        self.refuses_row("time.sleep  | b", "`time.sleep` has no facts")

    def test_shapes(self):
        self.refuses_row("*.f  sleep", "`*.f` is no qualified name; columns are separated by two spaces or a tab")
        for result in ("b.", "1", "(b, c", "(b,c)", "()", "call(x)", "wait(0)", "b.*"):
            self.refuses_row("a.f  sleep  -> " + result, "`%s` is no result; see src/facts/api.h" % result)
        for bases in ("class()", "class(b,)", "class(b", "class(b.1)"):
            self.refuses_row("a.A  " + bases, "`%s` is not class(base,base)" % bases)
        for condition in ("", "block", "block:", "block:False,", "a:b:c"):
            self.refuses_row("a.f  lock unless=" + condition, "`unless=%s` is not unless=argument:value,..." % condition)
        for position in ("", "-1", "254", "255", "x"):
            self.refuses_row("a.f  spawns arg=" + position, "`arg=%s` is no position" % position)
        self.refuses_row("a.f  spawns key=a.b", "`key=a.b` is not key=name")

    def test_what_belongs_together(self):
        self.refuses_row("a.f  sleep arg=1", "`arg=` and `key=` say what a role is about, and `a.f` has none")
        self.refuses_row("a.f  spawns arg=none", "`arg=none` leaves the keyword, and `a.f` has none")
        self.refuses_row("a.f  coroutine usually", "weights and `unless=` are about a hazard, and `a.f` has none")
        for rest in ("", "  -> (a, b)", " sleep  -> b"):
            self.refuses_row("a.f  alias" + rest, "an alias has `-> name` and nothing else")
        self.refuses_row("a.f  alias  -> a.f", "`a.f` is an alias of itself")

    def test_references_are_canonical(self):
        alias = "b.A  alias  -> a.A\n"
        for row in ("a.f  coroutine  -> b.A", "c.A  alias  -> b.A", "c.A  class(d.A,b.A)"):
            self.refuses({"facts.def": FACTS, "a.tbl": alias + row + "\n"}, "a.tbl:2: error: `b.A` is an alias; write `a.A`")

    def test_bases_go_in_a_circle(self):
        self.refuses_row("a.A  class(a.A)", "the bases of `a.A` go in a circle")
        self.refuses_row("a.A  class(a.C)\na.B  class(x.X,a.A)\na.C  class(a.B)", "the bases of `a.A` go in a circle")

    def test_words_are_missing(self):
        self.refuses({"facts.def": FACTS.replace("HAZARD", "DANGER")}, 'facts.def: error: no line HAZARD(NAME, "word")')
        self.refuses({"facts.def": FACTS.replace('"sleep"', "sleep")}, 'facts.def:8: error: expected HAZARD(NAME, "word")')


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
