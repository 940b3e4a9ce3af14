#!/usr/bin/python3
"""Says which lines of the sources no test ran: coverage.py BUILD, a build with gcov's counters.

Prints the share of lines run and of branches taken for each folder; the lines that were not, with their text, go into
BUILD/not-run. A file that is compiled several times, as the kernels are, counts where any of its
objects ran.

Of the files that read and write files every branch counts: one that no test took has its reason in
coverage.reasons next to this, a line "FILE: LINE OF THE SOURCE" and an indented one that says why. A
branch without a reason fails, and a reason whose line is not in the source any more."""
import collections
import json
import pathlib
import re
import subprocess
import sys

FOLDERS = ("pipeline", "cmd", "nn")
EVERY_BRANCH = re.compile(r"pipeline/(csv/reader|ingest/fast_line|files/(output|temporary|inputs)|tensor/(?!types|meta)\w+)\.c")


def counters(build):
    """{source: {line: times}} and {source: {line: times of each branch}}"""
    lines = collections.defaultdict(collections.Counter)
    branches = collections.defaultdict(dict)
    for data in sorted(pathlib.Path(build).rglob("*.gcda")):
        output = subprocess.run(["gcov", "--branch-probabilities", "--json-format", "--stdout", data],
                                check=True, capture_output=True).stdout
        for text in output.splitlines():
            for file in json.loads(text)["files"]:
                for line in file["lines"]:
                    lines[file["file"]][line["line_number"]] += line["count"]
                    branches[file["file"]][line["line_number"]] = [b["count"] for b in line["branches"]]
    return lines, branches


def reasons():
    """{(source, text of the line)}"""
    path = pathlib.Path(__file__).with_suffix(".reasons")
    return {tuple(line.split(": ", 1)) for line in path.read_text().splitlines() if line[0] != " "}


def judge_branches(lines, branches):
    """Prints branches without a reason and reasons without a line; how many."""
    known, wrong = reasons(), 0
    for source in filter(EVERY_BRANCH.fullmatch, sorted(branches)):
        text = [line.strip() for line in open(source).read().split("\n")]
        for number, times in sorted(branches[source].items()):
            untaken = lines[source][number] > 0 and 0 in times
            if untaken and (source, text[number - 1]) not in known:
                print(f"{source}:{number}: a branch not taken, without a reason: {text[number - 1]}")
                wrong += 1
        for _, line in sorted(reason for reason in known if reason[0] == source):
            if line not in text:
                print(f"{source}: there is a reason for a line that is not there: {line}")
                wrong += 1
    return wrong


def main():
    build = sys.argv[1]
    lines, branches = counters(build)
    total = collections.Counter()
    run = collections.Counter()
    ways, taken = collections.Counter(), collections.Counter()
    with open(f"{build}/not-run", "w") as report:
        for name in sorted(lines):
            folder = name.split("/")[0]
            if folder not in FOLDERS:
                continue
            total[folder] += len(lines[name])
            run[folder] += sum(times > 0 for times in lines[name].values())
            ways[folder] += sum(map(len, branches[name].values()))
            taken[folder] += sum(times > 0 for line in branches[name].values() for times in line)
            source = open(name).read().split("\n")
            for number, times in sorted(lines[name].items()):
                if times == 0:
                    print(f"{name}:{number}:{source[number - 1]}", file=report)
    for folder in FOLDERS:
        print(f"{folder}: {100 * run[folder] / total[folder]:.1f} % of {total[folder]} lines run, "
              f"{100 * taken[folder] / ways[folder]:.1f} % of {ways[folder]} branches taken")
    share = 100 * run.total() / total.total()
    print(f"all: {share:.1f} % of {total.total()} lines run; the others are in {build}/not-run")
    return judge_branches(lines, branches) > 0


sys.exit(main())
