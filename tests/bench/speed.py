"""CPU time of awry against ruff on homeassistant and on mixed wheels, and against flake8 with flake8-async on 100 files; what a warm
run, an edit and a file by name cost; the memory that a large monorepo takes.

    ./dev bench speed [--only PART,...] [--rounds N] [--source DIR]

The tables go into docs/performance.md. --source prints those of other sources only. Exit code 1 when a limit is not kept; all limits are
ratios of what was measured in one run, but for the wall time of one file and for memory.
"""
import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import measure  # noqa: E402
import sources  # noqa: E402

AWRY = os.environ.get("AWRY") or os.path.join(sources.ROOT, "build", "release", "awry")
MOST_COLD, MOST_WARM = 3.0, 0.5  # times ruff's CPU time, without and with its cache
MOST_EDIT = 0.15                 # of the CPU time of a cold run
MOST_NAMED = 150.0               # milliseconds on the wall
MOST_MEMORY = 300e6              # bytes
EVERY, SAMPLE = 67, 100
NAMED = "homeassistant/components/hue/bridge.py"
HELPER, HELPER_NAME = "homeassistant/util/__init__.py", "def slugify("
PHASE = re.compile(r"^([a-z]+) +([0-9.]+)$", re.MULTILINE)
NOT_PHASES = ("total",)
HEADS = ["program", "CPU seconds", "wall seconds, best", "peak memory", "awry's CPU time by it"]


class Limits:
    """What is bounded, and whether the bounds hold."""

    def __init__(self):
        self.lines, self.is_kept = [], True

    def add(self, what, value, most, form="%.2f"):
        self.lines.append(("%s: " + form + ", at most " + form + "%s") % (what, value, most, "" if value <= most else "  TOO MUCH"))
        self.is_kept = self.is_kept and value <= most


def version(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().strip().splitlines()[0]


def seconds(values):
    return measure.spread(values, "%.2f" if min(values) >= 1 else "%.3f")


def ratio_text(ours, theirs):
    """Median (least to largest), as a fraction of 1 where it is small."""
    median, least, largest = measure.ratios(ours, theirs)
    if median < 0.1:
        return "1/%.0f (1/%.0f to 1/%.0f)" % (1 / median, 1 / least, 1 / largest)
    return "%.2f (%.2f to %.2f)" % (median, least, largest)


def mebibytes(used):
    return "%.0f MiB" % (used.peak / (1 << 20))


def cache_of(what):
    """A folder for a cache, gone; the next run makes it."""
    folder = os.path.join(sources.KEPT, "caches", what)
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def against_ruff(folder, number, bin_folder, name, limits):
    """Rows of the table: both programs with no cache and beside a warm one."""
    ruff = [os.path.join(bin_folder, "ruff"), "check", "--isolated", "--select", "ASYNC,RUF006", "--exit-zero", "--quiet"]
    awry = [AWRY, "check", "--quiet"]
    programs = {
        "awry check --no-cache": awry + ["--no-cache", "."],
        "ruff check --no-cache": ruff + ["--no-cache", "."],
        "awry check, its cache warm": awry + ["--cache-dir", cache_of("awry-" + name), "."],
        "ruff check, its cache warm": ruff + ["--cache-dir", cache_of("ruff-" + name), "."],
    }
    for command in programs.values():
        measure.use_of(command, folder)  # makes the caches
    peaks = [measure.use_of(command, folder) for command in programs.values()]
    taken = measure.rounds(number, [shlex.join(command) for command in programs.values()], folder)
    rows = []
    for i, (program, (cpu, wall), peak) in enumerate(zip(programs, taken, peaks)):
        ratio = ratio_text(taken[i - 1][0], cpu) if program.startswith("ruff") else ""
        rows.append([program, seconds(cpu), "%.2f" % min(wall), mebibytes(peak), ratio])
    limits.add("%s, no cache, times ruff" % name, measure.ratios(taken[0][0], taken[1][0])[0], MOST_COLD)
    limits.add("%s, warm, times ruff warm" % name, measure.ratios(taken[2][0], taken[3][0])[0], MOST_WARM)
    return rows


def against_flake8(folder, number, bin_folder):
    files = [os.path.relpath(path, folder) for path in sources.python_files(folder)[::EVERY][:SAMPLE]]
    programs = {
        "awry check --no-cache": [AWRY, "check", "--quiet", "--no-cache"],
        "flake8 with flake8-async": [os.path.join(bin_folder, "flake8"), "--isolated", "--select", "ASYNC", "--exit-zero"],
    }
    commands = [command + files for command in programs.values()]
    peaks = [measure.use_of(command, folder) for command in commands]
    taken = measure.rounds(number, [shlex.join(command) for command in commands], folder)
    rows = []
    for i, (name, (cpu, wall), peak) in enumerate(zip(programs, taken, peaks)):
        rows.append([name, seconds(cpu), "%.2f" % min(wall), mebibytes(peak), ratio_text(taken[0][0], cpu) if i else ""])
    return rows, len(files)


def phases(folder):
    """Rows of the quickest of three runs with one thread, and its peak."""
    def cpu(used):
        return sum(float(number) for name, number in PHASE.findall(used.err) if name not in NOT_PHASES)
    runs = [measure.use_of([AWRY, "check", "--quiet", "--no-cache", "--timings", "-j1", "."], folder) for _ in range(3)]
    best = min(runs, key=cpu)
    total = cpu(best)
    rows = [[name, number, "%.0f %%" % (100 * float(number) / total)] for name, number in PHASE.findall(best.err)]
    if not rows:
        sys.exit("no phases in what `awry check --timings` says:\n" + best.err)
    return rows, best


def size_of(files):
    return sum(os.path.getsize(path) for path in files) / 1e6


def all_files(files, number):
    return "All %s files, %.1f MB; %d rounds; median (least to largest):" % (format(len(files), ","), size_of(files), number)


def speed(folder, options, limits, bin_folder):
    """The whole of homeassistant, or of other sources."""
    files = sources.python_files(folder)
    if not options.source and len(files) != sources.FILES:
        sys.exit("%d Python files where %d were due" % (len(files), sources.FILES))
    few = max(3, options.rounds // 3)
    rows = against_ruff(folder, options.rounds, bin_folder, os.path.basename(folder), limits)
    flake8_rows, sample = against_flake8(folder, few, bin_folder)
    phase_rows, single = phases(folder)
    flake8 = version(os.path.join(bin_folder, "flake8"), "--version")
    return [
        "%s; %s; flake8 %s, flake8-async %s, under Python %d.%d." % (
            version(AWRY, "--version"), version(os.path.join(bin_folder, "ruff"), "--version"), flake8.split()[0],
            re.search(r"flake8-async: ([0-9.]+)", flake8).group(1), *sys.version_info[:2]),
        all_files(files, options.rounds),
        measure.table(HEADS, rows),
        "Every %dth of the sorted files, %d of them; %d rounds:" % (EVERY, sample, few),
        measure.table(HEADS, flake8_rows),
        "CPU time by phase on all files, `--no-cache --timings -j1`, the quickest of three runs (%s at most):" % mebibytes(single),
        measure.table(["phase", "CPU ms", "share"], phase_rows),
    ]


def wheels(options, limits, bin_folder):
    folder = sources.wheels()
    files = sources.python_files(folder)
    if len(files) != sources.WHEELS_FILES:
        sys.exit("%d Python files where %d were due" % (len(files), sources.WHEELS_FILES))
    rows = against_ruff(folder, options.rounds, bin_folder, "wheels", limits)
    return [all_files(files, options.rounds), measure.table(HEADS, rows)]


# ---- beside a warm cache

# Run before each measured run: turns the edit on, or off again. The two sizes differ, as those of edits do.
TOGGLE = """
import sys
path, there, instead = sys.argv[1:]
text = open(path, encoding="utf-8").read()
old, new = (there, instead) if instead not in text else (instead, there)
assert text.count(old) == 1, old
open(path, "w", encoding="utf-8").write(text.replace(old, new))
"""


def toggle(path, there, instead):
    return [sys.executable, "-c", TOGGLE, path, there, instead]


def helper_edits(folder):
    """(what is edited, command that does it or takes it back)."""
    path = os.path.join(folder, HELPER)
    with open(path, encoding="utf-8") as source:
        text = source.read()
    begin = text.index(HELPER_NAME)
    documented = text.index('"""', text.index('"""', begin) + 3)
    head = text[begin:text.index("\n", documented) + 1]
    return [
        ("nothing", [sys.executable, "-c", "pass"]),
        ("a comment in a helper", toggle(path, head, head + "    # what it takes is short\n")),
        ("a helper, which sleeps from then on, or no longer", toggle(path, head, head + "    import time\n\n    time.sleep(1)\n")),
    ]


def findings(folder, *more):
    return measure.use_of([AWRY, "check", "--quiet", "--output-format", "json", *more, "."], folder).out


def warm(options, limits):
    """One file by name, and edits, beside a warm cache of homeassistant."""
    folder = sources.copied(sources.homeassistant(), "edited")
    cache = ["--cache-dir", cache_of("awry-edited")]
    cold, again = [AWRY, "check", "--quiet", "--no-cache", "."], [AWRY, "check", "--quiet", *cache, "."]
    named = [AWRY, "check", "--quiet", *cache, NAMED]
    for _ in range(2):
        measure.use_of(again, folder)
    rows, edits = [], helper_edits(folder)
    [(cpu, wall)] = measure.rounds(options.rounds, [shlex.join(named)], folder)
    milliseconds = [each * 1000 for each in wall]
    one = ["`%s`, by name" % os.path.basename(NAMED), measure.spread([each * 1000 for each in cpu], "%.0f"), measure.spread(milliseconds, "%.0f"),
           mebibytes(measure.use_of(named, folder))]
    limits.add("one file by name, ms on the wall", measure.statistics.median(milliseconds), MOST_NAMED, "%.0f")
    for what, command in edits:
        (cold_cpu, _), (cpu, wall) = measure.rounds(options.rounds, [shlex.join(cold), shlex.join(again)], folder,
                                                    [shlex.join(edits[0][1]), shlex.join(command)])
        rows.append([what, seconds(cpu), "%.2f" % min(wall), ratio_text(cpu, cold_cpu)])
        limits.add("edited: %s; by a cold run" % what, measure.ratios(cpu, cold_cpu)[0], MOST_EDIT)
        for _ in range(2):
            subprocess.run(command, check=True)
            if findings(folder, *cache) != findings(folder, "--no-cache"):
                sys.exit("edited: %s: a warm run finds something else than a cold one" % what)
    shutil.rmtree(folder)
    return [
        "Beside a warm cache of homeassistant; %d rounds; median (least to largest)." % options.rounds,
        measure.table(["file", "CPU ms", "wall ms", "peak memory"], [one]),
        "What is edited before each run; the same findings as those of a cold run:",
        measure.table(["edited", "CPU seconds", "wall seconds, best", "CPU time by a cold run's"], rows),
    ]


def monorepo(limits):
    folder = sources.made_up()
    files = sources.python_files(folder)
    cache = ["--cache-dir", cache_of("awry-monorepo")]
    rows = []
    for what, more in (("--no-cache", ["--no-cache"]), ("with no cache yet", cache), ("its cache warm", cache)):
        used = measure.use_of([AWRY, "check", "--quiet", *more, "."], folder)
        rows.append([what, "%.2f" % used.cpu, mebibytes(used)])
        limits.add("monorepo, %s, MB" % what, used.peak / 1e6, MOST_MEMORY / 1e6, "%.0f")
    return [
        "A made-up monorepo (`tests/bench/lib/monorepo.py`, seed %d) of %s files, %.1f MB; one run each." % (
            sources.MONOREPO_SEED, format(len(files), ","), size_of(files)),
        measure.table(["awry check", "CPU seconds", "peak memory"], rows),
    ]


PARTS = ["speed", "wheels", "warm", "monorepo"]


def tables(part, options, limits):
    if part == "warm":
        return warm(options, limits)
    if part == "monorepo":
        return monorepo(limits)
    if part == "wheels":
        return wheels(options, limits, sources.peers())
    return speed(os.path.abspath(options.source) if options.source else sources.homeassistant(), options, limits, sources.peers())


def main():
    parser = argparse.ArgumentParser(prog="./dev bench speed", description=__doc__.splitlines()[0])
    parser.add_argument("--source", metavar="DIR", help="other Python files; the tables are printed only")
    parser.add_argument("--only", metavar="PART", help="some of these, with commas between: " + ", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    parts = ["speed"] if options.source else options.only.split(",") if options.only else PARTS
    if set(parts) - set(PARTS):
        parser.error("the parts are " + ", ".join(PARTS))

    limits = Limits()
    for part in parts:
        before = measure.load()
        text = "\n\n".join([measure.conditions(before)] + tables(part, options, limits))
        print(text + "\n", flush=True)
        if not options.source:
            measure.write(part, text)
    print("\n".join(limits.lines))
    return 0 if limits.is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
