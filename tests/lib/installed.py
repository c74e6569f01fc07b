"""Real packages by version and hash, fetched once by pip and kept below the build directory: a virtual environment with those of
tests/venv.txt, and single wheels of tests/bench/wheels.txt."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from awry import BUILD, ROOT

REQUIREMENTS = os.path.join(ROOT, "tests", "venv.txt")


def is_whole(folder):
    try:
        with open(REQUIREMENTS, encoding="utf-8") as wanted, open(os.path.join(folder, "made-from.txt"), encoding="utf-8") as made:
            return wanted.read() == made.read()
    except FileNotFoundError:
        return False


def environment():
    """(the folder of the environment, reason why there is none)."""
    folder = os.path.join(os.path.abspath(BUILD), "corpora", "venv-%d.%d" % sys.version_info[:2])
    if is_whole(folder):
        return folder, ""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return None, "missing tool: venv"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    for command in ([sys.executable, "-m", "venv", folder],
                    [os.path.join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                     "--no-compile", "--require-hashes", "--only-binary", ":all:", "-r", REQUIREMENTS]):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=500)
        if done.returncode:
            return None, "missing tool: %s: %s" % (" ".join(command[:4]), done.stdout.decode("utf-8", "replace").strip()[-300:])
    shutil.copyfile(REQUIREMENTS, os.path.join(folder, "made-from.txt"))
    return folder, ""


def site_packages(folder):
    """Its one site-packages."""
    [there] = glob.glob(os.path.join(folder, "lib", "python*", "site-packages"))
    return there


def pinned(name):
    """The lines of tests/bench/wheels.txt about a package."""
    with open(os.path.join(ROOT, "tests", "bench", "wheels.txt"), encoding="utf-8") as wheels:
        return re.search(r"^%s==.*\\\n.*\n" % re.escape(name), wheels.read(), re.MULTILINE).group()


def wheel(name):
    """(the folder of an unpacked wheel, reason why there is none)."""
    lines = pinned(name)
    folder = os.path.join(os.path.abspath(BUILD), "corpora", lines.split(" ")[0].replace("==", "-"))
    if os.path.isdir(folder):
        return folder, ""
    with tempfile.TemporaryDirectory() as kept:
        requirements = os.path.join(kept, "requirements.txt")
        with open(requirements, "w", encoding="utf-8") as out:
            out.write(lines)
        done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
                               "--python-version", "3.12", "--require-hashes", "--dest", kept, "-r", requirements], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=300)
        if done.returncode:
            return None, "missing tool: pip download %s: %s" % (name, done.stdout.decode("utf-8", "replace").strip()[-300:])
        [archive] = glob.glob(os.path.join(kept, "*.whl"))
        half = folder + ".part"
        shutil.rmtree(half, ignore_errors=True)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(half)
    os.rename(half, folder)
    return folder, ""
