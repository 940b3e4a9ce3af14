"""What ingest reads from a CSV, stated once more in Python, and a comparison over damaged files.

read() is the grammar: rows by Python's csv module, then the cells. compare() makes small files, spoils
most of them, and runs ingest on each: it has to give exactly what read() gives, or refuse where read()
refuses. Usage: csv_oracle.py FILES [SEED]; prints the counts, and each difference."""
import csv
import decimal
import io
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

from tensors import read as read_tensors

csv.field_size_limit(1 << 30)


class Refused(Exception):
    pass


def require(condition, why):
    if not condition:
        raise Refused(why)


# ---- The grammar ----

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
DECIMAL_COMMA = re.compile(r"(?=.{,63}$)[+-]?[0-9]+,[0-9]+([eE][+-]?[0-9]+)?")


def find_separator(text):
    """By the first two lines that are not blank, outside quotes: commas, unless there are none, or each is
    inside a number between other separators. One word over a list of numbers names the only column."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    lines = [line for line in lines if line][:2]
    bare = [re.sub('"[^"]*("|$)', "x", line) for line in lines]
    has = {c: any(c in line for line in bare) for c in ",\t;"}
    require(has[","] or not (has["\t"] and has[";"]), "tabs or semicolons")
    if has["\t"] != has[";"]:
        c = "\t" if has["\t"] else ";"
        cells = [cell.strip(" \t") for line in lines for cell in line.split(c) if "," in cell]
        if not has[","] or (all(map(DECIMAL_COMMA.fullmatch, cells)) and len({line.count(c) for line in bare}) == 1):
            return c
    if len(bare) == 2 and not re.search("[^ ] +[^ ]", bare[0]) and is_list((lines[1], False)):
        return ","
    return " " if not any(has.values()) and any(re.search("[^ ] +[^ ]", line) for line in bare) else ","


def squeeze(text):
    """Blanks outside quotes: one of several, and none at a line's begin or end."""
    parts = re.split(r'("[^"]*(?:"|\Z))', text)
    parts[::2] = [re.sub(" +", " ", part) for part in parts[::2]]
    joined = "".join(parts)
    inside = lambda at: joined.count('"', 0, at) % 2
    return "".join(c for i, c in enumerate(joined) if c != " " or inside(i) or not (
        i == 0 or joined[i - 1] == "\n" or i + 1 == len(joined) or joined[i + 1] in "\r\n"))


def split_rows(text, separator=","):
    """Rows of (text, quoted). The csv module does not tell what was quoted: the pattern does, and
    both have to find the same texts."""
    field = re.compile(r'(?:"((?:[^"]|"")*)"|([^"%s\r\n]*))(%s|\r\n|\n|\Z)' % (separator, separator))
    rows, row, at = [], [], 0
    while at < len(text):
        match = field.match(text, at)
        require(match, "quotes")
        quoted = match[1] is not None
        row.append((match[1].replace('""', '"') if quoted else match[2], quoted))
        at = match.end()
        if match[3] == separator and at == len(text):
            row.append(("", False))
        if match[3] != separator or at == len(text):
            rows.append([] if len(row) == 1 and row[0] == ("", False) else row)
            row = []
    by_module = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator))
    assert by_module == [[cell for cell, _ in row] for row in rows], (by_module, rows)
    return rows


def trim(cell):
    text, quoted = cell
    return text if quoted else text.strip(" \t")


def is_number(text):
    return NUMBER.fullmatch(text) and abs(float(text)) != float("inf")


def pixel(cell):
    text = trim(cell)
    require(is_number(text), f"pixel {text!r}")
    number = decimal.Decimal(text)
    require(0 <= number <= 255 and number == number.to_integral_value(), f"pixel {text!r}")
    return int(number)


def real(cell):
    text = trim(cell)
    require(NUMBER.fullmatch(text) and abs(float(text)) != float("inf"), f"number {text!r}")
    try:
        return struct.unpack("<f", struct.pack("<f", float(text)))[0]
    except OverflowError:
        raise Refused(f"number {text!r}") from None


def plain_text(cell):
    text = trim(cell)
    require(text, "no text")
    if is_number(text):
        return text
    require(text == cell[0] and text.strip(" \t") == text, "spaces around a text")
    require(not re.search(r"[\x00-\x1f\x7f]", text), "control characters")
    return text


def label(cell):
    """A whole number with a point is spelt shortly, unless it begins with zeros."""
    text = plain_text(cell)
    require(text == text.strip("\u00a0\u200b\u3000\ufeff"), "a label with what is not seen")
    if not is_number(text) or "." not in text or re.match("[+-]?0[0-9]", text):
        return text
    whole = float(text) == int(float(text)) and abs(float(text)) < 2**53
    return str(int(float(text))) if whole else text


def identities(cells):
    """Numbers if all are whole ones in their shortest form, else texts."""
    texts = [plain_text(cell) for cell in cells]
    require(all(len(text.encode()) <= 1024 for text in texts), "a long id")
    require(len(set(texts)) == len(texts), "an id twice")
    plain = all(re.fullmatch(r"-?[1-9][0-9]*|0", text) and -2**63 <= int(text) < 2**63 for text in texts)
    return [int(text) for text in texts] if plain else texts


def axes_of(texts):
    """What the words at the ends of the texts before two numbers mean."""
    words = [re.search("([A-Za-z]*)[ !-/:-@[-`{-~]*$", text)[1].lower() for text in texts]
    return ["across" if word in ("x", "c", "col", "column", "w", "width", "px", "j") else
            "down" if word in ("y", "r", "row", "h", "height", "py", "i") else word for word in words]


def pixel_order(names):
    """The pixels' columns in order: by number if more than half of the names {column: name} are one
    text and a number, or two numbers as in 1x1, and then all have to be; else as they are."""
    require(not any(name == "" or name.startswith("Unnamed: ") for name in names.values()), "leftover column")
    places = {i: re.fullmatch(r"(|.*[^0-9])([0-9]{1,9})([^0-9]+)([0-9]{1,9})", name, re.DOTALL)
              for i, name in names.items()}
    ends = {i: place and (place[1], place[3]) for i, place in places.items()}
    around = [end for end in ends.values() if end]
    grid = max(around, key=around.count, default=None)
    places = {i: place and (place[1], place[3]) == grid and place for i, place in places.items()}
    rows = {int(place[2]) for place in places.values() if place}
    axes = axes_of(grid or ("", ""))
    across = axes == ["across", "down"]
    if across:
        rows = {int(place[4]) for place in places.values() if place}
    if 2 * sum(map(bool, places.values())) > len(names) and (len(rows) > 1 or grid == ("", "x")):
        require(all(places.values()), "a column that is no pixel")
        require(across or axes[1] == "" or axes[1] == "across" != axes[0], "row or column")
        order = {(int(place[4]), int(place[2])) if across else (int(place[2]), int(place[4])): i
                 for i, place in places.items()}
        first = min(map(min, order)) > 0
        rows, width = (max(place[axis] for place in order) + 1 - first for axis in (0, 1))
        require(sorted(order) == [(y + first, x + first) for y in range(rows) for x in range(width)], "numbering")
        return [order[place] for place in sorted(order)], True
    parts = {i: re.fullmatch(r"(.*?)([0-9]{1,9})", name, re.DOTALL) for i, name in names.items()}
    prefixes = [part[1] for part in parts.values() if part]
    common = max(prefixes, key=prefixes.count, default=None)
    if 2 * prefixes.count(common) <= len(names):
        require(not all(place and ["across", "down"] == axes_of(place) for place in ends.values()), "columns first")
        texts = [re.split("([0-9]+)", name) for name in names.values()]
        for one, other in zip(texts, texts[1:]):
            require(one[::2] != other[::2] or [*map(int, one[1::2])] <= [*map(int, other[1::2])], "numbers that fall")
        return list(names), False
    require(prefixes.count(common) == len(names), "a column that is no pixel")
    order = {int(parts[i][2]): i for i in names}
    first = min(order)
    require(first in (0, 1) and sorted(order) == list(range(first, first + len(names))), "numbering")
    return [order[number] for number in sorted(order)], False


def values_of(cell):
    """Numbers with blanks between, or as arrays are printed: in brackets, with commas, on several lines."""
    text = cell[0].strip(" \t")
    brackets = text[:1] == "[" and text[-1:] == "]"
    return [value for value in re.split(r"[][, \t\r\n]" if brackets else "[ \t]", text) if value]


def is_list(cell):
    values = values_of(cell)
    numbers = all(NUMBER.fullmatch(value) or (value == "..." and cell[0].strip(" \t")[0] == "[") for value in values)
    return len(values) > 1 and numbers


def is_renamed(names):
    """A row of data that pandas made a header: the k-th repeat of a number ends in .k."""
    seen, repeats = {}, 0
    for name in names:
        base, point, digits = name.partition(".")
        k = seen[base] = seen.get(base, -1) + 1
        if point + digits != (f".{k}" if k else ""):
            return False
        repeats += k > 0
    return repeats > 1


def nameless_label(rows, first, last):
    """The column, of the first and the last, that can be the label if the other one cannot."""
    numbers = {i: [float(trim(row[i])) if is_number(trim(row[i])) else None for row in rows] for i in (first, last)}
    words = {i: all(number is None for number in column) for i, column in numbers.items()}
    same = {i: None not in column and len(set(column)) == 1 for i, column in numbers.items()}
    if words[first] != words[last]:
        return first if words[first] else last
    require(not words[first] and (same[first] or same[last]), "the first or the last is the label")
    return first if same[last] else last


def columns(rows):
    """Places of label and id (or None) and of the pixels in order; and whether the first row is a header."""
    first = rows[0]
    require(len(first) > 1 or any(is_list(row[0]) for row in rows[:2]), "one column")
    names = [trim(cell) for cell in first]
    numbers = [name for name in names if is_number(name)]
    lists = sum(map(is_list, first))
    counting = [float(number) for number in numbers] in (
        [float(i + start) for i in range(len(numbers))] for start in (0, 1))
    if len(numbers) + lists == len(names):
        require(lists or counting or not is_renamed(names), "a header that was a row")
        require(lists or not (counting and len(names) >= 4), "names or numbers")
        holding = [i for i in range(len(names)) if all(is_list(row[i]) for row in rows[:2])]
        if holding:
            require(len(names) == 1, "columns besides pixels")
            return None, None, 0, False
        side = round((len(names) - 1) ** .5)
        if len(names) > 1 and side * side == len(names) - 1:
            label_at = nameless_label(rows, 0, len(names) - 1)
            return label_at, None, [i for i in range(len(names)) if i != label_at], False
        side = round(len(names) ** .5)
        require(side * side == len(names), "no square")
        return None, None, list(range(len(names))), False
    require(counting and not lists, "names and numbers")
    names[0] = names[0].removeprefix("# ")
    require(len(set(names)) == len(names), "equal names")
    require(not any(re.search(r"[\x00-\x1f\x7f]", name) or name[:1] == "\ufeff" for name in names), "name")
    labels = [i for i, name in enumerate(names) if name.lower() in ("label", "class", "target", "y")]
    ids = [i for i, name in enumerate(names) if name.lower() in ("id", "imageid")]
    require(len(labels) <= 1 and len(ids) <= 1, "several label or id columns")
    others = [i for i in range(len(names)) if i not in labels + ids]
    holding = [i for i in others if len(rows) > 1 and all(is_list(row[i]) for row in rows[1:3])]
    if holding:
        require(others == holding and len(holding) == 1, "columns besides pixels")
        return (labels or [None])[0], (ids or [None])[0], holding[0], True
    order, grid = pixel_order({i: names[i] for i in others})
    side = round(len(order) ** .5)
    require(order and (grid or side * side == len(order)), "no square")
    return (labels or [None])[0], (ids or [None])[0], order, True


def sort_classes(texts):
    """Distinct labels in order: as numbers if all are."""
    distinct = set(texts)
    require(len(distinct) > 1, "one class")
    numeric = [text for text in distinct if is_number(text)]
    if len(numeric) == len(distinct):
        require(len({float(text) for text in distinct}) == len(distinct), "one number spelt twice")
        return sorted(distinct, key=float)
    require(not numeric or not {text.lower() for text in distinct} & {"nan", "na", "n/a", "null", "none", "?"},
            "a missing label")
    # numbers within a text by their value: (digit or not, value or byte) of each part
    parts = lambda text: [(ord("0"), int(part)) if part.isdigit() else (part[0], 0) for part in
                          re.findall(rb"[0-9]+|[^0-9]", text.encode())]
    return sorted(distinct, key=lambda text: (parts(text), text.encode()))


def read(data, dtype="u8"):
    """Labels as class numbers, classes, ids and pixels; or Refused."""
    require(b"\0" not in data, "NUL")
    require(not re.search(rb"\r(?!\n)", data), "lone CR")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("not UTF-8") from None
    text = text[1:] if text[:1] == "\ufeff" else text
    separator = find_separator(text)
    rows = split_rows(squeeze(text) if separator == " " else text, separator)
    while rows and not rows[-1]:
        rows.pop()
    require(rows, "empty")
    require(all(rows), "blank")
    ends = [len(row) > 1 and row[-1] == ("", False) for row in rows]
    if all(ends[1:]) and (ends[0] or (len(rows) > 1 and len(rows[0]) + 1 == len(rows[1]))):
        rows = [row[:-1] if end else row for row, end in zip(rows, ends)]
    require(all(len(row) == len(rows[0]) for row in rows), "ragged")
    require(all(len(cell.encode()) <= 65536 for row in rows for cell, _ in row), "field over 64 KiB")
    if separator != "," and any(sum(bool(DECIMAL_COMMA.fullmatch(trim(cell))) for cell in row) > 1 for row in rows):
        rows = [[(re.sub(",", ".", cell) if DECIMAL_COMMA.fullmatch(cell.strip(" \t")) else cell, quoted)
                 for cell, quoted in row] for row in rows]
    label_at, id_at, pixels_at, header = columns(rows)
    body = rows[header:]
    require(body, "no rows")
    take = pixel if dtype == "u8" else real
    if isinstance(pixels_at, int):
        images = [[take((value, True)) for value in values_of(row[pixels_at])] for row in body]
        side = round(len(images[0]) ** .5)
        require(all(len(image) == side * side for image in images), "no square in a cell")
    else:
        images = [[take(row[i]) for i in pixels_at] for row in body]
    result = {"images": images}
    if id_at is not None:
        result["ids"] = identities([row[id_at] for row in body])
    if label_at is not None:
        labels, spelt = [label(row[label_at]) for row in body], [plain_text(row[label_at]) for row in body]
        if not all(map(is_number, labels)): # 1.0 is no 1 among words
            require(len(set(spelt)) == len(set(labels)), "a number spelt twice among words")
            sort_classes(labels)
            labels = spelt
        classes = sort_classes(labels)
        result["classes"] = classes
        result["labels"] = [classes.index(text) for text in labels]
    return result


# ---- ingest's answer in the same form ----

def ingest(path, out, dtype):
    run = subprocess.run(["ingest", "-q", path, "-o", out, "--dtype", dtype], stderr=subprocess.PIPE, check=False)
    if run.returncode == 65 and all(line.startswith(f"csvnet ingest: {path}: ") for line in run.stderr.decode().splitlines()):
        return None
    assert run.returncode == 0, (run.returncode, run.stderr)
    meta, tensors = read_tensors(out)
    result = {"images": tensors["images"].reshape(len(tensors["images"]), -1).tolist()}
    if "ids" in tensors:
        ids = tensors["ids"]
        result["ids"] = [bytes(row).rstrip(b"\0").decode() for row in ids] if ids.ndim == 2 else ids.tolist()
    if "labels" in tensors:
        result["classes"] = json.loads(meta["classes"])
        assert (tensors["labels"].sum(axis=1) == 1).all()
        result["labels"] = tensors["labels"].argmax(axis=1).tolist()
    assert tensors["rows"].tolist() == list(range(1, len(result["images"]) + 1))
    return result


# ---- Files ----

CELLS = ["256", "255", "-1", "-0", "+1", "1e2", "1.0", "1.", ".5", "0.5", "1.000", " 1", "1\t", '" 1"', '"1"', '"1" ',
         ' "1"', '""', "", " ", "007", "0007", "0x10", "inf", "nan", "NA", "1 2", "1_0", "9" * 30, "1e39", "1e-60",
         "3.4028235e38", "0.1", "\u0661", "a", "a\u00e9", '"a""b"', 'a"b', '"a,b"', '"a\nb"', '"a\r\nb"', '"1\n"',
         "x" * 65536, "x" * 65537, '"' + "1" * 70000 + '"', "\ufeff1", "1\x7f", "\x1a"]
BYTES = [b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b" ", b"\t", b";", b"\xff", b"\xef\xbb\xbf", b"1",
         b"-", b".", b"'", b"\\", b"#", b"e"]


def table(rng):
    """A header and rows of a small data set, as lists of texts."""
    size = rng.choice([1, 4, 9])
    start = rng.choice([0, 0, 1])
    names = ["pixel%d" % (start + i) for i in range(size)]
    words = rng.choice([["0", "1", "2"], ["3", "10"], ["cat", "dog"], ["0.5", "-1"], ["5.0", "7.0e0"], ["5", "1E2", "A3"]])
    rows = [[str(rng.choice([0, 0, rng.randrange(256)])) for _ in names] for _ in range(rng.randrange(2, 6))]
    if rng.random() < .9:
        names.insert(0, rng.choice(["label", "Label", "class", "y"]))
        for i, row in enumerate(rows):
            row.insert(0, words[i % len(words)])
    if rng.random() < .3:
        names.insert(0, rng.choice(["id", "ImageId"]))
        for row in rows:
            row.insert(0, rng.choice(["", "", "", "a", "0"]) + str(rng.randrange(-5, 10**6)))
    return [names] + rows


def spoil_table(rng, rows):
    """Some damage to a table, in place."""
    row, column = rng.randrange(len(rows)), rng.randrange(len(rows[0]))
    kind = rng.randrange(12)
    if kind <= 4:
        rows[max(1, row) % len(rows)][column] = rng.choice(CELLS)
    elif kind == 5:
        rows[row].insert(column, rng.choice(["1", ""]))
    elif kind == 6:
        del rows[row][column]
    elif kind == 7:
        order = rng.sample(range(len(rows[0])), len(rows[0]))
        rows[:] = [[r[i] if i < len(r) else "" for i in order] for r in rows]
    elif kind == 8:
        del rows[0]
    elif kind == 9:
        rows.insert(row, list(rows[0]))
    elif kind == 10:
        rows[0][column] = rng.choice(["", "Unnamed: 0", "pixel0", "pixel7", "label", "id", '"label"', " label ", "7"])
    else:
        del rows[1:]


def write(rng, rows):
    end = rng.choice(["\n", "\n", "\r\n"])
    quote = rng.random() < .2
    lines = [",".join('"%s"' % cell if quote and '"' not in cell else cell for cell in row) for row in rows]
    text = end.join(lines) + rng.choice([end, end, end, "", end + end, "\n\r\n"])
    return (rng.choice(["", "", "", "\ufeff"]) + text).encode()


def spoil_bytes(rng, data):
    at = rng.randrange(len(data) + 1)
    kind = rng.randrange(4)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + data[at + 1:]
    if kind == 2:
        return data[:at] + rng.choice(BYTES) + data[at + 1:]
    return data[:at] + rng.choice(BYTES) + data[at:]


def make(rng):
    rows = table(rng)
    for _ in range(rng.choice([0, 1, 1, 1])):
        if len(rows) > 1 and rows[0]:
            spoil_table(rng, rows)
    data = write(rng, rows)
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        data = spoil_bytes(rng, data)
    return data


def compare(count, seed):
    rng = random.Random(seed)
    alike = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "x.csv"), os.path.join(folder, "x.st.zst")
        for i in range(count):
            data, dtype = make(rng), rng.choice(["u8", "u8", "f32"])
            with open(path, "wb") as file:
                file.write(data)
            try:
                wanted, why = read(data, dtype), None
            except Refused as refusal:
                wanted, why = None, refusal
            got = ingest(path, out, dtype)
            if got != wanted:
                print(f"file {i}, {dtype}: {data[:400]!r}\n  ingest: {got}\n  Python: {wanted or why}")
            elif wanted:
                alike += 1
            else:
                refused += 1
    print(f"{count} files: {alike} read alike, {refused} refused alike, {count - alike - refused} differ")


if __name__ == "__main__":
    compare(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
