"""Reads a report as strictly as XML is read and checks what it shows against the files it was made of.
Usage: report_page.py PAGE [PREDICT'S JSON] [PRED]"""
import base64
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np

from tensors import read


def text(element):
    return "".join(element.itertext()).strip()


def number(string):
    return float(re.sub(r"[^0-9.]", "", string))


def check_structure(page, source):
    """Nothing is fetched, nothing runs, links lead somewhere, pictures are PNG with a text."""
    tags = {element.tag for element in page.iter()}
    print("scripts and the like:", sorted(tags & {"script", "link", "iframe", "object", "embed", "use", "form"}))
    attributes = {name for element in page.iter() for name in element.attrib}
    print("handlers:", sorted(name for name in attributes if name.startswith("on")))
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    print("ids twice:", len(ids) - len(set(ids)))
    links = [element.get("href") for element in page.iter("a")]
    print("links that lead nowhere:", [link for link in links if link[:1] != "#" or link[1:] not in ids])
    print("addresses:", sorted(set(re.findall(r"(?:https?:|url\(|@import|//)[^\s\"<]*", re.sub(
        r"data:image/png;base64,[^\"]*", "", source)))))
    pictures = [element for element in page.iter("img")]
    pngs = [base64.b64decode(picture.get("src").partition("base64,")[2]) for picture in pictures]
    print("pictures:", len(pictures), "PNG:", all(png[:8] == b"\x89PNG\r\n\x1a\n" for png in pngs), "with text:",
          all(picture.get("alt") for picture in pictures), "sizes:",
          sorted({tuple(int.from_bytes(png[i:i + 4], "big") for i in (16, 20)) for png in pngs}))
    rows = [element for element in page.iter("figure") if (element.get("id") or "").startswith("row-")]
    print("pictures without their command:", [picture.get("title") for picture in page.iter("figure")
          if "tile" in picture.get("class") and not re.search(r"^csvnet show \S+ --rows \d+$", picture.get("title") or "")],
          "links to another row:", [row.get("id") for row in rows if row.get("id")[4:] != row.get("title").split()[-1]])
    cards = [table for table in page.iter("table") if "cards" in table.get("class", "")]
    print("cards with other names than their columns:", [cell.get("data-label") for table in cards for row in table.find("tbody")
          for cell, column in zip(list(row)[1:], list(table.find("thead/tr"))[1:])
          if cell.get("class") != "wide" and cell.get("data-label") != text(column)])
    bars = [bar for bar in page.iter("rect") if bar.get("class") == "hover"]
    print("bars to hover over without values:", [text(bar) for bar in bars if "\n" not in text(bar)])
    # Mail programs and build servers let no style sheet through: lines would be black shapes then, drawings as wide as the page.
    print("drawings that need the style sheet:", [line.get("class") for line in page.iter("polyline") if line.get("fill") != "none"] +
          [drawing.get("class") for drawing in page.iter("svg") if not drawing.get("width")])
    values = [element.get(name) for element in page.iter() for name in ("points", "d") if element.get(name)]
    print("numbers in drawings:", all(re.fullmatch(r"[MLHVlmhvz0-9., -]*", value) for value in values))


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def check_contrast(page):
    """WCAG 2.1, 1.4.3 and 1.4.11: 4.5 for text, 3 for what one has to see in a drawing."""
    style = text(page.find("head/style"))
    roots = re.findall(r":root \{(.*?)\}", style, re.S)
    colours = [dict(re.findall(r"--(\w+): (#\w{6});", root)) for root in roots]
    print("colour schemes:", len(colours), "the same names:", set(colours[0]) == set(colours[1]))
    used = set(re.findall(r"var\(--(\w+)\)", style)) - {"c", "v", "percent"}
    print("colours without a value:", sorted(used - set(colours[0])), "without a use:", sorted(set(colours[0]) - used))
    models = [f"c{i}" for i in range(6)]
    on_ground = ["ink", "soft", "link", "wrong"] + models
    on_band = ["ink", "soft", "wrong"]
    cells = ["right", "w1", "w2", "w3", "w4", "w5"]
    for scheme, value in zip(("light", "dark"), colours):
        pairs = ([(c, "ground") for c in on_ground] + [(c, "band") for c in on_band] + [("ink", c) for c in cells])
        low = [f"{a} on {b}: {contrast(value[a], value[b]):.2f}" for a, b in pairs
               if contrast(value[a], value[b]) < 4.5]
        print(scheme + ": pairs:", len(pairs), "below 4.5:", low)


def check_scores(page, summary):
    """The headline, the confusion matrix and the classes, by predict's own summary."""
    score = summary["score"]
    headline = text(page.find("body/header/h1"))
    print("headline:", headline == f"{100 * score['accuracy']:.2f} % ± {100 * score['standard_error']:.2f} %")
    figures = {text(div.find("dt")): text(div.find("dd")) for div in page.iter("div") if div.find("dt") is not None}
    print("figures:", figures["loss (cross-entropy, nats)"] == f"{score['loss']:.4f}",
          figures["macro F1"] == f"{score['macro_f1']:.4f}", figures["AUC"] == f"{score['auc']:.4f}",
          figures["balanced accuracy"] == f"{score['balanced_accuracy']:.4f}")
    matrix = next(table for table in page.iter("table") if "matrix" in table.get("class", ""))
    counts = [[int((text(cell) or "0").replace(",", "")) for cell in row.findall("td")] for row in matrix.find("tbody")]
    print("confusion matrix:", counts == score["confusion"])
    section = next(section for section in page.iter("section") if matrix in section.iter())
    classes = [table for table in section.iter("table") if table.get("class") == "classes"] # many: in halves
    shown = [[text(cell) for cell in row.findall("td")] for table in classes for row in table.find("tbody")]
    listed = [["–" if of[key] is None else f"{100 * of[key]:.2f}" for key in ("precision", "recall", "f1")] +
              [f"{of[key]:,}" for key in ("rows", "predicted")] for of in score["classes"]]
    print("classes:", shown == listed)
    models = next(table for table in page.iter("table") if table.get("class") == "cards models").find("tbody")
    # After a name may come its preset, in a span.
    # After an accuracy may come the mark of its conditions.
    shown = {row.find("th").text.strip(): re.sub(" [!~?]$", "", text(row.findall("td")[0])) for row in models}
    names = {re.sub(r".*/|\.model\.st\.zst|\.st\.zst", "", model["model"]): model["score"] for model in summary["models"]}
    print("models:", all(shown.get(name) == f"{100 * of['accuracy']:.2f} % ± {100 * of['standard_error']:.2f} %"
                         for name, of in names.items()), len(names))
    shown = {row.find("th").text.strip(): [text(cell) for cell in row.findall("td")[3:6]] for row in models}
    print("contest scores:", all(shown.get(name) == [f"{of[key]:.4f}" for key in ("macro_f1", "balanced_accuracy", "auc")]
                                 for name, of in names.items()), len(names))


def tiles(page, title):
    """Captions of the pictures below a heading, as (predicted, truth, confidence, row)."""
    found = re.search(rf"<h3>{title}</h3>.*?<div class=\"tiles\">(.*?)</div>", page, re.S)
    return re.findall(r"<figcaption>(.*?)</figcaption>", found.group(1), re.S)


def check_rows(source, path):
    """The surest mistakes, the least sure and the calibration, worked out anew."""
    _, tensors = read(path)
    p, labels, rows = tensors["probabilities"], tensors["labels"], tensors["rows"]
    predicted, truth, sure = p.argmax(1), labels.argmax(1), p.max(1).astype(np.float64)
    wrong = np.flatnonzero(predicted != truth)
    for title, order in (("The surest mistakes", wrong[np.argsort(-sure[wrong], kind="stable")][:20]),
                         ("The least sure", np.argsort(sure, kind="stable")[:20])):
        shown = tiles(source, title)
        print(title.lower() + ":", len(shown), [int(re.search(r"row (\d+)", s).group(1)) for s in shown] ==
              rows[order].tolist(), [f"{100 * sure[i]:.2f} %" in s for i, s in zip(order, shown)].count(False),
              [("✗" in s) == (predicted[i] != truth[i]) for i, s in zip(order, shown)].count(False))
    bins = np.minimum((sure * 10).astype(int), 9)
    right = predicted == truth
    error = sum(abs(right[bins == b].sum() - sure[bins == b].sum()) for b in range(10)) / len(sure)
    shown = re.search(r"Expected calibration error ([0-9.]+)", source).group(1)
    print("calibration error:", abs(float(shown) - 100 * error) <= 0.0051)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        source = file.read()
    page = ElementTree.fromstring(source)
    check_structure(page, source)
    if len(sys.argv) > 2:
        check_contrast(page)
        check_scores(page, json.load(open(sys.argv[2])))
        check_rows(source, sys.argv[3])


if __name__ == "__main__":
    main()
