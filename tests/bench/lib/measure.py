"""Measuring other programs, and writing what was measured into docs/performance.md."""
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

from sources import ROOT

PAGE = os.path.join(ROOT, "docs", "performance.md")

Used = namedtuple("Used", "cpu peak code out err")  # seconds, bytes of the largest process


def use_of(command, cwd=None):
    """What one run took. Its exit code has to be 0 or 1, the codes of "nothing found" and "something found"."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=cwd)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        used = Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, code, out.read().decode("utf-8", "replace"),
                    err.read().decode("utf-8", "replace"))
    if code not in (0, 1):
        sys.exit("%s\nexit code %d: %s" % (used.err[-3000:], code, " ".join(command)[:300]))
    return used


def hyperfine(commands, cwd, prepare=None):
    """One run of each, behind its own command of `prepare`; for each command the CPU and the wall seconds."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        arguments = ["hyperfine", "--shell=none", "--style=none", "--runs", "1", "--ignore-failure", "--export-json", report]
        for command in prepare or []:
            arguments += ["--prepare", command]
        done = subprocess.run(arguments + commands, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            sys.exit("hyperfine: " + done.stderr.decode("utf-8", "replace")[-2000:])
        with open(report, encoding="utf-8") as results:
            return [(result["user"] + result["system"], result["mean"]) for result in json.load(results)["results"]]


def rounds(number, commands, cwd, prepare=None):
    """(CPU seconds, wall seconds) by command, a list with one entry for each round. In a round the commands follow each other
    closely, so that what else goes on in the machine meets them alike; the first round only warms up."""
    hyperfine(commands, cwd, prepare)
    taken = [hyperfine(commands, cwd, prepare) for _ in range(number)]
    return [([taken[i][k][0] for i in range(number)], [taken[i][k][1] for i in range(number)]) for k in range(len(commands))]


def ratios(ours, theirs):
    """Median, least and largest of our seconds by theirs, round by round."""
    each = [a / b for a, b in zip(ours, theirs)]
    return statistics.median(each), min(each), max(each)


def spread(values, form):
    """`median (least to largest)`."""
    return "%s (%s to %s)" % tuple(form % value for value in (statistics.median(values), min(values), max(values)))


def table(heads, rows):
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1)] + rows
    return "\n".join("| %s |" % " | ".join(line) for line in lines)


def machine():
    """The machine in general words."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            names = re.findall(r"^model name\s*:\s*(.*)$", info.read(), re.MULTILINE)
        model = names[0].strip() if names else model
    except OSError:
        pass
    return "%d cores of %s, %s %s" % (os.cpu_count() or 1, model, platform.system(), platform.machine())


def conditions(before):
    """Where and when; `before` is the load before the start."""
    return "%s, %s. Load of the machine before the start: %.1f." % (time.strftime("%Y-%m-%d"), machine(), before)


def load():
    return os.getloadavg()[0]


def write(name, text):
    """Puts the text between the markers of that name."""
    begin, end = "<!-- %s: begin -->\n" % name, "<!-- %s: end -->\n" % name
    with open(PAGE, encoding="utf-8") as page:
        old = page.read()
    if old.count(begin) != 1 or old.count(end) != 1 or old.index(begin) > old.index(end):
        sys.exit("docs/performance.md has no place for `%s`" % name)
    with open(PAGE, "w", encoding="utf-8") as page:
        page.write(old[:old.index(begin) + len(begin)] + text.strip() + "\n" + old[old.index(end):])
