"""Draws findings for somebody to read: a sheet with their context for each rule, and a table to write the verdicts into.

    ./dev bench sample PACKAGE... --seed N [--rule AW101]... [--count 20] [--select default|strict|all] [--fresh] [--out DIR]

A PACKAGE is a folder (NAME-VERSION, or a git clone), NAME==VERSION, which pip fetches, or NAME==VERSION@FOLDER. The same seed draws
the same findings, in whatever order packages and files come; and a finding that is mended away leaves the rest of the sample as it is.
--fresh leaves out what tests/accuracy has a verdict of.
"""
import argparse
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import findings  # noqa: E402
import judged  # noqa: E402
import packages  # noqa: E402
import sources  # noqa: E402

AROUND = 12  # lines before the finding and after it
WIDE = "=" * 120


class Drawn:
    """A finding of a package."""

    def __init__(self, package, finding):
        self.package, self.finding = package, finding
        self.code, self.case = finding["code"], finding.get("case") or ""
        self.row = findings.line_of(finding)
        self.place = "%s:%d" % (finding["filename"].replace(os.sep, "/"), self.row)
        self.key = (package.name, package.version, self.place)

    def rank(self, seed):
        """Its place in the order that a seed makes of all findings; depends on nothing but itself."""
        words = [str(seed), self.code, *self.key, str(self.finding["location"]["column"])]
        return hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest(), self.key


def collect(wanted, select, codes):
    """All findings of async rules in the packages."""
    found = []
    for package in wanted:
        here = [Drawn(package, f) for f in findings.check(package.folder, ["."], select) if findings.is_async_rule(f["code"])]
        found += [d for d in here if not codes or d.code in codes]
        print("%s %s: %d findings" % (package.name, package.version, len(here)), file=sys.stderr)
    return found


def draw(found, seed, count):
    """The sample of each rule: {code: [Drawn]}. Of several findings of a rule on one line one is read: a verdict is about a line."""
    by_rule = {}
    for one in sorted(found, key=lambda one: one.rank(seed)):
        chosen = by_rule.setdefault(one.code, {})
        if len(chosen) < count or one.key in chosen:
            chosen.setdefault(one.key, one)
    return {code: list(chosen.values()) for code, chosen in sorted(by_rule.items())}


def lines_of(path):
    with open(path, "rb") as source:
        text = source.read().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text.decode("utf-8", "replace").split("\n")


def excerpt(path, first, last):
    """The lines around, numbered, the finding's own marked."""
    lines = lines_of(path)
    begin, end = max(1, first - AROUND), min(len(lines), first + AROUND)
    return ["%s%6d | %s" % (">" if first <= n <= last else " ", n, lines[n - 1]) for n in range(begin, end + 1)]


def entry(number, total, one, verdict):
    """A finding as it is read."""
    f = one.finding
    head = "%s%s  %s, %s  %s %s  %s" % (one.code, " (%s)" % one.case if one.case else "", f["severity"], f.get("confidence", ""),
                                        one.package.name, one.package.version, one.place)
    lines = [WIDE, "%d/%d  %s" % (number, total, head), f["message"]]
    for step in f.get("chain") or []:
        lines.append("    %s:%d  %s" % (step["filename"], step["location"]["row"], step["message"]))
    if verdict:
        lines.append("    read before: %s, %s" % (verdict.verdict, verdict.reason))
    return lines + [""] + excerpt(os.path.join(one.package.folder, f["filename"]), one.row, f["end_location"]["row"]) + [""]


def write(out, code, name, sample, known):
    """The sheet and the table of one rule; what was read before keeps its verdict."""
    text = ["%s %s: %d findings to read. Verdicts go into %s.tsv, tests/accuracy/README.md says how." % (code, name, len(sample), code), ""]
    table = ["\t".join(judged.COLUMNS)]
    for number, one in enumerate(sample, 1):
        verdict = known.get((code, *one.key))
        text += entry(number, len(sample), one, verdict)
        table.append("\t".join([*one.key, one.case, verdict.verdict if verdict else "?", verdict.reason if verdict else "?"]))
    for ending, lines in ((".txt", text), (".tsv", table)):
        with open(os.path.join(out, code + ending), "w", encoding="utf-8", errors="replace") as file:
            file.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(prog="./dev bench sample", description=__doc__.splitlines()[0])
    parser.add_argument("packages", nargs="+", metavar="PACKAGE", help=packages.HELP)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--rule", action="append", default=[], metavar="CODE", help="only this rule; repeatable")
    parser.add_argument("--count", type=int, default=20, metavar="N", help="findings of a rule (20)")
    parser.add_argument("--select", default="default", help="as of `awry check` (default)")
    parser.add_argument("--fresh", action="store_true", help="only what nobody has read")
    parser.add_argument("--out", metavar="DIR", default=os.path.join(sources.KEPT, "sample"))
    options = parser.parse_args()

    rules = findings.rules()
    codes = {code.upper() for code in options.rule}
    for code in codes - set(rules):
        parser.error("no such rule: " + code)
    known = {(v.code, v.package, v.version, v.place): v for v in judged.read()}
    # A rule that was asked for may be outside of the default set.
    select = "all" if codes and options.select == "default" else options.select
    found = collect([packages.of_argument(word) for word in options.packages], select, codes)
    if options.fresh:
        found = [one for one in found if (one.code, *one.key) not in known]
    os.makedirs(options.out, exist_ok=True)
    print("%-6s %-30s %9s %7s %12s" % ("rule", "name", "findings", "drawn", "read before"))
    for code, sample in draw(found, options.seed, options.count).items():
        name = rules[code].name if code in rules else ""
        write(options.out, code, name, sample, known)
        print("%-6s %-30s %9d %7d %12d" % (code, name, sum(one.code == code for one in found), len(sample),
                                           sum((code, *one.key) in known for one in sample)))
    print("the sheets are in " + options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
