"""A few thousand small CSV files, nearly all of them damaged or odd, and what ingest makes of each.

files() makes them, always the same: every kind of damage at the first, a middle and the last row, in
label, id and pixel cells, with pixels of either type, and then random pairs and triples. compare() gives
them to the program ingest-many, once for each way to read, and wants of every file what csv_oracle.read()
reads, or a refusal where that refuses. What is read is held against Python's csv module and float()
besides, without that grammar. compare_packed() gives some of them to the program ingest, compressed and
through pipes. Usage: csv_corpus.py INGEST-MANY; prints counts, and each difference."""
import collections
import csv
import gzip
import io
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

import csv_oracle

# ---- Tables ----


class Table:
    """Lines of a file before they are written: cells as they will be, and how they are joined."""

    def __init__(self, kinds, names, rows):
        self.kinds, self.names, self.rows = kinds, names, rows
        self.end, self.comma, self.last = "\n", ",", True

    def lines(self):
        return ([self.names] if self.names else []) + self.rows

    def bytes(self):
        text = self.end.join(self.comma.join(line) for line in self.lines())
        return (text + self.end * self.last).encode("utf-8", "surrogateescape")


def table(rng, labels=("0", "1", "2"), ids=True, header=True, side=3, count=11):
    """Rows with a label (labels None: without) and perhaps an id."""
    kinds = ["id"] * ids + ["label"] * (labels is not None) + ["pixel"] * side * side
    pixels = iter(range(side * side))
    names = [{"id": "ImageId", "label": "label"}.get(kind) or f"pixel{next(pixels)}" for kind in kinds]
    rows = [[str(100 + i) if kind == "id" else labels[i % len(labels)] if kind == "label" else
             rng.choice(["0", "0", "0", "7", "42", "128", "255"]) for kind in kinds] for i in range(count)]
    for row in rows if not header else []:
        row[-1] = "0"  # always: the label is not there
    return Table(kinds, names if header else None, rows)


BASES = {
    "numbers": {}, "words": {"labels": ("cat", "dog", "bird")}, "plain": {"ids": False},
    "unlabelled": {"labels": None, "ids": False}, "headless": {"ids": False, "header": False, "side": 4}}

# ---- Damage to one cell ----

BIG = "123456789012345678901234567890"
CELLS = [
    "256", "255", "0255", "00", "000", "0000", "007", "999", "1000", "-1", "-0", "+0", "+1", "--1", "1-", "1+", "1e2",
    "1E2", "1e+2", "1e-2", "1e", "e2", "1e2.5", "1.0", "1.00000", "1.", ".5", ".", "0.5", "0.0039", "0.00392156862745098",
    "255.0", "255.5", "256.0", "1,0", "1;0", "1_0", "1 0", "1'0", "0x10", "0b1", "0o7", "1f", "1L", "inf", "Inf", "-inf",
    "infinity", "nan", "NaN", "NA", "null", "None", "?", "-", "--", "+", "", " ", "\t", "  ", " 1", "1 ", "\t1", "1\t",
    " 1 ", "\u00a01", "\u30001", "1\x0b", "1\x0c", "\u0661", "\uff11", "\u00bd", "1\u0301", "a", "pixel0", "True", BIG,
    BIG * 3, "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "18446744073709551616", "4294967296", "4294967297", "65536", "65792", "1e38", "3.4028235e38", "3.4028236e38", "1e39",
    "1e-38", "1e-45", "1e-46", "1e-400", "1e400", "16777217", "0.1", "1.17549435e-38", "2.5e0", "1" + "0" * 40,
    "0." + "0" * 60 + "1", "0" * 300, "0" * 300 + "1", "1." + "0" * 300, "1." + "0" * 300 + "1", "1\x00", "\x001", "\x00",
    "1\x7f", "\x1a", "\x1b[31m", "1\r", "\r1", "\r", "1\n", "\n", "\r\n", "\ufeff1", "\udcff", "\udcc3", "caf\u00e9",
    "x" * 65536, "x" * 65537, "1" * 70000, "=1", "$1", "1%", "#1", "# 1", "//", "\\N", "\\1", "1\\"]
QUOTED = [
    '"1"', '"255"', '""', '" "', '" 1"', '"1 "', ' "1"', '"1" ', '"1"2', '1"', '"1', '"', '""1', '1""', '1"2', '"1""2"',
    '"1""', '"""', '""""', '"1,2"', '"1\n2"', '"1\n"', '"\n"', '"1\r\n2"', '"1\r2"', '"1\x002"', "'1'", '"1"\t', '"256"',
    '"a"', '"cat"', '"ca""t"', '"cat', 'c"at', '"1e0"', '"1.0"', '"-0"', '"' + BIG + '"', '"' + "0" * 65537 + '"',
    '"x\u00e9"', "\u201c1\u201d"]
NAMES = ["", " ", "Unnamed: 0", "label", "Label", "class", "target", "y", "id", "ImageId", "pixel0", "pixel7", "pixel8",
         "pixel9", "pixel-1", "pixel00", "pixel1.0", "pixel", "7", "0", "1", "-1", "1x1", "a", "\u00e9", '"label"',
         '"pixel0"', '"pixel,0"', '"a""b"', 'a"b', '"a', " label", "label ", "a\x00", "a\nb", '"a\nb"', "\udcff", "nan",
         "\ufefflabel", "x" * 65537]


def places(count):
    return {"first": 0, "middle": count // 2, "last": count - 1}


def one_cell(rng):
    """A damaged cell in an otherwise good file."""
    for base in ("numbers", "words", "headless"):
        for cell in CELLS + QUOTED:
            for where, row in places(11).items():
                for kind in ("label", "id", "pixel", "last pixel"):
                    spoilt = table(rng, **BASES[base])
                    if kind == "id" and base != "numbers" or base == "headless" and where == "middle":
                        continue
                    column = -1 if kind == "last pixel" else spoilt.kinds.index(kind)
                    spoilt.rows[row][column] = cell
                    spoilt.end = rng.choice(["\n", "\n", "\n", "\r\n"])
                    spoilt.last = rng.random() < .8
                    if base == "numbers" or kind == "label" or rng.random() < .2:
                        yield f"{base}, {where} row, {kind} {cell[:20]!r}", spoilt.bytes()
    for name in NAMES:
        for column in (0, 1, 5, -1):
            spoilt = table(rng, **BASES["numbers"])
            spoilt.names[column] = name
            yield f"name {column} is {name[:20]!r}", spoilt.bytes()


# ---- Damage to lines and columns: each changes a Table, at a row where it makes sense ----


def on_row(change):
    change.at_row = True
    return change


def crlf(t, row):
    t.end = "\r\n"


def cr(t, row):
    t.end = "\r"


def lfcr(t, row):
    t.end = "\n\r"


def crcrlf(t, row):
    t.end = "\r\r\n"


def two_line_ends(t, row):
    t.end = "\n\n"


def semicolons(t, row):
    t.comma = ";"


def tabs(t, row):
    t.comma = "\t"


def bars(t, row):
    t.comma = "|"


def spaces(t, row):
    t.comma = " "


def comma_space(t, row):
    t.comma = ", "


def no_last_newline(t, row):
    t.last = False


@on_row
def row_of_semicolons(t, row):
    t.rows[row] = [";".join(t.rows[row])]


@on_row
def row_of_tabs(t, row):
    t.rows[row] = ["\t".join(t.rows[row])]


@on_row
def one_crlf(t, row):
    t.rows[row][-1] += "\r"


@on_row
def cr_inside_row(t, row):
    t.rows[row][2] += "\r"


@on_row
def blank_line(t, row):
    t.rows.insert(row, [])


@on_row
def blank_crlf(t, row):
    t.rows.insert(row, ["\r"])


@on_row
def line_of_spaces(t, row):
    t.rows.insert(row, ["   "])


@on_row
def line_of_commas(t, row):
    t.rows.insert(row, [""] * len(t.kinds))


@on_row
def comment(t, row):
    t.rows.insert(row, ["# a comment"])


@on_row
def cell_too_many(t, row):
    t.rows[row].append("1")


@on_row
def empty_cell_too_many(t, row):
    t.rows[row].append("")


@on_row
def cell_too_few(t, row):
    t.rows[row].pop()


@on_row
def half_a_row(t, row):
    del t.rows[row][len(t.kinds) // 2:]


@on_row
def two_rows_joined(t, row):
    joined = t.rows.pop(row)
    t.rows[row - 1] += joined


@on_row
def row_cut_in_two(t, row):
    t.rows[row:row + 1] = [t.rows[row][:4], t.rows[row][4:]]


@on_row
def row_shifted_right(t, row):
    t.rows[row] = [""] + t.rows[row][:-1]


@on_row
def row_shifted_left(t, row):
    t.rows[row] = t.rows[row][1:] + [""]


@on_row
def row_twice(t, row):
    t.rows.insert(row, list(t.rows[row]))


@on_row
def header_again(t, row):
    t.rows.insert(row, list(t.names or ["label"] * len(t.kinds)))


@on_row
def row_gone(t, row):
    del t.rows[row]


@on_row
def quoted_row(t, row):
    t.rows[row] = [f'"{cell}"' for cell in t.rows[row]]


@on_row
def row_in_quotes(t, row):
    t.rows[row] = ['"' + ",".join(t.rows[row]) + '"']


@on_row
def quote_opens_row(t, row):
    t.rows[row][0] = '"' + t.rows[row][0]


@on_row
def quote_closes_row(t, row):
    t.rows[row][-1] += '"'


@on_row
def quotes_around_line_end(t, row):
    t.rows[row][-1] = '"' + t.rows[row][-1]
    t.rows[(row + 1) % len(t.rows)][0] += '"'


@on_row
def nul_in_row(t, row):
    t.rows[row][3] += "\0"


@on_row
def row_of_nul(t, row):
    t.rows[row] = ["\0" * 40]


@on_row
def mark_in_row(t, row):
    t.rows[row][0] = "\ufeff" + t.rows[row][0]


@on_row
def stray_byte(t, row):
    t.rows[row][0] += "\udce9"


@on_row
def last_cells_empty(t, row):
    t.rows[row][-2:] = ["", ""]


@on_row
def other_label(t, row):
    t.rows[row][t.kinds.index("label") if "label" in t.kinds else 0] = "17"


def trailing_commas(t, row):
    for line in t.lines():
        line.append("")


def trailing_commas_in_rows(t, row):
    for line in t.rows:
        line.append("")


def trailing_comma_in_header(t, row):
    (t.names or t.rows[0]).append("")


def all_quoted(t, row):
    for line in t.lines():
        line[:] = [f'"{cell}"' for cell in line]


def names_quoted(t, row):
    if t.names:
        t.names[:] = [f'"{name}"' for name in t.names]


def spaces_around(t, row):
    for line in t.lines():
        line[:] = [f" {cell}\t" for cell in line]


def all_real(t, row):
    for line in t.rows:
        line[:] = [cell + ".0" if kind == "pixel" else cell for cell, kind in zip(line, t.kinds)]


def scaled(t, row):
    for line in t.rows:
        line[:] = [str(round(int(cell) / 255, 6)) if kind == "pixel" and cell.isdigit() else cell
                   for cell, kind in zip(line, t.kinds)]


def labels_real(t, row):
    for line in t.rows:
        line[:] = [cell + ".0" if kind == "label" else cell for cell, kind in zip(line, t.kinds)]


def one_class(t, row):
    for line in t.rows:
        line[:] = ["1" if kind == "label" else cell for cell, kind in zip(line, t.kinds)]


def two_headers(t, row):
    if t.names:
        t.rows.insert(0, [f"x{i}" for i in range(len(t.kinds))])


def numbered_header(t, row):
    t.names = [str(i) for i in range(len(t.kinds))]


def header_only(t, row):
    t.rows.clear()


def header_only_cut(t, row):
    t.rows.clear()
    t.last = False


def no_header(t, row):
    t.names = None


def header_last(t, row):
    if t.names:
        t.rows.append(t.names)
        t.names = None


def header_short(t, row):
    if t.names:
        t.names.pop()


def reorder(t, order):
    for line in t.lines():
        line[:] = [line[i] for i in order]
    t.kinds = [t.kinds[i] for i in order]


def columns_backwards(t, row):
    reorder(t, range(len(t.kinds))[::-1])


def columns_turned(t, row):
    reorder(t, [*range(3, len(t.kinds)), 0, 1, 2])


def names_backwards(t, row):
    if t.names:
        t.names.reverse()


def numbered_from_one(t, row):
    if t.names:
        t.names[:] = [re.sub(r"pixel(\d)", lambda m: f"pixel{int(m[1]) + 1}", name) for name in t.names]


def named_by_row_and_column(t, row):
    if t.names:
        t.names[:] = [re.sub(r"pixel(\d)", lambda m: f"r{int(m[1]) // 3}c{int(m[1]) % 3}", name) for name in t.names]


def named_by_column_and_row(t, row):
    if t.names:
        t.names[:] = [re.sub(r"pixel(\d)", lambda m: f"px_x{int(m[1]) // 3}_y{int(m[1]) % 3}", name)
                      for name in t.names]


def named_in_one_row(t, row):
    if t.names:
        t.names[:] = [name.replace("pixel", "v1_") for name in t.names]


def pixels_in_a_cell(t, row):
    at = t.kinds.index("pixel")
    for line in t.lines():
        line[at:at + 9] = ["pixels" if line is t.names else " ".join(line[at:at + 9])]
    t.kinds[at + 1:] = []


def decimal_commas(t, row):
    t.comma = ";"
    for line in t.rows:
        line[:] = [cell + ",0" if kind == "pixel" else cell for cell, kind in zip(line, t.kinds)]


def tabs_at_the_end(t, row):
    t.comma = "\t"
    trailing_commas(t, row)


def blanks_around_lines(t, row):
    t.comma = "  "
    for line in t.lines():
        line.insert(0, "")
        line.append("")


def powers_of_ten(t, row):
    for line in t.rows:
        line[:] = ["%.18e" % int(cell) if cell.isdigit() and kind != "id" else cell
                   for cell, kind in zip(line, t.kinds)]


def renamed_header(t, row):
    if not t.names:
        seen = collections.Counter()
        for i, cell in enumerate(t.rows[0]):
            t.rows[0][i] = cell + (f".{seen[cell]}" if seen[cell] else "")
            seen[cell] += 1


def no_pixel_is_constant(t, row):
    for i, line in enumerate(t.rows):
        line[-1] = str(i % 3)


def labels_last(t, row):
    if t.kinds[0] == "label":
        columns_backwards(t, row)


def named_by_grid(t, row):
    if t.names:
        t.names[:] = [re.sub(r"pixel(\d)", lambda m: f"{int(m[1]) // 3 + 1}x{int(m[1]) % 3 + 1}", name)
                      for name in t.names]


def name_twice(t, row):
    if t.names:
        t.names[-1] = t.names[-2]


def gap_in_names(t, row):
    if t.names:
        t.names[-1] = "pixel77"


def index_column(t, row):
    if t.names:
        t.names.insert(0, "")
    for i, line in enumerate(t.rows):
        line.insert(0, str(i))
    t.kinds.insert(0, "index")


def unnamed_column(t, row):
    index_column(t, row)
    if t.names:
        t.names[0] = "Unnamed: 0"


def two_labels(t, row):
    index_column(t, row)
    if t.names:
        t.names[0] = "class"


def column_gone(t, row):
    for line in t.lines():
        line.pop()
    t.kinds.pop()


CHANGES = [value for value in list(globals().values())
           if callable(value) and getattr(value, "__code__", None)
           and value.__code__.co_varnames[:value.__code__.co_argcount] == ("t", "row")]

# ---- Damage to the bytes ----


def zipped(data):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("train.csv"), data)
    return archive.getvalue()


def nth_line(data, at):
    """Where a line begins."""
    starts = [0] + [i + 1 for i, byte in enumerate(data) if byte == 10 and i + 1 < len(data)]
    return starts[at * (len(starts) - 1) // 2] if at else starts[min(1, len(starts) - 1)]


BYTES = {
    "mark": lambda d: b"\xef\xbb\xbf" + d, "two marks": lambda d: b"\xef\xbb\xbf" * 2 + d,
    "half a mark": lambda d: b"\xef\xbb" + d, "only a mark": lambda d: b"\xef\xbb\xbf", "nothing": lambda d: b"",
    "a newline": lambda d: b"\n", "newlines": lambda d: b"\n\r\n\n", "a space": lambda d: b" ", "a comma": lambda d: b",",
    "a quote": lambda d: b'"', "a digit": lambda d: b"1", "a NUL": lambda d: b"\0",
    "utf-16 le": lambda d: b"\xff\xfe" + d.decode("latin-1").encode("utf-16-le"),
    "utf-16 be": lambda d: b"\xfe\xff" + d.decode("latin-1").encode("utf-16-be"),
    "utf-16 without mark": lambda d: d.decode("latin-1").encode("utf-16-le"),
    "utf-32": lambda d: d.decode("latin-1").encode("utf-32"), "zip": zipped,
    "utf-8 of latin-1": lambda d: d.decode("latin-1").encode(),
    "blank first": lambda d: b"\n" + d, "blank crlf first": lambda d: b"\r\n" + d, "mark, blank": lambda d: b"\xef\xbb\xbf\n" + d,
    "blanks last": lambda d: d + b"\n\n\n", "blank crlf last": lambda d: d + b"\r\n", "cr last": lambda d: d + b"\r",
    "spaces last": lambda d: d + b"  ", "spaces and newline last": lambda d: d + b"  \n", "ctrl-z last": lambda d: d + b"\x1a",
    "nul last": lambda d: d + b"\0", "comma last": lambda d: d + b",", "quote last": lambda d: d + b'"',
    "empty quotes last": lambda d: d + b'""', "comment first": lambda d: b"# made by hand\n" + d,
    "sep= first": lambda d: b"sep=,\n" + d, "title first": lambda d: b"digits\n" + d,
    "html": lambda d: b"<!DOCTYPE html>\n<html>" + d, "arff": lambda d: b"@relation x\n@data\n" + d,
    "npy": lambda d: b"\x93NUMPY\1\0" + d, "png": lambda d: b"\x89PNG\r\n\x1a\n" + d, "pdf": lambda d: b"%PDF-1.4\n" + d,
    "idx": lambda d: struct.pack(">4I", 0x803, 1, 3, 3) + d, "xz": lambda d: b"\xfd7zXZ\0" + d,
    "bzip2": lambda d: b"BZh91AY&SY" + d, "gzip": lambda d: gzip.compress(d, mtime=0),
    "two gzip members": lambda d: gzip.compress(d[:99], mtime=0) + gzip.compress(d[99:], mtime=0),
    "gzip cut": lambda d: gzip.compress(d, mtime=0)[:-9], "gzip without its end": lambda d: gzip.compress(d, mtime=0)[:-1],
    "gzip and more": lambda d: gzip.compress(d, mtime=0) + b"\n1,2\n",
    "gzip spoilt": lambda d: gzip.compress(d, mtime=0)[:40] + b"\x55" + gzip.compress(d, mtime=0)[41:],
    "gzip, wrong sum": lambda d: gzip.compress(d, mtime=0)[:-8] + bytes(4) + gzip.compress(d, mtime=0)[-4:]}
for _byte in b'"\0\r\n,;\t .-+e0\xff\x80\x1a':
    for _at in range(3):
        BYTES[f"byte {_byte:#x} before line {_at}"] = (
            lambda d, b=bytes([_byte]), at=_at: d[:nth_line(d, at)] + b + d[nth_line(d, at):])
        BYTES[f"byte {_byte:#x} in line {_at}"] = (
            lambda d, b=bytes([_byte]), at=_at: d[:nth_line(d, at) + 7] + b + d[nth_line(d, at) + 8:])


def unpacked(data):
    """As ingest sees it, or None: damaged."""
    if data[:4] == b"PK\3\4":
        return zipfile.ZipFile(io.BytesIO(data)).read("train.csv")
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error):
        return None


# ---- All of them ----


def whole(rng):
    """One change to lines, columns or bytes, of every kind of file; and every cut of a small one."""
    for base, options in BASES.items():
        for change in CHANGES:
            for where, row in places(11).items():
                if where == "first" or hasattr(change, "at_row"):
                    spoilt = table(rng, **options)
                    change(spoilt, row)
                    yield f"{base}, {change.__name__}, {where}", spoilt.bytes()
        for name, change in BYTES.items():
            yield f"{base}, {name}", change(table(rng, **options).bytes())
    for base in ("numbers", "words"):
        data = table(rng, **BASES[base], count=4).bytes()
        for end in range(len(data)):
            yield f"{base}, cut after {end} bytes", data[:end]


def combined(rng, count):
    """Several changes to one file."""
    for i in range(count):
        base = rng.choice(list(BASES))
        spoilt = table(rng, **BASES[base])
        said = [base]
        for _ in range(rng.choice([1, 1, 2])):
            kind = rng.choice(["cell", "cell", "line", "name"])
            row = rng.randrange(len(spoilt.rows)) if spoilt.rows else 0
            if kind == "line":
                change = rng.choice(CHANGES)
                if len(spoilt.rows) > 4:
                    try:
                        change(spoilt, row)
                    except (IndexError, ValueError):
                        pass # the one before left nothing to change here
                    said.append(change.__name__)
            elif kind == "name" and spoilt.names:
                spoilt.names[rng.randrange(len(spoilt.names))] = rng.choice(NAMES)
                said.append("name")
            elif spoilt.rows and spoilt.rows[row]:
                spoilt.rows[row][rng.randrange(len(spoilt.rows[row]))] = cell = rng.choice(CELLS + QUOTED)
                said.append(repr(cell[:20]))
        data = spoilt.bytes()
        if rng.random() < .5:
            name = rng.choice(list(BYTES))
            data = BYTES[name](data)
            said.append(name)
        yield f"{i}: " + ", ".join(said), data


def files():
    """(name, type of the pixels, bytes) of each."""
    rng = random.Random(5)
    for name, data in [*one_cell(rng), *whole(rng), *combined(rng, 1500)]:
        yield name, rng.choice(["u8", "f32"]) if len(data) < 50000 else "u8", data


# ---- What Python reads without any grammar ----


def plainly(data, result):
    """Whether csv and float() alone find the pixels of each picture in its row, where ingest read something."""
    def rounded(text):
        try:
            return struct.pack("<f", float(text) + 0.0)  # and no -0
        except (ValueError, OverflowError):
            return None

    text = data.decode("utf-8-sig")
    separator = csv_oracle.find_separator(text)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    rows = [[value.replace(",", ".") for cell in row for value in re.split("[ \t]", cell)]
            for row in rows[len(rows) - len(result["images"]):]]
    return len(rows) == len(result["images"]) and all(
        collections.Counter(map(rounded, row)) >= collections.Counter(struct.pack("<f", pixel + 0.0) for pixel in image)
        for row, image in zip(rows, result["images"]))


# ---- The comparison ----

WAYS = ["", "plain", "piece 64", "threads 2 piece 200"]


def answers(program, way, listed, out):
    """What ingest-many says of each file."""
    run = subprocess.run([program, *way.split(), out], input=listed, stdout=subprocess.PIPE, check=True, text=True)
    for line in run.stdout.splitlines():
        answer = json.loads(line)
        if "refused" not in answer:
            assert answer["rows"] == list(range(1, len(answer["images"]) + 1)), answer
            del answer["rows"]
        yield answer


def wanted_of(data, dtype):
    try:
        content = unpacked(data)
        csv_oracle.require(content is not None, "damaged compression")
        return csv_oracle.read(content, dtype), None
    except csv_oracle.Refused as refusal:
        return None, str(refusal)


def compare(program):
    made = list(files())
    counts, reasons = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        listed = ""
        for i, (_, dtype, data) in enumerate(made):
            path = os.path.join(folder, f"{i}.csv")
            with open(path, "wb") as file:
                file.write(data)
            listed += f"{dtype} {path}\n"
        out = os.path.join(folder, "out", "st.zst")  # alone: its folder is looked through each time
        os.mkdir(os.path.dirname(out))
        said = [list(answers(program, way, listed, out)) for way in WAYS]
    for i, (name, dtype, data) in enumerate(made):
        wanted, why = wanted_of(data, dtype)
        got = said[0][i]
        ours = None if "refused" in got else got
        if any(other[i] != got for other in said[1:]):
            counts["read differently in two ways"] += 1
            print(f"{name}: {data[:300]!r}\n", *(f"  {way}: {other[i]}\n" for way, other in zip(WAYS, said)))
        if ours is None and wanted is None:
            counts["refused"] += 1
            reasons[re.sub(" ['\"].*", "", why, flags=re.DOTALL)] += 1
        elif ours == wanted and plainly(unpacked(data), ours):
            counts["read equal"] += 1
        else:
            kind = "refused although Python reads it" if ours is None else "differing"
            counts[kind] += 1
            print(f"{kind}: {name}, {dtype}: {data[:300]!r}\n  ingest: {got}\n  Python: {wanted or why}")
    print(f"{len(made)} files, each read in {len(WAYS)} ways")
    for kind in ("read equal", "refused", "refused although Python reads it", "differing",
                 "read differently in two ways"):
        print(f"{kind}: {counts[kind]}")
    print("refused for:", ", ".join(f"{why} {count}" for why, count in sorted(reasons.items())))


# ---- Compressed and piped ----


def zstd(data):
    return subprocess.run(["zstd", "-qc"], input=data, stdout=subprocess.PIPE, check=True).stdout


PACKINGS = {"x.csv": bytes, "x.csv.gz": lambda data: gzip.compress(data, mtime=0), "x.csv.zst": zstd,
            "x.zip:train.csv": zipped}


def run_ingest(name, piped, dtype):
    """Status, message without the file's name, and tensors; `name` lies in the present folder."""
    with open(name.split(":")[0], "rb") as file:
        run = subprocess.run(["ingest", "-q", "-" if piped else name, "-o", "out.st.zst", "--dtype", dtype],
                             stdin=file if piped else subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    said = run.stderr.replace(b"standard input" if piped else name.encode(), b"FILE")
    if run.returncode:
        return run.returncode, said
    meta, tensors = csv_oracle.read_tensors("out.st.zst")
    return said, meta.get("classes"), {key: tensor.tobytes() for key, tensor in tensors.items()}


def compare_packed():
    """Every ninetieth file in each packing, as a file and through a pipe: read or refused alike."""
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, dtype, data in list(files())[::90]:
            for packing, pack in PACKINGS.items():
                with open(packing.split(":")[0], "wb") as file:
                    file.write(pack(data))
            plain = run_ingest("x.csv", False, dtype)
            for packing in PACKINGS:
                for piped in (False, True):
                    if piped and ":" in packing or packing == "x.csv" and not piped:
                        continue
                    if data[:4] == b"PK\3\4" or data[:4] == b"\x1f\x8b\x08\0" and packing != "x.csv":
                        continue # compressed twice, or an archive that no pipe can be
                    other = run_ingest(packing, piped, dtype)
                    counts["alike" if other == plain else "not alike"] += 1
                    if other != plain:
                        print(f"{name}, {packing}, {'piped' * piped}: {data[:300]!r}\n  {plain}\n  {other}")
        os.chdir("/")
    print(f"compressed or piped, and plain: {counts['alike']} alike, {counts['not alike']} not")


if __name__ == "__main__":
    compare(sys.argv[1])
    compare_packed()
