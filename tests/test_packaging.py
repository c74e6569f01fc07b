# label: net
# timeout: 900
"""What users install: a source release that builds without npm, a clone that builds as a pre-commit hook, and the program in them."""
import glob
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry

BAD = "import asyncio\nimport time\n\n\nasync def main():\n    time.sleep(1)\n\n\nasyncio.run(main())\n"
GOOD = BAD.replace("import time\n", "").replace("time.sleep", "await asyncio.sleep")
CONFIG = "repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: awry\n"
WITHOUT_NPM = ("npm", "npx", "node", "nodejs")


def run(*command, cwd=None, path=None, **variables):
    """(exit code, output). CI=true must reach no build: a user's pip does not have it."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "AWRY_DEPS_DIR", "PYTHONPATH", "PYTHONHOME")}
    environment = {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull,
                   "PATH": path or os.environ["PATH"], **variables}
    done = subprocess.run([os.fspath(word) for word in command], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=800)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def must(*command, **more):
    code, text = run(*command, **more)
    if code != 0:
        raise AssertionError("exit code %d: %s\n%s" % (code, " ".join(map(os.fspath, command)), text[-4000:]))
    return text


def git(folder, *arguments):
    return must("git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", *arguments)


def commit_all(folder):
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")
    return git(folder, "rev-parse", "HEAD").strip()


def copy_of_ours(folder):
    """What git would keep of our work tree, as a clone of its own."""
    names = must("git", "-C", awry.ROOT, "ls-files", "-co", "--exclude-standard", "-z").split("\0")
    for name in names:
        source, target = os.path.join(awry.ROOT, name), os.path.join(folder, name)
        if name and os.path.isfile(source):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(source, target)
    return commit_all(folder)


def dependencies():
    """The source packages that the program contains code of."""
    with open(os.path.join(awry.ROOT, "deps", "package.json"), encoding="utf-8") as file:
        return sorted(json.load(file)["dependencies"])


def path_without(folder, names):
    """A PATH of one folder that links to every program of the present one but these."""
    for directory in os.environ["PATH"].split(os.pathsep):
        if not os.path.isdir(directory):
            continue
        for name in os.listdir(directory):
            link = os.path.join(folder, name)
            if name not in names and not os.path.lexists(link):
                os.symlink(os.path.abspath(os.path.join(directory, name)), link)
    return folder


class Packaging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for tool in ("git", "npm", "cc"):
            if not shutil.which(tool):
                raise unittest.SkipTest("missing tool: " + tool)
        cls.folder = os.path.realpath(tempfile.mkdtemp(prefix="awry-packaging-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.clone = os.path.join(cls.folder, "clone")
        cls.revision = copy_of_ours(cls.clone)
        cls.tools = cls.environment("tools")
        code, text = run(cls.tools / "pip", "install", "--quiet", "build", "pre-commit>=3")
        if code != 0:
            raise unittest.SkipTest("missing tool: pip with a network: " + text.strip()[-300:])

    @classmethod
    def environment(cls, name):
        """The programs' folder of a new virtual environment, as something that `/` works on."""
        folder = os.path.join(cls.folder, name)
        code, text = run(sys.executable, "-m", "venv", folder)
        if code != 0:
            raise unittest.SkipTest("missing tool: python3-venv: " + text.strip()[-300:])
        return pathlib.Path(folder) / "bin"

    def assert_works(self, programs):
        """The program of an environment finds and does not find, by its name and through Python."""
        here = os.path.join(self.folder, "sources")
        os.makedirs(here, exist_ok=True)
        for name, text in (("bad.py", BAD), ("good.py", GOOD)):
            with open(os.path.join(here, name), "w", encoding="utf-8") as file:
                file.write(text)
        for command in ([programs / "awry"], [programs / "python", "-m", "awry"]):
            code, text = run(*command, "check", "bad.py", cwd=here)
            self.assertEqual(code, 1, text)
            self.assertIn("AW101", text)
            code, text = run(*command, "check", "good.py", cwd=here)
            self.assertEqual(code, 0, text)
        version = must(programs / "python", "-c", "import importlib.metadata as m; print(m.version('awry'))").strip()
        self.assertTrue(must(programs / "awry", "--version").startswith("awry %s " % version))
        found = must(programs / "python", "-c", "import awry; print(awry.find_awry_bin())").strip()
        self.assertEqual(os.path.realpath(found), os.path.realpath(programs / "awry"))

    def test_a_source_release_builds_without_npm(self):
        must(self.tools / "python", "-m", "build", "--sdist", "--outdir", os.path.join(self.folder, "sdist"), self.clone)
        [archive] = glob.glob(os.path.join(self.folder, "sdist", "awry-*.tar.gz"))
        with tarfile.open(archive) as packed:
            names = {name.split("/", 1)[-1] for name in packed.getnames()}
        for name in ["LICENSE", "pyproject.toml", "deps/bundled/lock.sha256"] + ["deps/bundled/%s/LICENSE" % name for name in dependencies()]:
            self.assertIn(name, names)
        self.assertEqual([name for name in names if name.endswith(".node")], [])

        programs = self.environment("from-sdist")
        os.mkdir(os.path.join(self.folder, "path"))
        path = path_without(os.path.join(self.folder, "path"), WITHOUT_NPM)
        wheels = os.path.join(self.folder, "wheels")
        must(programs / "pip", "wheel", "--no-deps", "--no-cache-dir", "--wheel-dir", wheels, archive, path=path)
        [wheel] = glob.glob(os.path.join(wheels, "awry-*.whl"))
        self.assertRegex(os.path.basename(wheel), r"^awry-[0-9.]+-py3-none-")
        self.assertLess(os.path.getsize(wheel), 2 << 20)
        with zipfile.ZipFile(wheel) as packed:
            names = packed.namelist()
        for dependency in dependencies():
            licence = ".dist-info/licenses/%s.txt" % dependency.split("/")[-1]
            self.assertTrue([name for name in names if name.endswith(licence)], names)
        self.assertTrue([name for name in names if name.endswith(".data/scripts/awry")], names)
        must(programs / "pip", "install", "--no-index", wheel)
        self.assert_works(programs)

    def test_a_pre_commit_hook_from_a_clone(self):
        repository = os.path.join(self.folder, "repository")
        os.mkdir(repository)
        with open(os.path.join(repository, "app.py"), "w", encoding="utf-8") as file:
            file.write(BAD)
        commit_all(repository)
        kept = {"PRE_COMMIT_HOME": os.path.join(self.folder, "pre-commit")}
        command = [self.tools / "pre-commit", "try-repo", self.clone, "awry", "--ref", self.revision, "--all-files", "--verbose"]
        code, text = run(*command, cwd=repository, **kept)
        self.assertEqual(code, 1, text)
        self.assertIn("AW101", text)
        self.assertIn("exit code: 1", text)

        with open(os.path.join(repository, "app.py"), "w", encoding="utf-8") as file:
            file.write(GOOD)
        git(repository, "add", "-A")
        # As a user has it; the environment of before serves again.
        with open(os.path.join(repository, ".pre-commit-config.yaml"), "w", encoding="utf-8") as file:
            file.write(CONFIG % (self.clone, self.revision))
        git(repository, "add", "-A")
        code, text = run(self.tools / "pre-commit", "run", "--all-files", cwd=repository, **kept)
        self.assertEqual(code, 0, text)
        self.assertIn("Passed", text)
        must(self.tools / "pre-commit", "validate-manifest", os.path.join(self.clone, ".pre-commit-hooks.yaml"))


if __name__ == "__main__":
    unittest.main()
