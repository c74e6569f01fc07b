"""What is found across the files of the projects in fixtures/linked, with the whole way down; tests/lib/linked.py has their marks."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import linked


class Projects(unittest.TestCase):
    def judge(self, name, *options):
        folder = linked.copy(self, name)
        marks, places = linked.read_marks(folder)
        findings, outcome = linked.check(folder, *options, ".")
        self.assertEqual(outcome.err, b"")
        problems = linked.judge(marks, places, findings)
        if problems:
            self.fail(awry.shorten(problems))

    def test_arguments(self):
        self.judge("arguments")

    def test_bridge(self):
        self.judge("bridge")

    def test_broken(self):
        self.judge("broken", "--check-broken")  # what imports a broken module never runs

    def test_ferry(self):
        self.judge("ferry")

    def test_granary(self):
        self.judge("granary")

    def test_harbour(self):
        self.judge("harbour")

    def test_monorepo(self):
        self.judge("monorepo")

    def test_conditional(self):
        self.judge("conditional")

    def test_provider(self):
        self.judge("provider")

    def test_quarry(self):
        self.judge("quarry")

    def test_ropeway(self):
        self.judge("ropeway")

    def test_station(self):
        self.judge("station")

    def test_stranded(self):
        folder = linked.copy(self, "stranded")
        marks, places = linked.read_marks(folder)
        findings, outcome = linked.check(folder, ".")
        self.assertEqual(linked.judge(marks, places, findings), [])
        held = [mark for mark in marks if mark.kind == "held"]
        said = "awry: %d findings in code of %d files that cannot be compiled or imported are held back (--check-broken shows them)\n" % (
            len(held), len({mark.path for mark in held}))
        self.assertEqual(outcome.err.decode(), said)
        self.assertEqual(linked.check(folder, "--quiet", ".")[1].err, b"")

        findings, outcome = linked.check(folder, "--check-broken", ".")
        shown = [mark._replace(kind="expect") if mark.kind == "held" else mark for mark in marks]
        self.assertEqual(linked.judge(shown, places, findings), [])
        self.assertEqual(outcome.err, b"")

    def test_workshop(self):
        self.judge("workshop")


class Marks(unittest.TestCase):
    """The marks themselves: whole, and about something."""

    def test_the_projects_are_there(self):
        self.assertLessEqual({"conditional", "harbour", "monorepo"}, set(linked.PROJECTS))

    def test_ways_are_whole(self):
        for name in linked.PROJECTS:
            marks, places = linked.read_marks(os.path.join(linked.FOLDER, name))
            self.assertEqual({place for mark in marks for place in mark.at}, set(places), "places and their uses")
            for mark in marks:
                with self.subTest(mark=mark):
                    if mark.code == "AW117" and mark.kind == "expect":
                        self.assertIsNotNone(mark.chain, "the whole way has to be said")
                    if mark.chain is not None:
                        self.assertEqual(len(mark.chain.split(" → ")), len(mark.at) + 1)

    def test_the_projects_are_large_enough(self):
        self.assertGreaterEqual(len(linked.files(os.path.join(linked.FOLDER, "harbour"))), 12)

    def finding(self, **changes):
        place = {"filename": "b.py", "location": {"row": 7}, "step": 2, "message": ""}
        return {"code": "AW117", "message": "`f` blocks", "filename": "a.py", "location": {"row": 3}, "calls": "g → time.sleep",
                "chain": [place], **changes}

    def problems(self, mark, *findings):
        marks, named = linked.marks_of_line("a.py", ["", "", "call()  # " + mark], 3)
        self.assertEqual(named, [])
        return linked.judge(marks, {"b.sleep": ("b.py", 7), "b.other": ("b.py", 8)}, findings)

    def test_the_judge_is_strict(self):
        good = "expect: AW117 chain: g → time.sleep at: b.sleep"
        self.assertEqual(self.problems(good, self.finding()), [])
        for mark, said in ((good.replace("g →", "h →"), "goes `g → time.sleep`, and not `h → time.sleep`"),
                           (good.replace("b.sleep", "b.other"), "steps at b.py:7, and not at b.py:8"),
                           ("missed: AW117", "now found"), ('expect: AW117 "hums"', "expected nothing, found"),
                           ("expect: AW101", "expected nothing, found")):
            with self.subTest(mark):
                self.assertIn(said, "\n".join(self.problems(mark, self.finding())))
        self.assertIn("expected, and not found: AW117", "\n".join(self.problems(good)))
        self.assertIn("take the `wrong:` away", "\n".join(self.problems("wrong: AW117")))
        self.assertIn("expected nothing", "\n".join(self.problems(good, self.finding(), self.finding())))
        self.assertEqual(self.problems("missed: AW117"), [])
        with self.assertRaises(ValueError):
            self.problems("expect: nothing")


if __name__ == "__main__":
    unittest.main()
