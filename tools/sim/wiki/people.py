"""Who works at Lantern Yard Coffee."""

from wiki import markup
from wiki.api import make_id

STAFF = (
    ("ines", "Inés Calderón", "ines@lanternyard.example"),
    ("tobias", "Tobias Rehm", "tobias@lanternyard.example"),
    ("mei", "林美 (Mei Lin)", "mei@lanternyard.example"),
    ("samira", "Samira Haddad", "samira@lanternyard.example"),
    ("jonas", "Jonas Åkerblom", "jonas@lanternyard.example"),
)


def person(key, name, email):
    return {"object": "user", "id": make_id("user " + key, 4), "name": name, "avatar_url": None,
            "type": "person", "person": {"email": email}}


def bot(key, name):
    return {"object": "user", "id": make_id("user " + key, 4), "name": name, "avatar_url": None,
            "type": "bot", "bot": {}}


PEOPLE = {key: person(key, name, email) for key, name, email in STAFF}
PEOPLE["shop-sync"] = bot("shop-sync", "Shop sync")
PEOPLE["notionfs"] = bot("notionfs", "notionfs")
markup.PEOPLE.update(PEOPLE)

USERS = list(PEOPLE.values())


def editors(created_by, last_edited_by=None):
    return PEOPLE[created_by]["id"], PEOPLE[last_edited_by or created_by]["id"]
