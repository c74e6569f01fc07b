# label: net
# timeout: 600
"""A project with a real environment that pip has filled: what blocks in its libraries, and what is async in them, is read from their
own source. The tables of libraries are switched off for it, and say the same when they are on."""
import json
import os
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import installed

# What a line ends in: `blocks` (by some rule about blocking calls) or codes, `derived:` before what is found without tables only and `known:`
# before what is found with tables only. Making a client of httpx reads certificates, which its table leaves out.
SOURCES = {
    "pyproject.toml": "[project]\nname = \"app\"\nversion = \"1.0\"\nrequires-python = \">=3.10\"\n",
    "app/__init__.py": "",
    "app/loads.py": """\
import asyncio

import httpx
import requests
from requests import get as fetch


async def by_module(address):
    return requests.get(address, timeout=5)  # blocks


async def by_name(address):
    return fetch(address, timeout=5)  # blocks


async def by_session(address):
    session = requests.Session()
    return session.post(address, timeout=5)  # blocks


async def by_client(address):
    client = httpx.Client()  # derived: blocks
    return client.get(address)  # known: blocks


async def by_function_of_httpx(address):
    return httpx.get(address)  # blocks


async def in_a_thread(address):
    return await asyncio.to_thread(requests.get, address, timeout=5)


async def what_does_not_block(address):
    request = requests.Request("GET", address)
    return request, requests.codes.ok, httpx.URL(address), httpx.Timeout(5)


def sync(address):
    return requests.get(address, timeout=5)
""",
    "app/helpers.py": """\
import requests


def load(address):
    return requests.get(address, timeout=5).json()
""",
    "app/views.py": """\
from app.helpers import load


async def view(address):
    return load(address)  # blocks
""",
    "app/clients.py": """\
import httpx


class Api:
    def __init__(self):
        self.client = httpx.AsyncClient()

    async def ask(self, address):
        self.client.get(address)  # AW201
        httpx.AsyncClient().get(address)  # AW201 derived: blocks
        return await self.client.get(address)

    async def text(self, address):
        return self.client.get(address).text  # AW203

    async def close(self):
        self.client.aclose()  # AW201
        await self.client.aclose()

    async def each(self, address):
        with httpx.AsyncClient() as client:  # AW208 derived: blocks
            print(client)
        async with httpx.AsyncClient() as client:  # derived: blocks
            return await client.get(address)
""",
    "app/files.py": """\
import aiofiles
import aiofiles.os


async def clean(path):
    aiofiles.os.remove(path)  # AW201
    await aiofiles.os.remove(path)


async def read(path):
    with aiofiles.open(path) as file:  # known: AW208
        print(file)
    async with aiofiles.open(path) as file:
        return await file.read()
""",
}


def wanted(only):
    """{(path, row): kinds} of what the sources say; `only` is the kind of marks that count besides plain ones."""
    marks = {}
    for path, text in SOURCES.items():
        for row, line in enumerate(text.split("\n"), 1):
            plain, *more = re.split(r" ?(derived|known): ", line.partition("  # ")[2])
            kinds = plain.split() + [kind for when, kinds in zip(more[::2], more[1::2]) if when == only for kind in kinds.split()]
            if kinds:
                marks[path, row] = sorted(kinds)
    return marks


def kinds(findings):
    found = {}
    for f in findings:
        kind = "blocks" if f["code"].startswith("AW1") else f["code"]
        found.setdefault((f["filename"], f["location"]["row"]), []).append(kind)
    return {place: sorted(names) for place, names in found.items()}


class Environment(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.environment, why = installed.environment()
        if not cls.environment:
            raise unittest.SkipTest(why)

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-venv-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.project = os.path.join(self.folder, "project")
        for path, text in SOURCES.items():
            self.write(path, text)
        # A copy, for pip's environments know their place: nothing runs in it.
        self.venv = os.path.join(self.project, ".venv")
        shutil.copytree(self.environment, self.venv, symlinks=True, ignore=shutil.ignore_patterns("pip", "setuptools", "__pycache__"))
        self.site = os.path.relpath(installed.site_packages(self.venv), self.project)

    def write(self, path, text):
        path = os.path.join(self.project, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def check(self, *options, **variables):
        """The findings, without those of what the environment must not change."""
        variables = {**awry.environment(), **variables}
        variables.setdefault("VIRTUAL_ENV", "")
        outcome = awry.run("check", "--select", "all", "--output-format", "json", *options, ".", cwd=self.project, env=variables)
        self.assertEqual(awry.crashed(outcome), "")
        self.assertIn(outcome.code, (0, 1), outcome.err.decode())
        return json.loads(outcome.out)

    def derived(self, *options, **variables):
        return self.check("--no-cache", "--no-library-tables", *options, **variables)

    def test_what_is_found_without_tables(self):
        self.assertEqual(kinds(self.derived()), wanted("derived"))

    def test_tables_say_the_same(self):
        self.assertEqual(kinds(self.check("--no-cache")), wanted("known"))

    def ways(self, path):
        return {f["location"]["row"]: f for f in self.derived() if f["filename"] == path and f["calls"]}

    def test_the_way_goes_down_to_the_socket(self):
        """From the call through requests' own files to what the standard library does."""
        row = SOURCES["app/loads.py"].split("\n").index("    return requests.get(address, timeout=5)  # blocks") + 1
        ways = self.ways("app/loads.py")
        self.assertIn(row, ways)
        finding = ways[row]
        calls = finding["calls"].split(" → ")
        self.assertRegex(calls[-1], r"\A(?:socket|ssl|http\.client)\.")
        steps = [step["filename"] for step in finding["chain"] if step["step"] is not None]
        self.assertEqual(len(steps), len(calls) - 1)
        self.assertEqual(steps[0], os.path.join(self.site, "requests", "api.py"))
        for step in steps:
            self.assertTrue(step.startswith((os.path.join(self.site, "requests"), os.path.join(self.site, "urllib3"))), step)

    def test_the_way_from_a_helper_of_the_project(self):
        ways = self.ways("app/views.py")
        self.assertIn(5, ways)
        finding = ways[5]
        self.assertTrue(finding["calls"].startswith("load → "), finding["calls"])
        steps = [step["filename"] for step in finding["chain"] if step["step"] is not None]
        self.assertEqual(steps[:2], ["app/helpers.py", os.path.join(self.site, "requests", "api.py")])

    def test_nothing_is_said_of_the_environment_itself(self):
        for f in self.derived() + self.check("--no-cache"):
            self.assertTrue(f["filename"].startswith("app/"), f["filename"])

    def test_without_an_environment(self):
        self.assertEqual(self.derived("--python", "none"), [])
        self.assertEqual(kinds(self.check("--no-cache", "--python", "none")), wanted("known"))

    def test_an_environment_that_is_elsewhere(self):
        there = kinds(self.derived())
        self.assertTrue(there)
        other = os.path.join(self.folder, "environment")
        os.rename(self.venv, other)
        self.assertEqual(self.derived(), [])
        self.assertEqual(kinds(self.derived("--python", other)), there)
        self.assertEqual(kinds(self.derived("--python", os.path.join(other, "bin", "python"))), there)
        self.assertEqual(kinds(self.derived(VIRTUAL_ENV=other)), there)
        self.write("pyproject.toml", SOURCES["pyproject.toml"] + "\n[tool.awry]\npython = \"../environment\"\n")
        self.assertEqual(kinds(self.derived()), there)

    def test_a_warm_run_knows_what_was_installed(self):
        cache = ["--cache-dir", os.path.join(self.folder, "cache"), "--no-library-tables"]
        whole = self.derived()
        self.assertTrue(whole)
        for _ in range(2):
            self.assertEqual(self.check(*cache), whole)
        api = os.path.join(self.project, self.site, "requests", "api.py")
        with open(api, encoding="utf-8") as source:
            text = source.read()
        call = "return request(\"get\", url, params=params, **kwargs)"
        self.assertIn(call, text)
        with open(api, "w", encoding="utf-8") as out:
            out.write(text.replace(call, "return None"))
        less = self.derived()
        self.assertLess(len(less), len(whole))
        self.assertEqual(self.check(*cache), less)
        shutil.rmtree(os.path.join(self.project, self.site, "httpx"))
        least = self.derived()
        self.assertLess(len(least), len(less))
        self.assertEqual(self.check(*cache), least)

    def test_threads_and_files_by_name(self):
        whole = self.derived("-j1")
        self.assertTrue(whole)
        self.assertEqual(self.derived("-j8"), whole)
        for path in sorted(SOURCES):
            if path.endswith(".py"):
                outcome = awry.run("check", "--select", "all", "--output-format", "json", "--no-cache", "--no-library-tables", path, cwd=self.project)
                self.assertEqual(json.loads(outcome.out), [f for f in whole if f["filename"] == path], path)

    def test_nothing_is_executed(self):
        """Neither start-up files of the environment nor its interpreter run."""
        before = self.derived()
        self.assertTrue(before)
        proof = os.path.join(self.folder, "proof")
        code = "import os; open(%r, 'w').close()\n" % proof
        site = os.path.join(self.project, self.site)
        for name in ("sitecustomize.py", "usercustomize.py", "zzz.pth"):
            with open(os.path.join(site, name), "w", encoding="utf-8") as out:
                out.write(code)
        for name in os.listdir(os.path.join(self.venv, "bin")):
            path = os.path.join(self.venv, "bin", name)
            os.remove(path)
            with open(path, "w", encoding="utf-8") as out:
                out.write("#!/bin/sh\ntouch '%s'\n" % proof)
            os.chmod(path, 0o755)
        self.assertEqual(self.derived(), before)
        self.assertFalse(os.path.exists(proof))


if __name__ == "__main__":
    unittest.main()
