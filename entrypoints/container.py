"""Where everything is wired: which adapter serves which port, what follows what.

One container a process, built by whoever starts it; views reach it as
`request.container`, scripts by `build_container`. Threads that ask for a part at the same
time wait for the one that makes it: there is one of each.
"""

from __future__ import annotations

from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable, Dependency, Factory, Selector
from dependency_injector.providers import ThreadSafeSingleton as Singleton

from adapters.answer_versions import Versions
from adapters.bus.opening import open_bus
from adapters.change_counter import ChangeCounter
from adapters.chat.message_log import WritingMessageLog
from adapters.identity.nobody import NoProvider
from adapters.jobs.huey_hints import HueyJobHints
from adapters.limits.limiter import open_limiter
from adapters.media.local_files import LocalMediaStore, LocalUploadStore
from adapters.media.posters import ChildProcessPosters
from adapters.media.sandbox import ChildProcessSandbox
from adapters.media.work_folders import LocalWorkFolders
from adapters.persistence import schema
from adapters.persistence.accounts import SqlAccountReader
from adapters.persistence.blocks import SqlBlockReader
from adapters.persistence.channels import SqlChannelReader
from adapters.persistence.chat_messages import SqlMessageReader
from adapters.persistence.chat_posts import SqlPostStore
from adapters.persistence.chat_views import SqlRoomReader
from adapters.persistence.comments import SqlCommentReader
from adapters.persistence.counters import SqlCounters
from adapters.persistence.database import Database
from adapters.persistence.idempotency import SqlKeptAnswers
from adapters.persistence.invitations import SqlInvitationReader
from adapters.persistence.likes import SqlLikeReader
from adapters.persistence.moderation import SqlAuditReader
from adapters.persistence.related import SqlRelatedReader
from adapters.persistence.reports import SqlReportReader
from adapters.persistence.sitemaps import SqlSitemapReader
from adapters.persistence.subscriptions import SqlSubscriptionReader
from adapters.persistence.tokens import SqlTokenReader
from adapters.persistence.unit_of_work import SqlUnitOfWork
from adapters.persistence.video_search import SqlVideoSearch
from adapters.persistence.videos import SqlVideoReader
from adapters.persistence.views import SqlViewStore
from adapters.search_stems import SnowballStemmer
from adapters.security.email_syntax import EmailValidatorSyntax
from adapters.security.ids import RandomIds
from adapters.security.passwords import Argon2Passwords
from adapters.security.phone_syntax import PhonenumbersSyntax
from adapters.security.seal import Seal
from adapters.security.secret_file import read_secret
from adapters.system_clock import SystemClock
from adapters.viewing.programs import KnownPrograms
from adapters.viewing.view_log import GatheringViewLog
from entrypoints.provider_settings import AUTH0
from entrypoints.settings import Settings, read_settings
from entrypoints.storage_settings import BucketSettings
from videohub_core.accounts.events import (
    AccountRecovered,
    PasswordChanged,
    RoleChanged,
    UserBanned,
    UserLeft,
    UserRegistered,
    UserUnbanned,
)
from videohub_core.accounts.policies import OwnerCheck, PasswordDoor
from videohub_core.accounts.use_cases.ban_user import BanUser
from videohub_core.accounts.use_cases.change_password import ChangePassword
from videohub_core.accounts.use_cases.change_role import ChangeRole
from videohub_core.accounts.use_cases.delete_account import DeleteAccount
from videohub_core.accounts.use_cases.edit_account import EditAccount
from videohub_core.accounts.use_cases.end_session import EndSession
from videohub_core.accounts.use_cases.find_user import FindUser
from videohub_core.accounts.use_cases.has_password import HasPassword
from videohub_core.accounts.use_cases.list_sessions import ListSessions
from videohub_core.accounts.use_cases.list_users import ListUsers
from videohub_core.accounts.use_cases.read_session import ReadSession
from videohub_core.accounts.use_cases.read_user import ReadUser
from videohub_core.accounts.use_cases.register_user import RegisterUser
from videohub_core.accounts.use_cases.remove_user import RemoveUser
from videohub_core.accounts.use_cases.sign_in import SignIn
from videohub_core.accounts.use_cases.sign_out import SignOut
from videohub_core.accounts.use_cases.unban_user import UnbanUser
from videohub_core.accounts.use_cases.withdraw_invitations import WithdrawInvitations
from videohub_core.blocks.use_cases.block_user import BlockUser
from videohub_core.blocks.use_cases.has_blocked import HasBlocked
from videohub_core.blocks.use_cases.list_blocked import ListBlocked
from videohub_core.blocks.use_cases.unblock_user import UnblockUser
from videohub_core.channels.events import ChannelEdited
from videohub_core.channels.use_cases.check_channel_editable import CheckChannelEditable
from videohub_core.channels.use_cases.edit_channel import EditChannel
from videohub_core.channels.use_cases.open_channel import OpenChannel
from videohub_core.channels.use_cases.read_channel import ReadChannel
from videohub_core.channels.use_cases.withhold_channel import WithholdChannel
from videohub_core.chat.use_cases.change_room import ChangeRoom
from videohub_core.chat.use_cases.create_group import CreateGroup
from videohub_core.chat.use_cases.delete_message import DeleteMessage
from videohub_core.chat.use_cases.delete_room import DeleteRoom
from videohub_core.chat.use_cases.edit_message import EditMessage
from videohub_core.chat.use_cases.leave_rooms import LeaveRooms
from videohub_core.chat.use_cases.list_members import ListMembers
from videohub_core.chat.use_cases.list_rooms import ListRooms
from videohub_core.chat.use_cases.mark_read import MarkRead
from videohub_core.chat.use_cases.open_private_room import OpenPrivateRoom
from videohub_core.chat.use_cases.post_message import PostMessage
from videohub_core.chat.use_cases.put_member import PutMember
from videohub_core.chat.use_cases.read_messages import ReadMessages
from videohub_core.chat.use_cases.read_room import ReadRoom
from videohub_core.chat.use_cases.remove_member import RemoveMember
from videohub_core.chat.use_cases.restrict_user import RestrictUser
from videohub_core.chat.use_cases.tell_typing import TellTyping
from videohub_core.comments.events import CommentDeleted
from videohub_core.comments.use_cases.add_comment import AddComment
from videohub_core.comments.use_cases.delete_comment import DeleteComment
from videohub_core.comments.use_cases.edit_comment import EditComment
from videohub_core.comments.use_cases.list_comments import ListComments
from videohub_core.comments.use_cases.read_comment import ReadComment
from videohub_core.comments.use_cases.read_history import ReadHistory
from videohub_core.comments.use_cases.remove_comments_of import RemoveCommentsOf
from videohub_core.counters.use_cases.recount import Recount
from videohub_core.identity.ports import IdentityProvider
from videohub_core.identity.use_cases.begin_login import BeginLogin
from videohub_core.identity.use_cases.finish_login import FinishLogin
from videohub_core.identity.use_cases.link_account import LinkAccount
from videohub_core.identity.use_cases.read_account_link import ReadAccountLink
from videohub_core.identity.use_cases.read_provider_token import ReadProviderToken
from videohub_core.identity.use_cases.sign_out_of_provider import SignOutOfProvider
from videohub_core.identity.use_cases.take_login import TakeLogin
from videohub_core.invitations.use_cases.invite import Invite
from videohub_core.invitations.use_cases.list_invitations import ListInvitations
from videohub_core.invitations.use_cases.read_invitation import ReadInvitation
from videohub_core.invitations.use_cases.withdraw_invitation import WithdrawInvitation
from videohub_core.jobs.entities import JobKind
from videohub_core.jobs.use_cases.extend_lease import ExtendLease
from videohub_core.jobs.use_cases.hint_due_jobs import HintDueJobs
from videohub_core.jobs.use_cases.lease_job import LeaseJob
from videohub_core.jobs.use_cases.list_due_jobs import ListDueJobs
from videohub_core.jobs.use_cases.release_leases import ReleaseLeases
from videohub_core.jobs.use_cases.retry_job import RetryJob
from videohub_core.likes.use_cases.like_video import LikeVideo
from videohub_core.likes.use_cases.list_liked import ListLiked
from videohub_core.likes.use_cases.list_liked_videos import ListLikedVideos
from videohub_core.likes.use_cases.remove_likes_of import RemoveLikesOf
from videohub_core.likes.use_cases.unlike_video import UnlikeVideo
from videohub_core.mail.entities import MailKind
from videohub_core.mail.policies import Outbox
from videohub_core.moderation.use_cases.decide_report import DecideReport
from videohub_core.moderation.use_cases.hide_video import HideVideo
from videohub_core.moderation.use_cases.list_reports import ListReports
from videohub_core.moderation.use_cases.read_audit import ReadAudit
from videohub_core.moderation.use_cases.record_act import RecordAct
from videohub_core.moderation.use_cases.report_content import ReportContent
from videohub_core.moderation.use_cases.unhide_video import UnhideVideo
from videohub_core.portability.use_cases.export_account import ExportAccount
from videohub_core.search.use_cases.index_captions import IndexCaptions
from videohub_core.search.use_cases.index_channel import IndexChannel
from videohub_core.search.use_cases.index_video import IndexVideo
from videohub_core.search.use_cases.indexing import Indexing
from videohub_core.search.use_cases.rebuild_index import FillIndex, RebuildIndex
from videohub_core.search.use_cases.search_videos import SearchVideos
from videohub_core.search.use_cases.suggest_searches import SuggestSearches
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids
from videohub_core.shared.unit_of_work import Reactions
from videohub_core.sitemaps.use_cases.list_channels_of_sitemap import ListChannelsOfSitemap
from videohub_core.sitemaps.use_cases.list_sitemaps import ListSitemaps
from videohub_core.sitemaps.use_cases.list_videos_of_sitemap import ListVideosOfSitemap
from videohub_core.subscriptions.use_cases.follow_channel import FollowChannel
from videohub_core.subscriptions.use_cases.list_followed import ListFollowed
from videohub_core.subscriptions.use_cases.list_subscriptions import ListSubscriptions
from videohub_core.subscriptions.use_cases.read_feed import ReadFeed
from videohub_core.subscriptions.use_cases.remove_subscriptions_of import RemoveSubscriptionsOf
from videohub_core.subscriptions.use_cases.unfollow_channel import UnfollowChannel
from videohub_core.tokens.use_cases.create_access_token import CreateAccessToken
from videohub_core.tokens.use_cases.issue_tokens import IssueTokens
from videohub_core.tokens.use_cases.list_access_tokens import ListAccessTokens
from videohub_core.tokens.use_cases.list_families import ListFamilies
from videohub_core.tokens.use_cases.read_access_token import ReadAccessToken
from videohub_core.tokens.use_cases.read_personal_token import ReadPersonalToken
from videohub_core.tokens.use_cases.read_public_keys import ReadPublicKeys
from videohub_core.tokens.use_cases.refresh_tokens import RefreshTokens
from videohub_core.tokens.use_cases.remove_access_token import RemoveAccessToken
from videohub_core.tokens.use_cases.remove_access_tokens import RemoveAccessTokens
from videohub_core.tokens.use_cases.revoke_families import RevokeFamilies
from videohub_core.tokens.use_cases.revoke_tokens import RevokeTokens
from videohub_core.tokens.use_cases.rotate_signing_key import RotateSigningKey
from videohub_core.verification.use_cases.confirm_email import ConfirmEmail
from videohub_core.verification.use_cases.request_link import RequestLink
from videohub_core.verification.use_cases.reset_password import ResetPassword
from videohub_core.verification.use_cases.send_mail import SendMail
from videohub_core.videos.events import (
    CaptionsChanged,
    FileReplaced,
    ProcessingWanted,
    RenditionsWanted,
    VideoCreated,
    VideoDeleted,
    VideoEdited,
    VideoHidden,
    VideoPublished,
    VideoReady,
    VideoRefused,
    VideoUnhidden,
)
from videohub_core.videos.ports import MediaStore, UploadStore
from videohub_core.videos.use_cases.append_to_upload import AppendToUpload
from videohub_core.videos.use_cases.archive_original import ArchiveOriginal
from videohub_core.videos.use_cases.check_editable import CheckEditable
from videohub_core.videos.use_cases.check_storage import CheckStorage
from videohub_core.videos.use_cases.choose_poster import ChoosePoster
from videohub_core.videos.use_cases.create_video import CreateVideo
from videohub_core.videos.use_cases.delete_video import DeleteVideo
from videohub_core.videos.use_cases.discard_expired_uploads import DiscardExpiredUploads
from videohub_core.videos.use_cases.discard_upload import DiscardUpload
from videohub_core.videos.use_cases.drop_original import DropOriginal
from videohub_core.videos.use_cases.edit_video import EditVideo
from videohub_core.videos.use_cases.find_imported import FindImported
from videohub_core.videos.use_cases.finish_upload import FinishUpload
from videohub_core.videos.use_cases.hold_videos_of import HoldVideosOf
from videohub_core.videos.use_cases.list_own_videos import ListOwnVideos
from videohub_core.videos.use_cases.list_videos import ListVideos
from videohub_core.videos.use_cases.open_media import OpenMedia
from videohub_core.videos.use_cases.process_video import ProcessVideo
from videohub_core.videos.use_cases.put_captions import PutCaptions
from videohub_core.videos.use_cases.queue_job import QueueJob
from videohub_core.videos.use_cases.read_storage import ReadStorage
from videohub_core.videos.use_cases.read_upload import ReadUpload
from videohub_core.videos.use_cases.read_video import ReadVideo
from videohub_core.videos.use_cases.remove_captions import RemoveCaptions
from videohub_core.videos.use_cases.remove_file import RemoveFile
from videohub_core.videos.use_cases.remove_media import RemoveMedia
from videohub_core.videos.use_cases.remove_videos_of import RemoveVideosOf
from videohub_core.videos.use_cases.render_video import RenderVideo
from videohub_core.videos.use_cases.resume_upload import ResumeUpload
from videohub_core.videos.use_cases.retry_processing import RetryProcessing
from videohub_core.videos.use_cases.start_upload import StartUpload
from videohub_core.videos.use_cases.tag_video import TagVideo
from videohub_core.views.use_cases.fold_views import FoldViews
from videohub_core.views.use_cases.list_related import ListRelated
from videohub_core.views.use_cases.record_playback import RecordPlayback


def reactions(
    ids: Ids,
    clock: Clock,
    store: UploadStore,
    keeps_originals: bool,
    archives_originals: bool = False,
) -> Reactions:
    """Return which reaction answers which event, inside the committing transaction.

    Originals stay where they are if they are kept, unless that is somewhere else.
    """
    index_video = IndexVideo(SnowballStemmer(), ids, clock)
    tag_video = TagVideo()
    record_act = RecordAct(ids, clock)
    withhold_channel = WithholdChannel()
    revoke_families = RevokeFamilies(clock)
    withdraw_invitations = WithdrawInvitations()
    process, render, settle, remove_media, remove_file, index_captions, index_channel = (
        QueueJob(kind, ids, clock)
        for kind in (
            JobKind.PROCESS_VIDEO,
            JobKind.RENDER_VIDEO,
            JobKind.SETTLE_ORIGINAL,
            JobKind.REMOVE_MEDIA,
            JobKind.REMOVE_FILE,
            JobKind.INDEX_CAPTIONS,
            JobKind.INDEX_CHANNEL,
        )
    )
    return {
        PasswordChanged: [revoke_families],
        AccountRecovered: [RemoveAccessTokens()],
        RoleChanged: [revoke_families, withdraw_invitations, record_act],
        UserBanned: [withdraw_invitations, withhold_channel, record_act],
        UserUnbanned: [withhold_channel, record_act],
        UserLeft: [
            record_act,
            LeaveRooms(),
            HoldVideosOf(),
            RemoveLikesOf(),
            RemoveSubscriptionsOf(),
            RemoveCommentsOf(),
            RemoveVideosOf(store, ids, clock),
            RemoveUser(),
        ],
        UserRegistered: [OpenChannel(ids, clock)],
        VideoCreated: [process],
        ProcessingWanted: [process],
        RenditionsWanted: [render],
        VideoEdited: [index_video, tag_video],
        VideoPublished: [index_video, tag_video],
        CaptionsChanged: [index_captions],
        ChannelEdited: [index_channel],
        VideoHidden: [index_video, tag_video, record_act],
        VideoUnhidden: [index_video, tag_video, record_act],
        VideoReady: [settle] if archives_originals or not keeps_originals else [],
        VideoDeleted: [remove_media],
        VideoRefused: [remove_media],
        FileReplaced: [remove_file],
        CommentDeleted: [record_act],
    }


def _open_huey(settings: Settings) -> Any:
    """Return the queue of hints. Huey is loaded late: see `adapters/jobs/huey_hints.py`."""
    from adapters.jobs.huey_queue import open_sqlite_huey

    return open_sqlite_huey(settings.data_dir / "queue.sqlite3")


def _open_provider(settings: Settings, clock: Clock) -> IdentityProvider:
    """Return the identity provider. What speaks with it takes 30 MB: it is loaded late."""
    if settings.oidc_issuer is None:
        return NoProvider()
    from adapters.identity.oidc import Client, OidcProvider

    client = Client(
        issuer=settings.oidc_issuer,
        client_id=str(settings.oidc_client_id),
        client_secret=settings.oidc_client_secret,
        audience=settings.oidc_audience,
        scopes=settings.oidc_scopes,
        redirect_uri=f"{settings.public_url}/auth/callback",
        home=f"{settings.public_url}/",
        is_auth0=settings.oidc_preset == AUTH0,
        federated_logout=settings.oidc_federated_logout,
        plain=settings.oidc_issuer.startswith("http://"),
    )
    return OidcProvider(client, clock)


def _open_media_store(settings: Settings) -> MediaStore:
    """Return where files are kept. What speaks S3 is loaded only where there is a bucket."""
    if settings.s3_url is None:
        return LocalMediaStore(settings.data_dir)
    from adapters.media.s3_files import S3MediaStore

    return S3MediaStore(settings.data_dir, _place(settings.s3_url))


def _has_bucket(settings: Settings) -> bool:
    return settings.s3_url is not None


def _keeping(settings: Settings) -> str:
    return "keep" if settings.keep_originals else "drop"


def _place(bucket: BucketSettings) -> Any:
    from adapters.media.s3_bucket import Place

    return Place(**asdict(bucket))


def _check_bucket(settings: Settings) -> Any:
    if settings.s3_url is None:
        return None
    from adapters.media.s3_checkup import check_bucket

    return check_bucket(
        _place(settings.s3_url), shown=settings.s3_url.shown, origin=settings.public_url
    )


def _late(module: str, name: str) -> Any:
    """Return a function of an adapter that is loaded when it is called, as few processes do."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(module), name)(*arguments)

    return call


class Container(DeclarativeContainer):
    """The hub's parts. `settings` is the only thing given from outside."""

    settings = Dependency(instance_of=Settings)
    secret = Singleton(read_secret, settings.provided.secret_file)
    seal = Singleton(Seal, secret)

    clock = Singleton(SystemClock)
    ids = Singleton(RandomIds)
    passwords = Singleton(Argon2Passwords)
    email_syntax = Singleton(
        EmailValidatorSyntax, special_domains=settings.provided.development
    )

    phone_syntax = Singleton(PhonenumbersSyntax, settings.provided.phone_region)

    upload_store = Singleton(LocalUploadStore, settings.provided.data_dir)
    limiter = Singleton(open_limiter, settings.provided.redis_url)
    database = Singleton(Database, settings.provided.database_url)
    schema_is_current = Callable(schema.is_current, database)
    migrate = Callable(schema.migrate, database)
    hints = Singleton(HueyJobHints, Callable(_open_huey, settings).provider)
    changes = Singleton(ChangeCounter)
    versions = Singleton(Versions)
    bus = Singleton(open_bus, settings.provided.redis_url, database, settings.provided.data_dir)
    uow = Factory(
        SqlUnitOfWork,
        database,
        Singleton(
            reactions,
            ids,
            clock,
            upload_store,
            settings.provided.keep_originals,
            Callable(_has_bucket, settings),
        ),
        hints,
        changes,
        bus,
    )
    account_reader = Singleton(SqlAccountReader, database, clock)
    invitation_reader = Singleton(SqlInvitationReader, database, clock)
    token_reader = Singleton(SqlTokenReader, database, account_reader, clock)
    audit_reader = Singleton(SqlAuditReader, database)
    report_reader = Singleton(SqlReportReader, database)
    channel_reader = Singleton(SqlChannelReader, database)
    video_reader = Singleton(SqlVideoReader, database, clock)
    video_search = Singleton(SqlVideoSearch, database, clock)
    comment_reader = Singleton(SqlCommentReader, database)
    room_reader = Singleton(SqlRoomReader, database)
    message_reader = Singleton(SqlMessageReader, database)
    post_store = Singleton(SqlPostStore, database, clock, bus)
    message_log = Singleton(WritingMessageLog, post_store)
    sitemap_reader = Singleton(SqlSitemapReader, database, clock)
    stemmer = Singleton(SnowballStemmer)
    programs = Singleton(KnownPrograms)
    view_store = Singleton(SqlViewStore, database)
    view_log = Singleton(GatheringViewLog, view_store)
    related_reader = Singleton(SqlRelatedReader, database, clock)
    counters = Singleton(SqlCounters, database)
    like_reader = Singleton(SqlLikeReader, database, clock)
    subscription_reader = Singleton(SqlSubscriptionReader, database, clock)
    block_reader = Singleton(SqlBlockReader, database)
    kept_answers = Singleton(SqlKeptAnswers, database, seal, clock)
    signer = Singleton(
        _late("adapters.security.jose_tokens", "JoseAccessTokens"),
        token_reader,
        seal,
        settings.provided.public_url,
        clock,
    )
    identity_provider = Singleton(_open_provider, settings, clock)
    key_maker = Singleton(_late("adapters.security.jose_tokens", "RsaKeyMaker"), seal, ids)

    outbox = Singleton(Outbox, ids, clock)
    mailer = Singleton(
        _late("adapters.mail.mailer", "open_mailer"),
        settings.provided.smtp_url,
        settings.provided.mail_from,
        settings.provided.public_url,
        settings.provided.development,
    )

    media_store = Singleton(_open_media_store, settings)
    draw_clip = Callable(_late("adapters.media.drawing", "draw"))
    work_folder = settings.provided.data_dir.joinpath.call("work")
    work_folders = Singleton(LocalWorkFolders, work_folder)
    sandbox = Singleton(
        ChildProcessSandbox,
        work_folder,
        media_store,
        duration_most=settings.provided.video_seconds_most,
    )

    poster_maker = Singleton(
        ChildProcessPosters, settings.provided.data_dir.joinpath.call("posters"), media_store
    )
    caption_reader = Singleton(_late("adapters.captions.webvtt", "WebVttReader"))
    language_tags = Singleton(_late("adapters.captions.languages", "LangcodesTags"))

    system_check = Callable(_late("adapters.machine.checkup", "check_system"))
    folder_check = Callable(
        _late("adapters.machine.checkup", "check_folder"), settings.provided.data_dir
    )
    secret_check = Callable(
        _late("adapters.machine.checkup", "check_secret"), settings.provided.secret_file
    )
    port_check = Callable(
        _late("adapters.machine.checkup", "check_port"),
        settings.provided.listen.host,
        settings.provided.listen.port,
        settings.provided.public_host,
    )
    database_check = Callable(
        _late("adapters.persistence.checkup", "check_database"), settings.provided.database_url
    )
    redis_check = Callable(
        _late("adapters.limits.checkup", "check_redis"), settings.provided.redis_url
    )
    media_check = Callable(_late("adapters.media.checkup", "check_media"))
    bucket_check = Callable(_check_bucket, settings)

    register_user = Factory(
        RegisterUser,
        uow,
        passwords,
        email_syntax,
        outbox,
        ids,
        clock,
        registration=settings.provided.registration,
        verification=settings.provided.email_verification,
    )
    password_door = Singleton(
        PasswordDoor,
        account_reader,
        passwords,
        email_syntax,
        verification=settings.provided.email_verification,
    )
    sign_in = Factory(SignIn, uow, password_door, ids, clock)
    sign_out = Factory(SignOut, uow)
    read_session = Factory(ReadSession, uow, account_reader, clock)
    read_user = Factory(ReadUser, account_reader)
    find_user = Factory(FindUser, account_reader, email_syntax)
    list_users = Factory(ListUsers, account_reader)
    owner_check = Factory(OwnerCheck, account_reader, passwords, clock)
    edit_account = Factory(
        EditAccount, uow, account_reader, owner_check, email_syntax, phone_syntax, outbox
    )
    change_password = Factory(ChangePassword, uow, account_reader, passwords, outbox)
    change_role = Factory(ChangeRole, uow, clock)
    ban_user = Factory(BanUser, uow, clock)
    unban_user = Factory(UnbanUser, uow)
    has_password = Factory(HasPassword, account_reader)
    list_sessions = Factory(ListSessions, account_reader, clock)
    end_session = Factory(EndSession, uow)
    delete_account = Factory(DeleteAccount, uow, owner_check, clock)

    issue_tokens = Factory(IssueTokens, uow, password_door, signer, ids, clock)
    refresh_tokens = Factory(RefreshTokens, uow, signer, ids, clock)
    revoke_tokens = Factory(RevokeTokens, uow, clock)
    list_families = Factory(ListFamilies, token_reader)
    read_access_token = Factory(ReadAccessToken, signer, token_reader)
    read_personal_token = Factory(ReadPersonalToken, uow, token_reader, clock)
    create_access_token = Factory(CreateAccessToken, uow, ids, clock)
    list_access_tokens = Factory(ListAccessTokens, token_reader)
    remove_access_token = Factory(RemoveAccessToken, uow)
    rotate_signing_key = Factory(RotateSigningKey, uow, key_maker, clock)
    read_public_keys = Factory(ReadPublicKeys, token_reader, clock)

    export_account = Factory(
        ExportAccount,
        account_reader,
        channel_reader,
        token_reader,
        invitation_reader,
        video_reader,
        like_reader,
        subscription_reader,
        block_reader,
        comment_reader,
        clock,
    )

    read_audit = Factory(ReadAudit, audit_reader)
    report_content = Factory(
        ReportContent, uow, video_reader, comment_reader, account_reader, ids, clock
    )
    list_reports = Factory(ListReports, report_reader)
    decide_report = Factory(DecideReport, uow, clock)
    hide_video = Factory(HideVideo, uow, clock)
    unhide_video = Factory(UnhideVideo, uow)

    begin_login = Factory(BeginLogin, uow, identity_provider, seal, ids, clock)
    take_login = Factory(TakeLogin, uow, seal, clock)
    finish_login = Factory(
        FinishLogin, uow, account_reader, identity_provider, seal, email_syntax, ids, clock
    )
    read_account_link = Factory(ReadAccountLink, uow, seal, clock)
    link_account = Factory(LinkAccount, uow, account_reader, passwords, seal, ids, clock)
    sign_out_of_provider = Factory(SignOutOfProvider, uow, identity_provider, seal)
    read_provider_token = Factory(
        ReadProviderToken, uow, account_reader, identity_provider, email_syntax, ids, clock
    )

    invite = Factory(Invite, uow, email_syntax, ids, clock, settings.provided.registration)
    list_invitations = Factory(ListInvitations, invitation_reader)
    read_invitation = Factory(ReadInvitation, invitation_reader)
    withdraw_invitation = Factory(WithdrawInvitation, uow)

    request_verification = Factory(
        RequestLink, uow, outbox, email_syntax, MailKind.VERIFY_EMAIL
    )
    request_password_reset = Factory(
        RequestLink, uow, outbox, email_syntax, MailKind.RESET_PASSWORD
    )
    confirm_email = Factory(ConfirmEmail, uow, clock)
    reset_password = Factory(ResetPassword, uow, passwords, outbox, clock)
    send_mail = Factory(
        SendMail, uow, mailer, limiter, settings.provided.rate_limits["mail"], ids, clock
    )

    read_channel = Factory(ReadChannel, channel_reader)
    check_channel_editable = Factory(CheckChannelEditable, channel_reader)
    edit_channel = Factory(EditChannel, uow)

    start_upload = Factory(
        StartUpload,
        uow,
        ids,
        clock,
        settings.provided.upload_size_most,
        settings.provided.quota,
    )
    read_storage = Factory(
        ReadStorage,
        video_reader,
        settings.provided.upload_size_most,
        settings.provided.quota,
    )
    append_to_upload = Factory(AppendToUpload, upload_store)
    finish_upload = Factory(FinishUpload, uow, upload_store)
    resume_upload = Factory(ResumeUpload, uow, upload_store, clock)
    read_upload = Factory(ReadUpload, uow, upload_store, clock)
    discard_upload = Factory(DiscardUpload, uow, upload_store)
    discard_expired_uploads = Factory(DiscardExpiredUploads, uow, upload_store, clock)
    create_video = Factory(CreateVideo, uow, upload_store, ids, clock)
    find_imported = Factory(FindImported, video_reader)
    read_video = Factory(ReadVideo, video_reader)
    list_videos = Factory(ListVideos, video_reader)
    list_own_videos = Factory(ListOwnVideos, video_reader)
    check_editable = Factory(CheckEditable, video_reader)
    edit_video = Factory(EditVideo, uow, clock)
    delete_video = Factory(DeleteVideo, uow)
    put_captions = Factory(
        PutCaptions,
        uow,
        caption_reader,
        language_tags,
        media_store,
        ids,
        settings.provided.quota,
    )
    remove_captions = Factory(RemoveCaptions, uow, language_tags)
    choose_poster = Factory(ChoosePoster, uow, poster_maker, media_store, ids)
    open_media = Factory(
        OpenMedia, video_reader, media_store, link_seconds=settings.provided.s3_link_seconds
    )
    process_video = Factory(ProcessVideo, uow, sandbox, media_store, clock)
    render_video = Factory(RenderVideo, uow, sandbox, media_store, clock)
    retry_processing = Factory(RetryProcessing, uow)
    drop_original = Factory(DropOriginal, uow, media_store, clock)
    remove_media = Factory(RemoveMedia, uow, media_store)
    remove_file = Factory(RemoveFile, uow, media_store)
    archive_original = Factory(ArchiveOriginal, uow, media_store)
    settle_original = Selector(
        Callable(_keeping, settings), keep=archive_original, drop=drop_original
    )
    check_storage = Factory(
        CheckStorage, uow, video_reader, upload_store, media_store, work_folders, clock
    )

    like_video = Factory(LikeVideo, uow, clock)
    unlike_video = Factory(UnlikeVideo, uow)
    open_private_room = Factory(OpenPrivateRoom, uow, ids, clock)
    create_group = Factory(CreateGroup, uow, ids, clock)
    read_room = Factory(ReadRoom, room_reader, clock)
    list_rooms = Factory(ListRooms, room_reader)
    list_members = Factory(ListMembers, room_reader)
    change_room = Factory(ChangeRoom, uow)
    delete_room = Factory(DeleteRoom, uow)
    put_member = Factory(PutMember, uow, clock)
    remove_member = Factory(RemoveMember, uow)
    restrict_user = Factory(RestrictUser, uow)
    post_message = Factory(PostMessage, message_log)
    edit_message = Factory(EditMessage, uow, clock)
    delete_message = Factory(DeleteMessage, uow, clock)
    read_messages = Factory(ReadMessages, message_reader)
    mark_read = Factory(MarkRead, message_log)
    tell_typing = Factory(TellTyping, room_reader, bus, clock)
    add_comment = Factory(AddComment, uow, ids, clock)
    edit_comment = Factory(EditComment, uow, clock)
    delete_comment = Factory(DeleteComment, uow)
    read_comment = Factory(ReadComment, comment_reader, video_reader)
    list_comments = Factory(ListComments, comment_reader)
    read_history = Factory(ReadHistory, comment_reader)

    list_liked = Factory(ListLiked, like_reader)
    list_liked_videos = Factory(ListLikedVideos, like_reader)
    follow_channel = Factory(FollowChannel, uow, clock)
    unfollow_channel = Factory(UnfollowChannel, uow)
    list_followed = Factory(ListFollowed, subscription_reader)
    list_subscriptions = Factory(ListSubscriptions, subscription_reader)
    read_feed = Factory(ReadFeed, subscription_reader)
    block_user = Factory(BlockUser, uow, clock)
    unblock_user = Factory(UnblockUser, uow)
    list_blocked = Factory(ListBlocked, block_reader)
    has_blocked = Factory(HasBlocked, block_reader)
    list_sitemaps = Singleton(ListSitemaps, sitemap_reader, clock)
    list_videos_of_sitemap = Factory(ListVideosOfSitemap, sitemap_reader)
    list_channels_of_sitemap = Factory(ListChannelsOfSitemap, sitemap_reader)
    search_videos = Factory(SearchVideos, video_search, stemmer, clock)
    suggest_searches = Factory(SuggestSearches, video_search, stemmer)
    indexing = Factory(Indexing, uow, media_store, stemmer)
    index_captions = Factory(IndexCaptions, uow, indexing)
    index_channel = Factory(IndexChannel, uow, indexing)
    rebuild_index = Factory(RebuildIndex, uow, indexing)
    fill_index = Factory(FillIndex, uow, rebuild_index)
    record_playback = Factory(RecordPlayback, video_reader, view_log, programs, secret, clock)
    list_related = Factory(ListRelated, video_reader, related_reader)
    fold_views = Factory(FoldViews, view_store, clock)
    recount = Factory(Recount, counters)

    lease_job = Factory(LeaseJob, uow, clock)
    extend_lease = Factory(ExtendLease, uow, clock)
    retry_job = Factory(RetryJob, uow, clock)
    release_leases = Factory(ReleaseLeases, uow)
    list_due_jobs = Factory(ListDueJobs, uow, clock)
    hint_due_jobs = Factory(HintDueJobs, uow, hints, clock)


def build_container(settings: Settings | Path) -> Container:
    """Return a checked container for settings or for the file that holds them."""
    if isinstance(settings, Path):
        settings = read_settings(settings)
    container = Container(settings=settings)
    container.check_dependencies()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return container
