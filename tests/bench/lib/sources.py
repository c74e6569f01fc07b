"""What the benchmarks read and whom they compare with, fetched once by pip and kept below build/bench."""
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import monorepo

ROOT = os.environ.get("AWRY_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BENCH = os.path.join(ROOT, "tests", "bench")
KEPT = os.path.join(ROOT, "build", "bench")

PACKAGE = "homeassistant-2024.3.3"
FILES = 6739
WHEELS_FILES = 10613
MONOREPO_FILES, MONOREPO_SEED = 20000, 1


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit("%s\nfailed: %s" % (done.stdout.decode("utf-8", "replace")[-3000:], " ".join(command)))


def is_as_listed(requirements, kept):
    """Whether what is kept was made from this very list."""
    try:
        with open(requirements, encoding="utf-8") as wanted, open(os.path.join(kept, "made-from.txt"), encoding="utf-8") as made:
            return wanted.read() == made.read()
    except FileNotFoundError:
        return False


def peers():
    """The folder with the programs of a virtual environment that holds the peers."""
    requirements = os.path.join(BENCH, "peers.txt")
    kept = os.path.join(KEPT, "venv")
    if not is_as_listed(requirements, kept):
        print("fetching ruff and flake8", file=sys.stderr)
        shutil.rmtree(kept, ignore_errors=True)
        run(sys.executable, "-m", "venv", kept)
        run(os.path.join(kept, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--require-hashes", "--only-binary", ":all:", "-r", requirements)
        shutil.copyfile(requirements, os.path.join(kept, "made-from.txt"))
    return os.path.join(kept, "bin")


def unpack(archive, folder):
    with tarfile.open(archive) as packed:
        if hasattr(tarfile, "data_filter"):
            packed.extractall(folder, filter="data")
        else:
            packed.extractall(folder)  # the archive is the one whose hash we know


def homeassistant():
    """The folder of the unpacked source package. pip leaves the archive of a source package behind only when it could ask it
    for its metadata: that takes setuptools (in peers.txt), and the package's own demands on it and on Python left aside."""
    requirements = os.path.join(BENCH, "sources.txt")
    kept = os.path.join(KEPT, "sources")
    if not is_as_listed(requirements, kept):
        python = os.path.join(peers(), "python")
        print("fetching the sources of homeassistant", file=sys.stderr)
        shutil.rmtree(kept, ignore_errors=True)
        run(python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:",
            "--no-build-isolation", "--ignore-requires-python", "--require-hashes", "--dest", kept, "-r", requirements)
        archive = os.path.join(kept, PACKAGE + ".tar.gz")
        unpack(archive, kept)
        os.remove(archive)
        shutil.copyfile(requirements, os.path.join(kept, "made-from.txt"))
    return os.path.join(kept, PACKAGE)


def wheels():
    """The folder of the unpacked wheels of mixed code, a folder each."""
    requirements = os.path.join(BENCH, "wheels.txt")
    kept = os.path.join(KEPT, "wheels")
    if not is_as_listed(requirements, kept):
        print("fetching wheels, 47 MB", file=sys.stderr)
        shutil.rmtree(kept, ignore_errors=True)
        packed = os.path.join(kept, "packed")
        # For any platform and a fixed Python, so that everybody gets the same.
        run(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
            "--python-version", "3.12", "--require-hashes", "--dest", packed, "-r", requirements)
        for name in sorted(os.listdir(packed)):
            with zipfile.ZipFile(os.path.join(packed, name)) as wheel:
                wheel.extractall(os.path.join(kept, "unpacked", name.split("-")[0]))
        shutil.rmtree(packed)
        shutil.copyfile(requirements, os.path.join(kept, "made-from.txt"))
    return os.path.join(kept, "unpacked")


def made_up():
    """The folder of the made-up monorepo."""
    kept = os.path.join(KEPT, "monorepo-%d-%d-%d" % (monorepo.VERSION, MONOREPO_FILES, MONOREPO_SEED))
    if not os.path.isdir(kept):
        print("writing a monorepo of %d files, seed %d" % (MONOREPO_FILES, MONOREPO_SEED), file=sys.stderr)
        half = kept + ".part"
        shutil.rmtree(half, ignore_errors=True)
        monorepo.generate(half, MONOREPO_FILES, MONOREPO_SEED)
        os.rename(half, kept)
    return kept


def copied(folder, name):
    """A copy of a folder of sources that may be edited, made anew."""
    kept = os.path.join(KEPT, name)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(folder, kept)
    return kept


def python_files(folder):
    """All Python files below, sorted by their path."""
    found = []
    for directory, _, names in os.walk(folder):
        found += [os.path.join(directory, name) for name in names if name.endswith(".py")]
    return sorted(found)
