"""Debian's package of Python's own test suite, unpacked below the build directory; None and a reason when it cannot be had."""
import glob
import os
import shutil
import subprocess

from awry import BUILD

PACKAGE = "libpython3.11-testsuite"


def unpacked():
    """(the folder lib/python3.11 of the package, reason why not)."""
    keep = os.path.join(BUILD, "corpora", PACKAGE)
    wanted = os.path.join(keep, "usr", "lib", "python3.11")
    if os.path.isdir(wanted):
        return wanted, ""
    for tool in ("apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            return None, "missing tool: " + tool
    download = os.path.join(BUILD, "corpora", "download")
    os.makedirs(download, exist_ok=True)
    done = subprocess.run(["apt-get", "download", PACKAGE], cwd=download, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, timeout=300)
    packages = glob.glob(os.path.join(download, PACKAGE + "_*.deb"))
    if not packages:
        return None, "missing tool: the package %s: %s" % (PACKAGE, done.stdout.decode("utf-8", "replace").strip()[-200:])
    # Unpacked beside its place and moved there, so that what is there is whole.
    half = keep + ".part"
    shutil.rmtree(half, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-x", sorted(packages)[-1], half], check=True, timeout=300)
    os.rename(half, keep)
    return wanted, ""
