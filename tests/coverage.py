#!/usr/bin/python3
"""Says which lines of the sources no test ran: coverage.py BUILD, a build with gcov's counters.

Prints the share of lines run for each folder; the lines that were not, with their text, go into
BUILD/not-run. A file that is compiled several times, as the kernels are, counts where any of its
objects ran."""
import collections
import json
import pathlib
import subprocess
import sys

FOLDERS = ("pipeline", "cmd", "nn")


def counters(build):
    """{source: {line: times}}"""
    lines = collections.defaultdict(collections.Counter)
    for data in sorted(pathlib.Path(build).rglob("*.gcda")):
        told = subprocess.run(["gcov", "--json-format", "--stdout", data], check=True,
                              capture_output=True).stdout
        for text in told.splitlines():
            for file in json.loads(text)["files"]:
                for line in file["lines"]:
                    lines[file["file"]][line["line_number"]] += line["count"]
    return lines


def main():
    build = sys.argv[1]
    lines = counters(build)
    total = collections.Counter()
    run = collections.Counter()
    with open(f"{build}/not-run", "w") as report:
        for name in sorted(lines):
            folder = name.split("/")[0]
            if folder not in FOLDERS:
                continue
            total[folder] += len(lines[name])
            run[folder] += sum(times > 0 for times in lines[name].values())
            source = open(name).read().split("\n")
            for number, times in sorted(lines[name].items()):
                if times == 0:
                    print(f"{name}:{number}:{source[number - 1]}", file=report)
    for folder in FOLDERS:
        print(f"{folder}: {100 * run[folder] / total[folder]:.1f} % of {total[folder]} lines run")
    share = 100 * run.total() / total.total()
    print(f"all: {share:.1f} % of {total.total()} lines run; the others are in {build}/not-run")


main()
