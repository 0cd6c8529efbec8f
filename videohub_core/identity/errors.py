"""What signing in through a provider refuses, and what keeps it from working."""

from __future__ import annotations

from videohub_core.shared.errors import Conflict, DomainError, Unavailable


class ProviderUnavailable(Unavailable):
    """The identity provider does not answer, or not with what it should."""

    code = "provider_unavailable"
    title = "The sign-in service does not answer. Try again shortly."
    retry_after = 5


class InvalidLogin(DomainError):
    """What came back from the provider belongs to no sign-in of this browser.

    It is missing, was used already, is too old, began in another browser, or is not
    what the provider signs.
    """

    code = "invalid_login"
    title = "This sign-in cannot be finished. Start it again."


class LoginDenied(DomainError):
    """The provider let nobody in: most often, they chose not to sign in."""

    code = "login_denied"
    title = "The sign-in was cancelled."


class EmailOfAnotherAccount(Conflict):
    """The provider names an e-mail that has an account, and that one cannot be linked.

    Either the provider does not vouch for the e-mail, or the account has no password
    to prove whose it is.
    """

    code = "email_of_another_account"
    title = "There is an account with this e-mail. Sign in the way you did before."
