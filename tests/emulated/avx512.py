#!/usr/bin/python3
"""avx512.py VMLINUZ BINDIR RUNNER SUITES [CASE...]: runs these suites of the unit tests' runner, and trains
and predicts the CASEs of tests/support/pinned.py, with the avx512 kernels in an emulated machine, and
compares what the latter give with fixtures/pinned. By default all cases."""

import glob
import os
import signal
import sys
import tempfile

import machine

sys.path.insert(0, os.path.join(os.path.dirname(machine.HERE), "support"))
import pinned  # pylint: disable=wrong-import-position

TABLE = "avx512"
TREE = "/csvnet"  # where the machine has what is below pinned.TOP here, which could be any path, /check too
ENVIRONMENT = f"CSVNET_KERNELS={TABLE}", "LC_ALL=C", "CK_TIMEOUT_MULTIPLIER=1000"


class Programs(pinned.Programs):
    """Notes what is to run, for a machine that runs it later."""

    def __init__(self, folder):
        super().__init__("/", folder, TABLE)
        self.commands = []

    def run(self, program, *words):
        there = (word.replace(pinned.TOP, TREE) for word in words)
        self.commands.append([*ENVIRONMENT, "/" + program, "-q", *there])


def main():
    signal.signal(signal.SIGTERM, machine.end)
    vmlinuz, bindir, runner, suites, *cases = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(folder)
        programs.ingest()
        made = programs.make(lambda name: not cases or name in cases)
        tests = ([*ENVIRONMENT, f"CK_RUN_SUITE={suite}", "/check"] for suite in suites.split())
        commands = [*programs.commands, *tests]
        files = {name: os.path.join(bindir, name) for name in ("ingest", "fit", "predict")}
        files.update({f"work/{name}.csv": f"{folder}/{name}.csv" for name in ("large", "small")})
        networks = glob.glob(f"{pinned.TOP}/pipeline/budgets/*.net")
        files.update({path.replace(pinned.TOP, TREE).lstrip("/"): path for path in networks})
        statuses, results = machine.run(vmlinuz, {**files, "check": runner}, commands)
        failed = [command for status, command in zip(statuses, commands) if status]
        for command in failed:
            print(f"{' '.join(command)}: failed")
        for name, contents in results.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(contents)
        digests = programs.digests([name for name in made if name + ".st.zst" in results])
    names = {line.split()[0] for line in digests}
    expected = [line for line in pinned.read_pinned() if line.split()[0] in names]
    differ = pinned.compare(digests, TABLE, expected)
    return bool(failed or differ)


if __name__ == "__main__":
    sys.exit(main())
