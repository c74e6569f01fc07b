"""The files that awry finds against git's own answer, over random trees with random ignore files; then what git cannot say.

AWRY_SEED=N repeats one tree, AWRY_ROUNDS=N makes more of them.
"""
# timeout: 300
import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("AWRY_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
AWRY = os.environ.get("AWRY", str(SOURCE / "build/dev/awry"))
ROUNDS = int(os.environ.get("AWRY_ROUNDS", "150"))

NAMES = ["a", "b", "ab", "foo", "bar", "foobar", "x y", "a.b", "[a]", "a*b", "#c", "!d", "e ", "é", "Z", "7", "_", "a-b", "a\\b"]
PIECES = ["a", "b", "foo", "bar", "*", "?", "[ab]", "[!a]", "[a-f]", "[^b]", "[[:alpha:]]", "[[:digit:]_]", "[]a]", "[a", "\\*",
          "\\a", "\\[", "\\\\", " ", "\\ ", "é", "Z", ".", "-", "#", "!", "**", "[\\]a]", "[a-", "[[:bad:]]", "[!]]"]


def environment():
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    return {**kept, "PATH": os.environ["PATH"], "HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1"}


def awry(*arguments, cwd):
    return subprocess.run([AWRY, "check", "--show-files", *arguments], cwd=cwd, env=environment(), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)


def git(*arguments, cwd):
    done = subprocess.run(["git", *arguments], cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    return done.stdout


def lines(output):
    return sorted(line for line in output.split(b"\n") if line)


class Tree:
    """A random tree under `root`, whose ignore files are made so that they meet what is there."""

    def __init__(self, root, seed):
        self.random = random.Random(seed)
        self.root = root
        self.files = []
        self.folder("", 0)
        if self.random.random() < 0.3:
            self.write(".git/info/exclude", self.patterns())

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(text)

    def folder(self, at, depth):
        for name in self.random.sample(NAMES, self.random.randint(1, 5)):
            suffix = self.random.choice([".py", ".py", ".pyi", ".txt"])
            self.files.append(at + name + suffix)
            self.write(at + name + suffix, b"")
        if depth < 4:
            for name in self.random.sample(NAMES, self.random.randint(0, 3)):
                self.folder(at + name + self.random.choice(["", "", ".d.py"]) + "/", depth + 1)
        if self.random.random() < 0.4:
            self.write(at + ".gitignore", self.patterns())

    def name(self):
        kind = self.random.random()
        if kind < 0.35:
            return self.random.choice(NAMES)
        if kind < 0.5:
            return "*" + self.random.choice([".py", ".pyi", "b", ".p*"])
        if kind < 0.6:
            return self.random.choice(["*", "**"])
        return "".join(self.random.choice(PIECES) for _ in range(self.random.randint(1, 4))) + self.random.choice(["", "*", ".py", ".py?"])

    def pattern(self):
        kind = self.random.random()
        if kind < 0.12:
            whole = self.random.choice(self.files)
            return self.random.choice(["", "/"]) + whole
        text = "/".join(self.name() for _ in range(self.random.choice([1, 1, 1, 2, 2, 3])))
        if kind < 0.4:
            text = "/" + text
        if self.random.random() < 0.25:
            text += "/"
        if self.random.random() < 0.3:
            text = "!" + text
        return text + self.random.choice(["", "", "", "", " ", "  ", "\\ ", "\t", "/**"])

    def patterns(self):
        found = [self.pattern() for _ in range(self.random.randint(1, 6))]
        found += self.random.choice([[], [], ["# comment"], [""], ["   "], ["*.py", "!foo*"]])
        end = self.random.choice(["\n", "\n", "\r\n"])
        text = end.join(found) + self.random.choice(["", end])
        return self.random.choice(["", "", "\ufeff"]).encode() + text.encode()


class AgainstGit(unittest.TestCase):
    def setUp(self):
        if not shutil.which("git"):
            if os.environ.get("CI") == "true":
                self.fail("git is not installed")
            self.skipTest("git is not installed")

    def compare(self, seed):
        with tempfile.TemporaryDirectory() as root:
            git("init", "-q", cwd=root)
            tree = Tree(root, seed)
            listed = git("ls-files", "-z", "--others", "--exclude-standard", cwd=root).split(b"\0")
            expected = sorted(name for name in listed if name.endswith((b".py", b".pyi")))
            found = awry(cwd=root)
            self.assertEqual(found.returncode, 0, found.stderr)
            if lines(found.stdout) != expected:
                self.explain(tree, seed, set(lines(found.stdout)), set(expected))

            # From a directory inside, what git says of that directory.
            inside = [name for name in os.listdir(root) if os.path.isdir(os.path.join(root, name)) and name != ".git"]
            for name in sorted(inside)[:1]:
                below = [path for path in expected if path.startswith(name.encode() + b"/")]
                if below: # else the directory itself may be ignored, and a named one never is
                    self.assertEqual(lines(awry(name, cwd=root).stdout), below, "seed %d, %s" % (seed, name))

    def explain(self, tree, seed, found, expected):
        said = []
        for name in sorted(found ^ expected):
            why = subprocess.run(["git", "check-ignore", "-v", "-n", "--no-index", "--", name], cwd=tree.root, env=environment(),
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            said.append("%s: awry %s; git: %r" % (name, "lists it" if name in found else "leaves it out", why.stdout))
        self.fail("AWRY_SEED=%d\n%s" % (seed, "\n".join(said)))

    def test_random_trees(self):
        if "AWRY_SEED" in os.environ:
            return self.compare(int(os.environ["AWRY_SEED"]))
        for seed in range(ROUNDS):
            self.compare(seed)


class Walk(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()

    def tearDown(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.root], check=False)
        subprocess.run(["rm", "-rf", self.root], check=True) # shutil recurses

    def write(self, *names, text=""):
        for name in names:
            path = os.path.join(self.root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)

    def files(self, *arguments, cwd=""):
        done = awry(*arguments, cwd=os.path.join(self.root, cwd))
        return [line.decode() for line in done.stdout.split(b"\n") if line]

    def errors(self, *arguments, cwd=""):
        done = awry(*arguments, cwd=os.path.join(self.root, cwd))
        self.assertEqual(done.returncode, 2)
        return done.stderr.decode()

    def test_sorted_and_each_once(self):
        self.write("b.py", "a/z.py", "a.py", "a-b.py", "c.pyi", "d.txt")
        self.assertEqual(self.files(), ["a-b.py", "a.py", "a/z.py", "b.py", "c.pyi"])
        self.assertEqual(self.files(".", "a", "./a/../b.py", self.root + "/a.py", "a//z.py"), ["a-b.py", "a.py", "a/z.py", "b.py", "c.pyi"])

    def test_built_in_excludes_hold_below_only(self):
        self.write("build/x.py", "venv/lib/y.py", ".git/z.py", "src/build.py", "src/dist/w.py")
        self.assertEqual(self.files(), ["src/build.py"])
        self.assertEqual(self.files("build"), ["build/x.py"])
        self.assertEqual(self.files("--exclude", "!build"), ["build/x.py", "src/build.py"])

    def test_named_ones_are_taken_though_ignored(self):
        self.write("gen/a.py", "gen/b.txt", "c.py")
        self.write(".gitignore", text="gen\nc.py\n")
        self.assertEqual(self.files(), [])
        self.assertEqual(self.files("gen", "c.py", "gen/b.txt"), ["c.py", "gen/a.py", "gen/b.txt"])
        self.assertEqual(self.files("--no-ignore"), ["c.py", "gen/a.py"])

    def test_excludes(self):
        self.write("pyproject.toml", "a/x.py", "a/y.py", "b/x.py", "b/a/x.py")
        self.assertEqual(self.files("--exclude", "/a"), ["b/a/x.py", "b/x.py"])
        self.assertEqual(self.files("--exclude", "a/", "--exclude", "y.py"), ["b/x.py"])
        self.assertEqual(self.files("--exclude", "/a", cwd="b"), ["a/x.py", "x.py"])
        self.assertEqual(self.files("--exclude", "/a", "a/x.py"), ["a/x.py"])
        self.assertEqual(self.files("--exclude", "/a", "--force-exclude", "a/x.py", "b/x.py"), ["b/x.py"])

    def test_other_ignore_files(self):
        self.write("a.py", "b.py", "sub/c.py")
        self.write(".ignore", text="a.py\n")
        self.write(".gitignore", text="b.py\n")
        self.write("sub/.ignore", text="!c.py\nd.py\n")
        self.assertEqual(self.files(), ["sub/c.py"])

    def test_ignore_files_above_count_up_to_the_repository(self):
        self.write("repository/.git/HEAD", "repository/one/two/a.py", "repository/one/two/b.py", "repository/one/two/c.py")
        self.write(".gitignore", text="*.py\n")
        self.write("repository/.gitignore", text="a.py\n")
        self.write("repository/one/.gitignore", text="/two/b.py\n")
        self.assertEqual(self.files(cwd="repository/one/two"), ["c.py"])
        self.assertEqual(self.files("repository/one/two"), ["repository/one/two/c.py"])

    def test_a_repository_inside_has_rules_of_its_own(self):
        self.write(".git/HEAD", "a.py", "inner/a.py", "inner/b.py", "inner/.git/HEAD")
        self.write(".gitignore", text="a.py\n")
        self.write("inner/.git/info/exclude", text="b.py\n")
        self.assertEqual(self.files(), ["inner/a.py"])

    def test_links(self):
        self.write("outside/secret.py", "in/.git/HEAD", "in/a.py", "in/dir/b.py")
        os.symlink("a.py", os.path.join(self.root, "in/same.py"))
        os.symlink("dir", os.path.join(self.root, "in/again"))
        os.symlink("..", os.path.join(self.root, "in/dir/up"))
        os.symlink("dir", os.path.join(self.root, "in/folder.py"))
        os.symlink("nobody@nowhere:1", os.path.join(self.root, "in/.#a.py"))
        self.assertEqual(self.files(cwd="in"), ["a.py", "dir/b.py", "same.py"])
        os.symlink("../outside/secret.py", os.path.join(self.root, "in/leak.py"))
        os.symlink("nothing.py", os.path.join(self.root, "in/gone.py"))
        os.symlink("self.py", os.path.join(self.root, "in/self.py"))
        errors = self.errors(cwd="in")
        for name in ("leak.py", "gone.py", "self.py"):
            self.assertIn(name, errors)
        self.assertNotIn("secret", errors)
        self.assertEqual(self.files("leak.py", cwd="in"), ["leak.py"])
        os.symlink("in", os.path.join(self.root, "linked"))
        self.assertIn("linked/a.py", self.files("linked"))

    def test_what_is_no_file(self):
        self.write("a.py")
        os.mkfifo(os.path.join(self.root, "pipe.py"))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(self.root, "socket.py"))
            errors = self.errors()
        self.assertIn("pipe.py", errors)
        self.assertIn("socket.py", errors)
        self.assertIn("pipe.py", self.errors("pipe.py"))
        self.assertIn("missing", self.errors("missing"))
        self.assertEqual(self.files(), ["a.py"])

    def test_directories_that_cannot_be_listed(self):
        self.write("closed/a.py", "b.py")
        os.chmod(self.root, 0o755)
        os.chmod(os.path.join(self.root, "closed"), 0)
        somebody = {"user": 65534} if os.geteuid() == 0 else {} # root may list everything
        try:
            done = subprocess.run([AWRY, "check", "--show-files"], cwd=self.root, env=environment(), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=60, **somebody)
        except PermissionError:
            self.skipTest("run by root, and nobody else may run " + AWRY)
        self.assertEqual((done.stdout, done.returncode), (b"b.py\n", 2), done.stderr)
        self.assertIn(b"closed", done.stderr)

    def test_deep_trees(self):
        """Deeper than directories are held open, and than a path may be long: the end is reported, nothing breaks."""
        here = os.open(self.root, os.O_RDONLY)
        for depth in range(1000):
            os.mkdir("ddddd", dir_fd=here)
            below = os.open("ddddd", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
            if depth in (200, 500):
                os.close(os.open("a.py", os.O_WRONLY | os.O_CREAT, dir_fd=here))
        os.close(here)
        done = awry(cwd=self.root)
        self.assertEqual(lines(done.stdout), [b"ddddd/" * 201 + b"a.py", b"ddddd/" * 501 + b"a.py"])
        self.assertEqual(done.returncode, 2)

    def test_names_with_anything_in_them(self):
        self.write("new\nline.py", "tab\t.py", "quote'.py")
        with open(os.path.join(os.fsencode(self.root), b"\xff\xfe.py"), "wb"):
            pass
        done = awry(cwd=self.root)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b"new\nline.py\nquote'.py\ntab\t.py\n\xff\xfe.py\n")


if __name__ == "__main__":
    unittest.main()
