"""What keeps strangers out."""

from __future__ import annotations

from videohub_core.shared.errors import DomainError, NotAllowed, NotFound


class RegistrationClosed(NotAllowed):
    """Only admins open accounts here."""

    code = "registration_closed"
    title = "Nobody can register here. The people who run this hub open accounts."


class InvitationNeeded(NotAllowed):
    """Whoever registers here was invited."""

    code = "invitation_needed"
    title = "You need an invitation to register here."


class InvitationNotValid(DomainError):
    """The invitation is unknown, used, expired, or for somebody else."""

    code = "invitation_not_valid"
    title = "This invitation is not valid any more."


class NoSuchInvitation(NotFound):
    """There is no such invitation, or it is none of the actor's."""

    code = "no_such_invitation"
    title = "There is no such invitation."
