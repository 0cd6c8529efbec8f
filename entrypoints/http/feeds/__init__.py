"""What the hub tells programs of other sites: feeds, sitemaps, how to embed a video.

All of it is about what any stranger may see, and nothing depends on who asks.
"""

from __future__ import annotations

from pyramid.config import Configurator

from videohub_core.shared.ids import ID_PATTERN

ROUTES = {
    "feeds.videos": "/feeds/videos.rss",
    # A slash of a tag is one of the path, once that is decoded.
    "feeds.tag": "/feeds/tags/{tag:.+}.rss",
    "feeds.channel": f"/channels/{{channel_id:{ID_PATTERN}}}/feed.rss",
    "feeds.oembed": "/oembed",
    "feeds.sitemap": "/sitemap.xml",
    "feeds.sitemap.videos": "/sitemaps/videos.xml",
    "feeds.sitemap.channels": "/sitemaps/channels.xml",
    "feeds.robots": "/robots.txt",
}


def includeme(config: Configurator) -> None:
    for name, pattern in ROUTES.items():
        config.add_route(name, pattern)
    config.scan(__name__)
