"""Phone numbers by the library phonenumbers, loaded when there is one to look at."""

from __future__ import annotations

import unicodedata

_ADVICE = "This is not a phone number. Write it with the country, such as +7 912 345-67-89."


class PhonenumbersSyntax:
    """`PhoneSyntax`; a number without a country is one of the region's."""

    def __init__(self, region: str) -> None:
        self._region = region

    def normalise(self, number: str) -> str:
        import phonenumbers

        if any(unicodedata.category(character) in ("Cc", "Cs") for character in number.strip()):
            raise ValueError(_ADVICE)
        try:
            found = phonenumbers.parse(number, self._region)
        except phonenumbers.NumberParseException as error:
            raise ValueError(_ADVICE) from error
        # An extension has no place in E.164, and without it the number is another one.
        if found.extension or not phonenumbers.is_valid_number(found):
            raise ValueError(_ADVICE)
        return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))
