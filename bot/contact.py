"""Finds the e-mail address or telephone number that a customer leaves, and shows it masked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generation import masking, telephones

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII)
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d ()./-]{5,20}\d(?!\w)", re.ASCII)
_NATIONAL = re.compile(r"\(?\d(?:[ ()./-]{0,2}\d){6,11}", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """Where a customer can be reached; either may be empty."""

    email: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.email or self.phone)

    def __repr__(self) -> str:
        return f"Contact({self.masked})"

    @property
    def masked(self) -> str:
        """Enough to see that it is the right one: "m***@example.com", "*** 567"."""
        shown = []
        if self.email:
            name, _, host = self.email.partition("@")
            shown.append(f"{name[0]}***@{host}")
        if self.phone:
            shown.append(f"*** {re.sub(r'[^0-9]', '', self.phone)[-3:]}")
        return ", ".join(shown)


def find(text: str) -> Contact:
    """The contact in a message: what is masked there as a telephone number, or a number that stands alone."""
    text = masking.plain(text)
    email = match.group().rstrip(".") if (match := _EMAIL.search(text)) else ""
    alone = _EMAIL.sub(" ", text).strip(" \n.,;!。、")
    phone = masking.first(f"phone {alone}" if _NATIONAL.fullmatch(alone) else text, "phone")
    return Contact(email, telephones.written(phone))


def read(email: object, phone: object) -> Contact | None:
    """The contact of a form's two fields; None where one of them is neither empty nor a contact."""
    email, phone = (value.strip() if isinstance(value, str) else "" for value in (email, phone))
    if (email and not _EMAIL.fullmatch(email)) or len(email) > 200:
        return None
    if phone and (not _PHONE.fullmatch(phone) or not 7 <= len(re.sub(r"[^0-9]", "", phone)) <= 15):
        return None
    return Contact(email, phone) if email or phone else None
