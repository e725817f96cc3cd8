"""What has been read of a FHIR file so far."""

import re
from collections.abc import Mapping
from typing import Any

from server.interop.fhir_model import NotTaken
from server.protocols.model import Item

MOST_ITEMS = 80
MOST_LINKS = 1000
"""With groups, and what is hidden or worked out."""
MOST_WRONG = 50
TOO_MANY = ("item", f"Has more than {MOST_ITEMS} items. Split it.")
LONGEST_ID = 34


class Reading:
    """What has been read so far. Places are FHIR paths with the linkId; `links`: items that are asked, by linkId."""

    def __init__(self, key: str, language: str, contained: Mapping[str, dict[str, Any]]) -> None:
        self.key = key
        self.language = language
        self.contained = contained
        self.items: list[Item] = []
        self.links: dict[str, Item] = {}
        self.notes: list[tuple[str, str]] = []
        self.wrong: list[tuple[str, str]] = []
        self._seen: set[str] = set()
        self._places: dict[str, str] = {}

    def place_of(self, item: str | None) -> str:
        """Where an item of ours stands in the file."""
        return self._places.get(item or "", "item")

    def refuse(self, place: str, message: str) -> None:
        """Something cannot be taken. NotTaken when that is enough to look at for once."""
        self.wrong.append((place, message))
        if len(self.wrong) == MOST_WRONG:
            raise NotTaken(self.wrong)

    def note(self, place: str, message: str) -> None:
        self.notes.append((place, message))

    def first_time(self, link: str) -> bool:
        """Whether no item before had this linkId. NotTaken when there are too many."""
        if len(self._seen) == MOST_LINKS:
            raise NotTaken([*self.wrong, TOO_MANY])
        fresh = link not in self._seen
        self._seen.add(link)
        return fresh

    def id_of(self, link: str) -> str:
        """An id of ours: the key and the linkId in our letters. The same file always gives the same ids."""
        slug = re.sub(r"[^a-z0-9]+", "_", link.lower()).strip("_")
        base = slug if slug.startswith(f"{self.key}_") else f"{self.key}_{slug or 'item'}"
        base = base[:LONGEST_ID].rstrip("_")
        taken, name, count = {item.id for item in self.items}, base, 1
        while name in taken:
            count += 1
            name = f"{base[: LONGEST_ID - 3].rstrip('_')}_{count}"
        return name

    def add(self, item: Item, place: str) -> None:
        """The next item. NotTaken when there are too many."""
        if len(self.items) == MOST_ITEMS:
            raise NotTaken([*self.wrong, TOO_MANY])
        self.items.append(item)
        self._places[item.id] = place
        self.links[item.link or item.id] = item


def other_id(item: str) -> str:
    """The id of the text that belongs to an open choice."""
    return f"{item}_other"
