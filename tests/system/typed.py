#!/usr/bin/env python3
"""A person at a terminal: runs a program in one and types into it.

usage: typed.py PROGRAM [ARGUMENT…] -- [STEP…]

A step is what to wait for on the screen, or what to do: `=TEXT` waits until TEXT was shown, `!COMMAND`
runs a shell command beside it, `?TEXT?KEYS` from now on answers the question TEXT, anything else is
typed, with ^X for a control character. The program has to end by itself, with 0.
"""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

WAIT_S = 20
SCREEN = re.compile(rb"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>78]")


def keys(step):
    return re.sub(r"\^([@-_])", lambda m: chr(ord(m[1]) & 31), step).encode()


class Terminal:
    def __init__(self, command):
        self.shown, self.answers = b"", {}
        self.child, self.fd = pty.fork()
        if self.child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
            os.environ.update(TERM="xterm")
            os.execvp(command[0], command)

    def take(self, seconds):
        """Reads what comes; False at the end of the program."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            more = os.read(self.fd, 65536)
        except OSError:
            more = b""
        self.shown += more
        for question in [q for q in self.answers if q in SCREEN.sub(b"", self.shown)]:
            os.write(self.fd, self.answers.pop(question))
        return more != b""

    def wait_for(self, text):
        deadline = time.monotonic() + WAIT_S
        while text.encode() not in SCREEN.sub(b"", self.shown):
            if time.monotonic() > deadline or not self.take(0.1):
                raise SystemExit(f"{text!r} was not shown: {self.shown!r}")
        self.shown = b""

    def end(self):
        deadline = time.monotonic() + WAIT_S
        while self.take(0.1):
            if time.monotonic() > deadline:
                os.kill(self.child, 9)
                raise SystemExit(f"it did not end: {self.shown!r}")
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def main():
    at = sys.argv.index("--")
    terminal = Terminal(sys.argv[1:at])
    for step in sys.argv[at + 1:]:
        if step.startswith("="):
            terminal.wait_for(step[1:])
        elif step.startswith("?"):
            question, _, answer = step[1:].partition("?")
            terminal.answers[question.encode()] = keys(answer)
        elif step.startswith("!"):
            subprocess.run(["bash", "-c", step[1:]], check=True, timeout=60,
                           stdout=subprocess.DEVNULL)
        else:
            os.write(terminal.fd, keys(step))
    raise SystemExit(terminal.end())


main()
