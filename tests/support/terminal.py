"""What a command prints on a terminal: terminal.py COLUMNS TERM COMMAND...; escapes are shown as
^[, and the last line says which colours there were."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

columns, term, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    status = subprocess.call(command, env=os.environ | {"TERM": term})
    os.write(1, f"\0{status}\0".encode())
    os.read(0, 1)  # a terminal that nobody has open may lose what was written last
    os._exit(0)
output = b""
while not output.endswith(b"\0"):
    output += os.read(terminal, 1 << 16)
os.close(terminal)
os.waitpid(child, 0)
output, status, _ = output.split(b"\0")
text = output.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
text = re.sub(r"\r\x1b\[K", "", text)
direct = len(re.findall(r"\x1b\[[34]8;2;", text))
palette = len(re.findall(r"\x1b\[[34]8;5;", text))
blocks = text.count("\u2580")
os.environ.get("SHOWN") and sys.stdout.write(text.replace("\x1b", "^["))
plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
widest = max(map(len, plain.split("\n")))
print(f"exit {int(status)}: {direct} direct colours, {palette} of the palette, {blocks} half blocks, "
      f"{plain.count(chr(27))} other escapes, widest line {widest}")
