"""Under strace: a check of a hostile tree starts no program, opens no connection, and writes nothing but its cache."""
import os
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry
import badinput

TRACED = "execve,execveat,fork,vfork,socket,connect,bind,sendto,open,openat,openat2,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,symlink,link,linkat,chmod,fchmod,fchmodat,truncate,ftruncate,mknod,mknodat,ptrace,kill"
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
# What the dynamic linker, the C library and a sanitizer read of the system: libraries, locales, gconv, what the kernel tells of ourselves.
SYSTEM = re.compile(r"/(?:usr/lib|usr/share/locale/|lib|etc/ld\.so\.|proc/self/|proc/sys/|sys/devices/system/|sys/fs/cgroup/)|.*\.so(?:\.[\d.]+)?$")
PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
CALL = re.compile(r"(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)")


class Strace(unittest.TestCase):
    def setUp(self):
        if not shutil.which("strace"):
            self.skipTest("missing tool: strace")
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-strace-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.addCleanup(badinput.unlock, self.folder)
        badinput.trees(self.folder)
        for name, content in badinput.files(100)[::5]:
            with open(os.path.join(self.folder, name + ".py"), "wb") as file:
                file.write(content)
        # What tempts other tools to run something.
        os.mkdir(os.path.join(self.folder, ".git"))
        for name, content in ((".git/config", "[core]\n\tfsmonitor = touch pwned\n\tpager = touch pwned\n"), (".gitignore", "typed_*\n"),
                              ("setup.cfg", "[flake8:local-plugins]\nextension = X = evil:run\n"), ("conftest.py", "open('pwned', 'w')\n"),
                              ("sitecustomize.py", "open('pwned', 'w')\n"), ("pyproject.toml", "[tool.awry]\n[tool.pytest.ini_options]\naddopts = '-p evil'\n"),
                              (".pre-commit-config.yaml", "repos:\n- repo: local\n  hooks:\n  - {id: x, name: x, language: system, entry: touch pwned}\n")):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(content)

    def trace(self, *arguments):
        """Calls of the program after its own start, as (name, rest of the line)."""
        log = os.path.join(os.path.dirname(self.folder), os.path.basename(self.folder) + ".log")
        self.addCleanup(lambda: os.path.exists(log) and os.remove(log))
        environment = {**awry.environment(), "ASAN_OPTIONS": "exitcode=99:detect_leaks=0", "LSAN_OPTIONS": "detect_leaks=0"}
        outcome = awry.run("-f", "-qq", "-e", "signal=none", "-e", "trace=" + TRACED, "-o", log, awry.AWRY, *arguments,
                           program=shutil.which("strace"), cwd=self.folder, env=environment, timeout=110)
        if b"ptrace" in outcome.err.lower() and b"not permitted" in outcome.err:
            self.skipTest("missing tool: strace may not trace here")
        self.assertEqual(awry.crashed(outcome), "")
        with open(log, encoding="utf-8", errors="replace") as file:
            calls = [match.groups() for match in map(CALL.match, file) if match]
        self.assertEqual(calls[0][0], "execve")
        return calls[1:]

    def assert_harmless(self, calls):
        for name, rest in calls:
            if name in ("open", "openat", "openat2"):
                self.assertFalse(WRITES.search(rest), rest)
                self.assert_ours(rest)
            else:
                self.fail("%s(%s" % (name, rest))

    def assert_ours(self, rest):
        """Inside of the tree, of the system's own, or not opened at all. Relative paths begin at an open folder or the tree's root."""
        path = PATH.search(rest).group(1)
        inside = path == self.folder or path.startswith(self.folder + "/") or not path.startswith("/")
        if " = -1 " not in rest:
            self.assertTrue((inside and ".." not in path.split("/")) or SYSTEM.match(path), rest)

    def test_what_counts_as_ours(self):
        self.assert_ours('AT_FDCWD, "a/b.py", O_RDONLY) = 3')
        self.assert_ours('AT_FDCWD, "/etc/passwd", O_RDONLY) = -1 ENOENT')
        for path in ("/etc/passwd", "/var/.gitconfig", "../x.py", "a/../../x.py", self.folder + "x"):
            self.assertRaises(AssertionError, self.assert_ours, 'AT_FDCWD, "%s", O_RDONLY) = 3' % path)

    def test_check(self):
        calls = self.trace("check", "--no-cache", ".")
        opened = [rest for name, rest in calls if name.startswith("open")]
        self.assertGreater(len(opened), 50)
        self.assert_harmless(calls)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "pwned")))
        # What is no regular file, or lies outside, is not even opened to read.
        for place in ("/etc/passwd", "/dev/zero", "passwd.py", "zero.py", "environ.py", "fifo.py"):
            self.assertEqual([rest for rest in opened if place in rest and " = -1 " not in rest], [])
        for rest in opened:
            if re.search(r'"[^"]*\.py"', rest) and "O_DIRECTORY" not in rest:
                self.assertIn("O_NONBLOCK", rest)
                self.assertIn("O_CLOEXEC", rest)

    def test_the_cache_is_all_that_is_written(self):
        ours = re.compile(r"(?:.*/)?(?:\.awry_cache|CACHEDIR\.TAG|\.gitignore|cache\.bin|tmp-\d+-[0-9a-f]+)$")
        before = set(os.listdir(self.folder))
        writes = 0
        for name, rest in self.trace("check", "."):
            if name in ("open", "openat", "openat2") and not WRITES.search(rest):
                self.assert_ours(rest)
                continue
            self.assertIn(name, ("open", "openat", "openat2", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlink", "unlinkat"), rest)
            for path in PATH.findall(rest):
                self.assertRegex(path, ours)
            writes += 1
        self.assertGreater(writes, 0)
        self.assertEqual(set(os.listdir(self.folder)) - before, {".awry_cache"})
        self.assertEqual(set(os.listdir(os.path.join(self.folder, ".awry_cache"))), {"CACHEDIR.TAG", ".gitignore", "cache.bin"})

    def test_named_files_and_other_commands(self):
        self.assert_harmless(self.trace("check", "--no-cache", "--output-format", "json", "typed_0000.py", "conftest.py"))
        self.assert_harmless(self.trace("debug", "tree", "conftest.py"))
        self.assert_harmless(self.trace("explain", "--all"))


if __name__ == "__main__":
    unittest.main()
