"""The web pages: what a person with a browser meets.

`includeme` is all that the application has to know. Every page works without
scripts; the modules under `static/js` make it better.
"""

from __future__ import annotations

from typing import Any

from pyramid.config import Configurator
from pyramid.events import BeforeRender, NewResponse

from entrypoints.edge.browser_code import BrowserCode
from entrypoints.http.pages import formats, languages, libraries, signing_in
from entrypoints.http.pages.assets import ImmutableAssets, static_digest
from videohub_core.shared.ids import ID_PATTERN

ROUTES = {
    "pages.home": "/",
    "pages.search": "/search",
    "pages.watch": f"/watch/{{video_id:{ID_PATTERN}}}",
    "pages.like": f"/watch/{{video_id:{ID_PATTERN}}}/like",
    "pages.comments": f"/watch/{{video_id:{ID_PATTERN}}}/comments",
    "pages.comments.edit": f"/comments/{{comment_id:{ID_PATTERN}}}/edit",
    "pages.comments.delete": f"/comments/{{comment_id:{ID_PATTERN}}}/delete",
    "pages.embed": f"/embed/{{video_id:{ID_PATTERN}}}",
    # A slash of a tag is one of the path, once that is decoded.
    "pages.tag": "/tags/{tag:.+}",
    "pages.channel": f"/channels/{{channel_id:{ID_PATTERN}}}",
    "pages.channel.edit": f"/channels/{{channel_id:{ID_PATTERN}}}/edit",
    "pages.subscription": f"/channels/{{channel_id:{ID_PATTERN}}}/subscription",
    "pages.block": f"/users/{{user_id:{ID_PATTERN}}}/block",
    "pages.subscriptions": "/subscriptions",
    "pages.followed": "/subscriptions/channels",
    "pages.likes": "/likes",
    "pages.upload": "/upload",
    "pages.studio": "/studio",
    "pages.studio.video": f"/studio/{{video_id:{ID_PATTERN}}}",
    "pages.studio.retry": f"/studio/{{video_id:{ID_PATTERN}}}/retry",
    "pages.studio.delete": f"/studio/{{video_id:{ID_PATTERN}}}/delete",
    "pages.studio.captions": f"/studio/{{video_id:{ID_PATTERN}}}/captions",
    "pages.studio.captions.delete": f"/studio/{{video_id:{ID_PATTERN}}}/captions/delete",
    "pages.studio.poster": f"/studio/{{video_id:{ID_PATTERN}}}/poster",
    "pages.sign_in": "/auth/login",
    "pages.local_sign_in": "/auth/local",
    "pages.callback": "/auth/callback",
    "pages.link": "/auth/link",
    "pages.sign_out": "/auth/logout",
    "pages.register": "/register",
    "pages.verify_email": "/verify-email",
    "pages.verify_email.send": "/verify-email/send",
    "pages.forgot_password": "/forgot-password",  # nosec B105 - an address
    "pages.reset_password": "/reset-password",  # nosec B105 - an address
    "pages.profile": "/settings/profile",
    "pages.password": "/settings/password",
    "pages.sessions": "/settings/sessions",
    "pages.sessions.end": f"/settings/sessions/{{session_id:{ID_PATTERN}}}/end",
    "pages.sessions.end_others": "/settings/sessions/end-others",
    "pages.access_tokens": "/settings/access-tokens",  # nosec B105 - an address
    "pages.access_tokens.delete": f"/settings/access-tokens/{{token_id:{ID_PATTERN}}}/delete",
    "pages.blocked": "/settings/blocked",
    "pages.account": "/settings/account",
    "pages.account_deleted": "/account-deleted",
    "pages.invitations": "/invitations",
    "pages.invitations.withdraw": f"/invitations/{{invitation_id:{ID_PATTERN}}}/withdraw",
    "pages.users": "/moderation/users",
    "pages.users.ban": f"/moderation/users/{{user_id:{ID_PATTERN}}}/ban",
    "pages.users.unban": f"/moderation/users/{{user_id:{ID_PATTERN}}}/unban",
    "pages.users.role": f"/moderation/users/{{user_id:{ID_PATTERN}}}/role",
    "pages.users.delete": f"/moderation/users/{{user_id:{ID_PATTERN}}}/delete",
    "pages.audit": "/moderation/audit",
    "pages.reports": "/moderation/reports",
    "pages.reports.decide": f"/moderation/reports/{{report_id:{ID_PATTERN}}}",
    "pages.hide": f"/moderation/videos/{{video_id:{ID_PATTERN}}}/hide",
    "pages.unhide": f"/moderation/videos/{{video_id:{ID_PATTERN}}}/unhide",
    "pages.report": f"/report/{{kind}}/{{subject_id:{ID_PATTERN}}}",
    "pages.problems": "/problems/",
    "pages.problem": "/problems/{code:[a-z_]{1,64}}",
    libraries.ROUTE: libraries.PATTERN,
}


def includeme(config: Configurator) -> None:
    """Add the pages, their files, their languages and their templates."""
    config.include("pyramid_jinja2")
    config.add_jinja2_search_path(f"{__name__}:templates")
    config.action(None, _set_up_templates, args=(config,), order=999)
    config.set_locale_negotiator(languages.negotiate)
    config.add_request_method(languages.translations_of, "translations", reify=True)
    config.add_subscriber(_add_page_values, BeforeRender)
    config.add_view_deriver(
        signing_in.ask_to_sign_in, "ask_to_sign_in", under="INGRESS", over="secured_view"
    )
    prefix = f"static/{static_digest()}"
    config.add_static_view(prefix, f"{__name__}:static", cache_max_age=ImmutableAssets.MAX_AGE)
    config.add_subscriber(ImmutableAssets(prefix), NewResponse)
    config.registry.browser_code = BrowserCode()
    for name, pattern in ROUTES.items():
        config.add_route(name, pattern)
    config.scan(__name__)


def _set_up_templates(config: Configurator) -> None:
    environment = config.get_jinja2_environment()
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(
        languages.gettext_of_page, languages.ngettext_of_page, newstyle=True
    )
    environment.filters.update(formats.FILTERS)


def _add_page_values(event: dict[str, Any]) -> None:
    request = event.get("request")
    if request is not None:
        event.setdefault("viewer", signing_in.viewer_of(request))
        event.setdefault("locale", request.locale_name)
        event.setdefault("registration", request.container.settings().registration.value)
