#!/usr/bin/env python3
"""Blocks as the service answers them, in shapes of its recordings (key order, nulls, signed URLs):
JSON on standard output, {"name of a case": [blocks]}. recorded.c turns each both ways."""
import itertools
import json

ids = itertools.count(1)
USER = "38c9ce7b-60a4-81d0-8a12-0000000000aa"
PLAIN = {"bold": False, "italic": False, "strikethrough": False, "underline": False,
         "code": False, "color": "default"}
STAMP = "2026-06-27T16:49:00.000Z"


def uid(number=None):
    return f"38c9ce7b-60a4-81d0-9a12-{next(ids) if number is None else number:012x}"


def run(kind, value, plain, href=None, **style):
    return {"type": kind, kind: value, "annotations": {**PLAIN, **style}, "plain_text": plain,
            "href": href}


def t(content, link=None, **style):
    value = {"content": content, "link": {"url": link} if link else None}
    return run("text", value, content, link, **style)


def equation(expression, **style):
    return run("equation", {"expression": expression}, expression, **style)


def mention(kind, value, plain, href=None, **style):
    return run("mention", {"type": kind, kind: value}, plain, href, **style)


def person():
    return mention("user", {"object": "user", "id": USER, "name": "Ada", "avatar_url": None,
                            "type": "person", "person": {"email": "ada@example.com"}}, "@Ada")


def page(title="Some page", number=900, **style):
    url = "https://www.notion.so/" + uid(number).replace("-", "")
    return mention("page", {"id": uid(number)}, title, url, **style)


def date(start, end=None, zone=None):
    return mention("date", {"start": start, "end": end, "time_zone": zone}, start)


def emoji():
    return mention("custom_emoji", {"id": uid(902), "name": "bufo", "url": "https://x.org/b.png"},
                   ":bufo:")


def signed(name):
    return {"url": "https://prod-files-secure.s3.us-west-2.amazonaws.com/38c9ce7b/d5c7/" + name +
            "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-Signature=ab&x-id=Get",
            "expiry_time": "2026-06-27T17:49:02.556Z"}


def block(kind, payload, children=None, has_children=False):
    user = {"object": "user", "id": USER}
    value = {"object": "block", "id": uid(), "parent": {"type": "page_id", "page_id": uid(999)},
             "created_time": STAMP, "last_edited_time": STAMP, "created_by": user,
             "last_edited_by": user, "has_children": bool(children) or has_children,
             "in_trash": False, "type": kind, kind: payload}
    if children is not None:
        value["children"] = children
    return value


def texted(kind, **defaults):
    def make(*runs, children=None, **fields):
        payload = {"rich_text": list(runs), **defaults, "color": "default"}
        return block(kind, {**payload, **fields}, children)
    return make


p = texted("paragraph", icon=None)
h1, h2, h3, h4 = (texted(f"heading_{n}", is_toggleable=False) for n in (1, 2, 3, 4))
bullet, number, toggle, quote = map(
    texted, ("bulleted_list_item", "numbered_list_item", "toggle", "quote"))
todo = texted("to_do", checked=False)
callout = texted("callout", icon={"type": "emoji", "emoji": "💡"})


def code(*runs, language="python", caption=()):
    return block("code", {"caption": list(caption), "rich_text": list(runs), "language": language})


def table(rows, column_header=True, row_header=False):
    return block("table", {"table_width": len(rows[0]), "has_column_header": column_header,
                           "has_row_header": row_header},
                 [block("table_row", {"cells": row}) for row in rows])


def media(kind, source, caption=(), **fields):
    place = "file" if "expiry_time" in source else "external"
    return block(kind, {"caption": list(caption), "type": place, place: source, **fields})


def external(url):
    return {"url": url}


def columns(*lists, **fields):
    return block("column_list", {}, [block("column", dict(fields), content) for content in lists])


def original(children):
    return block("synced_block", {"synced_from": None}, children)


def copy_of(target, children=None, has_children=True):
    source = {"type": "block_id", "block_id": target}
    return block("synced_block", {"synced_from": source}, children, has_children)


def everything_in_a_line():
    return [t("alpha "), t("word", bold=True), t(" beta "),
            t("link", "https://a.org/?x=1&y=2", bold=True, color="red"), person(), equation("x^2"),
            t(" gamma")]


COLOURS = ["gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red"]
HOSTILE = [
    "# no heading", "- no item", "1. no item", "> no quote", "```", "~~~", "$$", "$x$ and $5",
    "| a | b |", "[x] y", "![a](b)", "<p>hi</p>", "<br>", "&amp; &lt;", "a_b_c _x_", "*x* **y**",
    "~~z~~", "\\*", "`tick`", "https://example.org/x_y", "<https://x.org>", "[^1]", "[a]: b", "===",
    "x\n---", "    four spaces", "\tx", "</toggle>", "text {color=\"red\"}", "\\", "x\\", "\\\nx",
    "!", "![", "](", "---\na: b\n---", "[!NOTE]", "   ", "10:30", ": x", "a:b:c", "<u>x</u>",
    "<span color=\"red\">x</span>", "*", "**", "_", "~", "--- | ---", "wow!", "#", "a #"]

CASES = {
    "styles": [
        p(t("plain "), t("bold", bold=True), t(" it", italic=True), t("st", strikethrough=True),
          t("un", underline=True), t("co", code=True), t("red", color="red"),
          t("bg", color="blue_background"), t("default", color="default_background")),
        p(t("all", "https://x.org/a", bold=True, italic=True, strikethrough=True, underline=True,
            code=True, color="red")),
        p(t("wo", bold=True), t("rd", italic=True), t("s", bold=True, italic=True), t("x")),
        p(t("a"), t(" b ", bold=True), t("c"), t(" ", bold=True), t("d")),
        p(t("これは"), t("「重要」", bold=True), t("です")),
        p(t("x ", color="red"), t("link", "https://a.org", color="red", bold=True),
          t(" y", color="red"))],
    "hostile": [p(t(text)) for text in HOSTILE],
    "hostile in items": [bullet(t(text)) for text in HOSTILE],
    "hostile in headings": [h2(t(text)) for text in HOSTILE],
    "hostile in quotes": [block_ for text in HOSTILE for block_ in (quote(t(text)), p(t("x")))],
    "hostile in cells": [table([[[t("a")], [t("b")]]] + [[[t(text)], []] for text in HOSTILE])],
    "white space": [
        p(t(" lead and trail ")), p(t("\u00a0a\u00a0b\u00a0")), p(t("one\ntwo\n\nfour")),
        p(t("\nx\n")), p(t("\n")), p(t("a\nb", bold=True), t("\n"), t("c")), p(t("a\r\nb\rc")),
        p(t("a\tb\t")), p(t("a\u2028b\u2029c\u0085d\u000bx\u000cy")), p(t("a\u0001b\u001f\u007f")),
        p(t("\ufeffx\u200by\u2060"))],
    "scripts": [
        p(t("👩‍👩‍👧‍👦 family 🇩🇪 flag ☝🏽")), p(t("שלום עולם (hello) \u200fمرحبا\u200e")),
        p(t("\u202eabc\u202c \u2066x\u2069")), p(t("e\u0301 é 각 각"))],
    "links": [
        p(t("see "), t("the docs", "https://example.org/a?b=c&d=e#f"), t(".")),
        p(t("https://example.org/a_b", "https://example.org/a_b")),
        p(t("a]b[c", "https://a.org")), p(t("a\nb", "https://a.org")),
        p(t("`a]`", "https://a.org", code=True)),
        p(t("a", "https://a.org"), t("b", "https://b.org"), t("c", "https://a.org", bold=True))] + [
        p(t("x", url)) for url in (
            "https://e.org/a b", "https://e.org/a(b", "https://e.org/a)b", "https://e.org/<x>",
            "https://e.org/é", "/38c9ce7b60a481d08a12000000000001", "mailto:a@b.org", "#fragment",
            "https://e.org/\\x", "https://e.org/&amp;", "https://e.org/\"q\"")],
    "equations": [
        p(t("E is "), equation("E=mc^2"), t(" ok")), p(equation("x"), equation("y")),
        p(equation("x"), t("5")), p(equation("a$b")), p(equation(" x ")), p(equation("a\nb")),
        p(equation("x", bold=True, color="red")), p(equation("`")),
        p(t("$"), equation("x"), t("$"))],
    "mentions": [
        p(person(), t(" "), page(), t(" "), mention("database", {"id": uid(901)}, "Some db"),
          t(" "), date("2026-11-21"), emoji(),
          date("2026-11-21T09:30:00.000+01:00", "2026-11-22T09:30:00.000+01:00")),
        p(mention("user", {"object": "user", "id": USER}, "@Anonymous"),
          page("Untitled"), t("x"), mention("page", {"id": uid(930)}, "Untitled")),
        p(page("A *b* <c> [d]|`e`", bold=True), t("x", bold=True)), p(page("")),
        p(page("line\nbreak")), p(person(), person(), page(), page()),
        p(date("2026-11-21T09:30:00.000", "2026-11-21T10:30:00.000", "Europe/Berlin")),
        p(mention("template_mention", {"type": "template_mention_date",
                                       "template_mention_date": "today"}, "@Today"),
          mention("template_mention", {"type": "template_mention_user",
                                       "template_mention_user": "me"}, "@Me"))],
    "previews": [
        p(mention("link_mention", {"href": "https://g.org/x", "title": "x", "icon_url": "i"},
                  "https://g.org/x", "https://g.org/x")),
        p(mention("link_preview", {"url": "https://g.org/1"}, "https://g.org/1", "https://g.org/1"),
          t(" after"))],
    "long": [p(*[t(f"w{i} ", bold=i % 2 == 1) for i in range(100)]), p(t("a" * 2001)),
             p(t("😀" * 1001)), p(t(("word " * 1000).strip()))],
    "empty": [p(), p(), h1(), bullet(), number(), todo(), toggle(), quote(), callout(), code(),
              callout(icon=None), p(t("x")), p()],
    "headings": [
        h1(t("One")), h2(t("Two")), h3(t("Three")), h4(t("Four")), h2(t("a #")), h2(t("x\ny")),
        h3(t(" x ")), h2(t("blue"), color="blue"), h4(t("bold", bold=True)),
        h1(t("T"), is_toggleable=True), h2(is_toggleable=True, color="red")] + [
        h(t("open"), is_toggleable=True, children=[p(t("in")), bullet(t("a"))])
        for h in (h1, h2, h3, h4)],
    "colours": [p(t("x"), color=name + end) for name in COLOURS for end in ("", "_background")],
    "lists": [
        bullet(t("a")), bullet(t("b")), number(t("1")), number(t("2")), p(t("between")),
        number(t("1 again")), todo(t("t")), todo(t("u"), checked=True), bullet(t("c")),
        bullet(t("a\nb")), bullet(t("a"), children=[
            p(t("text")), number(t("n"), children=[todo(t("t"), children=[quote(t("q"), children=[
                callout(t("c"), children=[code(t("x\n\ty"))])])])]), h2(t("h")),
            block("divider", {})]),
        bullet(t("1"), children=[bullet(t("2"), children=[bullet(t("3"), children=[
            bullet(t("4"), children=[bullet(t("5"), children=[bullet(t("6"))])])])])]),
        bullet(children=[bullet()]), todo(children=[p()]), bullet(children=[p(), p(t("x"))])],
    "list styles": [
        number(t("a"), list_start_index=5, list_format="letters"), number(t("b")),
        number(t("c"), list_format="roman"), number(t("d"), list_start_index=3),
        bullet(t("red"), color="red"), bullet(t("none")),
        bullet(t("blue"), color="blue_background", children=[bullet(t("green"), color="green")]),
        todo(t("z"), color="red", checked=True), todo(t("w"))],
    "containers": [
        toggle(t("T"), children=[p(t("in"))]), toggle(children=[p(t("x"))]), toggle(t("a\nb")),
        toggle(t("T"), color="red_background", children=[toggle(t("U"), children=[p()])]),
        quote(t("a\nb")), quote(t("x"), color="red"),
        quote(t("x"), children=[p(t("y")), bullet(t("z")), quote(t("w"))]),
        quote(children=[p(t("y"))]), quote(t("one")), quote(t("two"))],
    "callouts": [callout(t("x"), icon=icon, color="gray_background") for icon in (
        None, {"type": "emoji", "emoji": "👩‍👩‍👧‍👦"},
        {"type": "external", "external": {"url": "https://e.org/i.png"}},
        {"type": "file", "file": signed("icon.png")},
        {"type": "custom_emoji", "custom_emoji": {"id": uid(902), "name": "bufo", "url": "x"}},
        {"type": "icon", "icon": {"name": "pizza", "color": "blue"}})] + [
        callout(t("a\nb"), children=[p(t("c")), bullet(t("d"))])],
    "code": [
        code(t("print(1)")), code(t("a\n\nb\n")), code(t("\n")),
        code(t("x"), language="plain text"), code(t("x"), language="c++"),
        code(t("x"), language="java/c/c++/c#"),
        code(t("```\nx\n```")), code(t("  in\n\ttab")), code(t("</code-block>")),
        code(t("x"), caption=[t("Cap "), t("bold", bold=True)]), code(t("a "), t("b", bold=True)),
        code(t("x"), language="ascii art", caption=[t("a \"quote\" } {")]), code(t("\r\nx   "))],
    "display math": [block("equation", {"expression": text}) for text in (
        "E=mc^2", "a\nb", "$$", "x\n$$\ny", "", " x ", "\\begin{a}\nx&=y\\\\\n\\end{a}")],
    "small ones": [
        block("divider", {}), block("divider", {}), block("breadcrumb", {}),
        block("table_of_contents", {"color": "default"}),
        block("table_of_contents", {"color": "red_background"}),
        block("bookmark", {"caption": [], "url": "https://example.org"}),
        block("bookmark", {"caption": [t("cap")], "url": "https://e.org/?a=b&c=\"d\"<e>"}),
        block("embed", {"caption": [t("x\ny")], "url": "https://e.org"}),
        block("link_preview", {"url": "https://g.org/a/b/pull/1"})],
    "files": [media(kind, source, caption)
              for kind in ("image", "video", "audio", "pdf")
              for source in (external("https://e.org/a(1) b.png"), signed("a%20b.png"))
              for caption in ([], [t("cap [x] "), t("b", bold=True)])] + [
        media("file", external("https://e.org/a.txt"), name="other \"name\".txt"),
        media("file", signed("b.txt"), [t("cap")], name="b.txt"),
        media("image", external("https://e.org/a.png"), [t("two\nlines")])],
    "tables": [
        table([[[t("a")], [t("b")]], [[t("c")], []]]), table([[[t("a")]]], column_header=False),
        table([[[t("a")], [t("b")]], [[t("c")], [t("d")]]], row_header=True),
        table([[[t("a|b")], [t("c\nd")]], [[t("`x|y`", code=True)], [t(" e ")]], [[], []],
               [[t("x|y", code=True)], [t("\\|")]], [[t("|", bold=True)], [page("a|b")]]]),
        table([[[]]]), table([[[], []], [[], []]]), table([[[t("-")]], [[t("---")]]])],
    "columns": [
        columns([p(t("l"))], [p(t("r")), bullet(t("x"))]),
        columns([p(t("l"))], [], width_ratio=0.5),
        columns([h1(t("x"))], width_ratio=0.3333333333333),
        columns([columns([p(t("a"))], [p(t("b"))])],
                [toggle(t("x"), children=[columns([p(t("c"))], [p()])])])],
    "tabs": [block("tab", {}, [
        p(t("One"), icon={"type": "emoji", "emoji": "🍎"}, children=[p(t("c")), h2(t("hh"))]),
        p(t("Two")), p(children=[p(t("no label"))]),
        p(t("Red"), color="red",
          icon={"type": "icon", "icon": {"name": "pizza", "color": "red"}})])],
    "references": [
        original([p(t("original")), bullet(t("x"))]), original([]),
        copy_of(uid(950), [p(t("copy"))]), copy_of(uid(951)),
        block("link_to_page", {"type": "page_id", "page_id": uid(960)}),
        block("link_to_page", {"type": "database_id", "database_id": uid(961)}),
        block("link_to_page", {"type": "comment_id", "comment_id": uid(962)}),
        block("child_page", {"title": "Sub page"}), block("child_database", {"title": "Tasks"}),
        block("child_page", {"title": "A *b* <c> & \"d\""}, has_children=True),
        block("child_page", {"title": ""}), block("child_page", {"title": "x\ny"})],
    "only Notion": [
        block("template", {"rich_text": [t("Add a task")]}, [todo(t("x"))]),
        block("unsupported", {"block_type": "button"}),
        block("unsupported", {"block_type": "form"}),
        block("unsupported", {}), block("unsupported", {"block_type": "button"}),
        block("meeting_notes", {"title": [t("Standup")], "status": "notes_ready",
                                "children": {"summary_block_id": uid(970)}}, has_children=True),
        block("meeting_notes", {"status": "transcription_not_started"})],
    "of a later API": [
        block("hologram", {"foo": 1}), block("custom_block", {"rich_text": [t("x")]}, [p(t("in"))]),
        p(t("x"), color="teal"), h1(t("x"), color="teal"),
        callout(t("x"), color="mauve_background"),
        p(t("x", color="teal_background"), t("y")), p(t("x", superscript=True), t("y")),
        p(t("by "), mention("agent", {"id": uid(980)}, "@Agent")),
        p(t("by "), run("citation", {"url": "https://x.org"}, "[1]")),
        {**p(t("x")), "archived": False, "future": {"a": 1}}],
    "a line of everything": [
        make(*everything_in_a_line())
        for make in (p, h1, h2, h3, h4, bullet, number, todo, toggle, quote, callout)] + [
        p(*everything_in_a_line(), color="red"), quote(*everything_in_a_line(), color="red"),
        block("template", {"rich_text": everything_in_a_line()}),
        table([[[t("head")]], [everything_in_a_line()]]),
        bullet(*everything_in_a_line(), color="blue_background")],
}
CASES["everything"] = [one for blocks in CASES.values() for one in blocks]
print(json.dumps(CASES, ensure_ascii=False))
