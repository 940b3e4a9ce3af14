"""resized.py COLUMNS LATER SECONDS COMMAND...: runs it on a terminal that many columns wide, makes
that LATER columns after half of the seconds, and interrupts it at their end. Says whether a line was
rewritten, whether it kept to the width, and what of it is left on the screen in the end, on two kinds
of terminals: one folds its lines anew for another width, the other cuts them."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time


def resize(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def record(command, columns, later, seconds):
    """What the command writes: before the terminal's width changes, and after."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm"
        time.sleep(0.2)  # until the width is set
        os.execvp(command[0], command)
    resize(terminal, columns)
    written = [b"", b""]
    begin = time.monotonic()
    part = 0
    while True:
        passed = time.monotonic() - begin
        if part == 0 and passed > seconds / 2:
            resize(terminal, later)
            part = 1
        if passed > seconds:
            os.kill(process, signal.SIGINT)
            seconds = 1e9
        if not select.select([terminal], [], [], 0.02)[0]:
            continue
        try:
            written[part] += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            os.waitpid(process, 0)
            return [text.decode().replace("\r\n", "\n") for text in written]


class Screen:
    """Lines as the program ended them; one that is wider than the terminal takes several rows."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [""]
        self.at = 0  # the cursor's place in the last line
        self.widest = 0

    def write(self, text):
        for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|.", text, re.S):
            if part == "\r":
                self.widest = max(self.widest, self.at)
                self.at -= self.at % self.columns
            elif part == "\n":
                self.lines.append("")
                self.at = 0
            elif part in ("\x1b[J", "\x1b[K"):
                self.lines[-1] = self.lines[-1][: self.at]
            elif part.startswith("\x1b"):
                sys.exit(f"unknown sequence {part!r}")
            else:
                line = self.lines[-1]
                self.lines[-1] = line[: self.at] + part + line[self.at + 1 :]
                self.at += 1

    def cut(self, columns):
        self.lines = [line[:columns] for line in self.lines]
        self.at = min(self.at, columns - 1)


def main():
    columns, later, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    before, after = record(sys.argv[4:], columns, later, seconds)
    times = len(re.findall(r"\x1b\[J[^\n\r]+\r", before + after))
    print("rewritten often" if times > 5 else f"rewritten {times} times")
    for kind in ("folds", "cuts"):
        screen = Screen(columns)
        screen.write(before)
        if kind == "cuts":
            screen.cut(later)
        kept = screen.widest < columns
        screen.columns = later
        screen.widest = 0
        screen.write(after)
        remains = sum(bool(re.search(r"epoch \d+/\d+, \d", line)) for line in screen.lines)
        said = sum("step" in line for line in screen.lines)
        print(f"a terminal that {kind}: width kept: {kept}, then {screen.widest < later};",
              f"remains: {remains}; lines said: {'some' if said else 'none'}")


main()
