"""SARIF of real runs: what code scanning needs is there, and what must agree agrees. No validator and no network:
test_sarif_tools.py asks those."""
# timeout: 300
import collections
import json
import os
import re
import sys
import tempfile
import unittest
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry

SLEEP = "import time\n\n\nasync def poll():\n    %s\n"
FILES = {
    "plain.py": SLEEP % "time.sleep(1)",
    "sub/deep.py": SLEEP % "time.sleep(1)  # \u65e5\u672c",
    "sub/a b#c%d?.py": SLEEP % "x = '\U0001f9d1\u00e9'; time.sleep(1)",
    "sub/\u65e5\u672c:.py": SLEEP % "time.sleep(\n        1,\n    )",
    "whole.py": "import time\nasync def f(): pass\nasync def g():\n f()\n",
    "class.py": "import time\nclass Store:\n    async def load(self):\n        time.sleep(1); time.sleep(0)\n        time.sleep(1); time.sleep(0)\n",
    "broken.py": "async def f(:\n    x = [1\n",
    "hostile.py": "import time\nasync def f():\n    '\x1b[2J\u202e'; time.sleep(1)\n",
    "path.py": "import time\n\ndef fetch():\n    time.sleep(1)\n\ndef load():\n    return fetch()\n\nasync def refresh():\n    load()\n",
    "clean.py": "async def f():\n    return 1\n",
}


def check(*arguments, cwd, code=None):
    outcome = awry.run("check", *arguments, cwd=cwd)
    assert awry.crashed(outcome) == "", awry.crashed(outcome)
    assert code is None or outcome.code == code, (outcome.code, outcome.err)
    return outcome


def write(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


class Log(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.folder = os.path.realpath(cls.kept.name)
        write(cls.folder, FILES)
        with open(os.path.join(cls.folder, "latin.py"), "wb") as file:
            file.write(b"import time\nasync def f():\n    '\xe9'; time.sleep(1)\n")
        cls.text = check("--output-format=sarif", cwd=cls.folder, code=2).out
        cls.log = json.loads(cls.text.decode("utf-8"))
        cls.run_ = cls.log["runs"][0]
        cls.driver = cls.run_["tool"]["driver"]
        cls.results = cls.run_["results"]
        cls.json = json.loads(check("--output-format=json", cwd=cls.folder).out)

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def physical(self, value):
        """Every physicalLocation in a value."""
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "physicalLocation":
                    yield inner
                yield from self.physical(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from self.physical(inner)

    def test_head(self):
        self.assertEqual(self.log["version"], "2.1.0")
        self.assertTrue(self.log["$schema"].startswith("https://"))
        self.assertEqual(len(self.log["runs"]), 1)
        self.assertEqual(self.run_["columnKind"], "unicodeCodePoints")
        self.assertEqual(self.run_["automationDetails"], {"id": "awry/"})
        self.assertEqual(self.driver["name"], "awry")
        self.assertRegex(self.driver["semanticVersion"], r"^\d+\.\d+\.\d+$")
        self.assertRegex(self.driver["informationUri"], r"^[a-z]+:\S+$")
        self.assertEqual(urllib.parse.unquote(self.run_["originalUriBaseIds"]["SRCROOT"]["uri"]), "file://%s/" % self.folder)

    def test_no_control_character_and_valid_utf8(self):
        self.assertNotRegex(self.text, rb"[\x00-\x09\x0b-\x1f\x7f]")
        self.assertNotIn("\u202e", self.text.decode("utf-8"))

    def test_rules(self):
        rules = self.driver["rules"]
        self.assertEqual([rule["id"] for rule in rules], sorted({result["ruleId"] for result in self.results}))
        for rule in rules:
            self.assertRegex(rule["name"], r"^([A-Z][a-z0-9]*)+$")
            self.assertRegex(rule["shortDescription"]["text"], r"^[A-Z].*\.$")
            self.assertTrue(0 < len(rule["fullDescription"]["text"]) <= 1024)
            self.assertTrue(rule["help"]["text"] and rule["help"]["markdown"].startswith("# "))
            self.assertNotIn("# expect:", rule["help"]["markdown"])
            self.assertIn(rule["defaultConfiguration"]["level"], ("error", "warning", "note"))
            self.assertIn(rule["properties"]["precision"], ("high", "medium", "low"))
            self.assertIn(rule["properties"]["problem.severity"], ("error", "warning", "recommendation"))
            self.assertTrue(0 < len(rule["properties"]["tags"]) <= 10)

    def test_results_are_the_findings(self):
        levels = {"error": "error", "warning": "warning", "info": "note"}
        self.assertEqual(len(self.results), len(self.json))
        for result, finding in zip(self.results, self.json):
            self.assertEqual(self.driver["rules"][result["ruleIndex"]]["id"], result["ruleId"])
            self.assertEqual((result["ruleId"], result["level"]), (finding["code"], levels[finding["severity"]]))
            self.assertTrue(result["message"]["text"].startswith(finding["message"] + "."), result["message"])
            self.assertEqual(result["properties"]["confidence"], finding["confidence"])
            self.assertEqual(result["properties"].get("case"), finding["case"])
            place = result["locations"][0]["physicalLocation"]
            region = place["region"]
            self.assertEqual(urllib.parse.unquote(place["artifactLocation"]["uri"]), finding["filename"])
            self.assertEqual(region["startLine"], finding["location"]["row"])
            self.assertEqual(region["startColumn"], finding["location"]["column"])
            self.assertEqual(region.get("endLine", region["startLine"]), finding["end_location"]["row"])
            self.assertEqual(region["endColumn"], finding["end_location"]["column"])
            symbols = [place["fullyQualifiedName"] for place in result["locations"][0].get("logicalLocations", [])]
            self.assertEqual(symbols, [finding["symbol"]] if finding["symbol"] else [])

    def test_places_are_relative_and_in_the_list(self):
        artifacts = self.run_["artifacts"]
        self.assertEqual(len({artifact["location"]["uri"] for artifact in artifacts}), len(artifacts))
        places = list(self.physical(self.run_))
        self.assertGreater(len(places), len(self.results))
        for location in [place["artifactLocation"] for place in places] + [artifact["location"] for artifact in artifacts]:
            self.assertEqual(location["uriBaseId"], "SRCROOT")
            self.assertRegex(location["uri"], r"^(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+$")
            self.assertNotRegex(location["uri"], r"^/|(?:^|/)\.\.?(?:/|$)")
            self.assertEqual(artifacts[location["index"]]["location"], location)
        for artifact in artifacts:
            path = os.path.join(self.folder, urllib.parse.unquote(artifact["location"]["uri"]))
            self.assertEqual(artifact["length"], os.path.getsize(path))

    def test_snippets_are_what_the_regions_say(self):
        checked = 0
        for place in self.physical(self.results):
            name = urllib.parse.unquote(place["artifactLocation"]["uri"])
            if name not in FILES:
                continue
            for key in ("region", "contextRegion"):
                if key not in place:
                    continue
                checked += 1
                self.assertEqual(place[key]["snippet"]["text"], self.cut(FILES[name], place[key]), (name, key))
            outer = place.get("contextRegion")
            if outer:
                self.assertNotEqual(outer["snippet"], place["region"]["snippet"])
                self.assertIn(place["region"]["snippet"]["text"], outer["snippet"]["text"])
        self.assertGreater(checked, 20)

    @staticmethod
    def cut(text, region):
        lines = text.split("\n")
        first, last = region["startLine"] - 1, region.get("endLine", region["startLine"]) - 1
        lines = lines[first:last + 1]
        lines[-1] = lines[-1][:region["endColumn"] - 1]
        lines[0] = lines[0][region["startColumn"] - 1:]
        return "\n".join(lines)

    def test_links_in_messages_lead_to_related_places(self):
        seen = 0
        for result in self.results:
            related = {place["id"]: place["message"]["text"] for place in result.get("relatedLocations", [])}
            links = dict((int(number), words) for words, number in re.findall(r"\[([^\]]+)\]\((\d+)\)", result["message"]["text"]))
            self.assertEqual(links, related)
            seen += len(links)
        self.assertGreater(seen, 3)

    def test_paths_are_code_flows(self):
        (result,) = [result for result in self.results if result["ruleId"] == "AW117"]
        (flow,) = result["codeFlows"]
        (thread,) = flow["threadFlows"]
        places = [step["location"] for step in thread["locations"]]
        self.assertEqual(places[0]["physicalLocation"], result["locations"][0]["physicalLocation"])
        self.assertEqual([place["physicalLocation"]["region"]["startLine"] for place in places], [10, 7, 4])
        self.assertTrue(all(place["message"]["text"] for place in places))
        self.assertIn("Path: load \u2192 fetch \u2192 time.sleep.", result["message"]["text"])
        (finding,) = [finding for finding in self.json if finding["code"] == "AW117"]
        self.assertEqual(finding["calls"], "load \u2192 fetch \u2192 time.sleep")
        self.assertEqual([place["step"] for place in finding["chain"] if place["step"]], [2, 3])

    def test_fixes_replace_regions(self):
        fixed = [result for result in self.results if "fixes" in result]
        self.assertEqual(len(fixed), sum(finding["fix"] is not None for finding in self.json))
        self.assertTrue(fixed)
        for result in fixed:
            (change,) = result["fixes"][0]["artifactChanges"]
            self.assertEqual(change["artifactLocation"], result["locations"][0]["physicalLocation"]["artifactLocation"])
            self.assertTrue(all(piece["deletedRegion"]["endColumn"] for piece in change["replacements"]))

    def test_notifications_tell_what_was_not_analysed(self):
        (invocation,) = self.run_["invocations"]
        self.assertEqual((invocation["executionSuccessful"], invocation["exitCode"]), (False, 2))
        told = [(note["associatedRule"]["id"], note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
                for note in invocation["toolExecutionNotifications"]]
        self.assertEqual(set(told), {("AW002", "broken.py"), ("AW004", "latin.py")})

    def test_fingerprints_differ(self):
        prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in self.results]
        self.assertEqual(len(set(prints)), len(prints))
        self.assertEqual([text.split(":")[0] for text in prints], [finding["fingerprint"] for finding in self.json])

    def test_the_same_at_any_number_of_threads(self):
        for jobs in ("1", "8"):
            self.assertEqual(check("-j", jobs, "--output-format=sarif", cwd=self.folder).out, self.text)


class Fingerprints(unittest.TestCase):
    def prints(self, folder, *arguments, cwd=None):
        findings = json.loads(check("--output-format=json", *arguments, cwd=cwd or folder).out)
        return [finding["fingerprint"] for finding in findings]

    def test_lines_above_do_not_matter_but_the_line_does(self):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {"a.py": FILES["class.py"]})
            before = self.prints(folder)
            self.assertEqual(len(before), 4)
            write(folder, {"a.py": "\n\n# more\ndef other():\n    pass\n\n" + FILES["class.py"].replace("sleep(1); ", "sleep(1);   ")})
            self.assertEqual(self.prints(folder), before)
            write(folder, {"a.py": FILES["class.py"].replace("Store", "Shop")})
            self.assertFalse(set(self.prints(folder)) & set(before))
            write(folder, {"a.py": FILES["class.py"].replace("(1)", "(2)")})
            self.assertFalse(set(self.prints(folder)) & set(before))

    def test_as_documented(self):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {"sub/a.py": "import time\nclass Store:\n    async def load(self):\n        time.sleep( 1 )\n"})
            value = 0xcbf29ce484222325
            for part in ("AW101", "sub/a.py", "Store.load", "time.sleep( 1 )", "1"):
                for byte in part.encode() + b"\0":
                    value = (value ^ byte) * 0x100000001b3 % 2**64
            self.assertEqual(self.prints(folder), ["%016x" % value])

    def test_the_folder_that_awry_runs_in_does_not_matter(self):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {"sub/a.py": FILES["class.py"], ".git/HEAD": "ref: refs/heads/main\n"})
            here = self.prints(folder)
            self.assertEqual(self.prints(folder, cwd=os.path.join(folder, "sub")), here)
            self.assertEqual(self.prints(folder, os.path.join(os.path.realpath(folder), "sub"), cwd=os.path.join(folder, ".git")), here)


class Outside(unittest.TestCase):
    def uris(self, *arguments, cwd):
        run = json.loads(check("--output-format=sarif", *arguments, cwd=cwd).out)["runs"][0]
        return [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]]

    def test_below_a_repository_paths_are_relative_to_it(self):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {"in/a.py": FILES["plain.py"], "in/deeper/x.txt": "", ".git/HEAD": "x"})
            for cwd, name in (("", "in"), ("in", "."), ("in/deeper", "..")):
                (place,) = self.uris(name, cwd=os.path.join(folder, cwd))
                self.assertEqual((place["uri"], place["uriBaseId"]), ("in/a.py", "SRCROOT"))

    def test_outside_of_it_they_are_absolute(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = os.path.realpath(folder)
            write(folder, {"in/x.txt": "", "out side/a.py": FILES["plain.py"]})
            (place,) = self.uris("../out side", cwd=os.path.join(folder, "in"))
            self.assertEqual(place["uri"], "file://%s/out%%20side/a.py" % folder)
            self.assertNotIn("uriBaseId", place)

    def test_standard_input_has_a_place(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as source:
            source.write(FILES["plain.py"].encode())
            source.seek(0)
            outcome = awry.run("check", "--output-format=sarif", "-", cwd=folder, stdin=source)
            run = json.loads(outcome.out)["runs"][0]
            self.assertEqual([artifact["location"]["uri"] for artifact in run["artifacts"]], ["%3Cstdin%3E"])
            self.assertNotIn("length", run["artifacts"][0])

    def test_a_clean_run_is_a_log_too(self):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {"a.py": FILES["clean.py"]})
            run = json.loads(check("--output-format=sarif", cwd=folder, code=0).out)["runs"][0]
            self.assertEqual((run["results"], run["tool"]["driver"]["rules"], run["artifacts"]), ([], [], []))
            self.assertEqual(run["invocations"], [{"executionSuccessful": True, "exitCode": 0, "toolExecutionNotifications": []}])


class Several(unittest.TestCase):
    """Several reports of one run."""

    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = kept.name
        write(self.folder, {"a.py": FILES["plain.py"]})

    def files(self):
        return sorted(os.listdir(self.folder))

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def test_each_goes_to_its_place(self):
        outcome = check("--output-format", "sarif:out.sarif", "--output-format", "github", "--output-format=json:out.json",
                        cwd=self.folder, code=1)
        self.assertTrue(outcome.out.startswith(b"::error title=awry (AW101),file=a.py,line=5,col=5,endLine=5,endColumn=18::a.py:5:5: "))
        self.assertEqual(json.loads(self.read("out.sarif"))["version"], "2.1.0")
        self.assertEqual(json.loads(self.read("out.json"))[0]["code"], "AW101")
        self.assertEqual(self.files(), ["a.py", "out.json", "out.sarif"])
        alone = check("--output-format=sarif", "a.py", cwd=self.folder).out
        self.assertEqual(self.read("out.sarif"), alone)

    def test_output_file_is_for_the_format_without_one(self):
        outcome = check("--output-format=concise", "--output-format=sarif:out.sarif", "-o", "out.txt", cwd=self.folder, code=1)
        self.assertEqual(outcome.out, b"")
        self.assertTrue(self.read("out.txt").startswith(b"a.py:5:5: AW101 [error] "))

    def test_all_or_nothing_when_one_cannot_be_opened(self):
        outcome = check("--output-format=json:out.json", "--output-format=sarif:no/such/folder.sarif", cwd=self.folder, code=2)
        self.assertIn(b"cannot write no/such/folder.sarif", outcome.err)
        self.assertEqual(self.files(), ["a.py"])

    def test_what_makes_no_sense_is_refused(self):
        for arguments, said in (
            (["--output-format=json", "--output-format=sarif"], b"two reports go to standard output"),
            (["--output-format=json", "--output-format=sarif:-"], b"two reports go to standard output"),
            (["--output-format=json:/dev/stdout", "--output-format=sarif"], b"two reports go to standard output"),
            (["--output-format=json:x", "--output-format=sarif:x"], b"two reports go to x"),
            (["--output-format=json:x", "-o", "y"], b"every format has a file already"),
            (["--output-format=json:"], b"needs a file behind the colon"),
            (["--output-format=sarrif:x"], b'unknown value "sarrif" for --output-format; did you mean "sarif"?'),
        ):
            outcome = check(*arguments, cwd=self.folder, code=2)
            self.assertIn(said, outcome.err)
            self.assertEqual(outcome.out, b"")
            self.assertEqual(self.files(), ["a.py"])

    def test_same_findings_in_all(self):
        formats = ("full", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit")
        arguments = [word for name in formats for word in ("--output-format", name + ":" + name + ".out")]
        check(*arguments, cwd=self.folder, code=1)
        for name in formats:
            text = self.read(name + ".out").decode()
            self.assertIn("AW101", text, name)
            self.assertIn("blocks the event loop", text, name)


class Summary(unittest.TestCase):
    def test_people_get_one_line_and_programs_none(self):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {"a.py": FILES["plain.py"]})
            said = collections.Counter()
            for name in ("full", "concise", "github", "json", "json-lines", "sarif", "gitlab", "junit"):
                out = check("--output-format", name, cwd=folder).out
                said[name] = len(re.findall(rb"^Found 1 problem \(1 error\) in 1 of 1 file in ", out, re.MULTILINE))
                quiet = check("-q", "--output-format", name, cwd=folder).out
                self.assertNotIn(b"Found 1 problem", quiet)
            self.assertEqual({name for name, count in said.items() if count}, {"full", "concise", "github"})
            self.assertEqual(max(said.values()), 1)


if __name__ == "__main__":
    unittest.main()
