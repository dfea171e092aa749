"""A small markup for the content: what a person would type, one block a line.

Blocks: # … #### headings, - bullets, 1. numbers, [ ] and [x] to-dos, > quotes, +toggles, --- divider,
``` code fences, | tables |, callouts as "! 💡 text"; two spaces of indent nest.
Inline: **bold**, *italic*, ~~struck~~, __underlined__, `code`, $equation$, [text](url),
{red:text} and {red_background:text}, {user:key}, {page:key|Title}, {database:key|Title},
{date:start} and {date:start..end}.
"""

import re

from wiki.api import block, emoji, make_id, url_of

INLINE = re.compile(
    r"\*\*(?P<bold>.+?)\*\*|__(?P<underline>.+?)__|~~(?P<strikethrough>.+?)~~"
    r"|\*(?P<italic>[^*]+?)\*|`(?P<code>[^`]+)`|\$(?P<equation>[^$ ][^$]*)\$"
    r"|\[(?P<link>[^\]]+)\]\((?P<url>[^)]+)\)"
    r"|\{(?P<kind>user|page|database|date):(?P<target>[^}|]+)(?:\|(?P<label>[^}]+))?\}"
    r"|\{(?P<color>[a-z_]+):(?P<colored>[^}]+)\}")
PEOPLE = {}  # key → user object, set by people.py


def annotations(**styles):
    result = {"bold": False, "italic": False, "strikethrough": False, "underline": False,
              "code": False, "color": "default"}
    result.update(styles)
    return result


def run(text, url=None, **styles):
    return {"type": "text", "text": {"content": text, "link": {"url": url} if url else None},
            "annotations": annotations(**styles), "plain_text": text, "href": url}


def equation(expression, **styles):
    return {"type": "equation", "equation": {"expression": expression},
            "annotations": annotations(**styles), "plain_text": expression, "href": None}


def mention(kind, value, text, href=None, **styles):
    return {"type": "mention", "mention": {"type": kind, kind: value},
            "annotations": annotations(**styles), "plain_text": text, "href": href}


def mention_of(kind, target, label):
    if kind == "user":
        return mention("user", PEOPLE[target], "@" + PEOPLE[target]["name"])
    if kind == "date":
        start, _, end = target.partition("..")
        return mention("date", {"start": start, "end": end or None, "time_zone": None}, start)
    version = 8 if kind == "page" else 4
    object_id = make_id(f"{kind} {target}", version)
    return mention(kind, {"id": object_id}, label, url_of(object_id))


def parse(text, markup=True, **styles):
    """Inline markup → rich text."""
    if not markup:
        return [run(text)] if text else []
    runs, position = [], 0
    for match in INLINE.finditer(text):
        if match.start() > position:
            runs.append(run(text[position:match.start()], **styles))
        position = match.end()
        found = match.groupdict()
        if found["kind"]:
            runs.append(mention_of(found["kind"], found["target"], found["label"]))
        elif found["equation"]:
            runs.append(equation(found["equation"]))
        elif found["link"]:
            runs.append(run(found["link"], found["url"], **styles))
        elif found["color"]:
            runs.extend(parse(found["colored"], color=found["color"], **styles))
        elif found["code"]:
            runs.append(run(found["code"], code=True, **styles))
        else:
            style = next(s for s in ("bold", "underline", "strikethrough", "italic") if found[s])
            runs.extend(parse(found[style], **{style: True}, **styles))
    if position < len(text):
        runs.append(run(text[position:], **styles))
    return runs


def heading(level, text, toggleable=False, children=None, color="default"):
    return block(f"heading_{level}", {"rich_text": parse(text), "is_toggleable": toggleable,
                                      "color": color}, children)


def paragraph(text, children=None, color="default", icon=None, **more):
    rich_text = parse(text) if isinstance(text, str) else text
    return block("paragraph", {"rich_text": rich_text, "icon": icon, "color": color}, children,
                 **more)


def text_block(kind, text, children=None, color="default", **more):
    return block(kind, {"rich_text": parse(text), **more, "color": color}, children)


def table(lines, row_header=False):
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return block("table", {"table_width": len(rows[0]), "has_column_header": True,
                           "has_row_header": row_header},
                 [block("table_row", {"cells": [parse(cell) for cell in row]}) for row in rows])


def line_block(line):
    match = re.match(r"(#{1,4}) (.*)", line)
    if match:
        return heading(len(match[1]), match[2])
    if line == "---":
        return block("divider")
    if line.startswith("- "):
        return text_block("bulleted_list_item", line[2:])
    if re.match(r"\d+\. ", line):
        return text_block("numbered_list_item", line.split(" ", 1)[1])
    if line[:4] in ("[ ] ", "[x] "):
        return text_block("to_do", line[4:], checked=line[1] == "x")
    if line.startswith("> "):
        return text_block("quote", line[2:])
    if line.startswith("+ "):
        return text_block("toggle", line[2:])
    if line.startswith("! "):
        _, icon, words = line.split(" ", 2)
        return block("callout", {"rich_text": parse(words), "icon": emoji(icon),
                                 "color": "gray_background"})
    return paragraph(line)


def blocks(source):
    """Lines → blocks; blank lines are nothing."""
    lines = source.strip("\n").split("\n")
    top, stack, at = [], [], 0
    while at < len(lines):
        line = lines[at]
        words = line.strip()
        depth = (len(line) - len(line.lstrip(" "))) // 2
        at += 1
        if not words:
            continue
        if words.startswith("```"):
            end = next(i for i in range(at, len(lines)) if lines[i].strip() == "```")
            code = "\n".join(inner[2 * depth:] for inner in lines[at:end])
            made = block("code", {"caption": [], "rich_text": parse(code, markup=False),
                                  "language": words[3:] or "plain text"})
            at = end + 1
        elif words.startswith("|"):
            end = at
            while end < len(lines) and lines[end].strip().startswith("|"):
                end += 1
            made = table(lines[at - 1:end])
            at = end
        else:
            made = line_block(words)
        del stack[depth:]
        (stack[-1]["children"] if stack else top).append(made)
        stack.append(made)
    return top
