"""Runs a program and sends it a signal once it has printed some lines on standard error.
Usage: interrupt.py SIGNAL LINES PROGRAM ARGUMENTS...
What it prints is read only as far as that before the signal, so that a program with more to say
than a pipe holds cannot end before. The signal's own action is restored first: under nohup SIGHUP
would be ignored. Shows how it ended and its last line."""
import signal
import subprocess
import sys


def main():
    name, lines, *command = sys.argv[1:]
    number = getattr(signal, "SIG" + name)
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, bufsize=0)
    for _ in range(int(lines)):
        process.stderr.readline()
    process.send_signal(number)
    said = process.stderr.read().decode().splitlines()
    status = process.wait()
    print("ended by", signal.Signals(-status).name if status < 0 else f"status {status}")
    if status != -signal.SIGKILL:
        print(said[-1])


main()
