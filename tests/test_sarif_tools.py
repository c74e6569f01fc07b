"""SARIF before its judges: the schema of the standard, and the Multitool with the rules of SARIF and of code scanning.

Both come by npm from tests/sarif, locked by hashes, into the build tree."""
# label: net
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry

LOCK = os.path.join(awry.ROOT, "tests", "sarif")
PLACE = os.path.join(awry.BUILD, "_deps", "sarif-tools")
SCHEMA = "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
MULTITOOL = "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
# A library with findings of several kinds and files that are no Python: Python's own tests.
LIBRARIES = [os.path.dirname(os.__file__)]
SOURCES = {
    "a b#c%d\u00e9.py": "import time\n\nasync def poll():\n    time.sleep(1)\n    time.sleep(\n        1)\n    time.sleep(0)\n",
    "broken.py": "async def f(:\n    x = [1\n",
    "sub/orders.py": "async def save(order):\n    pass\n\nclass Store:\n    async def load(self):\n        save(1)\n",
    "sub/path.py": "import time\n\ndef fetch():\n    time.sleep(1)\n\ndef load():\n    return fetch()\n\nasync def refresh():\n    load()\n",
    "empty.py": "",
}


def install():
    """None when the tools are there, else why not."""
    if not shutil.which("npm") or not shutil.which("node"):
        return "missing tool: npm"
    if sys.platform != "linux":
        return "missing tool: the Multitool for this system"
    locks = [pathlib.Path(place, "package-lock.json") for place in (PLACE, LOCK)]
    if os.path.exists(os.path.join(PLACE, MULTITOOL)) and locks[0].read_bytes() == locks[1].read_bytes():
        return None
    os.makedirs(PLACE, exist_ok=True)
    for name in (".npmrc", "package.json", "package-lock.json"):
        shutil.copy(os.path.join(LOCK, name), PLACE)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--omit=peer"], cwd=PLACE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=600, check=False)
    if done.returncode:
        shutil.rmtree(PLACE)
        return "missing tool: the packages of tests/sarif: " + done.stdout.decode("utf-8", "replace").strip()[-200:]
    program = os.path.join(PLACE, MULTITOOL)
    os.chmod(program, os.stat(program).st_mode | stat.S_IXUSR)
    return None


class Judges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        why = install()
        if why:
            raise unittest.SkipTest(why)

    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = os.path.realpath(kept.name)

    def schema_errors(self, log):
        done = subprocess.run(["node", os.path.join(LOCK, "schema.js"), os.path.join(PLACE, SCHEMA), log], cwd=PLACE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def verdicts(self, log):
        """(rule, level, arguments) of what the Multitool has to say, notes left out."""
        report = os.path.join(self.folder, "verdicts.sarif")
        # Its exit code says nothing of what it found.
        done = subprocess.run([os.path.join(PLACE, MULTITOOL), "validate", log, "--rule-kind", "Sarif;Ghas", "--level",
                               "Error;Warning;Note", "-o", report, "--log", "ForceOverwrite"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=900, check=False,
                              env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
        self.assertTrue(os.path.exists(report), done.stdout)
        with open(report, encoding="utf-8-sig") as file:
            (run,) = json.load(file)["runs"]
        self.assertNotEqual(run["results"], [], "notes are always there: it looked at nothing")
        return [(each["ruleId"], each.get("level", "warning"), each["message"].get("arguments"))
                for each in run["results"] if each.get("level", "warning") != "note"]

    def judge(self, *arguments, cwd):
        log = os.path.join(self.folder, "log.sarif")
        outcome = awry.run("check", "--exit-zero", "--output-format", "sarif:" + log, *arguments, cwd=cwd, timeout=900)
        self.assertEqual(awry.crashed(outcome), "")
        self.assertEqual(self.schema_errors(log), (0, ""))
        self.assertEqual(self.verdicts(log), [])
        with open(log, encoding="utf-8") as file:
            return json.load(file)["runs"][0]["results"]

    def test_small_project(self):
        project = os.path.join(self.folder, "project")
        for name, text in SOURCES.items():
            path = os.path.join(project, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        results = self.judge(cwd=project)
        self.assertGreaterEqual({result["ruleId"] for result in results}, {"AW002", "AW101", "AW117", "AW201"})
        self.assertTrue(any("codeFlows" in result for result in results))
        self.assertEqual(self.judge(os.path.join(project, "empty.py"), cwd=self.folder), [])
        self.assertNotEqual(self.judge("../project", cwd=os.path.join(project, "sub")), [])

    def test_library(self):
        for library in LIBRARIES:
            self.assertNotEqual(self.judge("--select=all", library, cwd=os.path.dirname(library)), [])

    def test_the_judges_see_what_is_wrong(self):
        log = os.path.join(self.folder, "bad.sarif")
        with open(log, "w", encoding="utf-8") as file:
            json.dump({"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [
                {"tool": {"driver": {"name": "x"}}, "results": [{"ruleIndex": 7, "message": {"text": "x"}, "locations": [
                    {"physicalLocation": {"artifactLocation": {"uri": "a b"}, "region": {"startLine": 0}}}]}]}]}, file)
        code, said = self.schema_errors(log)
        self.assertEqual(code, 1)
        self.assertIn("startLine", said)
        self.assertIn("error", {level for _, level, _ in self.verdicts(log)})


if __name__ == "__main__":
    unittest.main()
