"""`awry graph` in the projects of fixtures/linked, against the sessions in their graph.txt (AWRY_BLESS=1 accepts new output), its JSON,
what it says when it cannot answer, and that it neither writes a cache nor depends on one."""
import difflib
import json
import os
import shlex
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import linked


def session(folder, command):
    """What a line `$ awry ...` gives: the command, its output, its messages, its exit code."""
    outcome = awry.run(*shlex.split(command)[1:], cwd=folder)
    text = "$ %s\n%s" % (command, outcome.out.decode())
    if outcome.err:
        text += "[stderr]\n" + outcome.err.decode()
    return text + "[exit %d]\n" % outcome.code


class Sessions(unittest.TestCase):
    def judge(self, name):
        path = os.path.join(linked.FOLDER, name, "graph.txt")
        folder = linked.copy(self, name)
        with open(path, encoding="utf-8") as source:
            expected = source.read()
        commands = [line[2:] for line in expected.split("\n") if line.startswith("$ ")]
        self.assertTrue(commands)
        found = "".join(session(folder, command) for command in commands)
        if os.environ.get("AWRY_BLESS"):
            with open(path, "w", encoding="utf-8") as out:
                out.write(found)
            return
        difference = difflib.unified_diff(expected.splitlines(), found.splitlines(), path, "found", lineterm="")
        self.assertEqual(found, expected, "\n".join(difference))

    def test_harbour(self):
        self.judge("harbour")

    def test_monorepo(self):
        self.judge("monorepo")

    def test_conditional(self):
        self.judge("conditional")

    def test_workshop(self):
        self.judge("workshop")


class Answers(unittest.TestCase):
    def setUp(self):
        self.folder = linked.copy(self, "harbour")

    def graph(self, *arguments):
        return awry.run("graph", *arguments, cwd=self.folder)

    def function(self, *arguments):
        outcome = self.graph("--output-format", "json", *arguments)
        self.assertEqual((outcome.code, outcome.err), (0, b""))
        (function,) = json.loads(outcome.out)
        return function

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def test_json_says_what_the_text_says(self):
        function = self.function("load_manifest")
        self.assertEqual((function["name"], function["colour"]), ("harbour.storage.manifests.load_manifest", "sync"))
        (network,) = function["blocks"]
        self.assertEqual((network["hazard"], network["api"]), ("network I/O", "requests.get"))
        self.assertEqual([step["next"] for step in network["steps"]], ["harbour.storage.manifests._fetch", "requests.get"])
        self.assertEqual(function["on_loop_count"], len(function["on_loop"]))
        self.assertIn("called_at_once → timed → load_manifest", [way["way"] for way in function["on_loop"]])
        self.assertIn("offloaded", [place["fate"] for place in function["handed_on"]])

    def test_the_ways_agree_with_the_findings(self):
        """Every async function that is reported for a call of it is among its callers."""
        findings, _ = linked.check(self.folder, ".")
        reported = {f["symbol"] for f in findings if f["code"] == "AW117" and "load_manifest → _fetch" in (f["calls"] or "")}
        self.assertGreaterEqual(len(reported), 6)
        names = {way["function"] for way in self.function("--all", "load_manifest")["on_loop"]}
        for symbol in reported:
            self.assertTrue([name for name in names if name.endswith("." + symbol)], symbol)

    def test_all_names_of_one_function(self):
        whole = self.graph("harbour.storage.store.Store.flush").out
        for name in ("storage.store.Store.flush", "Store.flush", "store.py:Store.flush", "storage/store.py:Store.flush",
                     "store.py:%d" % self.function("Store.flush")["location"]["row"]):
            with self.subTest(name):
                self.assertEqual(self.graph(name).out, whole)

    def test_a_path_says_where_the_function_is(self):
        self.assertEqual(self.graph("Store.flush", "src/harbour/storage").out, self.graph("Store.flush").out)
        outcome = self.graph("Store.flush", "src/harbour/api")
        self.assertEqual((outcome.code, outcome.out), (2, b""))

    def test_a_package_without_init(self):
        folder = linked.copy(self, "monorepo")
        whole, short = (awry.run("graph", name, cwd=folder) for name in ("acme.metrics.timer.tick", "tick"))
        self.assertEqual((whole.code, whole.out), (0, short.out))

    def test_by_import_and_in_a_library(self):
        self.assertEqual(self.function("harbour.tools.load_manifest")["name"], "harbour.storage.manifests.load_manifest")
        site = ".venv/lib/python3.12/site-packages/"
        self.write(".venv/pyvenv.cfg", "version = 3.12.1\n")
        self.write(site + "lanterns/__init__.py", "from lanterns.wick import light\n")
        self.write(site + "lanterns/wick.py", "import socket\n\n\ndef light(host):\n    return _strike(host)\n\n\n"
                   "def _strike(host):\n    return socket.create_connection((host, 1))\n")
        self.write("src/harbour/dusk.py", "import lanterns\n\n\nasync def dusk():\n    lanterns.light('pier')\n")
        light = self.function("lanterns.light")
        self.assertEqual(light["name"], "lanterns.wick.light")
        self.assertTrue(light["filename"].endswith("site-packages/lanterns/wick.py"))
        self.assertEqual([step["next"] for step in light["blocks"][0]["steps"]], ["lanterns.wick._strike", "socket.create_connection"])
        self.assertEqual([way["way"] for way in light["on_loop"]], ["dusk → light"])
        self.assertEqual(self.graph("--python", "none", "lanterns.light").code, 2)

    def test_many(self):
        self.write("src/harbour/many.py", "".join("class A%d:\n    def go(self): pass\n" % i for i in range(11)))
        outcome = self.graph("go")
        self.assertEqual((outcome.code, outcome.out), (2, b""))
        self.assertIn(b'11 functions are called "go"', outcome.err)
        self.assertIn(b"harbour.many.A0.go", outcome.err)
        self.assertEqual(self.graph("A3.go").code, 0)

    def test_callers_are_counted_and_all_shown_when_wanted(self):
        text = "import time\n\n\ndef nap():\n    time.sleep(1)\n\n\n"
        self.write("src/harbour/many.py", text + "".join("async def f%02d():\n    nap()\n\n\n" % i for i in range(14)))
        few, every = self.graph("many.nap").out.decode(), self.graph("--all", "many.nap").out.decode()
        self.assertIn("runs on the loop in 14 async functions\n", few)
        self.assertIn("    ... and 4 more: --all\n", few)
        self.assertNotIn("f10 → nap", few)
        self.assertIn("f13 → nap", every)

    def test_threads_only(self):
        self.write("src/harbour/sweep.py", "import asyncio\nimport time\n\n\ndef sweep():\n    dust()\n\n\ndef dust():\n    time.sleep(1)\n\n\n"
                   "async def clean():\n    await asyncio.to_thread(sweep)\n")
        self.assertTrue(self.function("sweep.sweep")["only_in_threads"])
        self.assertTrue(self.function("sweep.dust")["only_in_threads"])
        self.write("src/harbour/broom.py", "from harbour.sweep import dust\n\n\nasync def now():\n    dust()\n")
        dust = self.function("sweep.dust")
        self.assertFalse(dust["only_in_threads"])
        self.assertEqual([way["way"] for way in dust["on_loop"]], ["now → dust"])

    def test_sync_to_async_sends_to_a_thread(self):
        self.write("src/harbour/sweep.py", "import time\nfrom asgiref.sync import sync_to_async\n\n\nclass Broom:\n    def sweep(self):\n        time.sleep(1)\n\n"
                   "    async def asweep(self):\n        return await sync_to_async(self.sweep)()\n")
        sweep = self.function("Broom.sweep")
        self.assertEqual([place["fate"] for place in sweep["handed_on"]], ["offloaded"])
        self.assertTrue(sweep["only_in_threads"])

    def test_what_is_not_there(self):
        for arguments, said in ((("Store.flsh",), b'did you mean "harbour.storage.store.Store.flush"?'), (("no_such_thing_at_all",), b"no function is called"),
                                (("requests.get",), b"known by a table of awry, and blocks: network I/O"),
                                (("store.py:1",), b"no function around store.py:1"), ((), b"which function?"),
                                (("f", "--alll"), b'did you mean "--all"?'), (("f", "--output-format", "sarif"), b"full or json"),
                                (("f", "--python", "nowhere"), b"nowhere")):
            with self.subTest(arguments):
                outcome = self.graph(*arguments)
                self.assertEqual((outcome.code, outcome.out), (2, b""))
                self.assertIn(said, outcome.err)

    def test_the_cache_is_read_and_not_written(self):
        cold = self.graph("load_manifest").out
        self.assertFalse(os.path.exists(os.path.join(self.folder, ".awry_cache")))
        awry.run("check", ".", cwd=self.folder)
        cache = os.path.join(self.folder, ".awry_cache")
        before = {name: os.stat(os.path.join(cache, name)).st_mtime_ns for name in os.listdir(cache)}
        self.assertEqual(self.graph("load_manifest").out, cold)
        self.assertEqual(self.graph("--no-cache", "-j1", "load_manifest").out, cold)
        self.assertEqual({name: os.stat(os.path.join(cache, name)).st_mtime_ns for name in os.listdir(cache)}, before)

    def test_colour(self):
        self.assertIn(b"\x1b[", self.graph("--color", "always", "Store.flush").out)
        self.assertNotIn(b"\x1b[", self.graph("Store.flush").out)


class Facts(unittest.TestCase):
    """`awry debug facts` of a file in its project, and alone."""

    def test_steps_of_other_files(self):
        folder = linked.copy(self, "harbour")
        path = "src/harbour/api/watch.py"
        around = awry.run("debug", "facts", path, "with_a_log", cwd=folder)
        self.assertEqual((around.code, around.err), (0, b""))
        self.assertIn(b"blocks: network I/O by requests.get\n    src/harbour/api/watch.py:", around.out)
        self.assertRegex(around.out.decode(), r"\n    src/harbour/storage/manifests\.py:\d+:\d+  calls _fetch\n")
        alone = awry.run("debug", "facts", "--alone", path, "with_a_log", cwd=folder)
        self.assertEqual(alone.code, 0)
        self.assertNotIn(b"blocks", alone.out)


if __name__ == "__main__":
    unittest.main()
