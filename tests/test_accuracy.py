"""The verdicts of tests/accuracy are whole and docs/accuracy.md says what they say; the benchmarks that make and use them count right."""
import collections
import contextlib
import glob
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(TESTS, "lib"), os.path.join(TESTS, "bench"), os.path.join(TESTS, "bench", "lib")]
import awry

os.environ["AWRY"] = awry.AWRY
import findings
import judged
import verdicts

BAD = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"
GOOD = "import asyncio\n\n\nasync def wait():\n    await asyncio.sleep(1)\n"


class Records(unittest.TestCase):
    def setUp(self):
        self.read, self.rules = judged.read(), findings.rules()

    def assert_none(self, wrong):
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_rules_and_cases_are_known(self):
        self.assert_none(["%s: no rule %s" % (v.where, v.code) for v in self.read if v.code not in self.rules])
        self.assert_none(["%s: %s has no case `%s`" % (v.where, v.code, v.case) for v in self.read
                          if v.case and v.case not in self.rules[v.code].cases])

    def test_packages_are_known(self):
        known = set(judged.corpora())
        self.assertEqual(len(known), len(judged.corpora()), "a package is listed twice in corpora.tsv")
        self.assert_none(["%s: %s %s is not in corpora.tsv" % (v.where, v.package, v.version) for v in self.read
                          if (v.package, v.version) not in known])

    def test_each_line_is_whole_and_stands_once(self):
        self.assert_none(["%s: `%s` is neither right nor wrong" % (v.where, v.verdict) for v in self.read
                          if v.verdict not in ("right", "wrong")])
        self.assert_none(["%s: `%s` is no path and line" % (v.where, v.place) for v in self.read
                          if not re.match(r"[^/\s].*\.pyi?:[1-9]\d*\Z", v.place)])
        self.assert_none(["%s: no reason" % v.where for v in self.read if len(v.reason.strip()) < 3])
        times = collections.Counter((v.code, v.package, v.version, v.place) for v in self.read)
        self.assert_none(["%s %s: %d times" % (key[0], key[3], n) for key, n in times.items() if n > 1])

    def test_the_page_says_what_the_verdicts_say(self):
        with open(judged.PAGE, encoding="utf-8") as file:
            page = file.read()
        self.assertEqual(page, judged.placed(page, "verdicts", verdicts.tables(self.read, self.rules)),
                         "`./dev bench verdicts` writes docs/accuracy.md")
        held_out = judged.read(judged.HELD_OUT)
        self.assertGreater(len(held_out), 300)
        self.assertEqual(page, judged.placed(page, "held-out", verdicts.tables(held_out, self.rules)),
                         "`./dev bench verdicts` writes docs/accuracy.md")

    def test_every_rule_is_read(self):
        """A record that cannot be read would drop out of the tables in silence."""
        records = []
        for path in glob.glob(os.path.join(awry.ROOT, "rules", "*.c")):
            with open(path, encoding="utf-8") as source:
                records += re.findall(r'^ *\.code = "(AW\d+)"', source.read(), re.MULTILINE)
        self.assertEqual(sorted(self.rules), sorted(records))


class Figures(unittest.TestCase):
    def test_wilson(self):
        for right, read, bound in ((0, 0, 0.0), (0, 10, 0.0), (19, 20, 0.7639), (20, 20, 0.8389), (95, 100, 0.8882), (300, 300, 0.9874)):
            self.assertAlmostEqual(judged.wilson(right, read), bound, 4)

    def test_shares_are_rounded_down(self):
        self.assertEqual(verdicts.percent(0.9496), "94.9 %")
        self.assertEqual(verdicts.percent(0.95), "95.0 %")
        self.assertEqual(verdicts.percent(1.0), "100.0 %")

    def test_the_set_of_a_case(self):
        rule = findings.Rule("AW999", "some-rule", "ON", {"loud": "ON", "quiet": "STRICT"})
        self.assertEqual([rule.is_default(case) for case in ("", "loud", "quiet")], [True, True, False])
        make = [judged.Verdict("AW999", "a", "1", "a.py:%d" % n, case, verdict, "why", "") for n, (case, verdict) in
                enumerate((("", "right"), ("loud", "wrong"), ("quiet", "wrong")))]
        lines = verdicts.tables(make, {"AW999": rule}).split("\n")
        self.assertIn("| the default set, pooled | 2 | 1 | 1 | 50.0 %", lines[2])
        self.assertIn("| all rules, pooled | 3 | 1 | 2 | 33.3 %", lines[3])
        self.assertTrue(lines[-2].startswith("| AW999 | some-rule | default | 2 |"), lines)
        self.assertTrue(lines[-1].startswith("| AW999 | some-rule | strict | 1 |"), lines)

    def test_a_table_with_a_broken_line_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "AW101.tsv"), "w", encoding="utf-8") as file:
                file.write("package\tversion\tplace\tcase\tverdict\treason\na\t1\ta.py:1\tright\n")
            with self.assertRaises(ValueError):
                judged.read(folder)


class Benches(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-accuracy-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def bench(self, name, *arguments):
        """(exit code, output) of a benchmark."""
        done = subprocess.run([sys.executable, os.path.join(TESTS, "bench", name + ".py"), *arguments], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=100)
        self.assertIn(done.returncode, (0, 1), done.stderr.decode("utf-8", "replace"))
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def case(self, number, before, after, bad_lines, **more):
        facts = {"path": "app/main.py", "category": "blocking-call", "needs": "single-file", "bad_lines": bad_lines, **more}
        self.write("cases/%s/case.json" % number, json.dumps(facts))
        self.write("cases/%s/before/%s" % (number, facts["path"]), before)
        self.write("cases/%s/after/%s" % (number, facts["path"]), after)

    def accuracy(self):
        code, text = self.bench("accuracy", "cases", "--output", "json")
        figures = json.loads(text)
        return code, figures, {case["number"]: case for case in figures["cases"]}

    def test_found_and_gone(self):
        self.case("001", BAD, GOOD, [5])
        self.case("002", BAD, "\n" + BAD, [5])  # still there, a line below
        self.case("003", "\n" + BAD, GOOD, [3])  # a finding, but elsewhere
        self.case("004", GOOD, GOOD, [5], category="other", needs="cross-file")
        self.case("005", BAD, GOOD, [4, 40])  # one line off
        code, figures, cases = self.accuracy()
        self.assertEqual([bool(cases["00%d" % n]["hits"]) for n in range(1, 6)], [True, True, False, False, True])
        self.assertEqual([bool(cases["00%d" % n]["gone"]) for n in range(1, 6)], [True, False, False, False, True])
        self.assertEqual(cases["001"]["hits"], ["AW101@5"])
        self.assertEqual(figures["all"], {"cases": 5, "found": 3, "gone": 2, "default": 3})
        self.assertEqual(figures["families_one_file"], {"cases": 4, "found": 3, "gone": 2, "default": 3})
        self.assertEqual(figures["families_cross_file"]["cases"], 0)
        self.assertEqual(len(cases["003"]["outside"]), 1)
        self.assertEqual((figures["outside_all"], figures["outside_default"]), (1, 1))
        self.assertEqual(code, 1, "1 finding in some 20 lines is more than 3 in 1,000")

    def test_within_bounds(self):
        self.case("001", BAD, GOOD, [5])
        code, figures, _ = self.accuracy()
        self.assertEqual((code, figures["broken"], figures["outside_all"]), (0, [], 0))
        _, text = self.bench("accuracy", "cases", "-v")
        self.assertIn("001  gone    blocking-call", text)
        self.assertIn("all within bounds", text)

    def test_the_config_of_a_case_has_no_say(self):
        self.case("001", BAD, GOOD, [5])
        self.write("cases/001/before/pyproject.toml", "[tool.awry]\nignore = [\"AW101\"]\n")
        self.assertEqual(self.accuracy()[2]["001"]["hits"], ["AW101@5"])

    def test_the_files_of_a_case_are_one_project(self):
        helper = "import time\n\n\ndef load():\n    time.sleep(1)\n"
        view = "from .helper import load\n\n\nasync def view():\n    load()\n"
        self.case("001", view, view.replace("    load()", "    await load()"), [5], needs="cross-file", extra_files=["app/helper.py"])
        self.write("cases/001/before/app/helper.py", helper)
        self.write("cases/001/after/app/helper.py", "async def load():\n    return 1\n")
        self.case("002", GOOD, GOOD, [5], needs="cross-file")
        code, figures, cases = self.accuracy()
        self.assertEqual((cases["001"]["hits"], cases["001"]["gone"]), (["AW117@5"], ["AW117@5"]))
        self.assertEqual(figures["families_cross_file"], {"cases": 2, "found": 1, "gone": 1, "default": 1})
        self.assertEqual(figures["families_with_files"], {"cases": 1, "found": 1, "gone": 1, "default": 1})
        self.assertEqual((code, figures["broken"]), (0, []))

    def test_bounds_across_files(self):
        self.case("001", GOOD, GOOD, [5], needs="cross-file", extra_files=["app/other.py"])
        for side in ("before", "after"):
            self.write("cases/001/%s/app/other.py" % side, GOOD)
        code, figures, _ = self.accuracy()
        self.assertEqual(code, 1)
        self.assertEqual(figures["broken"], ["across files that come with the case: 0 of 1 found and gone, at least half was due"])

    def packages(self):
        for package in ("alpha-1.0", "beta-2.0"):
            for i in range(6):
                self.write("%s/part%d/mod.py" % (package, i), BAD * 2)
        return ["alpha-1.0", "beta-2.0"]

    def drawn(self, out):
        with open(os.path.join(self.folder, out, "AW101.tsv"), encoding="utf-8") as table:
            return [line.rstrip("\n").split("\t") for line in table][1:]

    def sample(self, packages, seed, out):
        code, text = self.bench("sample", *packages, "--seed", str(seed), "--count", "5", "--out", out)
        self.assertEqual(code, 0, text)
        return self.drawn(out)

    def test_a_seed_draws_the_same_in_any_order(self):
        packages = self.packages()
        one, other = self.sample(packages, 7, "one"), self.sample(packages[::-1], 7, "other")
        self.assertEqual(len(one), 5)
        self.assertEqual(one, other)
        self.assertNotEqual(one, self.sample(packages, 8, "third"))
        # What is mended makes room for one more; the rest stays.
        os.remove(os.path.join(self.folder, "%s-%s" % (one[0][0], one[0][1]), one[0][2].rsplit(":", 1)[0]))
        later = self.sample(packages, 7, "later")
        self.assertEqual([row for row in later if row in one], [row for row in one if row[:2] + [row[2].rsplit(":", 1)[0]]
                                                              != one[0][:2] + [one[0][2].rsplit(":", 1)[0]]])

    def test_a_sheet_shows_the_place(self):
        self.write("alpha-1.0/mod.py", "# first\n" * 30 + BAD)
        self.sample(["alpha-1.0"], 1, "out")
        with open(os.path.join(self.folder, "out", "AW101.txt"), encoding="utf-8") as sheet:
            text = sheet.read()
        self.assertIn("1/1  AW101  error, sure  alpha 1.0  mod.py:35\n`time.sleep` blocks", text)
        self.assertIn("\n>    35 |     time.sleep(1)\n", text)
        self.assertIn("\n     23 | # first\n", text)
        self.assertNotIn("    22 | ", text)
        self.assertEqual(self.drawn("out"), [["alpha", "1.0", "mod.py:35", "", "?", "?"]])

    def test_verdicts_are_checked_again(self):
        self.write("alpha-1.0/mod.py", BAD)
        read = [judged.Verdict("AW101", "alpha", version, "mod.py:%d" % line, "", verdict, "because of it", "")
                for version, line, verdict in (("1.0", 5, "right"), ("1.0", 6, "right"), ("1.0", 7, "wrong"), ("2.0", 9, "right"))]
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            number = verdicts.check([os.path.join(self.folder, "alpha-1.0")], read, findings.rules())
        self.assertEqual(number, 1)
        self.assertIn("right, but lost: AW101 blocking-sleep  alpha 1.0  mod.py:6\n    because of it\n", said.getvalue())
        self.assertIn("right: 1 still found, 1 lost; wrong: 0 still found, 1 no longer", said.getvalue())


if __name__ == "__main__":
    unittest.main()
