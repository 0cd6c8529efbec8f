"""Send a mail that waits."""

from __future__ import annotations

from videohub_core.accounts.entities import User
from videohub_core.jobs.entities import Lease
from videohub_core.mail.entities import Mail, MailKind, Message
from videohub_core.mail.errors import MailDeferred, MailRefused
from videohub_core.mail.ports import Mailer
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.shared.rate_limit import Rate, RateLimiter, TooManyRequests
from videohub_core.verification.entities import MailedLink, Purpose
from videohub_core.verification.ports import VerificationUnitOfWork

STRANGERS = frozenset(
    {
        MailKind.VERIFY_EMAIL,
        MailKind.EMAIL_IN_USE,
        MailKind.RESET_PASSWORD,
        MailKind.CONFIRM_NEW_EMAIL,
    }
)
"""What somebody can have sent to an address that is not theirs."""

_PURPOSES = {
    MailKind.VERIFY_EMAIL: Purpose.VERIFY_EMAIL,
    MailKind.CONFIRM_NEW_EMAIL: Purpose.VERIFY_EMAIL,
    MailKind.RESET_PASSWORD: Purpose.RESET_PASSWORD,
}


class SendMail:
    """Job `send_mail`. A link is made when the mail leaves, so that no row holds its secret.

    Killed after the mail has left, it leaves again under the same key, with a link of its
    own; both links work until one is used. Of each kind that strangers can ask for, an
    address gets no more than the rate allows; what is more is left unsent.
    """

    def __init__(
        self,
        uow: VerificationUnitOfWork,
        mailer: Mailer,
        limiter: RateLimiter,
        rate: Rate,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._mailer = mailer
        self._limiter = limiter
        self._rate = rate
        self._ids = ids
        self._clock = clock

    def __call__(self, *, lease: Lease) -> None:
        message = None if lease.exhausted else self._message(lease)
        if message is not None:
            try:
                self._mailer.send(message)
            except MailDeferred as error:
                self._try_later(lease, error)
                return
            except MailRefused:
                # Said in the log by whoever tried; nothing is gained by trying again.
                message = None
        self._end(lease)

    def _message(self, lease: Lease) -> Message | None:
        """Return what is to be sent, None if there is nothing to say to that address."""
        with self._uow as uow:
            uow.jobs.held(lease)
            mail = uow.mails.get(JobId(lease.subject))
            if mail is None or self._is_too_often(mail, lease):
                return None
            user = self._user(uow, mail)
            kind = None if user is None else _kind_for(mail, user, _is_taken(uow, mail, user))
            if user is None or kind is None:
                return None
            values = {}
            if user.email_verified and mail.address == user.email:
                # Any other name may be what a stranger wants somebody else to read.
                values["name"] = user.display_name
            if kind in _PURPOSES:
                now, token = self._clock.now(), self._ids.secret()
                uow.links.remove_expired(now)
                uow.links.add(MailedLink.make(token, _PURPOSES[kind], user, mail.address, now))
                values["token"] = token
                uow.commit()
        locale = user.locale or mail.locale
        return Message(str(mail.id), kind, mail.address, locale, values)

    def _user(self, uow: VerificationUnitOfWork, mail: Mail) -> User | None:
        if mail.user_id is None:
            return uow.users.by_email(mail.address)
        return uow.users.get(mail.user_id)

    def _is_too_often(self, mail: Mail, lease: Lease) -> bool:
        if mail.kind not in STRANGERS or lease.attempt > 1:
            return False
        try:
            self._limiter.hit(f"mail:{mail.kind.value}:{mail.address}", self._rate)
        except TooManyRequests:
            return True
        return False

    def _try_later(self, lease: Lease, error: MailDeferred) -> None:
        with self._uow as uow:
            uow.jobs.held(lease).retry_later(self._clock.now(), str(error))
            uow.commit()

    def _end(self, lease: Lease) -> None:
        with self._uow as uow:
            job = uow.jobs.held(lease)
            mail = uow.mails.get(JobId(lease.subject))
            if mail is not None:
                uow.mails.remove(mail)
            uow.jobs.remove(job)
            uow.commit()


def _is_taken(uow: VerificationUnitOfWork, mail: Mail, user: User) -> bool:
    """Tell whether the new address that a user asks for is somebody else's."""
    if mail.kind is not MailKind.CONFIRM_NEW_EMAIL:
        return False
    other = uow.users.by_email(mail.address)
    return other is not None and other.id != user.id


def _kind_for(mail: Mail, user: User, is_taken: bool) -> MailKind | None:
    """Return what there is to say now that the mail can be sent, None if nothing is."""
    if is_taken:
        return MailKind.EMAIL_IN_USE
    over = {
        MailKind.VERIFY_EMAIL: user.email_verified,
        # Who signs in without a password has none to reset.
        MailKind.RESET_PASSWORD: user.password_hash is None,
        MailKind.CONFIRM_NEW_EMAIL: user.pending_email != mail.address,
    }
    return None if over.get(mail.kind, False) else mail.kind
