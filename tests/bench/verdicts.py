"""What the verdicts of tests/accuracy say, as the tables of docs/accuracy.md; or whether they still hold.

    ./dev bench verdicts                       print the tables and write them into docs/accuracy.md
    ./dev bench verdicts --check PACKAGE...    which recorded wrong findings are still found, and which right ones are lost

A PACKAGE is what `./dev bench sample` takes. Exit code 1 of --check: a wrong one is found, or a right one is not.
"""
import argparse
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import findings  # noqa: E402
import judged  # noqa: E402
import packages  # noqa: E402
from judged import row  # noqa: E402

SETS = {"ON": "default", "STRICT": "strict", "HINT": "all", "OFF": "by name"}


def counts(read):
    right = sum(v.verdict == "right" for v in read)
    return [len(read), right, len(read) - right]


def percent(share):
    """Rounded down: 94.96 % is not 95 %."""
    return "%.1f %%" % (math.floor(1000 * share + 1e-9) / 10)


def shares(read):
    total, right, _ = counts(read)
    return [percent(right / total), percent(judged.wilson(right, total))] if total else ["", ""]


def set_of(rule, case):
    return SETS[rule.cases.get(case, rule.tier)]


def tables(read, rules):
    """The text between the marks of docs/accuracy.md."""
    default = [v for v in read if rules[v.code].is_default(v.case)]
    heads = ["", "findings read", "right", "wrong", "right, of all", "at least (95 % Wilson)"]
    lines = [row(heads), row(["---"] + ["---:"] * 5)]
    for what, part in (("the default set, pooled", default), ("all rules, pooled", read)):
        lines.append(row([what, *counts(part), *shares(part)]))
    lines += ["", row(["rule", "name", "set", *heads[1:]]), row(["---"] * 3 + ["---:"] * 5)]
    groups = {}
    for v in read:
        groups.setdefault((v.code, set_of(rules[v.code], v.case)), []).append(v)
    for (code, which), part in sorted(groups.items()):
        lines.append(row([code, rules[code].name, which, *counts(part), *shares(part)]))
    return "\n".join(lines)


def check(words, read, rules):
    """Prints what became of the recorded findings of some packages; the number of those that are not as they were to be."""
    kept = lost = mended = remain = 0
    for package in map(packages.of_argument, words):
        known = [v for v in read if (v.package, v.version) == (package.name, package.version)]
        if not known:
            print("%s %s: no verdicts" % (package.name, package.version))
            continue
        found = {(f["code"], "%s:%d" % (f["filename"].replace(os.sep, "/"), findings.line_of(f))): f
                 for f in findings.check(package.folder, ["."], "all", "--no-profiles")}
        for v in known:
            is_found, is_right = (v.code, v.place) in found, v.verdict == "right"
            kept, lost = kept + (is_found and is_right), lost + (not is_found and is_right)
            remain, mended = remain + (is_found and not is_right), mended + (not is_found and not is_right)
            if is_found != is_right:
                what = "right, but lost" if is_right else "wrong, still found"
                print("%s: %s %s  %s %s  %s\n    %s" % (what, v.code, rules[v.code].name, v.package, v.version, v.place, v.reason))
    print("right: %d still found, %d lost; wrong: %d still found, %d no longer" % (kept, lost, remain, mended))
    return lost + remain


def main():
    parser = argparse.ArgumentParser(prog="./dev bench verdicts", description=__doc__.splitlines()[0])
    parser.add_argument("--check", nargs="+", metavar="PACKAGE", help=packages.HELP)
    options = parser.parse_args()
    read, rules = judged.read(), findings.rules()
    for v in read:
        if v.code not in rules:
            sys.exit("%s: there is no rule %s" % (v.where, v.code))
    if options.check:
        return 1 if check(options.check, read, rules) else 0
    for name, part in (("held-out", judged.read(judged.HELD_OUT)), ("verdicts", read)):
        text = tables(part, rules)
        print(text)
        judged.write(name, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
