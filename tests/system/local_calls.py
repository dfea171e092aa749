#!/usr/bin/env python3
"""System calls on local files in the current directory, and what came of each, a line each.

Run in the mount and on an ordinary file system: the lines have to be the same. Nothing in them
depends on time, numbers or the disk.
"""
import ctypes
import errno
import fcntl
import mmap
import os
import socket
import stat
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
NOREPLACE, EXCHANGE = 1, 2


def tell(what, call):
    try:
        result = call()
    except OSError as error:
        result = errno.errorcode[error.errno]
    print(f"{what}: {result}")


def write(name, text="x", flags=os.O_WRONLY | os.O_CREAT | os.O_TRUNC):
    fd = os.open(name, flags, 0o644)
    try:
        return os.write(fd, text.encode())
    finally:
        os.close(fd)


def read(name):
    with open(name, "rb") as file:
        return file.read()


def renameat2(old, new, flags):
    if LIBC.renameat2(-100, old.encode(), -100, new.encode(), flags) < 0:
        raise OSError(ctypes.get_errno(), "renameat2")
    return "ok"


def other(program, *arguments):
    """The same call by another process: its answer."""
    run = subprocess.run([sys.executable, "-c", "import fcntl, os, sys\n" + program, *arguments],
                         capture_output=True, text=True, check=False)
    return run.stdout.strip() or run.stderr.strip().splitlines()[-1].split(":")[0]


def names_and_links():
    write("a", "one")
    tell("link", lambda: os.link("a", "b"))
    tell("one file", lambda: os.stat("a").st_ino == os.stat("b").st_ino)
    tell("nlink", lambda: os.stat("a").st_nlink)
    tell("link onto", lambda: os.link("a", "b"))
    tell("symlink", lambda: os.symlink("a", "s"))
    tell("readlink", lambda: os.readlink("s"))
    tell("through it", lambda: read("s"))
    tell("O_NOFOLLOW", lambda: os.open("s", os.O_RDONLY | os.O_NOFOLLOW))
    tell("lstat", lambda: stat.S_ISLNK(os.lstat("s").st_mode))
    tell("link to a symlink", lambda: os.link("s", "s2", follow_symlinks=False))
    tell("dangling", lambda: os.symlink("nowhere/else", "d") or os.path.exists("d"))
    tell("absolute", lambda: os.symlink("/etc/hostname", "abs") or os.path.exists("abs"))
    tell("rename one of two onto the other", lambda: os.rename("a", "b"))
    tell("both there", lambda: (os.path.exists("a"), os.path.exists("b")))
    write("c", "two")
    tell("NOREPLACE", lambda: renameat2("c", "a", NOREPLACE))
    tell("NOREPLACE, free", lambda: renameat2("c", "c2", NOREPLACE))
    tell("EXCHANGE", lambda: renameat2("c2", "a", EXCHANGE))
    tell("exchanged", lambda: (read("a"), read("c2"), read("b")))
    os.mkdir("dir")
    write("dir/in", "in")
    tell("EXCHANGE with a directory", lambda: renameat2("dir", "a", EXCHANGE))
    tell("in it", lambda: (read("a/in"), read("dir")))
    renameat2("dir", "a", EXCHANGE)
    tell("EXCHANGE with nothing", lambda: renameat2("a", "none", EXCHANGE))
    tell("rename onto a full directory", lambda: os.mkdir("dir2") or os.rename("dir2", "dir"))
    tell("full onto an empty one", lambda: os.rename("dir", "dir2"))
    tell("file onto a directory", lambda: os.rename("a", "dir2"))
    tell("directory onto a file", lambda: os.rename("dir2", "a"))
    tell("into itself", lambda: os.rename("dir2", "dir2/sub"))
    tell("rmdir, full", lambda: os.rmdir("dir2"))
    tell("unlink of a directory", lambda: os.unlink("dir2") and None)
    tell("too long", lambda: write("n" * 256))
    tell("longest", lambda: write("n" * 255))
    tell("below a file", lambda: write("a/below"))
    tell("missing", lambda: os.stat("missing"))
    tell("O_EXCL", lambda: write("a", "x", os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    tell("O_DIRECTORY on a file", lambda: os.open("a", os.O_RDONLY | os.O_DIRECTORY))
    tell("write a directory", lambda: os.open("dir2", os.O_WRONLY))
    tell("not UTF-8", lambda: write(b"\xff\xfe"))
    tell("deep", lambda: os.makedirs("/".join(["deep"] * 60)))
    tell("fifo", lambda: os.mkfifo("fifo") or stat.S_ISFIFO(os.stat("fifo").st_mode))
    with socket.socket(socket.AF_UNIX) as server:
        tell("socket", lambda: server.bind("sock") or stat.S_ISSOCK(os.stat("sock").st_mode))
    tell("types", lambda: sorted((e.name[:9], e.is_dir(follow_symlinks=False), e.is_symlink())
                                 for e in os.scandir(".") if e.name[0] != "."))


def contents():
    tell("write", lambda: write("f", "0123456789"))
    fd = os.open("f", os.O_RDWR)
    tell("pwrite beyond", lambda: os.pwrite(fd, b"end", 20))
    tell("hole", lambda: os.pread(fd, 30, 8))
    tell("truncate", lambda: os.ftruncate(fd, 5) or os.fstat(fd).st_size)
    tell("longer", lambda: os.ftruncate(fd, 8) or os.pread(fd, 10, 0))
    tell("truncate(2)", lambda: os.truncate("f", 3) or os.pread(fd, 10, 0))
    first, second = (os.open("f", os.O_WRONLY | os.O_APPEND) for _ in range(2))
    tell("two append", lambda: [os.write(x, y) for x, y in
                                ((first, b"A"), (second, b"B"), (first, b"C"))])
    tell("appended", lambda: read("f"))
    with mmap.mmap(fd, 0) as one, mmap.mmap(fd, 0) as two:
        one[0:2] = b"mm"
        tell("mapped twice", lambda: two[0:4])
        tell("read of a mapping", lambda: os.pread(fd, 4, 0))
        os.pwrite(fd, b"W", 1)
        tell("mapping of a write", lambda: one[0:3])
        tell("msync", lambda: one.flush())
    tell("fsync", lambda: os.fsync(fd))
    tell("fdatasync", lambda: os.fdatasync(fd))
    os.unlink("f")
    tell("without a name", lambda: (os.fstat(fd).st_nlink, os.pread(fd, 20, 0)))
    tell("written without a name", lambda: os.pwrite(fd, b"still", 0) and os.pread(fd, 5, 0))
    tell("fchmod without a name", lambda: os.fchmod(fd, 0o600) or oct(os.fstat(fd).st_mode))
    os.close(fd)
    tell("fallocate", lambda: write("g") and os.posix_fallocate(g(), 0, 8192) or size("g"))
    fd = os.open("sparse", os.O_RDWR | os.O_CREAT)
    os.ftruncate(fd, 1 << 20)
    os.pwrite(fd, b"d" * 4096, 1 << 19)
    tell("SEEK_DATA", lambda: os.lseek(fd, 0, os.SEEK_DATA))
    tell("SEEK_HOLE", lambda: os.lseek(fd, 1 << 19, os.SEEK_HOLE))
    tell("SEEK_DATA past it", lambda: os.lseek(fd, (1 << 19) + 4096, os.SEEK_DATA))
    tell("sparse", lambda: os.fstat(fd).st_blocks < 100)
    to = os.open("copy", os.O_RDWR | os.O_CREAT)
    tell("copy_file_range", lambda: os.copy_file_range(fd, to, 4096, 1 << 19, 0))
    tell("copied", lambda: os.pread(to, 3, 4093))
    tell("4 GB", lambda: os.pwrite(to, b"far", 1 << 32) and os.fstat(to).st_size)
    tell("sendfile", lambda: os.sendfile(to, fd, 1 << 19, 100))
    tell("O_TRUNC", lambda: write("copy", "short") and read("copy"))
    tell("read-only", lambda: os.write(os.open("copy", os.O_RDONLY), b"x"))
    here = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    tell("fsync of a directory", lambda: os.fsync(here))


def g():
    return os.open("g", os.O_RDWR)


def size(name):
    return os.stat(name).st_size


def attributes():
    write("at")
    tell("chmod", lambda: os.chmod("at", 0o4751) or oct(os.stat("at").st_mode))
    tell("utimens", lambda: os.utime("at", ns=(1500000000123456789, 1600000000987654321))
         or (os.stat("at").st_atime_ns, os.stat("at").st_mtime_ns))
    tell("before 1970", lambda: os.utime("at", ns=(0, -5000000000)) or os.stat("at").st_mtime_ns)
    os.symlink("at", "at-link")
    tell("utimens of a link", lambda: os.utime("at-link", ns=(0, 7 * 10**9), follow_symlinks=False)
         or (os.lstat("at-link").st_mtime_ns, os.stat("at").st_mtime_ns))
    if os.geteuid() == 0:
        tell("chown", lambda: os.chown("at", 1234, 4321)
             or (os.stat("at").st_uid, os.stat("at").st_gid))
        tell("suid after chown", lambda: oct(os.stat("at").st_mode))
        tell("lchown", lambda: os.lchown("at-link", 1, 2) or os.lstat("at-link").st_uid)
    old = os.umask(0o027)
    tell("umask", lambda: write("masked") and oct(os.stat("masked").st_mode))
    tell("umask of a directory", lambda: os.mkdir("mdir") or oct(os.stat("mdir").st_mode))
    os.umask(old)

    def moves(what, name, *calls):
        for call in calls:
            before = os.stat(name)
            time.sleep(0.02)
            call()
            after = os.stat(name)
            print(f"{what}: mtime {after.st_mtime_ns > before.st_mtime_ns}, "
                  f"ctime {after.st_ctime_ns > before.st_ctime_ns}")
    write("t")
    moves("written", "t", lambda: write("t", "yy"))
    moves("chmod", "t", lambda: os.chmod("t", 0o600))
    moves("linked", "t", lambda: os.link("t", "t2"))
    moves("unlinked", "t", lambda: os.unlink("t2"))
    moves("truncated", "t", lambda: os.truncate("t", 1))
    moves("a file made, renamed, removed in it", "mdir", lambda: write("mdir/1"),
          lambda: os.rename("mdir/1", "mdir/2"), lambda: os.unlink("mdir/2"))


def locks():
    write("lock")
    fd = os.open("lock", os.O_RDWR)
    flock = "f = os.open('lock', os.O_RDWR)\nfcntl.%s(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\nprint('got')"
    fcntl.flock(fd, fcntl.LOCK_EX)
    tell("flock held", lambda: other(flock % "flock"))
    fcntl.flock(fd, fcntl.LOCK_UN)
    tell("flock free", lambda: other(flock % "flock"))
    fcntl.lockf(fd, fcntl.LOCK_EX, 10)
    tell("fcntl held", lambda: other(flock % "lockf"))
    fcntl.lockf(fd, fcntl.LOCK_UN)
    tell("fcntl free", lambda: other(flock % "lockf"))


def main():
    names_and_links()
    contents()
    attributes()
    locks()


main()
