"""Inviting, and looking after invitations."""

from __future__ import annotations

import pytest

from tests.factories.hall import Hall
from videohub_core.invitations.entities import INVITATION_LASTS, InvitationState, Registration
from videohub_core.invitations.errors import NoSuchInvitation, RegistrationClosed
from videohub_core.invitations.use_cases.list_invitations import ListInvitations
from videohub_core.invitations.use_cases.read_invitation import ReadInvitation
from videohub_core.invitations.use_cases.withdraw_invitation import WithdrawInvitation
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import InvalidInput, NotAllowed
from videohub_core.shared.idempotency import IdempotencyKey, KeyReused
from videohub_core.shared.ids import InvitationId, UserId
from videohub_core.shared.paging import PageRequest

MEMBER = Actor(UserId("member"))
DORA, DINA = (Actor(UserId(name), Role.MODERATOR) for name in ("dora", "dina"))
ADMIN = Actor(UserId("admin"), Role.ADMIN)


def listed(hall: Hall, actor: Actor) -> list[str]:
    use_case = ListInvitations(hall.storage.invitation_reader)
    return [str(found.id) for found in use_case(actor=actor, page=PageRequest()).items]


def read(hall: Hall) -> ReadInvitation:
    return ReadInvitation(hall.storage.invitation_reader)


def withdraw(hall: Hall, actor: Actor, invitation_id: InvitationId) -> None:
    use_case = WithdrawInvitation(hall.storage.uow())
    use_case(actor=actor, invitation_id=invitation_id)


def test_moderators_and_admins_invite_and_so_does_the_machine(hall: Hall) -> None:
    with pytest.raises(NotAllowed):
        hall.invite(MEMBER)
    ids = {actor: hall.invite(actor).id for actor in (DORA, ADMIN, None)}
    assert listed(hall, DORA) == [ids[DORA]]
    assert listed(hall, DINA) == []
    assert set(listed(hall, ADMIN)) == set(ids.values())
    with pytest.raises(NotAllowed):
        listed(hall, MEMBER)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"email": "nonsense"}, "/email"),
        ({"note": "x" * 201}, "/note"),
        ({"note": "a\nb"}, "/note"),
    ],
)
def test_wrong_invitations(hall: Hall, given: dict[str, str], pointer: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        hall.invite(DORA, **given)
    assert [error.pointer for error in caught.value.errors] == [pointer]
    assert hall.storage.rows.invitations == {}


def test_a_closed_hub_invites_nobody(hall: Hall) -> None:
    hall.registration = Registration.CLOSED
    with pytest.raises(RegistrationClosed):
        hall.invite(ADMIN)


def test_what_is_asked_twice_with_a_key_is_made_once(hall: Hall) -> None:
    key = IdempotencyKey("scope", "invitations.post", "key", "digest")
    first = hall.invite(DORA, once=key)
    again = hall.invite(DORA, once=key)
    assert first.id == again.id
    assert first.token
    assert again.token is None, "the secret is known to nobody any more"
    with pytest.raises(KeyReused):
        hall.invite(DORA, once=IdempotencyKey("scope", "invitations.post", "key", "other"))


def test_an_invitation_of_somebody_else_is_not_there(hall: Hall) -> None:
    made = hall.invite(DORA, note=" for Anna ")
    assert read(hall)(actor=DORA, invitation_id=made.id).note == "for Anna"
    assert read(hall)(actor=ADMIN, invitation_id=made.id)
    for act in (
        lambda: read(hall)(actor=DINA, invitation_id=made.id),
        lambda: withdraw(hall, DINA, made.id),
        lambda: withdraw(hall, DORA, InvitationId("nothing")),
    ):
        with pytest.raises(NoSuchInvitation):
            act()
    withdraw(hall, DORA, made.id)
    with pytest.raises(NoSuchInvitation):
        withdraw(hall, DORA, made.id)


def test_an_admin_withdraws_anybodys_and_it_lets_nobody_in(hall: Hall) -> None:
    made = hall.invite(DORA)
    assert read(hall).of_token(token=made.token) is not None
    withdraw(hall, ADMIN, made.id)
    assert read(hall).of_token(token=made.token) is None


def test_the_secret_opens_an_invitation_while_it_waits(hall: Hall) -> None:
    made = hall.invite(DORA, email="Anna@example.test")
    found = read(hall).of_token(token=made.token)
    assert found is not None
    assert (found.email, found.state) == ("anna@example.test", InvitationState.WAITING)
    assert read(hall).of_token(token="made up") is None
    hall.clock.pass_(INVITATION_LASTS)
    assert read(hall).of_token(token=made.token) is None
    view = read(hall)(actor=DORA, invitation_id=made.id)
    assert view.state is InvitationState.EXPIRED


def test_whoever_invites_sees_who_came(hall: Hall) -> None:
    made = hall.invite(DORA)
    hall.register(invitation=made.token)
    view = read(hall)(actor=DORA, invitation_id=made.id)
    assert (view.state, view.member) == (InvitationState.USED, "Анна")
