#!/usr/bin/python3
"""Changes conditions one by one and says which changes no test notices: mutants.py FOLDER... [--tests TEST...]

Every comparison of the folders' sources is turned (< to <=, == to !=, && to ||), every early exit (an if that
returns, jumps, breaks or continues) left out, every constant that is reckoned with made larger by one. All
changes are compiled into one tree, build/mutants; the variable MUTANT chooses one when a program starts. A
first run of each test tells which changes would have made a difference where they stand; only its tests are
then run for a change, the quickest first, up to the first that fails or takes five times as long. Tests are
the suites of the folders (tests/FOLDER/check_SUITE.c) and those named: a suite, a case of one (csv:limits), or
a command test (ingest/good).

A change that no test notices has its reason in mutants.reasons next to this: a line "FILE: LINE OF THE SOURCE"
and an indented one "CHANGE: why". One without a reason fails, and so does a reason whose line is not in the
source any more. -o FILE: the names of those that stay, for a later run of these alone by -i FILE. --new leaves out
those with a reason, --only takes the tests named in place of the folders' suites: quick ones first, and then
the slow ones, by -i, for what these leave."""
import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

HEADER = """
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wint-in-bool-context"
#pragma GCC diagnostic ignored "-Wbool-compare"
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wtype-limits"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
extern int mutant_chosen;
extern unsigned char *mutant_met;
static inline int mutant_here(int n) { mutant_met[n] = 1; return mutant_chosen == n; }
static inline int mutant_differs(int n, int is, int would)
{ if (is != would) mutant_met[n] = 1; return mutant_chosen == n ? would : is; }
"""
SOURCE = """
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
static unsigned char unmapped[%(count)d];
int mutant_chosen;
unsigned char *mutant_met = unmapped;
__attribute__((constructor)) static void choose(void)
{
    const char *number = getenv("MUTANT"), *path = getenv("MUTANT_MET");
    const int fd = path ? open(path, O_RDWR) : -1;
    void *met = fd < 0 ? MAP_FAILED : mmap(0, %(count)d, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0) close(fd);
    mutant_chosen = number ? atoi(number) : 0;
    if (met != MAP_FAILED) mutant_met = met;
}
"""
# A test that fails ends all of them.
RUNNER = """
void __wrap__ck_assert_failed(const char *file, int line, const char *expression, const char *text, ...);
void __wrap__ck_assert_failed(const char *file, int line, const char *expression, const char *text, ...)
{
    (void)file, (void)line, (void)expression, (void)text;
    _Exit(1);
}
"""
# What root's tests see as /dev, made anew for each: a change may have them replace a device.
OWN_DEVICES = ["unshare", "--mount", "sh", "-euc", """
    mount -t tmpfs -o mode=755 none /dev
    while read -r name major minor; do mknod -m 666 "/dev/$name" c "$major" "$minor"; done <<-END
	null 1 3
	zero 1 5
	full 1 7
	random 1 8
	urandom 1 9
	tty 5 0
	END
    mkdir -m 1777 /dev/pts /dev/shm
    mount -t devpts -o newinstance,ptmxmode=666 none /dev/pts
    ln -s pts/ptmx /dev/ptmx
    ln -s /proc/self/fd /dev/fd
    ln -s fd/0 /dev/stdin
    ln -s fd/1 /dev/stdout
    ln -s fd/2 /dev/stderr
    exec "$@"
""", "sh"] if os.geteuid() == 0 else []
TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&"}
EXITS = ("ReturnStmt", "GotoStmt", "BreakStmt", "ContinueStmt")
NOT_REPEATED = ("ConstantExpr", "UnaryExprOrTypeTraitExpr", "OffsetOfExpr", "StaticAssertDecl")


class Source:
    """One file, its changes, and its text with all of them."""

    def __init__(self, path, mutants, command):
        self.path, self.mutants = path, mutants
        self.text = pathlib.Path(path).read_bytes().decode("latin-1")
        dump = subprocess.run([*command, "-fsyntax-only", "-w", "-Xclang", "-ast-dump=json", path], check=True,
                              capture_output=True).stdout
        edits = []
        for node in json.loads(dump)["inner"]:
            if node["kind"] == "FunctionDecl" and "includedFrom" not in node.get("loc", {}):
                edits += self.edits(node, None)
        self.changed = self.apply(edits, 0, len(self.text))

    def place(self, location, at_end):
        """(offset, the macro's if it comes of one); None for what stands nowhere"""
        if "expansionLoc" in location:
            where = location["expansionLoc"]
            if "isMacroArgExpansion" in where or "includedFrom" in where:
                return None
            end = where["offset"] + where["tokLen"]
            if self.text[end:end + 1] == "(":
                depth = 0
                for end in range(end, len(self.text)):
                    depth += (self.text[end] == "(") - (self.text[end] == ")")
                    if depth == 0:
                        break
                end += 1
            return (end if at_end else where["offset"]), where["offset"]
        if "offset" not in location or "includedFrom" in location:
            return None
        return location["offset"] + (location["tokLen"] if at_end else 0), None

    def span(self, node):
        """(begin, end, whether all of it is one macro)"""
        begin = self.place(node.get("range", {}).get("begin", {}), False)
        end = self.place(node.get("range", {}).get("end", {}), True)
        if not begin or not end or begin[0] >= end[0]:
            return None
        return begin[0], end[0], begin[1] is not None and begin[1] == end[1]

    def apply(self, edits, begin, end):
        out, at = [], begin
        for first, last, new in sorted(set(edits)):
            if first < at or last > end:
                continue
            out += [self.text[at:first], new]
            at = last
        return "".join(out) + self.text[at:end]

    def add(self, offset, change):
        line = self.text.count("\n", 0, offset) + 1
        column = offset - self.text.rfind("\n", 0, offset)
        self.mutants.append((self.path, line, column, change, self.text.split("\n")[line - 1].strip()))
        return len(self.mutants) - 1

    def edits(self, node, parent):
        """[(begin, end, new text)] of the changes in a node, of which none lies in another"""
        kind, inner = node.get("kind"), [child for child in node.get("inner", []) if child]
        span = self.span(node)
        if kind in NOT_REPEATED or node.get("storageClass") == "static" and kind == "VarDecl" or span and span[2]:
            return []
        seen_through = kind == "ParenExpr" or kind == "ImplicitCastExpr" and node["castKind"] != "NullToPointer"
        below = [edit for child in inner for edit in self.edits(child, parent if seen_through else node)]
        if kind == "BinaryOperator" and node["opcode"] in TURNED and span:
            return self.comparison(node["opcode"], [self.span(child) for child in inner], below, span) or below
        if kind == "IfStmt" and not node.get("hasElse") and span and len(inner) == 2:
            last = inner[1]
            while last["kind"] == "CompoundStmt" and last.get("inner"):
                last = last["inner"][-1]
            condition = self.span(inner[0])
            if last["kind"] in EXITS and condition:
                begin, end, _ = condition
                n = self.add(span[0], "if to never")
                text = f"mutant_differs({n}, ({self.apply(below, begin, end)}) ? 1 : 0, 0)"
                return [edit for edit in below if edit[0] >= end] + [(begin, end, text)]
        if kind == "IntegerLiteral" and span and self.is_reckoned(parent):
            text = self.text[span[0]:span[1]]
            n = self.add(span[0], f"{text} to {text} + 1")
            return [(span[0], span[1], f"({text} + mutant_here({n}))")]
        return below

    @staticmethod
    def is_reckoned(parent):
        """Whether a constant is part of an expression; not of < and the like, where turning them does the same."""
        return parent["kind"] in ("CompoundAssignOperator", "ArraySubscriptExpr", "VarDecl") or \
            parent["kind"] == "BinaryOperator" and parent["opcode"] not in ("<", "<=", ">", ">=")

    def comparison(self, operator, sides, below, span):
        if None in sides or sides[0][1] > sides[1][0]:
            return None
        between = self.text[sides[0][1]:sides[1][0]]
        at = sides[0][1] + re.sub(r"/\*.*?\*/", lambda m: " " * len(m[0]), between, flags=re.S).find(operator)
        left, right = (self.apply(below, begin, end) for begin, end, _ in sides)
        turned = TURNED[operator]
        n = self.add(at, f"{operator} to {turned}")
        if operator in ("&&", "||"):
            text = (f"((((({left}) ? 1 : 0) ^ mutant_here({n})) {operator} ((({right}) ? 1 : 0) ^ "
                    f"(mutant_chosen == {n}))) ^ (mutant_chosen == {n}))")
        elif operator in ("==", "!="):
            text = f"((({left}) {operator} ({right})) ^ mutant_here({n}))"
        else:
            text = (f"({{ __auto_type left_{n} = ({left}) + 0; __auto_type right_{n} = ({right}) + 0; "
                    f"mutant_differs({n}, left_{n} {operator} right_{n}, left_{n} {turned} right_{n}); }})")
        return [(span[0], span[1], text)]


def compile_command():
    flags = subprocess.run(["make", "-s", "--eval", "print-flags: ; @: $(info $(base) $(CPPFLAGS) $(pkg_cflags))", "print-flags"],
                           check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    return ["clang", *(flag for flag in shlex.split(flags) if flag not in ("-MMD", "-MP"))]


def build(tree, folders, make):
    """Builds the tree with all changes; returns them as (file, line, column, change, text of the line), from 1"""
    mutants, command, sources = [None], compile_command(), []
    for folder in folders:
        sources += [Source(str(path), mutants, command) for path in sorted(pathlib.Path(folder).glob("*.c"))]
    files = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    texts = {name: pathlib.Path(name).read_bytes() for name in files.split("\0") if name}
    texts |= {source.path: b'#include "mutant.h"\n' + source.changed.encode("latin-1") for source in sources}
    texts["tests/main.c"] += RUNNER.encode()
    texts["Makefile"] = texts["Makefile"].replace(b"--wrap=malloc,", b"--wrap=_ck_assert_failed,--wrap=malloc,")
    texts["mutant.h"] = HEADER.encode()
    texts["pipeline/base/mutant.c"] = (SOURCE % {"count": len(mutants)}).encode()
    for path in [path for top in tree.glob("[!b]*") for path in (top.rglob("*") if top.is_dir() else ())]:
        if path.is_file() and str(path.relative_to(tree)) not in texts:
            path.unlink() # a source that is no more
    for name, text in texts.items():
        path = tree / name
        if not path.exists() or path.read_bytes() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
            shutil.copymode(name, path) if os.path.exists(name) else None
    targets = ["programs", "build/tests/check", "build/tests/ingest-many"]
    for target in (targets, ["install", "DESTDIR=" + str(tree.resolve() / "build/tests/root"), "PREFIX=/usr"]):
        subprocess.run([*make, "-s", "-C", tree, "BUILD=build", *target], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return mutants


def run(tree, test, limit, **environment):
    """Whether the test passes within its time."""
    suite, _, case = test.partition(":")
    command = ["sh", "tests/commands/run", "build/bin", test] if "/" in test else ["build/tests/check", suite]
    if case:
        environment["CK_RUN_CASE"] = case
    process = subprocess.Popen(OWN_DEVICES + command, cwd=tree, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True, env={**os.environ, **environment})
    try:
        return process.wait(timeout=limit) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        kill_session(process.pid)
        process.wait()


def kill_session(leader):
    """Ends all of a session: a test that runs in a process of its own leads a group of its own too."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[3]) == leader:
                os.kill(int(stat.parent.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            pass


def first_run(tree, tests, count):
    """[(seconds, test, CK_FORK, what the changes would have changed)], the quickest first"""
    met, found = (tree / "met").resolve(), []
    for test in tests:
        for fork in ("no", "yes"): # a test in a process of its own takes longer, and some need it
            met.write_bytes(bytes(count))
            begin = time.monotonic()
            passed = run(tree, test, 600, MUTANT_MET=str(met), CK_FORK=fork)
            seconds = time.monotonic() - begin
            if passed:
                found.append((seconds, test, fork, met.read_bytes()))
                break
        print(f"{test}: {seconds:.1f} s, {sum(met.read_bytes())} of {count - 1} changes, CK_FORK={fork}{'' if passed else ', FAILS'}", flush=True)
    return sorted(found)


def reasons():
    """{(source, text of the line, change)}"""
    path, known, place = pathlib.Path(__file__).with_suffix(".reasons"), set(), None
    for line in path.read_text().splitlines() if path.exists() else ():
        if line[0] != " ":
            place = tuple(line.split(": ", 1))
        else:
            known.add((*place, line.strip().split(": ", 1)[0]))
    return known


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--tests", nargs="*", default=[])
    parser.add_argument("--only", action="store_true")
    parser.add_argument("--new", action="store_true")
    parser.add_argument("--make", default="make")
    parser.add_argument("-o")
    parser.add_argument("-i")
    given = parser.parse_args()
    if OWN_DEVICES and subprocess.run([*OWN_DEVICES, "true"], stdin=subprocess.DEVNULL).returncode:
        sys.exit("root's tests need a mount namespace with a /dev of its own, which cannot be had here: run this as a user")
    suites = [path.stem.removeprefix("check_") for folder in given.folders
              for path in sorted(pathlib.Path("tests", folder).glob("check_*.c")) if not given.only]
    tree = pathlib.Path("build/mutants")
    mutants = build(tree, given.folders, shlex.split(given.make))
    name = lambda n: "{}:{}:{}: {}".format(*mutants[n])
    wanted = set(open(given.i).read().splitlines()) if given.i else None
    known, noticed, stay = reasons(), 0, []
    has_reason = lambda n: (mutants[n][0], mutants[n][4], mutants[n][3]) in known
    chosen = [n for n in range(1, len(mutants)) if (wanted is None or name(n) in wanted) and not (given.new and has_reason(n))]
    tests = first_run(tree, [*suites, *given.tests], len(mutants))
    for done, n in enumerate(chosen):
        mine = [test for test in tests if test[-1][n]]
        if any(not run(tree, test, 10 + 5 * seconds, MUTANT=str(n), CK_FORK=fork) for seconds, test, fork, _ in mine):
            noticed += 1
            continue
        stay.append(n)
        print(f"{done + 1}/{len(chosen)} {name(n)}: {mutants[n][4]}{' [reason]' if has_reason(n) else ''}{'' if mine else ' [not met]'}", flush=True)
    if given.o:
        open(given.o, "w").write("".join(name(n) + "\n" for n in stay))
    open_ = [n for n in stay if not has_reason(n)]
    gone = [f"{source}: {line}" for source, line in sorted({place[:2] for place in known}) if not any(
        mutant[0] == source and mutant[4] == line for mutant in mutants[1:]) and os.path.dirname(source) in given.folders]
    print("".join(f"a reason for a line that is not there: {place}\n" for place in gone), end="")
    print(f"{len(chosen)} changes: {noticed} noticed, {len(stay) - len(open_)} with a reason, {len(open_)} open")
    return len(open_) + len(gone) > 0


sys.exit(main())
