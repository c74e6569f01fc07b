"""A real virtual environment with the packages of tests/venv.txt, made once below the build directory."""
import glob
import os
import shutil
import subprocess
import sys

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
