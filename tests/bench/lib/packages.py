"""Packages to read findings in: folders that are there, and releases that pip fetches into build/bench/packages."""
import glob
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import namedtuple

import sources

Package = namedtuple("Package", "name version folder")

KEPT = os.path.join(sources.KEPT, "packages")
HELP = "a folder (NAME-VERSION, or a git clone), NAME==VERSION to be fetched by pip, or NAME==VERSION@FOLDER"


def of_argument(word):
    """The Package of an argument of the command line."""
    named = re.match(r"([A-Za-z0-9][\w. -]*)==([^@]+)(?:@(.+))?\Z", word)
    if named and named.group(3):
        return Package(named.group(1), named.group(2), existing(named.group(3)))
    if named and not os.path.isdir(word):
        return Package(named.group(1), named.group(2), fetched(named.group(1), named.group(2)))
    return of_folder(existing(word))


def existing(folder):
    if not os.path.isdir(folder):
        sys.exit("no such folder: %s (a package is %s)" % (folder, HELP))
    return os.path.abspath(folder)


def of_folder(folder):
    """Name and version by the folder's own name; a git clone's version is its commit."""
    base = os.path.basename(folder)
    released = re.match(r"(.+)-(\d[^-]*)\Z", base)
    if released:
        return Package(released.group(1), released.group(2), folder)
    asked = subprocess.run(["git", "-C", folder, "rev-parse", "--show-toplevel", "--short=9", "HEAD"], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, check=False)
    answer = asked.stdout.decode().split()
    if asked.returncode == 0 and len(answer) == 2 and os.path.realpath(answer[0]) == os.path.realpath(folder):
        return Package(base, answer[1], folder)
    sys.exit("which version is %s? Say NAME==VERSION@%s" % (folder, folder))


def fetched(name, version):
    """The folder of an unpacked release: of its wheel, else of its source package."""
    folder = os.path.join(KEPT, "%s-%s" % (re.sub(r"[-_.]+", "_", name).lower(), version))
    if os.path.isdir(folder):
        return folder
    print("fetching %s %s" % (name, version), file=sys.stderr)
    half = folder + ".part"
    shutil.rmtree(half, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--ignore-requires-python", "--dest", half, "%s==%s" % (name, version)]
    if subprocess.run(command + ["--only-binary", ":all:"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
        sources.run(*command, "--no-binary", ":all:")
    [archive] = glob.glob(os.path.join(half, "*"))
    unpacked = os.path.join(half, "unpacked")
    if archive.endswith((".whl", ".zip")):
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(unpacked)
    else:
        sources.unpack(archive, unpacked)
    # A source package holds one folder; what is in it counts.
    inside = os.listdir(unpacked)
    whole = os.path.join(unpacked, inside[0]) if len(inside) == 1 and not archive.endswith(".whl") else unpacked
    os.rename(whole, folder)
    shutil.rmtree(half)
    return folder
