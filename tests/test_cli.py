"""The command line from outside: recorded sessions in fixtures/cli/, streams that fail, signals.

A session is a text: files between `== NAME` lines, then commands and what they must print.

    == app.py
    x = 1
    $ awry check app.py
    All clear: 1 file, 0 async functions.
    [exit 0]

Standard error stands below a line `[stderr]`; escape characters are written <ESC> and run times N. AWRY_BLESS=1 writes
what is printed now.
"""
# timeout: 300
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(os.environ.get("AWRY_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
AWRY = os.environ.get("AWRY", str(SOURCE / "build/dev/awry"))
BLESS = os.environ.get("AWRY_BLESS") == "1"

BAD = "import time\n\nasync def f():\n    time.sleep(1)\n"


def environment(**more):
    kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    path = os.path.dirname(os.path.abspath(AWRY)) + ":/usr/local/bin:/usr/bin:/bin"
    return {**kept, "PATH": path, "LC_ALL": "C.UTF-8", "TERM": "xterm", **more}


def run(*arguments, cwd=None, env=None, **more):
    return subprocess.run([AWRY, *arguments], cwd=cwd, env=environment(**(env or {})), timeout=60,
                          **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **more})


def normalised(output):
    text = output.decode("utf-8")
    text = re.sub(r"(?<= in )\d+ ms|(?<= in )\d+\.\d s", "N ms", text)
    return text.replace("\x1b", "<ESC>")


class Session:
    """A file of fixtures/cli: the sources that it sets up, and its commands."""

    def __init__(self, path):
        self.head, self.files, self.commands = [], {}, []
        name = None
        for line in path.read_text().splitlines(keepends=True):
            if line.startswith("$ "):
                self.commands.append(line[2:].rstrip("\n"))
            elif self.commands:
                continue
            elif line.startswith("== "):
                name = line[3:].strip()
                self.files[name] = ""
            elif name is None:
                self.head.append(line)
            else:
                self.files[name] += line

    def play(self):
        """The text of the session as it would be written now."""
        out = list(self.head)
        for name, text in self.files.items():
            out += [f"== {name}\n", text]
        with tempfile.TemporaryDirectory() as folder:
            for name, text in self.files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            for command in self.commands:
                done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment(), timeout=60,
                                      stdin=subprocess.DEVNULL, capture_output=True)
                out.append(f"$ {command}\n")
                out.append(normalised(done.stdout))
                if done.stderr:
                    out += ["[stderr]\n", normalised(done.stderr)]
                out.append(f"[exit {done.returncode}]\n")
        return "".join(out)


class Sessions(unittest.TestCase):
    maxDiff = None

    def test_recorded_sessions(self):
        paths = sorted((SOURCE / "fixtures/cli").glob("*.txt"))
        self.assertGreater(len(paths), 5)
        for path in paths:
            with self.subTest(session=path.name):
                played = Session(path).play()
                if BLESS:
                    path.write_text(played)
                self.assertEqual(path.read_text(), played)


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "bad.py").write_text(BAD)
        (self.folder / "good.py").write_text("x = 1\n")


class Streams(Folder):
    def many(self):
        (self.folder / "many.py").write_text(BAD + "    time.sleep(1)\n" * 5000)

    def test_full_disk_is_said_and_exits_2(self):
        for target in ("bad.py", "good.py"):
            with open("/dev/full", "wb") as full:
                done = run("check", target, cwd=self.folder, stdout=full)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"No space left", done.stderr)

    def test_full_disk_in_the_middle_of_a_long_report(self):
        self.many()
        with open("/dev/full", "wb") as full:
            done = run("check", "many.py", cwd=self.folder, stdout=full)
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (2, 1))

    def test_closed_pipe_is_silent_and_keeps_the_exit_code(self):
        self.many()
        for target, code in (("many.py", 1), ("bad.py", 1), ("good.py", 0)):
            read, write = os.pipe()
            os.close(read)
            done = run("check", target, cwd=self.folder, stdout=write)
            os.close(write)
            self.assertEqual((done.returncode, done.stderr), (code, b""), target)

    def test_reader_that_stops_early(self):
        self.many()
        done = subprocess.run(["sh", "-c", '{ awry check many.py; echo "code $?" >&2; } | head -1'], cwd=self.folder,
                              env=environment(), capture_output=True, timeout=60)
        self.assertEqual(done.stdout.count(b"\n"), 1)
        self.assertEqual(done.stderr, b"code 1\n")

    def test_closed_standard_streams(self):
        closing = lambda *numbers: lambda: [os.close(n) for n in numbers]  # noqa: E731
        done = run("check", "good.py", cwd=self.folder, preexec_fn=closing(0))
        self.assertEqual((done.returncode, done.stdout), (0, b"All clear: 1 file, 0 async functions.\n"))
        done = run("check", "good.py", cwd=self.folder, preexec_fn=closing(1))
        self.assertEqual(done.returncode, 2)
        done = run("check", "good.py", cwd=self.folder, preexec_fn=closing(0, 2))
        self.assertEqual(done.returncode, 0)
        done = run("check", "-", cwd=self.folder, preexec_fn=closing(0))
        self.assertEqual(done.returncode, 2)

    def test_usage_errors_print_nothing_to_standard_output(self):
        for words in ([], ["chekc"], ["check", "--nope"], ["check", "-j"], ["check", "--jobs=many"], ["check", ""],
                      ["check", "--select", "most"], ["check", "--fail-on=fatal"], ["check", "--max-file-size", "0"],
                      ["check", "--max-file-size", "99999999999999999999G"], ["check", "--max-seconds", "-1"],
                      ["check", "--color", "\x1b[31m"], ["explain", "nope"], ["explain", "--nope"], ["debug"],
                      ["debug", "treee"], ["--nope"], ["check", "-q", "-v"], ["check", "--stdin-filename", "a.py"],
                      ["check", "--output-file", ""], ["check", "-qx"]):
            done = run(*words, cwd=self.folder)
            self.assertEqual((done.returncode, done.stdout), (2, b""), words)
            self.assertRegex(done.stderr, rb"\Aawry: [^\n\x1b]+\n\Z", words)


class OutputFile(Folder):
    def test_file_holds_what_standard_output_would(self):
        shown = run("check", "--output-format=json", "bad.py", cwd=self.folder)
        done = run("check", "--output-format=json", "--output-file", "out.json", "bad.py", cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (1, b"", b""))
        self.assertEqual((self.folder / "out.json").read_bytes(), shown.stdout)
        self.assertEqual(sorted(os.listdir(self.folder)), ["bad.py", "good.py", "out.json"])

    def test_replaced_file_keeps_its_mode_and_a_link_its_target(self):
        target = self.folder / "real.txt"
        target.write_text("old")
        target.chmod(0o640)
        (self.folder / "link.txt").symlink_to("real.txt")
        self.assertEqual(run("check", "-o", "link.txt", "good.py", cwd=self.folder).returncode, 0)
        self.assertTrue((self.folder / "link.txt").is_symlink())
        self.assertEqual(target.read_text(), "All clear: 1 file, 0 async functions.\n")
        self.assertEqual(target.stat().st_mode & 0o777, 0o640)

    def test_new_file_obeys_the_umask(self):
        run("check", "-o", "new.txt", "good.py", cwd=self.folder, preexec_fn=lambda: os.umask(0o027))
        self.assertEqual((self.folder / "new.txt").stat().st_mode & 0o777, 0o640)

    def test_no_colour_in_a_file_unless_asked_for(self):
        run("check", "-o", "a.txt", "bad.py", cwd=self.folder, env={"FORCE_COLOR": "1"})
        run("check", "-o", "b.txt", "--color=always", "bad.py", cwd=self.folder)
        self.assertNotIn("\x1b", (self.folder / "a.txt").read_text())
        self.assertIn("\x1b", (self.folder / "b.txt").read_text())

    def test_what_cannot_be_written(self):
        for path in ("missing/out.txt", ".", "good.py/out.txt", "/dev/full"):
            done = run("check", "-o", path, "bad.py", cwd=self.folder)
            self.assertEqual((done.returncode, done.stdout), (2, b""), path)
            self.assertIn(b"awry: cannot write", done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["bad.py", "good.py"])

    def test_device_is_written_to_directly(self):
        done = run("check", "-o", "/dev/stdout", "good.py", cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout), (0, b"All clear: 1 file, 0 async functions.\n"))

    def test_interrupted_run_leaves_the_old_file_or_the_new_one(self):
        (self.folder / "many.py").write_text(BAD + "    time.sleep(1)\n" * 3000)
        begin = time.monotonic()
        whole = run("check", "--output-format=json", "many.py", cwd=self.folder).stdout
        seconds = time.monotonic() - begin
        out = self.folder / "out.json"
        for i in range(24):
            out.write_text("old")
            process = subprocess.Popen([AWRY, "check", "--output-format=json", "-o", "out.json", "many.py"],
                                       cwd=self.folder, env=environment(), stderr=subprocess.PIPE)
            time.sleep(seconds * (i + 1) / 22)
            process.send_signal(signal.SIGTERM if i % 2 else signal.SIGINT)
            process.communicate(timeout=60)
            self.assertIn(process.returncode, (1, -signal.SIGTERM, -signal.SIGINT))
            self.assertIn(out.read_bytes(), (b"old", whole))
            self.assertEqual(sorted(os.listdir(self.folder)), ["bad.py", "good.py", "many.py", "out.json"])


class Colour(Folder):
    def shows(self, *options, terminal=False, **env):
        if not terminal:
            return b"\x1b" in run("check", *options, "bad.py", cwd=self.folder, env=env).stdout
        import pty
        parent, child = pty.openpty()
        run("check", *options, "bad.py", cwd=self.folder, env=env, stdout=child)
        os.close(child)
        text = os.read(parent, 65536)
        os.close(parent)
        return b"\x1b" in text

    def test_option_environment_terminal(self):
        self.assertFalse(self.shows())
        self.assertTrue(self.shows(terminal=True))
        self.assertFalse(self.shows(terminal=True, TERM="dumb"))
        self.assertFalse(self.shows(terminal=True, NO_COLOR="1"))
        self.assertTrue(self.shows(terminal=True, NO_COLOR=""))
        self.assertTrue(self.shows(FORCE_COLOR="1"))
        self.assertFalse(self.shows(FORCE_COLOR="0"))
        self.assertTrue(self.shows(CLICOLOR_FORCE="1"))
        self.assertFalse(self.shows(FORCE_COLOR="1", NO_COLOR="1"))
        self.assertTrue(self.shows("--color=always", NO_COLOR="1", TERM="dumb"))
        self.assertFalse(self.shows("--color", "never", terminal=True, FORCE_COLOR="1"))
        self.assertFalse(self.shows("--color=always", "--output-format=json"))


class Words(Folder):
    """How options are written."""

    def test_ways_to_give_a_value(self):
        for words in (["-j1"], ["-j", "1"], ["--jobs=1"], ["--jobs", "1"], ["-qj1"]):
            self.assertEqual(run("check", *words, "bad.py", cwd=self.folder).returncode, 1, words)

    def test_options_behind_paths_and_the_double_dash(self):
        self.assertEqual(run("check", "bad.py", "--exit-zero", cwd=self.folder).returncode, 0)
        (self.folder / "--exit-zero").write_text(BAD)
        self.assertEqual(run("check", "--", "--exit-zero", cwd=self.folder).returncode, 1)

    def test_default_path_is_here(self):
        self.assertEqual(run("check", cwd=self.folder).returncode, 1)
        self.assertIn(b"--> bad.py:4:5", run("check", cwd=self.folder).stdout)

    def test_sizes(self):
        for size, code in (("4M", 1), ("1K", 1), ("60", 1), ("10", 2)):
            self.assertEqual(run("check", "--max-file-size", size, "bad.py", cwd=self.folder).returncode, code, size)

    def test_timings_name_the_phases(self):
        done = run("check", "--timings", "bad.py", cwd=self.folder)
        self.assertNotIn(b"CPU ms", done.stdout)
        for word in (b"walk", b"read", b"scan", b"parse", b"flatten", b"bind", b"rules", b"total", b"peak memory"):
            self.assertIn(word, done.stderr)

    def test_explain_prints_the_doc(self):
        by_name = run("explain", "blocking-sleep")
        self.assertEqual(by_name.returncode, 0)
        self.assertEqual(by_name.stdout, run("explain", "aw101").stdout)
        self.assertIn(b"```python", by_name.stdout)
        everything = run("explain", "--all").stdout
        self.assertIn(by_name.stdout, everything)
        self.assertIn(b"AW201 missing-await", everything)
        # The marks that make its code blocks tests are not for readers.
        self.assertIn(b"time.sleep(1)  # AW101\n", by_name.stdout)
        self.assertNotIn(b"expect:", everything)

    def test_readme_names_every_option_and_no_other(self):
        text = run("check", "--help").stdout.decode()
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        section = (SOURCE / "README.md").read_text().split("## Options")[1].split("\n## ")[0]
        self.assertEqual(set(re.findall(r"--[a-z][a-z-]*", section)) | {"--help"}, set(re.findall(r"--[a-z][a-z-]*", text)) | {"--help"})

    def test_readme_names_every_rule(self):
        readme = (SOURCE / "README.md").read_text()
        rules = [line.split()[:2] for line in run("explain").stdout.decode().splitlines()]
        self.assertGreaterEqual(len(rules), 9)
        for code, name in rules:
            self.assertIn(f"| {code} | `{name}`", readme)


if __name__ == "__main__":
    if not os.access(AWRY, os.X_OK):
        sys.exit(f"{AWRY} is not built")
    unittest.main()
