"""The page on which the team tried out everything that a page can hold."""

from wiki.api import Page, block, emoji, hosted, make_id, url_of
from wiki.databases import TASK_DATABASE
from wiki.markup import blocks, equation, heading, mention, paragraph, parse, run, text_block
from wiki.people import PEOPLE, editors

BEAN = {"id": make_id("emoji bean", 4), "name": "bean",
        "url": "https://s3-us-west-2.amazonaws.com/public.notion-static.com/"
               f"{make_id('emoji file', 4)}/bean.png"}
COLORS = ("gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red")


def external(url):
    return {"type": "external", "external": {"url": url}}


def media(kind, source, caption="", **more):
    return block(kind, {"caption": parse(caption), **source, **more})


def spaced(runs):
    """Runs with a space between each two, as a person types them."""
    out = []
    for item in runs:
        out.extend([item, run(" ")])
    return out[:-1]


MENTIONS = [
    mention("user", PEOPLE["samira"], "@Samira Haddad"),
    mention("page", {"id": make_id("page handbook")}, "Handbook",
            url_of(make_id("page handbook"))),
    mention("database", {"id": TASK_DATABASE}, "Tasks", url_of(TASK_DATABASE)),
    mention("date", {"start": "2026-12-23", "end": None, "time_zone": None}, "2026-12-23"),
    mention("date", {"start": "2026-12-23T12:00:00.000+01:00",
                     "end": "2026-12-23T18:00:00.000+01:00", "time_zone": None},
            "2026-12-23T12:00:00.000+01:00 → 2026-12-23T18:00:00.000+01:00"),
    mention("template_mention", {"type": "template_mention_date",
                                 "template_mention_date": "today"}, "@Today"),
    mention("template_mention", {"type": "template_mention_date",
                                 "template_mention_date": "now"}, "@Now"),
    mention("template_mention", {"type": "template_mention_user",
                                 "template_mention_user": "me"}, "@Me"),
    mention("custom_emoji", BEAN, ":bean:"),
    mention("link_mention", {"href": "https://roastery.example/drums", "title": "Drums and dreams",
                             "icon_url": "https://roastery.example/favicon.ico",
                             "description": "About old roasters", "link_provider": "Roastery"},
            "https://roastery.example/drums", "https://roastery.example/drums"),
    mention("link_preview", {"url": "https://tracker.example/issues/7"},
            "https://tracker.example/issues/7", "https://tracker.example/issues/7"),
    mention("page", {"id": make_id("page somewhere else")}, "Untitled",
            url_of(make_id("page somewhere else")), bold=True, color="red"),
]

INLINE = blocks("""
# Words
Plain, **bold**, *italic*, ~~struck~~, __underlined__, `code`, and **bold with *italic* inside**.
A [link](https://lanternyard.example/a?b=c&d=(e)#f), a **[bold link](mailto:hello@lanternyard.example)** and an equation $\\frac{a}{b} < c_1$ in the line.
""") + [
    paragraph(spaced([run(color, color=color) for color in COLORS]
                     + [run(color, color=color + "_background") for color in COLORS])),
    paragraph([run("Everything at once", bold=True, italic=True, strikethrough=True,
                   underline=True, code=True, color="purple_background"),
               run(", a line break\nand what Markdown would eat: *stars*, _lines_, [brackets](no), "
                   "# no heading, <b>no tag</b>, a\\b, `` ` ``, $5 and $6, ~tilde~, &amp; | pipe.")]),
    paragraph([run("Energy "), equation("E = mc^2", bold=True), run(" of a bean.", color="gray")]),
    paragraph(spaced(MENTIONS)),
    paragraph("", color="yellow_background"),
    paragraph([run("- no bullet, just a hyphen at the start")]),
    paragraph([run("1. no number either")]),
    paragraph("Two ends  \nwith spaces before the break, and at the end "),
]

OUTLINE = [
    block("table_of_contents", {"color": "gray"}),
    block("breadcrumb"),
    heading(1, "Headings and lists", color="blue"),
    heading(2, "A heading that folds", toggleable=True, children=blocks("Folded in.\n- and a list")),
    heading(3, "Third"),
    heading(4, "Fourth, new this year"),
    *blocks("""
- One
  - Two
    - Three
      1. Four, by another road
- Back
1. First
2. Second
[ ] Open
  [x] Done inside
> A quote
  > and one inside
+ A toggle
  With a paragraph
  ---
"""),
    text_block("numbered_list_item", "Starts at five", list_start_index=5, list_format="letters"),
    text_block("numbered_list_item", "Goes on in Roman", list_format="roman"),
    text_block("quote", "Over\ntwo lines", color="pink_background"),
    block("divider"),
]
for numbered in OUTLINE:
    if "list_format" in numbered["payload"]:
        numbered["payload"] = {key: numbered["payload"][key] for key in (
            "rich_text", "color", "list_start_index", "list_format") if key in numbered["payload"]}


def callout(icon, text, color="default", children=None):
    return block("callout", {"rich_text": parse(text), "icon": icon, "color": color}, children)


BOXES = [
    heading(1, "Boxes"),
    callout(emoji("💡"), "An emoji", "gray_background", blocks("With a paragraph inside.\n- and a list")),
    callout(external("https://lanternyard.example/icons/bell.png"), "A picture"),
    callout({"type": "file", "file": hosted("bell.png")}, "A picture that Notion keeps"),
    callout({"type": "custom_emoji", "custom_emoji": BEAN}, "An emoji of our own"),
    callout({"type": "icon", "icon": {"name": "bolt", "color": "yellow"}}, "A built-in icon", "blue"),
    callout(None, "No icon", "red_background"),
    block("code", {"caption": parse("From the *large* roaster"), "rich_text": [
        run("while (bean_probe() < DROP) {\n\tstir();\n}\n/* ``` is no end of this */")], "language": "c"}),
    block("code", {"caption": [], "rich_text": [], "language": "plain text"}),
    block("code", {"caption": [], "rich_text": [
        run("graph LR\n  green --> roast --> rest --> bag")], "language": "mermaid"}),
    block("equation", {"expression": "\\int_0^{t} T(x)\\,dx \\approx \\sum_{i=1}^{n} T_i \\Delta x"}),
    block("table", {"table_width": 3, "has_column_header": True, "has_row_header": True}, [
        block("table_row", {"cells": [parse("Machine"), parse("**Kilos**"), []]}),
        block("table_row", {"cells": [parse("Small | old"), parse("12"), parse("a\nb")]}),
        block("table_row", {"cells": [parse("Large"), parse("25 {user:tobias}"), parse("`x|y`")]}),
    ]),
    block("table", {"table_width": 1, "has_column_header": False, "has_row_header": False},
          [block("table_row", {"cells": [[]]})]),
    block("column_list", {}, [
        block("column", {"width_ratio": 0.6}, blocks("Left, and wider.\n- with a list")),
        block("column", {"width_ratio": 0.4}, [
            paragraph("Right, with a page:"),
            Page("in-a-column", "A page in a column", blocks("It stands inside a column.")),
        ]),
    ]),
    block("column_list", {}, [block("column", {}, [paragraph("No widths")]),
                              block("column", {}, [])]),
    block("tab", {}, [
        paragraph("Filter", blocks("Fifteen grams, two hundred and fifty of water."),
                  icon=emoji("🫖")),
        paragraph("Espresso", blocks("Eighteen in, thirty-eight out.\n[ ] Purge the head first")),
    ]),
]

FILES = [
    heading(1, "Pictures and files"),
    media("image", external("https://images.lanternyard.example/yard.jpg"), "The yard, **1961**"),
    media("image", {"type": "file", "file": hosted("Röster (groß).png")}),
    media("video", external("https://www.youtube.com/watch?v=lantern0001")),
    media("video", {"type": "file", "file": hosted("drop.mp4")}, "The drop"),
    media("audio", external("https://media.lanternyard.example/crack.mp3"), "First crack"),
    media("pdf", {"type": "file", "file": hosted("manual.pdf")}, "説明書"),
    media("file", external("https://media.lanternyard.example/price%20list.xlsx"),
          name="price list.xlsx"),
    media("file", {"type": "file", "file": hosted("curve.csv")}, "Batch 4411", name="curve.csv"),
    block("bookmark", {"caption": parse("Where the drum came from"),
                       "url": "https://roastery.example/drums?year=1978"}),
    block("embed", {"caption": [], "url": "https://maps.example/embed?q=canal%20yard"}),
    block("link_preview", {"url": "https://tracker.example/pull/42"}),
]

OTHERS = [
    heading(1, "Rare things"),
    block("synced_block", {"synced_from": None},
          blocks("Opening hours: ten to six, Saturdays ten to three."), key="hours"),
    block("synced_block", {"synced_from": {"type": "block_id", "block_id": make_id("block hours")}},
          nested=True),
    block("link_to_page", {"type": "page_id", "page_id": make_id("page web-shop")}),
    block("link_to_page", {"type": "database_id", "database_id": TASK_DATABASE}),
    block("template", {"rich_text": parse("New batch")}, blocks("[ ] Weigh\n[ ] Moisture")),
    block("unsupported", {"block_type": "button"}),
    block("unsupported", {"block_type": "form"}),
    block("unsupported", {"block_type": "ai_block"}),
    block("meeting_notes", {
        "title": parse("Call with Porto"), "status": "notes_ready",
        "children": {"summary_block_id": make_id("block call-summary"),
                     "notes_block_id": make_id("block call-notes"),
                     "transcript_block_id": make_id("block call-transcript")},
        "calendar_event": {"start_time": "2026-10-06T09:00:00.000Z",
                           "end_time": "2026-10-06T09:20:00.000Z",
                           "attendees": [PEOPLE["tobias"]["id"]]},
        "recording": {"start_time": "2026-10-06T09:01:00.000Z",
                      "end_time": "2026-10-06T09:19:00.000Z"}},
          [paragraph("Two bearings, six days.", key="call-summary"),
           paragraph("Ask for the drawing as well.", key="call-notes"),
           paragraph("Bom dia. Is this the grinder again?", key="call-transcript")]),
    paragraph("This line was thrown away.", trashed=True),
    paragraph("The end."),
]

SHOWCASE = Page("showcase", "What a page can hold", INLINE + OUTLINE + BOXES + FILES + OTHERS,
                icon={"type": "custom_emoji", "custom_emoji": BEAN},
                cover={"type": "file", "file": hosted("cover.jpg")},
                stamps=("2025-11-18T13:00:00.000Z", "2026-10-29T09:14:00.000Z"),
                editors=editors("jonas", "samira"))
