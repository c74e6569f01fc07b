"""awry, a linter for async Python, is a program of its own. This module only knows where it was installed."""
import os
import sysconfig

__all__ = ["find_awry_bin"]


def _folders():
    """Where the program of this very installation may be, then where an installer puts programs otherwise."""
    package = os.path.dirname(os.path.abspath(__file__))
    # PREFIX/lib/pythonX.Y/site-packages/awry: environments, --user, --prefix
    yield os.path.join(package, "..", "..", "..", "..", "bin")
    # TARGET/awry: --target
    yield os.path.join(package, "..", "bin")
    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", os.name + "_user")


def find_awry_bin():
    """The path of the program. Raises FileNotFoundError where it is in none of the folders of this installation."""
    name = "awry" + (sysconfig.get_config_var("EXE") or "")
    folders = [os.path.normpath(folder) for folder in _folders()]
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError("%s is in none of: %s" % (name, ", ".join(folders)))
