#!/usr/bin/python3
"""Runs programs under Linux in a machine that Bochs emulates, whose processor has AVX-512.

    machine.py VMLINUZ [--cpu MODEL] [--seconds N] [NAME=VALUE...] PROGRAM [WORD...]

runs one that reads no files, and ends with its exit status. VMLINUZ: a kernel that has the driver of serial
ports built in, as Debian's. MODEL: one of `bochs --help cpu`; from Bochs 3.0 on it can be told to have more,
as in "corei7_skylake_x, add_features=avx512bf16", of which CPUID says nothing. Taken from the environment:
BOCHS, the program, and CC."""

import io
import os
import re
import shlex
import signal
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MEMORY = 512 << 20
PARAMETERS = 192 << 20  # address of struct boot_params: above what the kernel unpacks itself to
CHUNK = 256 * 512
CYLINDER = 16 * 63 * 512
# Without devices that take time to look for. Bochs 2.7 saves and restores registers wrongly by XSAVEC and
# XSAVES, 321 and 323, which the kernel leaves alone then; and programs call the dynamic linker, which takes
# XSAVEC too, only where they start. Bochs 3.0 does not wake up from MWAIT. Addresses are the same in each run.
COMMAND_LINE = (
    "console=ttyS0,115200 quiet loglevel=2 reboot=triple panic=-1 acpi=off pci=off noapic nolapic nokaslr "
    "norandmaps mitigations=off lpj=4000000 cryptomgr.notests clearcpuid=321,323 idle=halt LD_BIND_NOW=1 results={}"
)
# A video card needs some ROM, which nobody runs.
CONFIGURATION = """\
display_library: term
romimage: file={folder}/rom
vgaromimage: file={folder}/rom
memory: guest={megabytes}, host={megabytes}
cpu: model={cpu}, count=1, ips=100000000, reset_on_triple_fault=0
pci: enabled=0
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=disk, path={folder}/disk, mode=flat, cylinders=0, heads=16, spt=63
com1: enabled=1, mode=file, dev={folder}/console
log: {folder}/log
panic: action=fatal
error: action=ignore
info: action=ignore
"""


def cpio(files):
    """An archive for the kernel of {name: mode, contents}; contents of a device are its numbers."""
    archive = io.BytesIO()
    for number, (name, (mode, contents)) in enumerate([*files.items(), ("TRAILER!!!", (0, b""))]):
        device = contents if isinstance(contents, tuple) else (0, 0)
        data = b"" if isinstance(contents, tuple) else contents
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        header = "070701" + "".join(f"{field:08x}" for field in fields) + name + "\0"
        archive.write(header.encode())
        archive.write(b"\0" * (-archive.tell() % 4))
        archive.write(data)
        archive.write(b"\0" * (-archive.tell() % 4))
    return archive.getvalue()


def parameters(kernel, ramdisk, command_line):
    """struct boot_params for `kernel`, whose command line and RAM disk follow in pages of their own."""
    page = bytearray(4096)
    header_end = 0x202 + kernel[0x201]
    page[0x1F1:header_end] = kernel[0x1F1:header_end]
    page[0x210] = 0xFF  # a boot loader without a number
    struct.pack_into("<II", page, 0x218, PARAMETERS + 2 * 4096, len(ramdisk))
    struct.pack_into("<I", page, 0x228, PARAMETERS + 4096)
    memory = (0, 0x9F000), (0x100000, MEMORY - 0x100000)
    page[0x1E8] = len(memory)
    for i, (address, size) in enumerate(memory):
        struct.pack_into("<QQI", page, 0x2D0 + 20 * i, address, size, 1)
    return bytes(page) + command_line.encode().ljust(4096, b"\0") + ramdisk


def chunks(data):
    return (len(data) + CHUNK - 1) // CHUNK


def libraries(path):
    """Paths of what a program is linked with; none of a static one."""
    ldd = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    return re.findall(r"(/\S+) \(0x", ldd.stdout)


def build(folder, *arguments):
    subprocess.run([*shlex.split(os.environ.get("CC", "cc")), *arguments], cwd=folder, check=True)


def make_disk(folder, vmlinuz, files, commands):
    """Writes the disk and the ROM that starts from it, and returns the disk's size then."""
    build(folder, "-Os", "-static", "-o", "init", HERE + "/init.c")
    with open(vmlinuz, "rb") as file:
        kernel = file.read()
    tree = {name: (0o40755, b"") for name in ("dev", "proc", "tmp", "work")}
    tree["dev/console"] = 0o20600, (5, 1)
    tree["commands"] = 0o100644, "".join("\n".join(command) + "\n\n" for command in commands).encode()
    linked = {path.lstrip("/"): path for program in files.values() for path in libraries(program)}
    for name, path in {**linked, **files, "init": folder + "/init"}.items():
        above = [tree.setdefault(name[: end.start()], (0o40755, b"")) for end in re.finditer("/", name)]
        if name in tree or any(mode != 0o40755 for mode, _ in above):
            sys.exit(f"machine: /{name}: a file where another one's folder is")
        with open(path, "rb") as file:
            tree[name] = 0o100755, file.read()
    ramdisk = cpio(tree)
    code = kernel[(kernel[0x1F1] + 1) * 512 :]
    size = (chunks(code) + chunks(bytes(8192) + ramdisk)) * CHUNK
    behind = parameters(kernel, ramdisk, COMMAND_LINE.format(size // 512))
    with open(folder + "/disk", "wb") as disk:
        for part in code, behind:
            disk.write(part.ljust(chunks(part) * CHUNK, b"\0"))
        disk.truncate(((size + (256 << 20)) // CYLINDER + 1) * CYLINDER)
    numbers = {"KERNEL_CHUNKS": chunks(code), "RAMDISK_CHUNKS": chunks(behind), "PARAMETERS": PARAMETERS}
    layout = "-Wl,--build-id=none,-Ttext=0xf0000,--oformat=binary,-e,start"
    build(
        folder, "-nostdlib", "-static", layout, "-o", "rom",
        *(f"-D{name}={number}" for name, number in numbers.items()), HERE + "/boot.S",
    )
    return size


def read_results(folder, offset):
    """Exit statuses of the commands and {name: contents} of the files that they left, or None."""
    files = {}
    with open(folder + "/disk", "rb") as disk:
        disk.seek(offset)
        statuses = disk.readline(1 << 16)
        while (line := disk.readline(1 << 12)).endswith(b"\n"):
            size, name = line.decode().rstrip("\n").split(" ", 1)
            if name == ".":
                return [int(status) for status in statuses.split()], files
            files[name] = disk.read(int(size))
    return None


def read_text(path):
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            return file.read().replace("\r\n", "\n")
    except FileNotFoundError:
        return ""


def run(vmlinuz, files, commands, cpu="corei7_skylake_x", seconds=3600):
    """Runs commands, lists of words of one line, in a machine with these files, {name there: path here}, and with the
    libraries of those that are programs; in front of a program's name can be its environment, NAME=VALUE.
    Returns the exit statuses and {name: contents} of the files in the commands' folder, /work; what they say
    goes to standard output."""
    with tempfile.TemporaryDirectory() as folder:
        size = make_disk(folder, vmlinuz, files, commands)
        with open(folder + "/bochsrc", "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(folder=folder, megabytes=MEMORY >> 20, cpu=cpu))
        try:
            process = subprocess.run(
                [os.environ.get("BOCHS", "bochs"), "-q", "-f", folder + "/bochsrc"],
                input="continue\n",  # for its debugger, which that of Debian 12 has
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                timeout=seconds, check=False, env={**os.environ, "TERM": "vt100"},
            )
            said = process.stdout
        except subprocess.TimeoutExpired:
            said = f"ended after {seconds} s"
        sys.stdout.write(read_text(folder + "/console"))
        results = read_results(folder, size)
        if not results:
            sys.exit(f"machine: it did not get to the end: {said}\n{read_text(folder + '/log')}")
        return results


def end(*_):
    """Exits, and so ends Bochs, which does not heed this signal."""
    sys.exit(1)


def main():
    signal.signal(signal.SIGTERM, end)
    vmlinuz, *words = sys.argv[1:]
    options = {}
    while words[0] in ("--cpu", "--seconds"):
        options[words[0][2:]] = words[1] if words[0] == "--cpu" else int(words[1])
        words = words[2:]
    program = next(i for i, word in enumerate(words) if "=" not in word)
    path, words[program] = words[program], "/program"
    statuses, _ = run(vmlinuz, {"program": path}, [words], **options)
    return statuses[0]


if __name__ == "__main__":
    sys.exit(main())
