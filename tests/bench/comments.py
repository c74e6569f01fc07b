"""What comment lines cost: a run of them in a function of an async file, as the difference between the file with and without.

    ./dev bench comments [--rounds N]

The table goes into docs/performance.md. Exit code 1 when 5,000 lines cost 50 ms or more of CPU time.
"""
import argparse
import os
import statistics
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import measure  # noqa: E402
import sources  # noqa: E402

AWRY = os.environ.get("AWRY") or os.path.join(sources.ROOT, "build", "release", "awry")
LINES, MOST = 5000, 50.0  # and milliseconds
HEAD = "import asyncio\n\n\nasync def handle(request):\n    await asyncio.sleep(1)\n"
TAIL = "    return request\n"


def shapes():
    """(what, text without, text with)."""
    comment = "    # what %d says of itself\n"
    run = "".join(comment % i for i in range(LINES))
    statements = ["    request.add(%d)\n" % i for i in range(LINES)]
    return [
        ("5,000 lines in a row", HEAD + TAIL, HEAD + run + TAIL),
        ("20,000 lines in a row", HEAD + TAIL, HEAD + run * 4 + TAIL),
        ("5,000 lines, one above each of 5,000 statements", HEAD + "".join(statements) + TAIL,
         HEAD + "".join(comment % i + line for i, line in enumerate(statements)) + TAIL),
        ("5,000 lines inside one pair of brackets", HEAD + "    all([\n    ])\n" + TAIL, HEAD + "    all([\n" + run + "    ])\n" + TAIL),
    ]


def difference(folder, number, without, with_comments):
    """Median difference of the CPU time in milliseconds; the two files are read in turn."""
    pairs = []
    for name, text in (("without.py", without), ("with.py", with_comments)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text)
    for _ in range(number + 1):
        a, b = (measure.use_of([AWRY, "check", "--quiet", "-j1", name], folder) for name in ("without.py", "with.py"))
        if a.out or b.out:
            sys.exit("nothing was to be found: %s%s" % (a.out, b.out))
        pairs.append((a.cpu * 1000, b.cpu * 1000))
    pairs = pairs[1:]
    return statistics.median(b - a for a, b in pairs), statistics.median(a for a, _ in pairs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    before = measure.load()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for what, without, with_comments in shapes():
            cost, base = difference(folder, options.rounds, without, with_comments)
            rows.append((what, base, cost))
    text = "\n\n".join([
        measure.conditions(before) + " Medians of %d rounds." % options.rounds,
        measure.table(["comments", "CPU ms without them", "they cost, CPU ms"],
                      [[what, "%.2f" % base, "%.2f" % cost] for what, base, cost in rows]),
    ])
    print(text)
    measure.write("comments", text)
    slow = [what for what, _, cost in rows if what.startswith("5,000") and cost >= MOST]
    print("\n%s; %.0f ms is the limit" % ("too slow: " + "; ".join(slow) if slow else "all within bounds", MOST))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
