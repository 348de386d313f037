"""Draws docs/scale.svg, and writes its numbers as a table, from the figures in docs/scale.json."""
import json
import math
import pathlib
import re

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
FIGURES, DRAWING, DOCUMENT = DOCS / "scale.json", DOCS / "scale.svg", DOCS / "performance.md"
BEGIN, END = "<!-- `make bench` writes this table, from scale.json -->\n", "<!-- end of the table -->\n"

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 400, 220, 60, 30, 20, 40  # of a panel, and of its margins
COLORS = ("#1f5fa8", "#b3541e", "#3d7a3a")
KINDS = {  # what a panel's counts are, and its lines: member, name
    "events": ("events emitted", (("quote_us", "GetQuote"), ("quote_after_event_us", "GetQuote after EmitEvent"),
                                  ("event_us", "EmitEvent"))),
    "connections": ("connections", (("version_us", "Version"),)),
    "tds": ("TDs deployed", (("quote_us", "GetQuote of the last"), ("td_us", "deploying one"))),
}


def rows_of(figures, kind):
    rows = [dict(row) for row in figures[kind]]
    for row in rows:
        row["resident_mib"] = row["resident_kib"] / 1024
        if "td_ms" in row:
            row["td_us"] = row["td_ms"] * 1000
    return rows


def ceiling(value):
    """The next number above that is 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def number(value):
    return f"{value:g}" if value < 10000 else f"{value:.0f}"


def text(x, y, words, anchor="middle", size=11):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{words}</text>'


def line(x1, y1, x2, y2, color="#ccc"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}"/>'


class Panel:
    """One diagram: counts on a logarithmic axis, values from 0 on."""

    def __init__(self, column, row, rows, lines, title, unit):
        self.x, self.y = column * WIDTH + LEFT, row * HEIGHT + TOP
        self.width, self.height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        self.rows, self.lines, self.title, self.unit = rows, lines, title, unit
        self.decades = math.log2(rows[-1]["count"] / rows[0]["count"])
        self.most = ceiling(max(each[member] for each in rows for member, _ in lines))

    def place(self, count, value):
        return (self.x + self.width * math.log2(count / self.rows[0]["count"]) / self.decades,
                self.y + self.height * (1 - value / self.most))

    def axes(self):
        yield text(self.x + self.width / 2, self.y - 12, f"{self.title}, {self.unit}", size=13)
        for step in range(5):
            value = self.most * step / 4
            y = self.place(self.rows[0]["count"], value)[1]
            yield line(self.x, y, self.x + self.width, y)
            yield text(self.x - 6, y + 4, number(value), "end")
        for row in self.rows:
            yield text(self.place(row["count"], 0)[0], self.y + self.height + 16, row["count"])

    def curves(self):
        for color, (member, name), place in zip(COLORS, self.lines, range(len(self.lines))):
            points = [self.place(row["count"], row[member]) for row in self.rows]
            joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            yield f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="2"/>'
            yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in points)
            if len(self.lines) > 1:
                yield f'<g fill="{color}">{text(self.x + 8, self.y + 14 + 15 * place, name, "start")}</g>'


def draw(figures):
    panels = []
    for row, (kind, (counted, lines)) in enumerate(KINDS.items()):
        rows = rows_of(figures, kind)
        names = lines[0][1] if len(lines) == 1 else "calls"
        panels.append(Panel(0, row, rows, lines, f"{names} by {counted}", "µs"))
        panels.append(Panel(1, row, rows, (("resident_mib", "resident"),), f"memory by {counted}", "MiB"))
    width, height = 2 * WIDTH, len(KINDS) * HEIGHT
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
             "<title>What events, connections and TDs cost</title>",
             f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for panel in panels:
        parts += [*panel.axes(), *panel.curves()]
    return "\n".join([*parts, "</svg>"]) + "\n"


def table(figures):
    """One row for each count."""
    names = {"quote_us": "GetQuote", "quote_after_event_us": "GetQuote after EmitEvent", "event_us": "EmitEvent",
             "version_us": "Version", "td_us": "deploying one TD"}
    out = ["| with | processor time of a call | resident |", "| --- | --- | --- |"]
    for kind, noun in (("events", "event"), ("connections", "connection"), ("tds", "TD"), ("processes", "process")):
        for row in rows_of(figures, kind):
            plural = "" if row["count"] == 1 else "es" if noun == "process" else "s"
            costs = ", ".join(f"{name} {row[member]:.0f} µs" for member, name in names.items() if member in row)
            each = " each" if noun == "process" else ""
            out.append(f"| {row['count']} {noun}{plural} | {costs} | {row['resident_mib']:.1f} MiB{each} |")
    return "\n".join(out) + "\n"


def kept():
    return json.loads(FIGURES.read_text(encoding="utf-8"))


def document_with(figures, document):
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: BEGIN + table(figures) + END, document, flags=re.S)


def keep(figures):
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    DRAWING.write_text(draw(figures), encoding="utf-8")
    DOCUMENT.write_text(document_with(figures, DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
