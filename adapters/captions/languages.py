"""Language tags by the library langcodes, which carries IANA's registry."""

from __future__ import annotations

import langcodes

from videohub_core.videos.entities import LANGUAGE_MOST


class LangcodesTags:
    """`LanguageTags`."""

    def normalise(self, tag: str) -> str:
        try:
            normal = langcodes.standardize_tag(tag)
        except ValueError as error:
            raise ValueError("This is not a language tag.") from error
        if len(normal) > LANGUAGE_MOST or not langcodes.tag_is_valid(normal):
            raise ValueError("This is not a language tag.")
        return normal
