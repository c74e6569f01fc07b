"""A run from outside: the same output at any number of threads, exit codes, findings about the input, limits."""
# timeout: 300
import json
import os
import pathlib
import random
import subprocess
import tempfile
import time
import unittest

SOURCE = pathlib.Path(os.environ.get("AWRY_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
AWRY = os.environ.get("AWRY", str(SOURCE / "build/dev/awry"))

BAD = "import time\n\nasync def f():\n    time.sleep(1)\n"
INFO = "import time\n\nasync def f():\n    time.sleep(0)\n"
GOOD = "import asyncio\n\nasync def f():\n    await asyncio.sleep(1)\n"


def environment():
    return {**{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}, "LC_ALL": "C.UTF-8",
            "PATH": os.environ["PATH"]}


class Run(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = self.folder.name

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, content):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        return name

    def run_awry(self, *arguments, given=b""):
        return subprocess.run([AWRY, "check", *arguments], cwd=self.root, input=given, env=environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120)

    def found(self, *arguments, given=b""):
        done = self.run_awry("--output-format", "json", *arguments, given=given)
        findings = ["%s:%d %s" % (f["filename"], f["location"]["row"], f["code"]) for f in json.loads(done.stdout)]
        return findings, done.returncode

    def messages(self, *arguments):
        return [f["message"] for f in json.loads(self.run_awry("--output-format", "json", *arguments).stdout)]

    # ---- The same every time

    def test_same_output_at_any_number_of_threads(self):
        dice = random.Random(1)
        pieces = [BAD, INFO, GOOD, "x = 1\n", "x = )\n", "import time\nasync def g(:\n    pass\n", "# awry: ignore[AW101]\n",
                  "x = 'abc\n", "async def h():\n    f()\n"]
        for number in range(150):
            name = "%s/%s%d.py" % (dice.choice(["a", "b/c", "d"]), dice.choice("xyz"), number)
            content = "".join(dice.choices(pieces, k=dice.choice([1, 2, 5, 40]))).encode()
            self.write(name, content + dice.choice([b"", b"", b"# \xff\n", b"\0"]))
        for form in ("full", "json"):
            first = self.run_awry("--output-format", form, "-j", "1", "--quiet")
            self.assertEqual(first.returncode, 2)
            self.assertGreater(first.stdout.count(b"AW101"), 20)
            for workers in ("1", "2", "8", "8", "8"):
                again = self.run_awry("--output-format", form, "-j", workers, "--quiet")
                self.assertEqual(again.stdout, first.stdout, "-j " + workers)
                self.assertEqual(again.returncode, first.returncode)

    def test_order(self):
        for name in ("b.py", "a.py", "a/b.py", "a-b.py"):
            self.write(name, BAD + "    time.sleep(2); time.sleep(3)\n")
        found, _ = self.found()
        self.assertEqual(found, ["%s:%d AW101" % (name, row) for name in ("a-b.py", "a.py", "a/b.py", "b.py") for row in (4, 5, 5)])

    # ---- Exit codes

    def test_exit_codes(self):
        self.write("good.py", GOOD)
        self.write("bad.py", BAD)
        self.write("info.py", INFO)
        self.write("wrong.py", "x = )\n")
        self.assertEqual(self.found("good.py"), ([], 0))
        self.assertEqual(self.found("info.py"), (["info.py:4 AW101"], 0))
        self.assertEqual(self.found("--fail-on", "info", "info.py"), (["info.py:4 AW101"], 1))
        self.assertEqual(self.found("bad.py"), (["bad.py:4 AW101"], 1))
        self.assertEqual(self.found("wrong.py"), (["wrong.py:1 AW002"], 1))
        self.assertEqual(self.found("missing.py"), (["missing.py:1 AW001"], 2))
        self.assertEqual(self.found("missing.py", "bad.py"), (["bad.py:4 AW101", "missing.py:1 AW001"], 2))

    # ---- Findings about the input

    def test_what_cannot_be_read(self):
        os.mkfifo(os.path.join(self.root, "pipe.py"))
        os.symlink("/etc/passwd", os.path.join(self.root, "link.py"))
        os.symlink("loop.py", os.path.join(self.root, "loop.py"))
        self.assertEqual(self.found(), (["link.py:1 AW001", "loop.py:1 AW001", "pipe.py:1 AW001"], 2))
        self.write("pyproject.toml", "")
        self.write("a.py", BAD)
        self.assertEqual(self.found(), (["a.py:4 AW101", "link.py:1 AW001", "loop.py:1 AW001", "pipe.py:1 AW001"], 2))
        self.assertEqual(self.found(".", "gone"), (["a.py:4 AW101", "gone:1 AW001", "link.py:1 AW001", "loop.py:1 AW001",
                                                     "pipe.py:1 AW001"], 2))

    def test_syntax_errors(self):
        self.write("many.py", "x = )\n" * 20)
        self.assertEqual(self.found("many.py")[0], ["many.py:%d AW002" % row for row in range(1, 6)])
        self.write("line.py", "x = ) ] } )\n")
        self.assertEqual(self.found("line.py")[0], ["line.py:1 AW002"])
        self.write("grammar.py", "async def f():\n    x = = 1\n    y = 1 +\n\n\ndef g(a b):\n    pass\n")
        found, code = self.found("grammar.py")
        self.assertIn("grammar.py:2 AW002", found)
        self.assertEqual(code, 1)
        # Behind what the tokenizer refuses the grammar is silent.
        self.write("both.py", "async def f():\n    x = = 1\n    y = 'abc\n    z = = 2\n")
        self.assertEqual(self.found("both.py")[0], ["both.py:2 AW002", "both.py:3 AW002"])

    def test_the_rest_of_a_broken_file_is_checked(self):
        text = BAD + "\nasync def g():\n    x = = 1\n\n\nasync def h():\n    time.sleep(1)\n"
        self.write("a.py", text)
        self.assertEqual(self.found("--check-broken"), (["a.py:4 AW101", "a.py:7 AW002", "a.py:11 AW101"], 1))
        self.assertEqual(self.found(), (["a.py:7 AW002"], 1))
        # An editor sends what is half typed.
        self.assertEqual(self.found("--stdin-filename", "a.py", "-", given=text.encode()),
                         (["a.py:4 AW101", "a.py:7 AW002", "a.py:11 AW101"], 1))

    def test_what_is_held_back_is_told(self):
        one = b"awry: 1 finding in code of 1 file that cannot be compiled or imported is held back (--check-broken shows them)\n"
        self.write("a.py", BAD + "x = )\n")
        for form in ("full", "concise", "json", "sarif", "github"):
            self.assertEqual(self.run_awry("--output-format", form).stderr, one, form)
            self.assertEqual(self.run_awry("--output-format", form, "-q").stderr, b"", form)
            self.assertEqual(self.run_awry("--output-format", form, "--check-broken").stderr, b"", form)
        (log,) = json.loads(self.run_awry("--output-format", "sarif").stdout)["runs"]
        notes = [note["message"]["text"] for note in log["invocations"][0]["toolExecutionNotifications"] if note["level"] == "note"]
        self.assertEqual(notes, ["Held back: 1 of the findings, which are in code that cannot be compiled or imported (in 1 file)."])
        # What comments or the configuration leave out is not held back.
        for options in (["--ignore", "AW101"], ["--exclude", "a.py"]):
            self.assertEqual(self.run_awry("--output-format", "json", *options).stderr.replace(
                b"awry: warning: no Python files found\n", b""), b"", options)
        self.write("a.py", BAD.replace("(1)", "(1)  # awry: ignore[AW101] later") + "x = )\n")
        self.assertEqual(self.run_awry("--output-format", "json").stderr, b"")
        self.write("a.py", INFO + "x = )\n")
        self.assertEqual(self.run_awry("--output-format", "json").stderr, one)
        self.assertEqual(self.run_awry("--output-format", "json", "--min-severity", "warning").stderr, b"")

    def change(self, name, text):
        """Writes the file; None: it goes away, and so does its directory when there is nothing else in it."""
        if text is not None:
            self.write(name, text)
            return
        os.unlink(os.path.join(self.root, name))
        directory = os.path.join(self.root, os.path.dirname(name))
        if not os.listdir(directory):
            os.rmdir(directory)

    def test_a_file_that_cannot_be_imported(self):
        self.write("store/__init__.py", "")
        self.write("store/shelf.py", "Box = 1\n")
        self.write("store/use.py", "from .shelf import Crate\n" + BAD)
        cold = self.run_awry("--output-format", "concise", "--no-cache")
        self.assertIn(b"awry: 1 finding in code of 1 file", cold.stderr)
        self.assertEqual(cold.returncode, 0)

        def both():
            return [(done.stdout.split(b" in ")[0], done.stderr, done.returncode)
                    for done in (self.run_awry("--output-format", "concise", *options) for options in ([], ["--no-cache"], []))]
        changes = [("store/shelf.py", "Box = Crate = 1\n"), ("store/shelf.py", "Box = 1\n"), ("store/shelf.py", "from .rack import *\n"),
                   ("store/rack.py", "class Crate: pass\n"), ("store/rack.py", "class Crate: pass\nx = )\n"), ("store/rack.py", "x = 1\n"),
                   ("store/shelf.py", "Crate = )\n"), ("store/shelf.py", "globals()['Crate'] = 1\n"), ("store/shelf.py", "# Crate\n"),
                   ("store/use.py", "from . import Crate\n" + BAD), ("store/Crate/rolls.py", "x = 1\n"), ("store/Crate/rolls.py", None),
                   ("store/Crate.py", "x = 1\n"), ("store/Crate.py", None), ("store/__init__.py", "Crate = 1\n")]
        held = []
        both()
        for name, text in changes:
            self.change(name, text)
            warm, fresh, again = both()
            self.assertEqual((warm, again), (fresh, fresh), (name, text))
            held.append(b"held back" in warm[1])
            self.assertEqual(self.found("--check-broken")[0].count("store/use.py:5 AW101"), 1)
        self.assertEqual(held, [False, True, False, False, False, True, True, False, True, True, False, True, False, True, False])

    def test_what_is_imported_cannot_be(self):
        """Modules that are not there, and what is imported further on, as they come and go: with a cache, without, and by name."""
        self.write("pyproject.toml", "")
        self.write(".gitignore", "/store/ignored*\n")
        self.write("store/__init__.py", "")
        self.write("store/shelf.py", "from .rack import Box\n")
        self.write("store/rack.py", "async def Box(): pass\n")
        self.write("store/use.py", "from .shelf import Box\n" + BAD)

        def told(*options):
            done = self.run_awry("--output-format", "concise", *options)
            return done.stdout.split(b" in ")[0], done.stderr, done.returncode
        changes = [("store/rack.py", "async def Box(): return )\n"), ("store/rack.py", "async def Box(): pass\n"), ("store/rack.py", None),
                   ("store/rack.so", ""), ("store/rack.so", None), ("store/rack.py", "async def Crate(): pass\n"),
                   ("store/shelf.py", "from .rack import Crate\nBox = 1\n"), ("store/shelf.py", "from .rack import Box as Crate\nBox = 1\n"),
                   ("store/shelf.py", "try:\n    from .rack import Box\nexcept ImportError:\n    Box = 1\n"),
                   ("store/__init__.py", "from .gone import Crate\n"), ("store/__init__.py", ""),
                   ("store/use.py", "from .gone import Box\n" + BAD), ("store/gone/rolls.py", "x = 1\n"), ("store/gone/rolls.py", None),
                   ("store/use.py", "from .ignored import Box\n" + BAD), ("store/use.py", "import store.gone\n" + BAD),
                   ("conftest.py", "import sys\nsys.modules['store.gone'] = sys\n"), ("conftest.py", None),
                   ("store/use.py", "import store.shelf\n" + BAD), ("store/shelf.py", "from .gone import *\n"),
                   ("store/shelf.py", "from .rack import *\n"),
                   ("store/shelf.py", "import store.gone\n"), ("store/shelf.py", "import store.rack\n"), ("store/shelf.py", "from .. import rack\n"),
                   ("store/use.py", BAD.replace("    ", "    import store.gone\n    ", 1)), ("store/gone.py", "")]
        held = []
        told()
        for name, text in changes:
            self.change(name, text)
            if name.endswith(".so"):  # what is not Python is not among the things that an answer rests on
                continue
            warm, fresh, again, named = told(), told("--no-cache"), told(), told("--no-cache", "store/use.py")
            self.assertEqual((warm, again), (fresh, fresh), (name, text))
            held.append(b"held back" in warm[1])
            self.assertEqual((b"held back" in named[1], b"AW101" in named[0]), (held[-1], not held[-1]), (name, text))
        self.assertEqual(held, [True, False, True, True, False, True, False, True, False, True, False, True, False, True, False, True,
            False, True, False, True, False, True, True, False])

    def test_encodings(self):
        self.write("bytes.py", b"import time\n\nasync def f():\n    time.sleep(1)  # \xff\n")
        self.assertEqual(self.found("bytes.py"), (["bytes.py:4 AW101", "bytes.py:4 AW004"], 2))
        self.write("latin.py", b"# coding: latin-1\nx = '\xff'\n" + BAD.encode())
        self.assertEqual(self.found("latin.py"), (["latin.py:6 AW101"], 1))
        self.write("cookie.py", b"# coding: nonsense\n")
        self.assertEqual(self.found("cookie.py"), (["cookie.py:1 AW004"], 2))
        self.write("binary.py", bytes(range(256)) * 40)
        self.assertEqual(self.found("binary.py"), (["binary.py:1 AW004"], 2))
        self.write("empty.py", b"")
        self.assertEqual(self.found("empty.py"), ([], 0))

    def test_columns_in_long_lines(self):
        line = "    " + "; ".join("time.sleep(1)" for _ in range(2000))
        self.write("a.py", "# é\nimport time\nasync def f():\n    x = 'éé'; " + line.strip() + "\n")
        columns = [f["location"]["column"] for f in json.loads(self.run_awry("--output-format", "json").stdout)]
        self.assertEqual(columns, [15 + 15 * n for n in range(2000)])

    # ---- Limits

    def test_sizes(self):
        self.write("a.py", BAD)
        self.write("large.py", "x = 1\n" * 1000)
        self.assertEqual(self.found("--max-file-size", "5000"), (["a.py:4 AW101", "large.py:1 AW003"], 2))
        self.assertEqual(self.found("--max-file-size", "5000", "--allow-limits"), (["a.py:4 AW101", "large.py:1 AW003"], 1))
        self.assertEqual(self.found("--max-file-size", "5000", "--allow-limits", "large.py"), (["large.py:1 AW003"], 0))
        self.assertEqual(self.found("--max-file-size", "6000"), (["a.py:4 AW101"], 1))
        self.assertEqual(self.messages("--max-file-size", "5000", "large.py"), ["file has 6000 bytes, the limit is 5000 bytes"])

    def test_time(self):
        self.write("a.py", BAD)
        self.write("slow.py", "async def f():\n    pass\n" + "x = [1, (2, 3), {4: 5}]\n" * 40000)
        begin = time.monotonic()
        found, code = self.found("--max-seconds", "0.05")
        self.assertIn("slow.py:1 AW003", found)
        self.assertEqual(code, 2)
        self.assertLess(time.monotonic() - begin, 20)

    def test_depth(self):
        depth = 200000
        for name, text in {"parens.py": "x = " + "(" * depth, "nots.py": "x = " + "not " * depth + "1", "dots.py": "x = a" + ".b" * depth,
                           "sums.py": "x = 1" + "+1" * depth, "blocks.py": "".join(" " * n + "if x:\n" for n in range(600)),
                           "calls.py": "x = f" + "()" * depth, "elifs.py": "if x: pass\n" + "elif x: pass\n" * 20000}.items():
            self.write(name, "async def f(): pass\n" + text + "\n")
        done = self.run_awry("--output-format", "json", "--max-seconds", "60")
        self.assertIn(done.returncode, (0, 1, 2), done.stderr[-2000:])
        findings = json.loads(done.stdout)
        self.assertEqual({f["filename"] for f in findings if f["code"] == "AW002"}, {"parens.py", "blocks.py"}, findings)

    # ---- Standard input

    def test_standard_input(self):
        self.assertEqual(self.found("-", given=BAD.encode()), (["<stdin>:4 AW101"], 1))
        self.assertEqual(self.found("--stdin-filename", "b.py", "-", given=BAD.encode()), (["b.py:4 AW101"], 1))
        for name in ("a.py", "c.py"):
            self.write(name, BAD)
        self.assertEqual(self.found("--stdin-filename", "b.py", "-", ".", given=BAD.encode())[0],
                         ["a.py:4 AW101", "b.py:4 AW101", "c.py:4 AW101"])
        self.assertEqual(self.found("--max-file-size", "10", "-", given=BAD.encode()), (["<stdin>:1 AW003"], 2))


if __name__ == "__main__":
    unittest.main()
