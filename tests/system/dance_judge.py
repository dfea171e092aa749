#!/usr/bin/env python3
"""Judges saves: what one did on the server is what it should have done, and nothing else.

usage: dance_judge.py NOTIONFS URL, as a co-process of dances.sh. Each line on stdin is answered by
lines on stdout, the last of which is "ok" and a number, or "bad".

    before                   the workspace as it is now; requests are counted from here
    after PAGE-ID NEW.md     the saves since then, by these rules:

The writes on the wire are the lines of `notionfs diff` from the page's blocks before to the new
text, in order. Blocks those lines don't name are as they were, each under its id and in its place;
so are all other pages, and no page came or went to the trash. The page's blocks afterwards are the
new text. "ok" has how many writes there were.

    shows PAGE-ID FILE.md    how many writes would make the page read so
    after PAGE-ID NEW.md OLD THEIRS     the same where somebody else has changed the text of one
                             block from OLD to THEIRS meanwhile: the writes are those of the save
                             alone, and the page has both.
"""
import json
import subprocess
import sys
import tempfile
import urllib.request

STAMPS = {"last_edited_time", "last_edited_by", "request_id", "has_children"}
READS = ("/search", "/query")


class Refused(Exception):
    pass


def clean(value):
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items() if k not in STAMPS}
    if isinstance(value, list):
        return [clean(v) for v in value]
    return value


def nested(dump, parent):
    """The live blocks under an id, as the filters take them."""
    blocks = []
    for block in dump["blocks"].get(parent, []):
        if not block.get("in_trash"):
            block = dict(block, children=nested(dump, block["id"]))
            if not block["children"]:
                del block["children"]
            blocks.append(block)
    return blocks


def diff(notionfs, blocks, page, text):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(blocks, file)
        file.flush()
        run = subprocess.run([notionfs, "diff", "--page", page, file.name, text], text=True,
                             capture_output=True, check=False)
    if run.returncode != 0:
        raise Refused(f"notionfs diff: {run.stderr}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def bind(planned, sent, made):
    """Is `sent` what was planned, with the ids of new blocks for @n.i? They go into `made`."""
    if isinstance(planned, str) and "@" in planned and isinstance(sent, str):
        head, at, name = planned.partition("@")
        if not sent.startswith(head):
            return False
        return made.setdefault(at + name, sent[len(head):]) == sent[len(head):]
    if isinstance(planned, dict) and isinstance(sent, dict):
        return planned.keys() == sent.keys() and all(
            bind(planned[k], sent[k], made) for k in planned)
    if isinstance(planned, list) and isinstance(sent, list):
        return len(planned) == len(sent) and all(
            bind(a, b, made) for a, b in zip(planned, sent))
    return planned == sent


def check_requests(planned, requests, before_ids):
    sent = [r for r in requests if r["method"] != "GET" and not r["path"].endswith(READS)]
    lines = [{k: r.get(k) or None for k in ("method", "path", "body")} for r in sent]
    wanted = [{k: p.get(k) or None for k in ("method", "path", "body")} for p in planned]
    made = {}
    if not bind(wanted, lines, made):
        yield "planned:\n" + "\n".join(f"    {json.dumps(p)}" for p in wanted)
        yield "sent:\n" + "\n".join(f"    {json.dumps(p)}" for p in lines)
    for name, block in made.items():
        if block in before_ids:
            yield f"{name} is {block}, which was there before"
    for request in sent:
        if request["status"] != 200:
            yield f"answered {request['status']}: {request['path']}"


def blocks_by_id(dump):
    return {b["id"]: (parent, b) for parent, list_ in dump["blocks"].items() for b in list_}


def is_theirs(block, was, old, theirs):
    """Is the block as it was but for somebody else's change?"""
    texts = json.dumps(clean(was)).replace(json.dumps(old), json.dumps(theirs))
    return old is not None and json.dumps(clean(block)) == texts


def check_untouched(planned, before, after, old_text, theirs):
    named = {p["path"].split("/")[3].replace("-", "") for p in planned
             if p["path"].startswith("/v1/blocks/") and not p["path"].endswith("/children")}
    old, new = blocks_by_id(before), blocks_by_id(after)
    for block_id, (parent, block) in old.items():
        if block_id.replace("-", "") in named:
            continue
        if block_id not in new:
            yield f"block {block_id} is gone"
        elif new[block_id][0] != parent or not (
                clean(new[block_id][1]) == clean(block)
                or is_theirs(new[block_id][1], block, old_text, theirs)):
            yield f"block {block_id} was touched: {block} -> {new[block_id]}"
    for parent, children in before["blocks"].items():
        kept = [b["id"] for b in children if b["id"] in new]
        now = [b["id"] for b in after["blocks"].get(parent, []) if b["id"] in set(kept)]
        if kept != now:
            yield f"order changed in {parent}"


def check_pages(before, after):
    for kind in ("pages", "databases", "data_sources"):
        old = {p["id"]: clean(p) for p in before[kind]}
        new = {p["id"]: clean(p) for p in after[kind]}
        for page_id in old.keys() - new.keys():
            yield f"lost of {kind}: {old[page_id]}"
        for page_id in new.keys() - old.keys():
            yield f"stray in {kind}: {new[page_id]}"
        for page_id in old.keys() & new.keys():
            if old[page_id] != new[page_id]:
                yield f"changed in {kind}: {old[page_id]} -> {new[page_id]}"


class Judge:
    def __init__(self, notionfs, url):
        self.notionfs, self.url, self.old = notionfs, url, None

    def ask(self, path, method="GET"):
        request = urllib.request.Request(f"{self.url}/_sim/{path}", method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def before(self):
        self.old = self.ask("dump")
        self.ask("requests", "DELETE")
        return 0, []

    def after(self, page, text, old_text=None, theirs=None):
        new = self.ask("dump")
        planned = diff(self.notionfs, nested(self.old, page), page, text)
        faults = [*check_requests(planned, self.ask("requests"), blocks_by_id(self.old)),
                  *check_untouched(planned, self.old, new, old_text, theirs), *check_pages(self.old, new)]
        with tempfile.NamedTemporaryFile("w", suffix=".md") as both:
            content = open(text, encoding="utf-8").read()
            both.write(content.replace(old_text, theirs) if old_text else content)
            both.flush()
            left = diff(self.notionfs, nested(new, page), page, both.name)
        faults += [f"the page is not the file: {line}" for line in left]
        return len(planned), faults

    def shows(self, page, text):
        return len(diff(self.notionfs, nested(self.ask("dump"), page), page, text)), []


def main():
    judge = Judge(*sys.argv[1:3])
    for line in sys.stdin:
        command, *arguments = line.rstrip("\n").split("\t")
        try:
            count, faults = getattr(judge, command)(*arguments)
        except (OSError, ValueError, Refused) as error:
            count, faults = 0, [str(error)]
        for fault in faults:
            print(fault)
        print("bad" if faults else f"ok {count}", flush=True)


main()
