"""Finds the e-mail address or telephone number that a customer leaves, and shows it masked."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII)
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d ()./-]{5,20}\d(?!\w)", re.ASCII)


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
    """The contact in a message; an order number or a price is no telephone number."""
    email = match.group().rstrip(".") if (match := _EMAIL.search(text[:4000])) else ""
    rest = _EMAIL.sub(" ", text[:4000])
    for match in _PHONE.finditer(rest):
        digits = re.sub(r"[^0-9]", "", match.group())
        if 7 <= len(digits) <= 15 and not re.search(
            r"(?:order|tracking|invoice|ref|订单|单号|编号|\$|¥|￥|[A-Z]{2}-)\W*$", rest[: match.start()], re.IGNORECASE
        ):
            return Contact(email, " ".join(match.group().split()))
    return Contact(email)


def read(email: object, phone: object) -> Contact | None:
    """The contact of a form's two fields; None where one of them is neither empty nor a contact."""
    email, phone = (value.strip() if isinstance(value, str) else "" for value in (email, phone))
    if (email and not _EMAIL.fullmatch(email)) or len(email) > 200:
        return None
    if phone and (not _PHONE.fullmatch(phone) or not 7 <= len(re.sub(r"[^0-9]", "", phone)) <= 15):
        return None
    return Contact(email, phone) if email or phone else None
