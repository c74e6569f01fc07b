"""`python -m awry` is the program of the same installation."""
import os
import subprocess
import sys

from awry import find_awry_bin


def main():
    try:
        command = [find_awry_bin(), *sys.argv[1:]]
    except FileNotFoundError as missing:
        print("awry: the program is not installed: %s" % missing, file=sys.stderr)
        return 2
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
