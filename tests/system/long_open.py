#!/usr/bin/env python3
"""An editor that has been open for long, as a co-process: it reads a file and saves it later, each
time in one process.

A line on stdin, fields separated by tabs, is answered by "ok" or by what went wrong:

    read PATH              opens, reads, closes, and keeps the text
    is PATH                is there a file of this name?
    save HOW PATH OLD NEW  the text that was read, with NEW in OLD's place, saved in one of the ways of
                           editors: in-place, truncate, temp, rename-away, unlink, append
    move PATH NEW-PATH     rename(2)
"""
import os
import sys

text = ""


def put(path, mode, what):
    with open(path, mode) as file:
        file.write(what)
        file.flush()
        os.fsync(file.fileno())


def save(how, path, old, new):
    global text
    assert old in text, f"{old!r} is not in what was read"
    text = text.replace(old, new)
    if how == "in-place":
        with open(path, "r+") as file:
            file.write(text)
            file.truncate()
    elif how == "truncate":
        put(path, "w", text)
    elif how == "temp":
        temp = os.path.join(os.path.dirname(path), "." + os.path.basename(path) + ".tmp")
        put(temp, "w", text)
        os.rename(temp, path)
    elif how == "temp-page":
        temp = os.path.join(os.path.dirname(path), "4913.md")
        put(temp, "w", text)
        os.rename(temp, path)
    elif how == "rename-away":
        os.stat(path)
        os.rename(path, path + "~")
        put(path, "x", text)
        os.unlink(path + "~")
    elif how == "unlink":
        os.unlink(path)
        put(path, "x", text)
    elif how == "append":
        put(path, "a", "\n" + new + "\n")
    else:
        raise ValueError(how)


def read(path):
    global text
    with open(path) as file:
        text = file.read()


def is_there(path):
    os.stat(path)


for line in sys.stdin:
    verb, *arguments = line.rstrip("\n").split("\t")
    try:
        {"read": read, "is": is_there, "save": save, "move": os.rename}[verb](*arguments)
        print("ok", flush=True)
    except (OSError, AssertionError) as error:
        print(f"{type(error).__name__}: {error}", flush=True)
