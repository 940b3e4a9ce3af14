"""resized.py COLUMNS LATER COMMAND...: runs it on a terminal that many columns wide, makes that LATER
columns once it has said a step and rewritten its line often, and interrupts it when it has done so again,
however long that takes. Says whether a line was rewritten, whether it kept to the width, and what of it is
left on the screen in the end, on two kinds of terminals: one folds its lines anew for another width, the
other cuts them."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios

REWRITTEN = r"\x1b\[J[^\n\r]+\r"


def resize(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def enough(written):
    return len(re.findall(REWRITTEN.encode(), written)) > 5 and b"step" in written


def resize_stopped(process, terminal, columns):
    """Changes the width between two lines; returns what was written before."""
    written = b""
    os.kill(process, signal.SIGSTOP)
    os.waitpid(process, os.WUNTRACED)
    while select.select([terminal], [], [], 0)[0]:
        written += os.read(terminal, 65536)
    resize(terminal, columns)
    os.kill(process, signal.SIGCONT)
    return written


def record(command, columns, later):
    """What the command writes: before the terminal's width changes, and after."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm"
        resize(0, columns)
        os.execvp(command[0], command)
    written = [b""]
    interrupted = False
    while True:
        try:
            written[-1] += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            os.waitpid(process, 0)
            return [text.decode().replace("\r\n", "\n") for text in (*written, b"")[:2]]
        if len(written) == 1 and enough(written[0]):
            written[0] += resize_stopped(process, terminal, later)
            written.append(b"")
        elif not interrupted and enough(written[-1]):
            os.kill(process, signal.SIGINT)
            interrupted = True


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
    columns, later = int(sys.argv[1]), int(sys.argv[2])
    before, after = record(sys.argv[3:], columns, later)
    times = len(re.findall(REWRITTEN, before + after))
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
