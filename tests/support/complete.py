"""complete.py bash|zsh SCRIPT LINE...: types each line and a tab into an interactive shell that has
the completion, and shows what it offers."""

import os
import pty
import select
import sys
import time

BASH = """
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

# compadd is what adds words; it is asked what of them fits.
ZSH = """
PS1='> '
fpath=({folder} $fpath)
autoload -Uz compinit && compinit -D -u
compadd()
{{
    local -a fit
    builtin compadd -O fit "$@"
    (( $#fit )) && print -rl -- $fit >>.offered
    builtin compadd "$@"
}}
finish()
{{
    : >>.offered
    mv .offered .offer
    comppostfuncs=(finish) # which holds for one completion
}}
comppostfuncs=(finish)
setopt no_beep
: >.ready
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
        words = sorted({word for word in file.read().split("\n") if word})
    os.remove(".offer")
    os.write(terminal, b"\x15")  # the line is cleared
    drain(terminal, 0.02)
    return words


def main():
    shell, script = sys.argv[1:3]
    with open(".rc", "w") as file:
        file.write((BASH if shell == "bash" else ZSH).format(script=script, folder=os.path.dirname(script)))
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "dumb"
        if shell == "bash":
            os.execvp("bash", ["bash", "--noprofile", "--rcfile", ".rc", "-i"])
        os.execvp("zsh", ["zsh", "-f", "-i"])
    if shell == "zsh":
        os.write(terminal, b" source ./.rc\n")
        while not os.path.exists(".ready"):
            drain(terminal, 0.02)
        os.remove(".ready")
    for line in sys.argv[3:]:
        print(f"{line}<tab>: {' '.join(offered(terminal, line))}")
    os.close(terminal)  # which ends it
    os.waitpid(process, 0)
    os.remove(".rc")


main()
