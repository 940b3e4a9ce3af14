# The lines of thirty models differ in grey and for the colour-blind, by simulation.
cat >check.py <<'END'
import itertools, os, re, sys
css = open(os.environ["CSVNET_TOP"] + "/pipeline/report/page/style.css").read()
SHAPES, MODELS = 10, 30 # chart.h

def linear(c):
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

def rgb(text):
    return [linear(int(text[i:i + 2], 16) / 255) for i in (1, 3, 5)]

def luminance(r):
    return 0.2126 * r[0] + 0.7152 * r[1] + 0.0722 * r[2]

def contrast(a, b): # WCAG 2.1
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)

def lab(r): # CIE 1976, D65
    x = (0.4124564 * r[0] + 0.3575761 * r[1] + 0.1804375 * r[2]) / 0.95047
    y = 0.2126729 * r[0] + 0.7151522 * r[1] + 0.0721750 * r[2]
    z = (0.0193339 * r[0] + 0.1191920 * r[1] + 0.9503041 * r[2]) / 1.08883
    f = lambda t: t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
    return 116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009)
sights = {"protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
          "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
          "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
          "grey": [[0.2126, 0.7152, 0.0722]] * 3}

def seen(colour, sight):
    return [min(1, max(0, sum(a * b for a, b in zip(row, colour)))) for row in sights[sight]]

def distance(a, b, sight):
    return sum((x - y) ** 2 for x, y in zip(lab(seen(a, sight)), lab(seen(b, sight)))) ** 0.5

themes = re.findall(r"--ground: (#\w+).*?((?:--c\d: #\w+;\s*){6})", css, flags=re.S)
for ground, list_ in themes:
    colours = [rgb(c) for c in re.findall(r"#\w+", list_)]
    same_shape = [(a % 6, b % 6) for a, b in itertools.combinations(range(MODELS), 2) if a % SHAPES == b % SHAPES]
    print(len(colours), "colours, one shape and colour for two models:", any(a == b for a, b in same_shape),
          "- in grey:", all(distance(colours[a], colours[b], "grey") >= 10 for a, b in same_shape),
          "- colour-blind:", all(distance(colours[a], colours[b], s) >= 15 for a, b in same_shape for s in sights if s != "grey"),
          "- readable:", all(contrast(c, rgb(ground)) >= 4.5 for c in colours))
END
run python3 check.py
