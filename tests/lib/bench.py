"""What the benchmarks share: where things are kept, running with the kernel's own account of time and memory, tables in docs."""
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv

ROOT = os.environ.get("AWRY_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
AWRY = os.environ.get("AWRY") or os.path.join(ROOT, "build", "release", "awry")
KEEP = os.path.join(ROOT, "build", "bench")
PAGE = os.path.join(ROOT, "docs", "performance.md")


def say(text):
    print(text, file=sys.stderr, flush=True)


def run_quietly(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit("%s: exit code %d\n%s" % (" ".join(command), done.returncode, done.stdout.decode("utf-8", "replace")[-2000:]))


def environment(name, *packages):
    """The bin folder of a virtual environment with these packages, made when it is not there."""
    folder = os.path.join(KEEP, name)
    stamp = os.path.join(folder, "complete")
    if not os.path.exists(stamp):
        say("installing %s" % " ".join(packages))
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        run_quietly(os.path.join(folder, "bin", "python"), "-m", "pip", "install", "-q", *packages)
        with open(stamp, "w") as file:
            file.write("\n".join(packages) + "\n")
    return os.path.join(folder, "bin")


def source_package(name, version):
    """The unpacked source package of a release, got when it is not there."""
    folder = os.path.join(KEEP, "%s-%s" % (name, version))
    if os.path.isdir(folder):
        return folder
    # pip wants to know the package's metadata before it hands out the archive, hence setuptools and wheel.
    python = os.path.join(environment("download", "setuptools~=68.0", "wheel"), "python")
    say("downloading %s %s" % (name, version))
    store = os.path.join(KEEP, "archives")
    run_quietly(python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "-d", store, "%s==%s" % (name, version))
    archive = os.path.join(store, "%s-%s.tar.gz" % (name, version))
    half = os.path.join(KEEP, "unpacking")
    shutil.rmtree(half, ignore_errors=True)
    with tarfile.open(archive) as packed:
        packed.extractall(half)
    os.rename(os.path.join(half, "%s-%s" % (name, version)), folder)
    return folder


def python_files(root):
    found = []
    for folder, _, names in os.walk(root):
        found += [os.path.join(folder, name) for name in names if name.endswith(".py")]
    return sorted(found)


def peak_memory(command):
    """Megabytes that one run of the command held at most; None without GNU time (a child of this very process would count
    what this process holds, for the kernel keeps the highest mark across exec)."""
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command] if os.path.exists("/usr/bin/time") else ["false"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    last = done.stderr.split()[-1:]
    return int(last[0]) / 1024 if last and last[0].isdigit() else None


def quoted(command):
    return " ".join("'%s'" % word.replace("'", "'\\''") if re.search(r"[^\w./:=,+-]", word) else word for word in command)


def compare(commands, runs, warmup=1):
    """hyperfine over all commands (by name) in one run; a list of its results with `cpu` added: mean seconds of user and
    system."""
    os.makedirs(KEEP, exist_ok=True)
    result = os.path.join(KEEP, "hyperfine.json")
    words = [word for name, command in commands.items() for word in ("-n", name, quoted(command))]
    subprocess.run(["hyperfine", "-N", "-i", "--style", "basic", "--warmup", str(warmup), "--runs", str(runs), "--export-json", result,
                    *words], check=True, stdout=sys.stderr)
    with open(result) as file:
        results = json.load(file)["results"]
    for row in results:
        row["cpu"] = row["user"] + row["system"]
    return results


def phases(command, runs=5):
    """CPU milliseconds by phase as --timings tells them, of the run with the least total; and its last line."""
    best, last = None, ""
    for _ in range(runs):
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        text = done.stderr.decode("utf-8", "replace")
        times = {name: float(value) for name, value in re.findall(r"^(\w+) +([\d.]+)$", text, re.MULTILINE)}
        if "total" not in times:
            sys.exit("%s told no timings: %s" % (quoted(command), text[-500:]))
        if best is None or times["total"] < best["total"]:
            best, last = times, text.strip().splitlines()[-1]
    return best, last


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            name = re.search(r"model name\s*: (.*)", file.read())
            return name.group(1).strip() if name else "unknown processor"
    except OSError:
        return "unknown processor"


def write_table(name, text):
    """Puts the text between the markers `<!-- NAME -->` and `<!-- /NAME -->` of docs/performance.md."""
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    begin, end = "<!-- %s -->\n" % name, "<!-- /%s -->" % name
    if begin not in page or end not in page:
        sys.exit("%s has no place for %s" % (PAGE, name))
    page = page[:page.index(begin) + len(begin)] + text + page[page.index(end):]
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(page)
