"""What the rules about blocking calls say besides their message: steps, the path in one line, help, fixes, cases."""
import json
import os
import subprocess
import tempfile
import textwrap
import unittest

BUILD = os.environ.get("AWRY_BUILD", "build/dev")
AWRY = os.environ.get("AWRY") or os.path.join(BUILD, "awry")


def check(source, *options, name="app.py"):
    """The findings of one file, in order of place."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(textwrap.dedent(source))
        done = subprocess.run([os.path.abspath(AWRY), "check", "--isolated", "--no-cache", "--exit-zero", "--output-format", "json",
                               *options, name], cwd=folder, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def text_after(source, fix):
    """The source with a fix applied; its edits are by row and column."""
    lines = textwrap.dedent(source).split("\n")
    for edit in reversed(fix["edits"]):
        start, stop = edit["location"], edit["end_location"]
        assert start["row"] == stop["row"]
        line = lines[start["row"] - 1]
        lines[start["row"] - 1] = line[:start["column"] - 1] + edit["content"] + line[stop["column"] - 1:]
    return "\n".join(lines)


CHAIN = """\
    import asyncio
    import requests

    class Store:
        def __init__(self):
            self.session = requests.Session()

        def fetch(self, key):
            return self.session.get(key, timeout=3)

        def load(self, key):
            return self.fetch(key)

        async def get(self, key):
            return self.load(key).json()
    """


class Blocking(unittest.TestCase):
    def one(self, source, *options, **more):
        findings = check(source, *options, **more)
        self.assertEqual(len(findings), 1, findings)
        return findings[0]

    def test_a_path_has_numbered_steps_and_one_line(self):
        found = self.one(CHAIN)
        self.assertEqual(found["code"], "AW117")
        self.assertEqual(found["severity"], "warning")
        self.assertEqual(found["message"], "`Store.get` blocks the event loop: reaches `requests.Session.get` through 2 calls")
        self.assertEqual(found["calls"], "Store.load → Store.fetch → requests.Session.get")
        steps = [(place["step"], place["location"]["row"], place["message"]) for place in found["chain"] if place["step"]]
        self.assertEqual(steps, [(2, 12, "`Store.load` calls `Store.fetch`"), (3, 9, "`requests.Session.get`: network I/O")])

    def test_the_fix_is_unsafe_and_leaves_nothing_to_say(self):
        found = self.one(CHAIN)
        self.assertEqual(found["fix"]["applicability"], "unsafe")
        fixed = text_after(CHAIN, found["fix"])
        self.assertIn("return (await asyncio.to_thread(self.load, key)).json()", fixed)
        self.assertEqual(check(fixed), [])

    def test_severity_follows_what_is_reached(self):
        helper = """\
            import os, time
            def helper(path):
                return {}
            async def run(path):
                helper(path)
            """
        told = {}
        for call in ("time.sleep(1)", "open(path)", "os.path.exists(path)"):
            found = self.one(helper.format(call), "--select", "all")
            told[call] = (found["case"], found["severity"])
        self.assertEqual(told, {"time.sleep(1)": (None, "warning"), "open(path)": ("file", "info"),
                                "os.path.exists(path)": ("path-check", "info")})
        self.assertEqual(check(helper.format("os.path.exists(path)")), [])

    def test_in_tests_the_profile_switches_sleeping_off_and_requests_not(self):
        source = """\
            import requests, time
            def slow():
                time.sleep(1)
            def ask():
                requests.get("x")
            async def test():
                slow()
                ask()
            """
        self.assertEqual([f["location"]["row"] for f in check(source, name="tests/test_app.py")], [8])
        shown = check(source, "--no-profiles", name="tests/test_app.py")
        self.assertEqual([(f["location"]["row"], f["case"]) for f in shown], [(7, None), (8, None)])

    def test_called_and_not_passed(self):
        found = check("""\
            import asyncio, time
            def slow(n):
                time.sleep(n)
            async def run():
                await asyncio.to_thread(slow(3))
            """, "--select", "AW117")[0]
        self.assertIsNone(found["fix"])

    def test_the_thread_is_of_the_library_that_the_file_uses(self):
        source = """\
            import {0}
            import subprocess
            async def run(command):
                subprocess.run(command)
            """
        for library, call in (("asyncio", "asyncio.to_thread"), ("trio", "trio.to_thread.run_sync"),
                              ("anyio", "anyio.to_thread.run_sync")):
            fixed = text_after(source.format(library), self.one(source.format(library))["fix"])
            self.assertIn("    await %s(subprocess.run, command)" % call, fixed)

    def test_awaited_although_sync_is_likely_only(self):
        found = check("""\
            import sqlite3
            async def run(path):
                await sqlite3.connect(path)
            """, "--select", "AW113")[0]
        self.assertEqual(found["confidence"], "likely")
        self.assertIsNone(found["fix"])

    def test_a_deadlock_is_an_error(self):
        found = check("""\
            import asyncio
            async def load(): ...
            async def run(loop):
                asyncio.run_coroutine_threadsafe(load(), loop).result()
            """, "--select", "AW121")[0]
        self.assertEqual((found["case"], found["severity"]), ("deadlock", "error"))

    def test_old_pythons_have_no_to_thread(self):
        source = """\
            import asyncio, time
            def slow():
                time.sleep(1)
            async def run():
                slow()
            """
        self.assertIsNotNone(self.one(source)["fix"])
        self.assertIsNone(self.one(source, "--target-version", "3.8")["fix"])


if __name__ == "__main__":
    if not os.access(AWRY, os.X_OK):
        raise SystemExit(f"{AWRY} is not built")
    unittest.main()
