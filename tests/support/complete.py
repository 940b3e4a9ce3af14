"""complete.py SCRIPT LINE...: types each line and a tab into an interactive bash that has read the
completion, and shows what it offers."""

import os
import pty
import select
import sys
import time

PROBE = """
PS1='> '
. "{script}"
probe()
{{
    _csvnet
    printf '%s\\n' "${{COMPREPLY[@]}}" >.offered
    mv .offered .offer
}}
complete -F probe csvnet
"""


def drain(terminal, seconds):
    while select.select([terminal], [], [], seconds)[0]:
        os.read(terminal, 65536)


def offered(terminal, line):
    os.write(terminal, (line + "\t").encode())
    end = time.monotonic() + 20
    while not os.path.exists(".offer"):
        if time.monotonic() > end:
            sys.exit(f"{line}: nothing was offered within 20 s")
        drain(terminal, 0.02)
    with open(".offer") as file:
        words = sorted(word for word in file.read().split("\n") if word)
    os.remove(".offer")
    os.write(terminal, b"\x15")  # the line is cleared
    drain(terminal, 0.02)
    return words


def main():
    with open(".rc", "w") as file:
        file.write(PROBE.format(script=sys.argv[1]))
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "dumb"
        os.execvp("bash", ["bash", "--noprofile", "--rcfile", ".rc", "-i"])
    for line in sys.argv[2:]:
        print(f"{line}<tab>: {' '.join(offered(terminal, line))}")
    os.close(terminal)  # which ends it
    os.waitpid(process, 0)
    os.remove(".rc")


main()
