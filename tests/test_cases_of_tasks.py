"""Which case of a rule a finding is, where one line of Python decides: AW302, AW304, AW401, AW402, AW701."""

import json
import os
import subprocess
import tempfile
import unittest

AWRY = os.path.abspath(os.environ.get("AWRY", "build/dev/awry"))

TRY = "import asyncio\nasync def f(a):\n    try:\n        await a.get()\n    except asyncio.CancelledError:\n        %s\n"
LOOP = (
    "import asyncio\nasync def f(a):\n    while %s:\n        try:\n            await a.get()\n"
    "        except asyncio.CancelledError:\n            %s\n"
)


def case_of(code, text):
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "a.py"), "w", encoding="utf-8") as file:
            file.write(text)
        arguments = ["check", "--isolated", "--no-cache", "--select", code, "--output-format", "json", "a.py"]
        done = subprocess.run([AWRY, *arguments], cwd=directory, capture_output=True, text=True, check=False)
    found = [finding for finding in json.loads(done.stdout) if finding["code"] == code]
    return [(finding["case"], finding["severity"]) for finding in found]


class Cases(unittest.TestCase):
    def check(self, code, text, case, severity):
        self.assertEqual(case_of(code, text), [(case, severity)], text)

    def test_swallowed(self):
        self.check("AW401", LOOP % ("True", "pass"), "loops", "error")
        self.check("AW401", LOOP % ("a.is_open", "pass"), "maybe", "info")
        self.check("AW401", TRY % "pass", "at-end", "info")
        self.check("AW401", TRY % "pass" + "    await a.put()\n", None, "warning")
        self.check("AW401", TRY.replace("a.get()", "a.task") % "pass" + "    await a.put()\n", "of-task", "info")
        self.check("AW401", TRY.replace("a.get()", "a.close()") % "pass" + "    await a.put()\n", "maybe", "info")
        bye = TRY.replace("asyncio.CancelledError", "(KeyboardInterrupt, asyncio.CancelledError)")
        self.check("AW401", bye % "pass" + "    await a.put()\n", "maybe", "info")

    def test_replaced(self):
        self.check("AW402", LOOP % ("True", "continue"), "loops", "error")
        self.check("AW402", LOOP % ("a.is_open", "continue"), "maybe", "info")
        self.check("AW402", LOOP % ("True", "break"), "at-end", "info")
        self.check("AW402", LOOP % ("True", "break") + "    await a.put()\n", None, "warning")
        self.check("AW402", TRY % "return", "at-end", "info")
        self.check("AW402", TRY % "return 1", None, "warning")
        self.check("AW402", TRY % "raise OSError", "translated", "info")

    def test_tasks(self):
        start = "import asyncio\nasync def f(a):\n    task = asyncio.create_task(a())\n"
        self.check("AW302", start, None, "warning")
        self.check("AW302", start + "    await a.get()\n", "held", "info")
        self.check("AW304", "import asyncio\nasync def f(a):\n    asyncio.gather(a(), a())\n", None, "warning")
        executor = "import asyncio\nasync def f(a):\n    asyncio.get_running_loop().run_in_executor(None, a)\n"
        self.check("AW304", executor, "submitted", "info")

    def test_loop(self):
        self.check("AW701", "import asyncio\nasync def f():\n    asyncio.get_event_loop()\n", None, "info")
        text = "import asyncio\nasync def f(): ...\ndef g():\n    asyncio.get_event_loop()\n"
        self.check("AW701", text, "in-sync", "info")


if __name__ == "__main__":
    unittest.main()
