"""What a command prints on a terminal: terminal.py COLUMNS TERM COMMAND...; escapes are shown as
^[, and the last line says which colours there were."""
import fcntl
import os
import pty
import re
import struct
import sys
import termios

columns, term, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = term
    os.read(0, 1)  # not before the size is set
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
settings = termios.tcgetattr(terminal)
settings[3] &= ~termios.ECHO
termios.tcsetattr(terminal, termios.TCSANOW, settings)
os.write(terminal, b"\n")
output = b""
while True:
    try:
        piece = os.read(terminal, 1 << 16)
    except OSError:
        break
    if not piece:
        break
    output += piece
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
text = output.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
text = re.sub(r"\r\x1b\[K", "", text)
direct = len(re.findall(r"\x1b\[[34]8;2;", text))
palette = len(re.findall(r"\x1b\[[34]8;5;", text))
blocks = text.count("\u2580")
os.environ.get("SHOWN") and sys.stdout.write(text.replace("\x1b", "^["))
plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
widest = max(map(len, plain.split("\n")))
print(f"exit {status}: {direct} direct colours, {palette} of the palette, {blocks} half blocks, "
      f"{plain.count(chr(27))} other escapes, widest line {widest}")
