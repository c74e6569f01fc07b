#!/usr/bin/env python3
"""Each run of a program is a path through its flow graph: small random functions with try, finally, with, loops and jumps
are executed, and what they did is followed in the graph that `awry debug flow` shows.

timeout: 300
"""
import os
import random
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import awry  # noqa: E402

PROGRAMS = int(os.environ.get("AWRY_FLOW_PROGRAMS", "300"))
SEEDS_A_PROGRAM = 12
MOST_STEPS = 60


class Stop(BaseException):
    """Ends a run that goes on for too long."""


class Failure(Exception):
    pass


class Other(Exception):
    pass


class Runner:
    """What a program may call. All of it may raise, as calls do."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.trace = []

    def note(self, line, result=None):
        self.trace.append((line, result))
        if len(self.trace) > MOST_STEPS:
            raise Stop

    def maybe_raise(self):
        chance = self.random.random()
        if chance < 0.06:
            raise Failure
        if chance < 0.1:
            raise Other

    def t(self):
        self.note(sys._getframe(1).f_lineno)
        self.maybe_raise()
        return True

    def c(self):
        """A condition."""
        result = self.random.random() < 0.5
        self.note(sys._getframe(1).f_lineno, result)
        self.maybe_raise()
        return result

    def items(self):
        self.note(sys._getframe(1).f_lineno)
        self.maybe_raise()
        return range(self.random.randrange(3))

    def manager(self):
        self.note(sys._getframe(1).f_lineno)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.maybe_raise()
        return False


class Writer:
    """A random function, one call a line where it can be."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = ["import contextlib", "def f():"]

    def add(self, depth, text):
        self.lines.append("    " * depth + text)

    def suite(self, depth, in_loop, in_star=False):
        for _ in range(self.random.choice((1, 1, 2, 3))):
            self.statement(depth, in_loop, in_star)

    def condition(self):
        return self.random.choice(("c()", "c()", "not c()", "c() and c()", "c() or not c()", "(c() and c()) or c()",
                                   "c() if c() else c()", "t() and not (c() or c())", "0 <= c() < c()", "True", "0"))

    def statement(self, depth, in_loop, in_star):
        kinds = ["call"] * 3 + ["expression", "quiet"]
        if depth < 5:
            kinds += ["if", "while", "for", "try", "try", "with", "match"]
        if not in_star:
            kinds += ["return"]
            if in_loop:
                kinds += ["break", "continue"]
        kinds += ["raise"]
        getattr(self, "write_" + self.random.choice(kinds))(depth, in_loop, in_star)

    def write_call(self, depth, *_):
        self.add(depth, "t()")

    def write_quiet(self, depth, *_):
        self.add(depth, "pass")

    def write_expression(self, depth, *_):
        self.add(depth, self.random.choice((
            "x = c() and t()", "x = t() if c() else c()", "x = [t() for i in items() if c()]", "x = {t(): c() for i in items()}",
            "x, y = t(), c()", "assert c()", "assert c() or c(), t()", "x = (y := c()) or t()", "x = lambda: t()",
            "x = (t() for i in items())", "x = f'{t()} {c()}'", "x = 0 <= c() < t() <= t()")))

    def write_if(self, depth, in_loop, in_star):
        self.add(depth, "if %s:" % self.condition())
        self.suite(depth + 1, in_loop, in_star)
        if self.random.random() < 0.4:
            self.add(depth, "elif %s:" % self.condition())
            self.suite(depth + 1, in_loop, in_star)
        if self.random.random() < 0.4:
            self.add(depth, "else:")
            self.suite(depth + 1, in_loop, in_star)

    def loop_rest(self, depth, in_loop, in_star):
        # Loops of their own may be left inside `except*`.
        self.suite(depth + 1, True, False if not in_star else in_star)
        if self.random.random() < 0.4:
            self.add(depth, "else:")
            self.suite(depth + 1, in_loop, in_star)

    def write_while(self, depth, in_loop, in_star):
        self.add(depth, "while %s:" % self.condition())
        self.add(depth + 1, "t()")
        self.loop_rest(depth, in_loop, in_star)

    def write_for(self, depth, in_loop, in_star):
        self.add(depth, "for i in items():")
        self.loop_rest(depth, in_loop, in_star)

    def write_try(self, depth, in_loop, in_star):
        self.add(depth, "try:")
        self.suite(depth + 1, in_loop, in_star)
        handlers = self.random.choice((0, 1, 1, 2))
        star = sys.version_info >= (3, 11) and self.random.random() < 0.2
        if star:
            for name in ("Failure", "Other")[:handlers]:
                self.add(depth, "except* %s:" % name)
                self.add(depth + 1, "t()")
                self.suite(depth + 1, False, True)
        else:
            for name in self.random.sample((" Failure", " Other", " Exception as e", ""), handlers):
                if name or handlers == 1:
                    self.add(depth, "except%s:" % name)
                else:
                    self.add(depth, "except BaseException:")
                self.suite(depth + 1, in_loop, in_star)
        if handlers and self.random.random() < 0.3:
            self.add(depth, "else:")
            self.suite(depth + 1, in_loop, in_star)
        if not handlers or self.random.random() < 0.5:
            self.add(depth, "finally:")
            self.suite(depth + 1, in_loop, in_star)

    def write_with(self, depth, in_loop, in_star):
        item = self.random.choice(("manager()", "manager() as m", "contextlib.suppress(Failure)", "manager(), manager()",
                                   "manager(), contextlib.suppress(Exception)"))
        self.add(depth, "with %s:" % item)
        self.suite(depth + 1, in_loop, in_star)

    def write_match(self, depth, in_loop, in_star):
        if sys.version_info < (3, 10):
            return self.write_call(depth)
        self.add(depth, "match c():")
        self.add(depth + 1, "case True%s:" % self.random.choice(("", " if c()")))
        self.suite(depth + 2, in_loop, in_star)
        last = self.random.choice((None, "_", "x", "x if c()", "False", "False | _", "(_)"))
        if last:
            self.add(depth + 1, "case %s:" % last)
            self.suite(depth + 2, in_loop, in_star)

    def write_return(self, depth, *_):
        self.add(depth, self.random.choice(("return", "return t()")))

    def write_raise(self, depth, *_):
        self.add(depth, self.random.choice(("raise Failure", "raise Other", "raise t()")))

    def write_break(self, depth, *_):
        self.add(depth, "break")

    def write_continue(self, depth, *_):
        self.add(depth, "continue")


class Graph:
    """The flow of the function `f`: blocks of traced events (lines of calls), edges, and which blocks test a result."""

    TRACED = re.compile(r"(\d+):\d+ call \"(?:t|c|items|manager)\(\)\"")

    RAISER = re.compile(r" (?:enter|leave|statement) \"(?:manager|contextlib|raise)")

    def __init__(self, lines):
        self.events, self.edges, self.tested, self.raisers = {}, {}, set(), set()
        block = None
        for line in lines:
            head = re.match(r"  (\d+)\b", line)
            if head:
                block = int(head.group(1))
                self.events[block], self.edges[block] = [], []
            elif line.startswith("    -> "):
                words = line.split()
                self.edges[block].append((int(words[1]), words[2]))
            elif block is not None:
                event = self.TRACED.match(line.strip())
                if event:
                    self.events[block].append(int(event.group(1)))
                if self.RAISER.search(line):
                    self.raisers.add(block)
                # The block ends with a test of the call of `c` that is its last event.
                self.tested.discard(block)
                if line.endswith(' test "c()"'):
                    self.tested.add(block)

    def closure(self, states, result=None):
        """All states (block, events passed) that are reached without another traced event; `result` is that of the last."""
        seen, work = set(states), list(states)
        while work:
            block, passed = work.pop()
            for to, kind in self.edges[block]:
                # An exception leaves a block anywhere, everything else at its end.
                if kind != "exception" and passed != len(self.events[block]):
                    continue
                if block in self.tested and kind in ("true", "false") and kind != str(result).lower():
                    continue
                # In a block of calls only they raise, but for `raise` itself and the exits of managers.
                if kind == "exception" and not passed and self.events[block] and block not in self.raisers:
                    continue
                if (to, 0) not in seen:
                    seen.add((to, 0))
                    work.append((to, 0))
        return seen

    def follow(self, trace, end):
        """The number of steps that are a path; len(trace) + 1 when the end fits as well."""
        states, result = {(0, 0)}, None
        for i, (line, next_result) in enumerate(trace):
            states = {(block, passed + 1) for block, passed in self.closure(states, result)
                      if passed < len(self.events[block]) and self.events[block][passed] == line}
            if not states:
                return i
            result = next_result
        if end is not None and (end, 0) not in self.closure(states, result):
            return len(trace)
        return len(trace) + 1


def run_program(code, seed):
    """(lines of calls in order, FLOW_EXIT or FLOW_RAISE or None when it was stopped)"""
    runner = Runner(seed)
    names = {"t": runner.t, "c": runner.c, "items": runner.items, "manager": runner.manager,
             "Failure": Failure, "Other": Other}
    exec(code, names)
    try:
        names["f"]()
    except BaseException as error:
        return runner.trace[:MOST_STEPS], None if is_stop(error, runner) else 2
    return runner.trace[:MOST_STEPS], None if len(runner.trace) > MOST_STEPS else 1


def is_stop(error, runner):
    return isinstance(error, Stop) or len(runner.trace) > MOST_STEPS


class Paths(unittest.TestCase):
    def test_every_run_is_a_path(self):
        runs = edges = 0
        with tempfile.TemporaryDirectory() as folder:
            programs, paths = [], []
            for seed in range(PROGRAMS):
                writer = Writer(seed)
                writer.suite(1, False)
                writer.suite(1, False)
                text = "\n".join(writer.lines) + "\n"
                paths.append(os.path.join(folder, "p%d.py" % seed))
                programs.append((seed, text, compile(text, paths[-1], "exec")))
                with open(paths[-1], "w", encoding="utf-8") as out:
                    out.write(text)
            outcome = awry.run("debug", "flow", *paths)
            self.assertEqual(outcome.code, 0, outcome.err.decode())
            shown = outcome.out.decode().split("== ")[1:]
            self.assertEqual(len(shown), len(programs))
            for (seed, text, code), output in zip(programs, shown):
                lines = output.splitlines()
                start = lines.index("def f 2:1")
                end = next((i for i in range(start + 1, len(lines)) if lines[i][0] != " "), len(lines))
                graph = Graph(lines[start + 1:end])
                edges += sum(map(len, graph.edges.values()))
                for run_seed in range(SEEDS_A_PROGRAM):
                    trace, last = run_program(code, run_seed)
                    runs += 1
                    followed = graph.follow(trace, last)
                    self.assertEqual(followed, len(trace) + 1, "program %d, run %d leaves the graph at step %d of %r, end %r\n%s\n%s"
                                     % (seed, run_seed, followed, trace, last, number(text), "\n".join(lines[start:end])))
        print("%d runs of %d programs, %d edges" % (runs, PROGRAMS, edges))


def number(text):
    return "\n".join("%3d %s" % line for line in enumerate(text.splitlines(), 1))


if __name__ == "__main__":
    unittest.main()
