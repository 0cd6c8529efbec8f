"""E-mail addresses by the library email-validator."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from videohub_core.accounts.entities import EMAIL_MOST


class EmailValidatorSyntax:
    """`EmailSyntax` without any look-up in the network.

    `special_domains` lets names such as `example.test` and `localhost` in, for tests and
    for hubs inside a closed network.
    """

    def __init__(self, *, special_domains: bool) -> None:
        self._special_domains = special_domains

    def normalise(self, address: str) -> str:
        try:
            valid = validate_email(
                address.strip(),
                check_deliverability=False,
                test_environment=self._special_domains,
                globally_deliverable=not self._special_domains,
            )
        except (EmailNotValidError, UnicodeError) as error:
            raise ValueError("This is not an e-mail address.") from error
        normalised = valid.normalized.lower()
        if len(normalised) > EMAIL_MOST:
            raise ValueError("This is not an e-mail address.")
        return normalised
