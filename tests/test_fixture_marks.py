"""The fixture runner fails where it has to: a mark without a finding, a finding without a mark, a stale `missed:` or `wrong:`."""
import os
import subprocess
import tempfile
import unittest

RUNNER = os.path.join(os.environ.get("AWRY_BUILD", "build/dev"), "tests", "test_fixtures")
BUG = "import time\n\n\nasync def f():\n"


class Marks(unittest.TestCase):
    def run_fixture(self, text, folder="blocking_sleep", name="case.py", fixed=None, bless=False):
        """(passed, output, fixed text) of one fixture."""
        with tempfile.TemporaryDirectory() as root:
            directory = os.path.join(root, "fixtures", folder)
            os.makedirs(directory)
            with open(os.path.join(directory, name), "w") as out:
                out.write(text)
            fixed_path = os.path.join(directory, "case.fixed.py")
            if fixed is not None:
                with open(fixed_path, "w") as out:
                    out.write(fixed)
            environment = dict(os.environ, AWRY_SOURCE=root)
            environment.pop("AWRY_BLESS", None)
            if bless:
                environment["AWRY_BLESS"] = "1"
            done = subprocess.run([RUNNER, "fixtures/*"], env=environment, capture_output=True, text=True)
            output = done.stdout + done.stderr
            self.assertIn(done.returncode, (0, 1), output)
            after = None
            if fixed is not None:
                with open(fixed_path) as file:
                    after = file.read()
            return done.returncode == 0, output, after

    def assert_passes(self, text, **options):
        passed, output, _ = self.run_fixture(text, **options)
        self.assertTrue(passed, output)

    def assert_fails(self, text, message, **options):
        passed, output, _ = self.run_fixture(text, **options)
        self.assertFalse(passed, output)
        self.assertIn(message, output)

    def test_mark_meets_its_finding(self):
        self.assert_passes(BUG + "    time.sleep(1)  # expect: AW101\n")
        self.assert_passes(BUG + '    time.sleep(1)  # expect: AW101 "blocks the event loop"\n')
        self.assert_passes(BUG + "    # expect: AW101\n\n    # a comment between\n    time.sleep(\n        1,\n    )\n")

    def test_finding_without_a_mark(self):
        self.assert_fails(BUG + "    time.sleep(1)\n", "case.py:5:5: expected nothing, found AW101")

    def test_mark_without_a_finding(self):
        self.assert_fails(BUG + "    time.time()  # expect: AW101\n", "case.py:5: expected, and not found: AW101")

    def test_one_mark_is_about_one_finding(self):
        self.assert_fails(BUG + "    time.sleep(1), time.sleep(1)  # expect: AW101\n", "expected nothing, found AW101")
        self.assert_passes(BUG + "    time.sleep(1), time.sleep(1)  # expect: AW101  # expect: AW101\n")

    def test_facts(self):
        sync = "import time\n\n\ndef f():\n    time.sleep(1)\n\n\ndef g():\n    f()\n\n\n"
        self.assert_passes(sync + "# fact: f blocks time.sleep\n# fact: g blocks time.sleep through f\n")
        self.assert_passes(BUG + "    time.sleep(1)  # fact: f blocks nothing\n", folder="facts")
        self.assert_fails(sync + "# fact: f blocks nothing\n", "case.py:12: `f` blocks time.sleep, and not nothing")
        self.assert_fails(sync + "# fact: g blocks time.sleep through g\n", "and not time.sleep through g")
        self.assert_fails(sync + "# fact: h blocks nothing\n", "blocks no such function")
        self.assert_fails(sync + "# fact: f waits time.sleep\n", "and not ?")

    def test_text_and_code_count(self):
        self.assert_fails(BUG + '    time.sleep(1)  # expect: AW101 "sleeps well"\n', 'not found: AW101 "sleeps well"')
        self.assert_fails(BUG + "    time.sleep(1)  # expect: AW102\n", "not found: AW102")

    def test_missed_and_wrong_go_stale(self):
        self.assert_passes(BUG + "    time.time()  # missed: AW101\n")
        self.assert_fails(BUG + "    time.sleep(1)  # missed: AW101\n", "now found, make it `expect:`")
        self.assert_passes(BUG + "    time.sleep(1)  # wrong: AW101\n")
        self.assert_fails(BUG + "    time.time()  # wrong: AW101\n", "no longer found, take the `wrong:` away")

    def test_only_the_rule_of_the_folder_counts(self):
        both = BUG + "    time.sleep(1)  # expect: AW101\n    f()\n"
        self.assert_passes(both)
        self.assert_fails(both, "found AW201", folder="whole")

    def test_syntax_errors_always_count(self):
        self.assert_fails(BUG + "    x = = 1\n", "found AW002")

    def test_unknown_folder_and_header(self):
        self.assert_fails("", "no rule has this name", folder="blocking_slep")
        self.assert_fails("# fixture: lisp=asyncio\n", "the header is not")

    def test_libraries(self):
        text = "# fixture: libs=asyncio,trio\nimport LIB\n" + BUG + "    time.sleep(1)  # expect: AW101\n"
        passed, output, _ = self.run_fixture(text)
        self.assertTrue(passed, output)
        self.assertIn("case.py asyncio", output)
        self.assertIn("case.py trio", output)

    def test_fixed_text(self):
        text = "import asyncio\n" + BUG + "    time.sleep(1)  # expect: AW101\n"
        fixed = text.replace("time.sleep", "await asyncio.sleep")
        self.assert_passes(text, fixed=fixed)
        self.assert_fails(text, "the fixed text differs", fixed=text)
        passed, output, after = self.run_fixture(text, fixed="", bless=True)
        self.assertTrue(passed, output)
        self.assertEqual(after, fixed)

    def test_filter_that_meets_nothing(self):
        environment = dict(os.environ, AWRY_SOURCE=tempfile.gettempdir())
        done = subprocess.run([RUNNER, "no such case"], env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no fixture is called like", done.stderr)


if __name__ == "__main__":
    unittest.main()
