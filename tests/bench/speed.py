"""CPU time of awry against ruff on the sources of homeassistant, and against flake8 with flake8-async on 100 of the files.

    ./dev bench speed [--source DIR] [--rounds N]

Without --source the tables go into docs/performance.md, too. Exit code 1 when awry needs more than 4 times what ruff needs.
"""
import argparse
import os
import re
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import measure  # noqa: E402
import sources  # noqa: E402

AWRY = os.environ.get("AWRY") or os.path.join(sources.ROOT, "build", "release", "awry")
MOST = 4.0  # times ruff's CPU time
EVERY, SAMPLE = 67, 100
PHASE = re.compile(r"^([a-z]+) +([0-9.]+)$", re.MULTILINE)
NOT_PHASES = ("total",)


def version(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().strip().splitlines()[0]


def seconds(values):
    return measure.spread(values, "%.2f")


def ratio_text(ours, theirs):
    """Median (least to largest), as a fraction of 1 where it is small."""
    median, least, largest = measure.ratios(ours, theirs)
    if median < 0.1:
        return "1/%.0f (1/%.0f to 1/%.0f)" % (1 / median, 1 / least, 1 / largest)
    return "%.2f (%.2f to %.2f)" % (median, least, largest)


def mebibytes(used):
    return "%.0f MiB" % (used.peak / (1 << 20))


def against_ruff(folder, number, bin_folder):
    """(rows of the table, median ratio)."""
    ruff = [os.path.join(bin_folder, "ruff"), "check", "--isolated", "--select", "ASYNC,RUF006", "--exit-zero", "--quiet"]
    cache = os.path.join(sources.KEPT, "ruff-cache")
    programs = {
        "awry check": [AWRY, "check", "--quiet", "."],
        "ruff check --no-cache": ruff + ["--no-cache", "."],
        "ruff check, its cache warm": ruff + ["--cache-dir", cache, "."],
    }
    peaks = [measure.use_of(command, folder) for command in programs.values()]
    taken = measure.rounds(number, [shlex.join(command) for command in programs.values()], folder)
    rows = []
    for name, (cpu, wall), peak in zip(programs, taken, peaks):
        ratio = ratio_text(taken[0][0], cpu) if cpu is not taken[0][0] else ""
        rows.append([name, seconds(cpu), "%.2f" % min(wall), mebibytes(peak), ratio])
    return rows, measure.ratios(taken[0][0], taken[1][0])[0]


def against_flake8(folder, number, bin_folder):
    """(rows of the table, number of files)."""
    files = [os.path.relpath(path, folder) for path in sources.python_files(folder)[::EVERY][:SAMPLE]]
    programs = {
        "awry check": [AWRY, "check", "--quiet"],
        "flake8 with flake8-async": [os.path.join(bin_folder, "flake8"), "--isolated", "--select", "ASYNC", "--exit-zero"],
    }
    commands = [command + files for command in programs.values()]
    peaks = [measure.use_of(command, folder) for command in commands]
    taken = measure.rounds(number, [shlex.join(command) for command in commands], folder)
    rows = []
    for name, (cpu, wall), peak in zip(programs, taken, peaks):
        ratio = ratio_text(taken[0][0], cpu) if cpu is not taken[0][0] else ""
        rows.append([name, seconds(cpu) if min(cpu) > 1 else measure.spread(cpu, "%.3f"), "%.2f" % min(wall), mebibytes(peak), ratio])
    return rows, len(files)


def phases(folder):
    """Rows of the quickest of three runs with one thread, and its peak."""
    def cpu(used):
        return sum(float(number) for name, number in PHASE.findall(used.err) if name not in NOT_PHASES)
    runs = [measure.use_of([AWRY, "check", "--quiet", "--timings", "-j1", "."], folder) for _ in range(3)]
    best = min(runs, key=cpu)
    total = cpu(best)
    rows = [[name, number, "%.0f %%" % (100 * float(number) / total)] for name, number in PHASE.findall(best.err)]
    if not rows:
        sys.exit("no phases in what `awry check --timings` says:\n" + best.err)
    return rows, best


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", metavar="DIR", help="other Python files; the tables are printed only")
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()

    before = measure.load()
    bin_folder = sources.peers()
    folder = os.path.abspath(options.source) if options.source else sources.homeassistant()
    files = sources.python_files(folder)
    if not options.source and len(files) != sources.FILES:
        sys.exit("%d Python files where %d were due" % (len(files), sources.FILES))
    size = sum(os.path.getsize(path) for path in files) / 1e6

    ruff_rows, ratio = against_ruff(folder, options.rounds, bin_folder)
    flake8_rows, sample = against_flake8(folder, max(3, options.rounds // 3), bin_folder)
    phase_rows, single = phases(folder)

    heads = ["program", "CPU seconds", "wall seconds, best", "peak memory", "awry's CPU time by it"]
    flake8 = version(os.path.join(bin_folder, "flake8"), "--version")
    text = "\n\n".join([
        measure.conditions(before),
        "%s; %s; flake8 %s, flake8-async %s, under Python %d.%d." % (
            version(AWRY, "--version"), version(os.path.join(bin_folder, "ruff"), "--version"), flake8.split()[0],
            re.search(r"flake8-async: ([0-9.]+)", flake8).group(1), *sys.version_info[:2]),
        "All %s files, %.1f MB; %d rounds; median (least to largest):" % (format(len(files), ","), size, options.rounds),
        measure.table(heads, ruff_rows),
        "Every %dth of the sorted files, %d of them; %d rounds:" % (EVERY, sample, max(3, options.rounds // 3)),
        measure.table(heads, flake8_rows),
        "CPU time by phase on all files, `--timings -j1`, the quickest of three runs (%s at most):" % mebibytes(single),
        measure.table(["phase", "CPU ms", "share"], phase_rows),
    ])
    print(text)
    if not options.source:
        measure.write("speed", text)
    if ratio > MOST:
        print("\nawry needs %.2f times ruff's CPU time: more than %.1f" % (ratio, MOST))
        return 1
    print("\nawry needs %.2f times ruff's CPU time; %.1f is the most that it may" % (ratio, MOST))
    return 0


if __name__ == "__main__":
    sys.exit(main())
