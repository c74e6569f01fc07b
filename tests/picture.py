"""Draws docs/output.svg: what `awry check` prints for two files of the example project, as a terminal shows it.

`AWRY_BLESS=1 ./dev test report` writes it; without, the test fails when it is no longer true.
"""
import html
import pathlib
import re
import subprocess

EXAMPLE = "fixtures/projects/example"
FILES = ["shop/mail.py", "shop/prices.py"]
WIDTH, LINE, TOP, LEFT = 8.43, 19, 46, 18  # of a character, of a line, and the margins
COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "34": "#79c0ff", "36": "#76e3ea"}
TEXT, GROUND, BAR = "#e6edf3", "#0d1117", "#161b22"


def pieces(line):
    """(text, colour, bold) of a line with SGR escapes."""
    colour, bold = TEXT, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if not part.startswith("\x1b"):
            if part:
                yield part, colour, bold
            continue
        for code in part[2:-1].split(";"):
            if code in ("", "0"):
                colour, bold = TEXT, False
            elif code == "1":
                bold = True
            else:
                colour = COLOURS[code]


def draw_line(line, y):
    column, spans = 0, []
    for text, colour, bold in pieces(line):
        # Each piece says where it begins and how wide it is, so that another font keeps the marks where they belong.
        words = text.strip()
        x = LEFT + (column + len(text) - len(text.lstrip())) * WIDTH
        weight = ' font-weight="bold"' if bold else ""
        if words:
            spans.append(f'<tspan x="{x:.1f}" textLength="{len(words) * WIDTH:.1f}" fill="{colour}"{weight}>'
                         f'{html.escape(words, quote=False)}</tspan>')
        column += len(text)
    return f'<text y="{y}" xml:space="preserve">{"".join(spans)}</text>\n' if spans else ""


def draw(awry, source):
    done = subprocess.run([awry, "check", "--color", "always", *FILES], cwd=pathlib.Path(source, EXAMPLE),
                          stdout=subprocess.PIPE, check=False)
    output = re.sub(r"in \d+ ms|in \d+\.\d s", "in 2 ms", done.stdout.decode()).rstrip("\n")
    lines = ["$ awry check " + " ".join(FILES)] + output.split("\n")
    longest = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)
    width, height = int(LEFT * 2 + longest * WIDTH), TOP + LINE * len(lines) + 10
    dots = "".join(f'<circle cx="{20 + 18 * i}" cy="15" r="5.5" fill="{c}"/>'
                   for i, c in enumerate(("#ff5f57", "#febc2e", "#28c840")))
    return "".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n',
        f'<rect width="100%" height="100%" rx="8" fill="{GROUND}"/>\n',
        f'<path d="M0 30V8a8 8 0 0 1 8-8h{width - 16}a8 8 0 0 1 8 8v22z" fill="{BAR}"/>{dots}\n',
        '<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">\n',
        *(draw_line(line, TOP + LINE * i + 8) for i, line in enumerate(lines)),
        "</g>\n</svg>\n",
    ])
