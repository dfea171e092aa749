#!/usr/bin/env python3
"""Rules for comments. TAP.

usage: rules_comment_test.py NOTION_SIM
"""

import http.client
import sys

import small
from rule import PROGRAM, TEXT, Api, equal, main, rule, true
from small import ANN, BOT, CHILD, FIRST, HIDDEN, MINUTE, ROOT, TOGGLE, uid

KEYS = ["object", "id", "parent", "discussion_id", "created_time", "last_edited_time",
        "created_by", "rich_text", "display_name"]


def comment(api, content="hello", **more):
    body = {"rich_text": [{"text": {"content": content}}]}
    if "discussion_id" not in more:
        body["parent"] = {"page_id": CHILD}
    return api.ok("POST", "/v1/comments", dict(body, **more))


def listed(api, number, more=""):
    return api.ok("GET", f"/v1/comments?block_id={number}{more}")


def texts(api, number):
    return [c["rich_text"][0]["plain_text"] for c in listed(api, number)["results"]]


def upload(api, content_type):
    made = api.ok("POST", "/v1/file_uploads", {"filename": "a.bin", "content_type": content_type})
    body = (b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
            b"bytes\r\n--x--\r\n")
    api.request("POST", f"/v1/file_uploads/{made['id']}/send", raw=body,
                headers={"Content-Type": "multipart/form-data; boundary=x"})
    return made["id"]


@rule("a comment on a page is answered, listed and found, and bumps nothing")
def _(api):
    api.advance(60)
    stamp = api.stamp("pages", CHILD)
    made = comment(api)
    equal(list(made), KEYS + ["request_id"])
    equal((made["object"], made["parent"], made["created_by"], made["display_name"]),
          ("comment", {"type": "page_id", "page_id": CHILD}, {"object": "user", "id": BOT},
           {"type": "integration", "resolved_name": "Test bot"}))
    equal((made["created_time"], made["last_edited_time"]), ("2026-11-21T10:01:00.000Z",) * 2)
    answer = listed(api, CHILD)
    equal((answer["type"], answer["comment"], answer["has_more"], answer["next_cursor"]),
          ("comment", {}, False, None))
    equal([list(c) for c in answer["results"]], [KEYS])
    equal(api.ok("GET", f"/v1/comments/{made['id']}")["id"], made["id"])
    equal(api.stamp("pages", CHILD), stamp)
    equal(api.stamp("blocks", CHILD), stamp)


@rule("a reply belongs to its thread and to what the thread is about")
def _(api):
    first = comment(api, "one", parent={"type": "block_id", "block_id": FIRST})
    equal(first["parent"], {"type": "block_id", "block_id": FIRST})
    reply = comment(api, "two", discussion_id=first["discussion_id"])
    equal((reply["parent"], reply["discussion_id"]), (first["parent"], first["discussion_id"]))
    other = comment(api, "three", parent={"block_id": FIRST})
    true(other["discussion_id"] != first["discussion_id"])
    equal(texts(api, FIRST), ["one", "two", "three"])
    equal(texts(api, ROOT), [])


@rule("comments are listed in pages, oldest first")
def _(api):
    for n in range(5):
        comment(api, str(n))
    answer = listed(api, CHILD, "&page_size=2")
    equal((len(answer["results"]), answer["has_more"]), (2, True))
    seen = [c["rich_text"][0]["plain_text"] for c in answer["results"]]
    while answer["has_more"]:
        answer = listed(api, CHILD, f"&page_size=2&start_cursor={answer['next_cursor']}")
        seen += [c["rich_text"][0]["plain_text"] for c in answer["results"]]
    equal(seen, ["0", "1", "2", "3", "4"])
    api.refused(400, "GET", f"/v1/comments?block_id={CHILD}&start_cursor={uid(77)}")


@rule("what can't be a comment is refused and changes nothing")
def _(api):
    api.ok("DELETE", f"/v1/blocks/{TOGGLE}")
    before = api.ok("GET", "/_sim/dump")
    page = {"page_id": CHILD}
    for body in [{}, {"rich_text": [TEXT]}, {"parent": page}, {"parent": page, "rich_text": "x"},
                 {"parent": page, "discussion_id": uid(77), "rich_text": [TEXT]},
                 {"parent": page, "rich_text": [TEXT], "markdown": "x"},
                 {"parent": page, "markdown": "x"}, {"parent": {}, "rich_text": [TEXT]},
                 {"parent": {"database_id": CHILD}, "rich_text": [TEXT]},
                 {"parent": page, "rich_text": [TEXT] * 101},
                 {"parent": page, "rich_text": [TEXT], "display_name": {"type": "custom"}},
                 {"parent": page, "rich_text": [TEXT],
                  "attachments": [{"file_upload_id": uid(77)}]},
                 {"parent": page, "rich_text": [TEXT],
                  "attachments": [{"file_upload_id": uid(77)}] * 4},
                 {"parent": {"block_id": TOGGLE}, "rich_text": [TEXT]}]:
        equal(api.refused(400, "POST", "/v1/comments", body)["code"], "validation_error")
    for parent in [{"page_id": uid(77)}, {"page_id": FIRST}, {"block_id": HIDDEN}]:
        api.refused(404, "POST", "/v1/comments", {"parent": parent, "rich_text": [TEXT]})
    api.refused(404, "POST", "/v1/comments", {"discussion_id": uid(77), "rich_text": [TEXT]})
    equal(api.ok("GET", "/_sim/dump"), before)
    api.refused(400, "GET", "/v1/comments")
    api.refused(400, "GET", "/v1/comments?block_id=x")
    api.refused(404, "GET", f"/v1/comments?block_id={uid(77)}")
    api.refused(404, "GET", f"/v1/comments/{uid(77)}")


@rule("a comment is changed and deleted")
def _(api):
    made = comment(api)["id"]
    api.advance(120)
    answer = api.ok("PATCH", f"/v1/comments/{made}", {"rich_text": [TEXT]})
    equal((answer["rich_text"][0]["plain_text"], answer["created_time"], answer["last_edited_time"]),
          ("new", MINUTE, "2026-11-21T10:02:00.000Z"))
    for body in [{}, {"markdown": "x"}, {"rich_text": [TEXT], "parent": {"page_id": CHILD}}]:
        api.refused(400, "PATCH", f"/v1/comments/{made}", body)
    equal(api.ok("DELETE", f"/v1/comments/{made}")["id"], made)
    equal(texts(api, CHILD), [])
    api.refused(404, "GET", f"/v1/comments/{made}")
    api.refused(404, "DELETE", f"/v1/comments/{made}")


@rule("others' comments are read alone, and resolved threads are listed no more")
def _(api):
    comment(api, "theirs")
    comment(api, "resolved")
    dump = api.ok("GET", "/_sim/dump")
    dump["comments"][0]["created_by"]["id"] = ANN
    dump["comments"][1]["resolved"] = True
    with small.File(dump) as path, Api(PROGRAM, "--workspace", path) as other:
        equal(texts(other, CHILD), ["theirs"])
        number = dump["comments"][0]["id"]
        for method, body in (("PATCH", {"rich_text": [TEXT]}), ("DELETE", None)):
            equal(other.refused(403, method, f"/v1/comments/{number}", body)["code"],
                  "restricted_resource")


@rule("a comment may be shown under another name and carry files")
def _(api):
    made = comment(api, display_name={"type": "custom", "custom": {"name": "Robot"}},
                   attachments=[{"file_upload_id": upload(api, kind)}
                                for kind in ("image/png", "application/pdf", "text/plain")])
    equal(made["display_name"], {"type": "custom", "resolved_name": "Robot"})
    equal([a["category"] for a in made["attachments"]], ["image", "pdf", "productivity"])
    file = listed(api, CHILD)["results"][0]["attachments"][0]["file"]
    equal(list(file), ["url", "expiry_time"])
    connection = http.client.HTTPConnection("127.0.0.1", api.port)
    connection.request("GET", file["url"].split(str(api.port), 1)[1])
    equal(connection.getresponse().read(), b"bytes")
    connection.close()


@rule("a personal token comments as its person", "--token-kind", "pat")
def _(api):
    made = comment(api)
    equal((made["created_by"]["id"], made["display_name"]),
          (ANN, {"type": "user", "resolved_name": "Ann"}))


if __name__ == "__main__":
    sys.exit(main())
