"""The use cases around accounts over fakes, and a worker that sends the mails that wait."""

from __future__ import annotations

from typing import Any

from tests.fakes.mails import FakeMailer
from tests.fakes.simple import (
    FakeClock,
    FakeEmailSyntax,
    FakeIds,
    FakeLimiter,
    FakePasswords,
    FakePhoneSyntax,
)
from tests.fakes.storage import FakeStorage
from videohub_core.accounts.entities import User
from videohub_core.accounts.policies import OwnerCheck, PasswordDoor
from videohub_core.accounts.use_cases.change_password import ChangePassword
from videohub_core.accounts.use_cases.edit_account import EditAccount
from videohub_core.accounts.use_cases.read_session import ReadSession
from videohub_core.accounts.use_cases.register_user import RegisterUser
from videohub_core.accounts.use_cases.sign_in import SignIn
from videohub_core.invitations.entities import Registration
from videohub_core.invitations.use_cases.invite import Invite
from videohub_core.jobs.entities import Lease
from videohub_core.jobs.use_cases.lease_job import LeaseJob
from videohub_core.mail.entities import MailKind, Message
from videohub_core.mail.policies import Outbox
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import JobId
from videohub_core.shared.rate_limit import Rate
from videohub_core.verification.use_cases.confirm_email import ConfirmEmail
from videohub_core.verification.use_cases.request_link import RequestLink
from videohub_core.verification.use_cases.reset_password import ResetPassword
from videohub_core.verification.use_cases.send_mail import SendMail

EMAIL = "anna@example.test"
PASSWORD = "long enough"
ANOTHER = "another long one"


class Hall:
    """Where members come in. `verification` and `registration` may be set at any time."""

    def __init__(self, storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> None:
        self.storage = storage
        self.clock = clock
        self.ids = ids
        self.outbox = Outbox(ids, clock)
        self.mailer = FakeMailer()
        self.limiter = FakeLimiter()
        self.registration = Registration.OPEN
        self.verification = True

    def register(self, *, actor: Actor | None = None, **fields: Any) -> Any:
        use_case = RegisterUser(
            self.storage.uow(),
            FakePasswords(),
            FakeEmailSyntax(),
            self.outbox,
            self.ids,
            self.clock,
            registration=self.registration,
            verification=self.verification,
        )
        given = {"email": EMAIL, "password": PASSWORD, "display_name": "Анна"}
        return use_case(actor=actor, **{**given, **fields})

    def member(self, **fields: Any) -> Actor:
        """Return somebody who has registered and followed the link."""
        given = {"email": EMAIL, **fields}
        self.register(**given)
        self.confirm(self.token())
        return self.actor(given["email"])

    def actor(self, email: str = EMAIL) -> Actor:
        user = self.stored(email)
        return Actor(user.id, user.role)

    def sign_in(self, password: str = PASSWORD, email: str = EMAIL) -> str:
        door = PasswordDoor(
            self.storage.account_reader,
            FakePasswords(),
            FakeEmailSyntax(),
            verification=self.verification,
        )
        use_case = SignIn(self.storage.uow(), door, self.ids, self.clock)
        return use_case(email=email, password=password).token

    def is_alive(self, token: str) -> bool:
        read = ReadSession(self.storage.uow(), self.storage.account_reader, self.clock)
        return read(token=token) is not None

    def edit(self, actor: Actor, **given: Any) -> None:
        edit = EditAccount(
            self.storage.uow(),
            self.storage.account_reader,
            OwnerCheck(self.storage.account_reader, FakePasswords(), self.clock),
            FakeEmailSyntax(),
            FakePhoneSyntax(),
            self.outbox,
        )
        names = ("current_password", "seen", "signed_in")
        more = {name: given.pop(name) for name in names if name in given}
        edit(actor=actor, changes=given, **more)

    def change_password(self, actor: Actor, **given: Any) -> None:
        change = ChangePassword(
            self.storage.uow(), self.storage.account_reader, FakePasswords(), self.outbox
        )
        change(actor=actor, **{"current_password": PASSWORD, "new_password": ANOTHER, **given})

    def invite(self, actor: Actor | None = None, **given: Any) -> Any:
        invite = Invite(
            self.storage.uow(), FakeEmailSyntax(), self.ids, self.clock, self.registration
        )
        return invite(actor=actor, **given)

    def ask(self, kind: MailKind, email: str = EMAIL, locale: str | None = None) -> None:
        request = RequestLink(self.storage.uow(), self.outbox, FakeEmailSyntax(), kind)
        request(email=email, locale=locale)

    def confirm(self, token: str) -> None:
        ConfirmEmail(self.storage.uow(), self.clock)(token=token)

    def reset(self, token: str, password: str = ANOTHER) -> None:
        reset = ResetPassword(self.storage.uow(), FakePasswords(), self.outbox, self.clock)
        reset(token=token, password=password)

    def lease(self) -> Lease:
        """Take the mail that waits longest."""
        with self.storage.uow() as uow:
            job_id = next(iter(uow.jobs.due(self.clock.now(), 1)))
        lease = LeaseJob(self.storage.uow(), self.clock)(job_id=JobId(job_id), worker="w")
        assert lease is not None
        return lease

    def send(self, lease: Lease | None = None) -> None:
        send = SendMail(
            self.storage.uow(),
            self.mailer,
            self.limiter,
            Rate(5, 3600),
            self.ids,
            self.clock,
        )
        send(lease=lease or self.lease())

    def mails(self) -> list[Message]:
        """Send what waits, and return it."""
        self.mailer.sent.clear()
        with self.storage.uow() as uow:
            waiting = len(uow.jobs.due(self.clock.now(), 100))
        for _ in range(waiting):
            self.send()
        return list(self.mailer.sent)

    def token(self) -> str:
        """Return the secret in the only mail that waits."""
        (mail,) = self.mails()
        return mail.values["token"]

    def stored(self, email: str = EMAIL) -> User:
        with self.storage.uow() as uow:
            user = uow.users.by_email(email)
        assert user is not None
        return user
