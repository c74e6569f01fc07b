"""What awry finds, as dictionaries, and what the rules say of themselves."""
import glob
import json
import os
import re
import subprocess
import sys

from sources import ROOT

AWRY = os.environ.get("AWRY") or os.path.join(ROOT, "build", "release", "awry")


def check(folder, paths, select="all", *options):
    """The findings in paths, which are relative to folder and so in what comes back; no config has a say. Exit code 2 only means
    that some file could not be read: a finding of AW0xx says which."""
    command = [AWRY, "check", "--isolated", "--no-cache", "--select", select, "--output-format", "json", "--quiet", *options, *paths]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    try:
        found = json.loads(done.stdout.decode("utf-8", "replace"))
    except ValueError:
        found = None
    if done.returncode not in (0, 1, 2) or found is None:
        sys.exit("%s\nexit code %d: %s" % (done.stderr.decode("utf-8", "replace")[-3000:], done.returncode, " ".join(command)[:500]))
    for finding in found:
        name = finding["filename"]
        finding["filename"] = os.path.normpath(os.path.relpath(name, folder) if os.path.isabs(name) else name)
    return found


def is_async_rule(code):
    """AW0xx are about the input itself."""
    return not code.startswith("AW0")


def line_of(finding):
    return finding["location"]["row"]


class Rule:
    """What the record of a rule says, as far as it counts here."""

    def __init__(self, code, name, tier, cases):
        self.code, self.name, self.tier, self.cases = code, name, tier, cases

    def is_default(self, case):
        """Whether a finding of this case ("": of no case) belongs to the default set."""
        return self.cases.get(case, self.tier) == "ON"


RECORD = re.compile(r"^RULE\((\w+)\) = \{(.*?)^\};", re.MULTILINE | re.DOTALL)


def rules():
    """All rules by their code, read from rules/*.c."""
    known = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "rules", "*.c"))):
        with open(path, encoding="utf-8") as source:
            text = source.read()
        for record in RECORD.finditer(text):
            body = record.group(2)
            code = re.search(r'\.code = "(\w+)"', body).group(1)
            name = re.search(r'\.name = "([\w-]+)"', body).group(1)
            tier = re.search(r"\.tier = TIER_(\w+)", body)
            cases = dict(re.findall(r'\{\s*"([\w-]+)",\s*TIER_(\w+)', body))
            known[code] = Rule(code, name, tier.group(1) if tier else "ON", cases)
    return known
