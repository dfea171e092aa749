#!/usr/bin/env python3
"""Rules for file uploads. TAP.

usage: rules_upload_test.py NOTION_SIM
"""

import json
import sys
import urllib.error
import urllib.request

import small
from rule import PROGRAM, Api, equal, main, rule, true
from small import ANN, BOT, CHILD, IMAGE, MINUTE, ROOT, SOURCE, row, uid

MIB = 1 << 20
PAID = {"max_file_upload_size_in_bytes": 100 * MIB}
BOUNDARY = "----sim-test-boundary"
PIXELS = bytes(range(256)) + b"\r\n--almost\r\n" + b"\0" * 3


def form(*parts):
    """Each is (name, data) or (name, data, filename[, content type])."""
    out = b""
    for name, data, *file in parts:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
        if file:
            head += f'; filename="{file[0]}"'
        if len(file) > 1:
            head += f"\r\nContent-Type: {file[1]}"
        out += head.encode() + b"\r\n\r\n" + data + b"\r\n"
    return out + f"--{BOUNDARY}--\r\n".encode()


def request_send(api, upload, *parts, raw=None):
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return api.request("POST", f"/v1/file_uploads/{upload}/send",
                       raw=form(*parts) if raw is None else raw, headers=headers)


def send(api, upload, *parts):
    status, answer = request_send(api, upload, *parts)
    equal(status, 200, answer)
    return answer


def not_sent(api, upload, *parts, raw=None):
    status, answer = request_send(api, upload, *parts, raw=raw)
    equal((status, answer["code"]), (400, "validation_error"), answer)
    return answer["message"]


def create(api, **body):
    return api.ok("POST", "/v1/file_uploads", body)


def uploaded(api, name="a b.png", data=PIXELS, content_type="image/png"):
    made = create(api, filename=name, content_type=content_type)
    return send(api, made["id"], ("file", data, name, content_type))["id"]


def by_id(upload, **more):
    return dict({"type": "file_upload", "file_upload": {"id": upload}}, **more)


def fetch(url):
    with urllib.request.urlopen(url) as answer:
        return answer.headers["Content-Type"], answer.read()


KEYS = ["object", "id", "created_time", "created_by", "last_edited_time", "in_trash",
        "expiry_time", "status", "filename", "content_type", "content_length"]


@rule("an upload is pending, is sent, and is uploaded")
def _(api):
    made = create(api, filename="a b.png", content_type="image/png")
    equal(list(made), KEYS + ["upload_url", "request_id"])
    equal((made["object"], made["status"], made["filename"], made["content_type"],
           made["content_length"], made["in_trash"]),
          ("file_upload", "pending", "a b.png", "image/png", None, False))
    equal((made["created_time"], made["expiry_time"]), (MINUTE, "2026-11-21T11:00:30.500Z"))
    equal(made["created_by"], {"id": BOT, "type": "bot"})
    true(made["upload_url"].endswith(f"/v1/file_uploads/{made['id']}/send"))
    answer = send(api, made["id"], ("file", PIXELS, "x", "image/png"))
    equal(list(answer), KEYS + ["request_id"])
    equal((answer["status"], answer["content_length"], answer["filename"]),
          ("uploaded", len(PIXELS), "a b.png"))
    again = api.ok("GET", f"/v1/file_uploads/{made['id'].replace('-', '')}")
    equal({k: again[k] for k in KEYS}, {k: answer[k] for k in KEYS})


@rule("a name and a type not said at the start come with the file")
def _(api):
    made = create(api)
    equal((made["filename"], made["content_type"]), (None, None))
    answer = send(api, made["id"], ("file", b"x", "n.txt", "text/plain"))
    equal((answer["filename"], answer["content_type"]), ("n.txt", "text/plain"))


@rule("what can't be an upload is refused")
def _(api):
    for body in [{"filename": "a" * 901}, {"filename": ""}, {"filename": 1}, {"mode": "other"},
                 {"content_type": "png"}, {"content_type": "a/b/c"}, {"name": "x"}, [],
                 {"number_of_parts": 2}, {"external_url": "https://e.example/a.png"},
                 {"mode": "multi_part", "filename": "a"},
                 {"mode": "multi_part", "number_of_parts": 2},
                 {"mode": "external_url", "filename": "a"},
                 {"mode": "external_url", "filename": "a", "external_url": "ftp://e.example/"}]:
        equal(api.refused(400, "POST", "/v1/file_uploads", body)["code"], "validation_error")
    create(api, filename="ä" * 450)
    api.refused(400, "POST", "/v1/file_uploads", {"filename": "ä" * 450 + "a"})
    equal(len(api.ok("GET", "/v1/file_uploads")["results"]), 1)


@rule("which types are taken can be said", config={"upload_content_types": ["image/", "text/plain"]})
def _(api):
    create(api, filename="a.png", content_type="image/png")
    api.refused(400, "POST", "/v1/file_uploads", {"filename": "a", "content_type": "audio/mpeg"})
    made = create(api, filename="a")["id"]
    not_sent(api, made, ("file", b"x", "a", "audio/mpeg"))
    send(api, made, ("file", b"x", "a", "text/plain"))


@rule("what is no file of this upload is refused, and the upload stays as it was")
def _(api):
    made = create(api, filename="a.png", content_type="image/png")["id"]
    file = ("file", PIXELS, "a.png", "image/png")
    true("body.file should be defined" in not_sent(api, made, ("other", PIXELS, "a.png")))
    not_sent(api, made, file, ("part_number", b"1"))
    not_sent(api, made, ("file", PIXELS, "a.png", "text/plain"))
    not_sent(api, made, raw=b"")
    not_sent(api, made, raw=form(file)[:-8])
    not_sent(api, made, raw=form(file)[4:])
    status, answer = api.request("POST", f"/v1/file_uploads/{made}/send", {"file": "x"})
    equal((status, answer["code"]), (400, "validation_error"))
    api.refused(400, "POST", f"/v1/file_uploads/{made}/complete")
    equal(request_send(api, uid(77), file)[0], 404)
    equal(request_send(api, "x", file)[0], 400)
    equal(api.ok("GET", f"/v1/file_uploads/{made}")["status"], "pending")
    send(api, made, ("file", PIXELS, "a.png", "application/octet-stream"))
    not_sent(api, made, file)
    api.refused(404, "GET", f"/v1/file_uploads/{uid(77)}")


@rule("a form sent elsewhere is no JSON")
def _(api):
    status, answer = api.request(
        "POST", "/v1/pages", raw=form(("file", b"x", "a")),
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    equal((status, answer["code"]), (400, "invalid_json"))


@rule("a file may be as large as users/me says")
def _(api):
    limit = api.ok("GET", "/v1/users/me")["bot"]["workspace_limits"]["max_file_upload_size_in_bytes"]
    equal(limit, 5 * MIB)
    made = create(api)["id"]
    true("larger" in not_sent(api, made, ("file", b"x" * (limit + 1), "a")))
    equal(send(api, made, ("file", b"x" * limit, "a"))["content_length"], limit)
    api.refused(400, "POST", "/v1/file_uploads",
                {"mode": "multi_part", "filename": "a", "number_of_parts": 2})


@rule("a large file comes in parts", config=PAID)
def _(api):
    equal(api.ok("GET", "/v1/users/me")["bot"]["workspace_limits"], PAID)
    made = create(api, mode="multi_part", filename="a.bin", number_of_parts=3)
    equal(list(made), KEYS + ["upload_url", "complete_url", "number_of_parts", "request_id"])
    equal(made["number_of_parts"], {"total": 3, "sent": 0})
    number = made["id"]
    part = bytes(range(256)) * (MIB // 256) * 5
    not_sent(api, number, ("file", part, "a"))
    for wrong in (b"0", b"4", b"x", b""):
        not_sent(api, number, ("file", part, "a"), ("part_number", wrong))
    true("at least" in not_sent(api, number, ("file", part[1:], "a"), ("part_number", b"1")))
    send(api, number, ("part_number", b"3"), ("file", b"end", "a"))
    send(api, number, ("file", b"X" + part, "a"), ("part_number", b"1"))
    api.refused(400, "POST", f"/v1/file_uploads/{number}/complete")
    answer = send(api, number, ("file", part, "a"), ("part_number", b"2"))
    equal((answer["status"], answer["number_of_parts"]), ("pending", {"total": 3, "sent": 3}))
    answer = api.ok("POST", f"/v1/file_uploads/{number}/complete")
    equal((answer["status"], answer["content_length"]), ("uploaded", 2 * len(part) + 4))
    api.refused(400, "POST", f"/v1/file_uploads/{number}/complete")
    made = api.append(CHILD, [{"file": by_id(number)}])[0]
    equal(fetch(made["file"]["file"]["url"])[1], b"X" + part + part + b"end")


@rule("a part may not be too large", config=PAID)
def _(api):
    made = create(api)["id"]
    true("at most" in not_sent(api, made, ("file", b"x" * (20 * MIB + 1), "a")))
    send(api, made, ("file", b"x" * (20 * MIB), "a"))


@rule("a file may be imported from a URL")
def _(api):
    made = create(api, mode="external_url", filename="a.txt",
                  external_url="https://e.example/a.txt")
    equal(made["status"], "pending")
    answer = api.ok("GET", f"/v1/file_uploads/{made['id']}")
    equal((answer["status"], answer["file_import_result"]["type"]), ("uploaded", "success"))
    block = api.append(CHILD, [{"file": by_id(made["id"])}])[0]
    equal(len(fetch(block["file"]["file"]["url"])[1]), answer["content_length"])


@rule("an attached upload is a hosted file with a URL that changes and ends")
def _(api):
    number = uploaded(api)
    made = api.append(CHILD, [{kind: by_id(number, caption=[{"text": {"content": "c"}}])}
                              for kind in ("image", "video", "audio", "pdf", "file")])
    for block in made:
        media = block[block["type"]]
        equal(list(media)[:3], ["caption", "type", "file"])
        equal((media["type"], list(media["file"])), ("file", ["url", "expiry_time"]))
        equal(media["file"]["expiry_time"], "2026-11-21T11:00:30.500Z")
        equal(media["caption"][0]["plain_text"], "c")
        equal(fetch(media["file"]["url"]), ("image/png", PIXELS))
    equal(made[4]["file"]["name"], "a b.png")
    url = made[0]["image"]["file"]["url"]
    again = api.ok("GET", f"/v1/blocks/{made[0]['id']}")["image"]["file"]["url"]
    true(again != url and again.split("?")[0] == url.split("?")[0])
    api.advance(3600)
    try:
        fetch(url)
        raise AssertionError("the URL is still good")
    except urllib.error.HTTPError as error:
        equal(error.code, 403)
    again = api.ok("GET", f"/v1/blocks/{made[0]['id']}")["image"]["file"]["url"]
    equal(fetch(again)[1], PIXELS)


@rule("an update can give a block another file")
def _(api):
    number = uploaded(api)
    answer = api.ok("PATCH", f"/v1/blocks/{IMAGE}", {"image": {"file_upload": {"id": number}}})
    equal(fetch(answer["image"]["file"]["url"])[1], PIXELS)
    made = api.append(CHILD, [{"file": {"external": {"url": "https://e.example/x.txt"}}}])[0]["id"]
    answer = api.ok("PATCH", f"/v1/blocks/{made}", {"file": {"file_upload": {"id": number}}})
    equal((answer["file"]["type"], answer["file"]["name"]), ("file", "a b.png"))
    true("external" not in answer["file"])
    answer = api.ok("PATCH", f"/v1/blocks/{made}", {"file": {"name": "n"}})
    equal((answer["file"]["name"], fetch(answer["file"]["file"]["url"])[1]), ("n.png", PIXELS))
    api.refused(400, "PATCH", f"/v1/blocks/{made}", {"file": {"file_upload": {"id": uid(77)}}})


@rule("icons, covers and properties take uploads")
def _(api):
    number = uploaded(api)
    answer = api.ok("PATCH", f"/v1/pages/{CHILD}", {"icon": by_id(number), "cover": by_id(number)})
    for key in ("icon", "cover"):
        equal((list(answer[key]), answer[key]["type"]), (["type", "file"], "file"))
        equal(fetch(answer[key]["file"]["url"])[1], PIXELS)
    answer = api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {"Papers": {"files": [
        by_id(number), by_id(number, name="Plan"),
        {"name": "e", "external": {"url": "https://e.example/"}}]}}})
    files = answer["properties"]["Papers"]["files"]
    equal([(f["name"], f["type"]) for f in files],
          [("a b.png", "file"), ("Plan", "file"), ("e", "external")])
    equal(list(files[0]), ["name", "type", "file"])
    equal(fetch(files[1]["file"]["url"])[1], PIXELS)
    kept = api.ok("PATCH", f"/v1/pages/{row(1)}", {"properties": {"Papers": {"files": [
        {"name": "Plan", "file": {"url": files[1]["file"]["url"]}}]}}})
    equal(fetch(kept["properties"]["Papers"]["files"][0]["file"]["url"])[1], PIXELS)
    callout = api.append(CHILD, [{"callout": {"rich_text": [], "icon": by_id(number)}}])[0]
    equal(fetch(callout["callout"]["icon"]["file"]["url"])[1], PIXELS)
    page = api.ok("POST", "/v1/pages", {
        "parent": {"page_id": ROOT}, "icon": by_id(number), "children": [{"image": by_id(number)}]})
    equal(fetch(page["icon"]["file"]["url"])[1], PIXELS)
    equal(fetch(api.children(page["id"])[0]["image"]["file"]["url"])[1], PIXELS)


@rule("what is not uploaded, or not at all there, can't be attached")
def _(api):
    pending = create(api, filename="a")["id"]
    before = api.ok("GET", "/_sim/dump")
    for number in (pending, uid(77), ANN):
        good = {"paragraph": {"rich_text": []}}
        toggle = {"toggle": {"rich_text": [], "children": [{"image": by_id(number)}]}}
        for method, path, body in [
                ("PATCH", f"/v1/blocks/{CHILD}/children", {"children": [good, toggle]}),
                ("PATCH", f"/v1/pages/{CHILD}", {"icon": by_id(number), "in_trash": True}),
                ("PATCH", f"/v1/blocks/{IMAGE}", {"image": by_id(number), "in_trash": True}),
                ("POST", "/v1/pages", {"parent": {"page_id": ROOT}, "cover": by_id(number)}),
                ("POST", "/v1/pages", {"parent": {"data_source_id": SOURCE}, "properties": {
                    "Papers": {"files": [by_id(number)]}}})]:
            equal(api.refused(400, method, path, body)["code"], "validation_error")
    equal(api.ok("GET", "/_sim/dump"), before)


@rule("who attaches within the hour may go on, who comes later may not")
def _(api):
    kept, lost, pending = uploaded(api), uploaded(api), create(api, filename="p")["id"]
    api.append(CHILD, [{"image": by_id(kept)}])
    equal(api.ok("GET", f"/v1/file_uploads/{kept}")["expiry_time"], None)
    api.advance(3599)
    equal(api.ok("GET", f"/v1/file_uploads/{lost}")["status"], "uploaded")
    api.advance(1)
    equal([(u["id"], u["status"]) for u in api.ok("GET", "/v1/file_uploads")["results"]],
          [(pending, "expired"), (lost, "expired"), (kept, "uploaded")])
    body = {"children": [{"image": by_id(lost)}]}
    true("expired" in api.refused(400, "PATCH", f"/v1/blocks/{CHILD}/children", body)["message"])
    not_sent(api, pending, ("file", b"x", "p"))
    api.advance(86400)
    api.append(CHILD, [{"image": by_id(kept)}])


@rule("the list has pages and can be asked for a status")
def _(api):
    made = [create(api, filename=str(n))["id"] for n in range(3)]
    send(api, made[1], ("file", b"x", "1"))
    answer = api.ok("GET", "/v1/file_uploads?page_size=2")
    equal((answer["type"], answer["file_upload"], answer["has_more"]), ("file_upload", {}, True))
    more = api.ok("GET", f"/v1/file_uploads?page_size=2&start_cursor={answer['next_cursor']}")
    equal([u["id"] for u in answer["results"] + more["results"]], made[::-1])
    equal([u["id"] for u in api.ok("GET", "/v1/file_uploads?status=uploaded")["results"]], [made[1]])
    api.refused(400, "GET", "/v1/file_uploads?status=other")
    api.refused(400, "GET", "/v1/file_uploads?page_size=0")
    api.refused(400, "GET", f"/v1/file_uploads?start_cursor={uid(77)}")


@rule("uploads survive a dump, and a sent file is in the log without its bytes")
def _(api):
    number = uploaded(api)
    block = api.append(CHILD, [{"image": by_id(number)}])[0]["id"]
    entry = [e for e in api.log() if e["path"].endswith("/send")][0]
    equal(entry["body"], {"file": {"filename": "a b.png", "content_type": "image/png",
                                   "content_length": len(PIXELS)}})
    dump = api.ok("GET", "/_sim/dump")
    with small.File(dump) as path, Api(PROGRAM, "--workspace", path) as other:
        equal(json.dumps(other.ok("GET", "/_sim/dump")), json.dumps(dump))
        equal(fetch(other.ok("GET", f"/v1/blocks/{block}")["image"]["file"]["url"]),
              ("image/png", PIXELS))


@rule("faults are carried out on uploads, too")
def _(api):
    made = create(api, filename="a")["id"]
    api.fault(match={"path": "/send$", "nth": 1}, do="status", status=503)
    api.fault(match={"path": "/send$", "nth": 2}, do="status", status=503, apply="all")
    equal(request_send(api, made, ("file", b"x", "a"))[0], 503)
    equal(api.ok("GET", f"/v1/file_uploads/{made}")["status"], "pending")
    equal(request_send(api, made, ("file", b"x", "a"))[0], 503)
    equal(api.ok("GET", f"/v1/file_uploads/{made}")["status"], "uploaded")


if __name__ == "__main__":
    sys.exit(main())
