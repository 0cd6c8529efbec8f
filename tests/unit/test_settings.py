"""Settings: one name each, everything wrong named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrypoints.settings import Listen, Settings, WrongSettings, make_settings, read_settings

ROOT = Path(__file__).parents[2]


def made(environ: dict[str, str] | None = None, **values: str) -> Settings:
    given = {"data_dir": "/data", **values}
    return make_settings({f"videohub.{k}": v for k, v in given.items()}, environ or {})


def test_what_is_not_said_has_a_sensible_value() -> None:
    settings = made()
    assert settings.listen == Listen("127.0.0.1", 6543)
    assert settings.public_url == "http://localhost:6543"
    assert settings.database_url == "sqlite:////data/videohub.sqlite3"
    assert settings.secret_file == Path("/data/secret")
    assert not settings.development
    assert not settings.migrate_on_start


def test_the_environment_wins() -> None:
    settings = made({"VIDEOHUB_LISTEN": "0.0.0.0:80", "VIDEOHUB_QUOTA": "5G"}, quota="1G")
    assert settings.listen == Listen("0.0.0.0", 80)
    assert settings.quota == 5 << 30


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(WrongSettings) as caught:
        make_settings(
            {
                "videohub.listen": "80",
                "videohub.public_url": "ftp://x",
                "videohub.database_url": "mysql://x",
                "videohub.worker": "maybe",
                "videohub.development": "perhaps",
                "videohub.quota": "lots",
                "videohub.video_hours_most": "0",
                "videohub.colour": "red",
            },
            {},
        )
    lines = str(caught.value).splitlines()
    names = ["data_dir", "listen", "public_url", "database_url", "worker", "development"]
    names += ["quota", "video_hours_most", "colour"]
    assert len(lines) == len(names)
    for name in names:
        assert any(name in line for line in lines), name


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://", "postgresql+psycopg://host:port/hub", "sqlite:///", "hub.db"],
)
def test_a_database_that_cannot_be_is_named(url: str) -> None:
    with pytest.raises(WrongSettings, match="VIDEOHUB_DATABASE_URL"):
        made({"VIDEOHUB_DATABASE_URL": url})


@pytest.mark.parametrize(
    ("text", "expected"), [("1", 1), ("5K", 5120), ("2m", 2 << 20), ("1T", 1 << 40)]
)
def test_sizes(text: str, expected: int) -> None:
    assert made(quota=text).quota == expected


@pytest.mark.parametrize("name", ["development.ini", "production.ini"])
def test_the_files_that_come_with_the_hub_are_right(name: str) -> None:
    settings = read_settings(ROOT / name, {})
    assert settings.source == ROOT / name
    assert settings.development == (name == "development.ini")
    assert settings.behind_tls == (name == "production.ini")


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(WrongSettings, match="no settings file"):
        read_settings(Path("/nowhere.ini"))


def test_every_setting_is_explained_to_operators() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name in Settings.__dataclass_fields__.keys() - {"source"}:
        assert f"`VIDEOHUB_{name.upper()}`" in text, name


PROVIDER = {"oidc_issuer": "https://login.example.test", "oidc_client_id": "hub"}


def test_a_provider_is_called_by_its_host_and_asked_for_the_usual() -> None:
    settings = made(**PROVIDER)
    assert settings.provider_name == "login.example.test"
    assert settings.oidc_scopes == ("openid", "profile", "email")
    assert (settings.oidc_preset, settings.oidc_federated_logout) == ("generic", False)
    assert made(**PROVIDER, oidc_name="School").provider_name == "School"
    assert made().provider_name is None


@pytest.mark.parametrize("issuer", ["https://x.eu.auth0.com", "https://x.eu.auth0.com/"])
def test_an_auth0_tenant_is_known_by_its_host(issuer: str) -> None:
    settings = made(oidc_issuer=issuer, oidc_client_id="hub", oidc_federated_logout="yes")
    assert (settings.oidc_preset, settings.provider_name) == ("auth0", "Auth0")
    assert made(**PROVIDER, oidc_preset="auth0").provider_name == "Auth0"
    lookalike = made(oidc_issuer="https://x.auth0.com.example.test", oidc_client_id="hub")
    assert lookalike.oidc_preset == "generic"


def test_no_secret_is_shown() -> None:
    settings = made(**PROVIDER, oidc_client_secret="do not tell")
    assert settings.oidc_client_secret == "do not tell"
    assert "do not tell" not in repr(settings)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"oidc_client_id": "hub"}, "OIDC_CLIENT_ID is of no use without"),
        ({"oidc_client_secret": "x"}, "OIDC_CLIENT_SECRET is of no use without"),
        ({"oidc_audience": "api"}, "OIDC_AUDIENCE is of no use without"),
        ({"oidc_issuer": "https://login.example.test"}, "OIDC_CLIENT_ID is missing"),
        ({**PROVIDER, "oidc_issuer": "login.example.test"}, "OIDC_ISSUER"),
        ({**PROVIDER, "oidc_issuer": "http://login.example.test"}, "OIDC_ISSUER"),
        ({**PROVIDER, "oidc_issuer": "https://a:b@login.example.test"}, "OIDC_ISSUER"),
        ({**PROVIDER, "oidc_issuer": "https://login.example.test?x=1"}, "OIDC_ISSUER"),
        ({**PROVIDER, "oidc_issuer": "https://[x"}, "OIDC_ISSUER"),
        ({**PROVIDER, "oidc_issuer": f"https://{'x' * 250}.test"}, "OIDC_ISSUER"),
        ({**PROVIDER, "oidc_issuer": "http://localhost:9400"}, "development only"),
        ({**PROVIDER, "oidc_audience": "hub"}, "OIDC_AUDIENCE is the client id"),
        ({**PROVIDER, "oidc_scopes": "email"}, "openid is not among"),
        ({**PROVIDER, "oidc_preset": "okta"}, "neither auth0 nor generic"),
        ({**PROVIDER, "oidc_federated_logout": "yes"}, "Auth0 alone"),
    ],
)
def test_what_a_provider_lacks_is_named_at_start(values: dict[str, str], named: str) -> None:
    with pytest.raises(WrongSettings, match=named) as caught:
        made(**values)
    assert len(str(caught.value).splitlines()) == 1


def test_in_development_a_provider_may_be_on_this_machine() -> None:
    issuer = "http://localhost:9400"
    settings = made(development="yes", oidc_issuer=issuer, oidc_client_id="hub")
    assert settings.oidc_issuer == issuer


def test_a_bucket_of_an_own_store() -> None:
    bucket = made(
        s3_url="s3://key:se%2Fcret@store.lan:9000/videos/hub/one?scheme=http&region=local"
    ).s3_url
    assert bucket is not None
    assert bucket.endpoint == "http://store.lan:9000"
    assert (bucket.bucket, bucket.prefix, bucket.region) == ("videos", "hub/one", "local")
    assert (bucket.access_key, bucket.secret_key, bucket.in_path) == ("key", "se/cret", True)
    assert bucket.shown == "http://store.lan:9000/videos/hub/one"
    assert bucket.origin == "http://store.lan:9000"
    assert "se/cret" not in repr(bucket)


def test_a_bucket_at_amazon() -> None:
    bucket = made(s3_url="s3://s3.eu-central-1.amazonaws.com/school-videos").s3_url
    assert bucket is not None
    assert (bucket.region, bucket.in_path) == ("eu-central-1", False)
    assert (bucket.access_key, bucket.secret_key) == (None, None)
    assert bucket.origin == "https://school-videos.s3.eu-central-1.amazonaws.com"
    dotted = made(s3_url="s3://s3.eu-central-1.amazonaws.com/videos.example.org").s3_url
    assert dotted is not None
    assert dotted.origin == "https://s3.eu-central-1.amazonaws.com"


def test_links_have_an_origin_while_there_are_any() -> None:
    url = "s3://store.lan/videos?links=https://files.example.org"
    assert made(s3_url=url).links_origin == "https://files.example.org"
    assert made(s3_url=url, s3_link_seconds="0").links_origin is None
    assert made().links_origin is None


@pytest.mark.parametrize(
    "url",
    [
        "https://store.lan/videos",
        "s3:///videos",
        "s3://store.lan",
        "s3://store.lan/V",
        "s3://store.lan/videos/../x",
        "s3://store.lan/videos/a b",
        "s3://store.lan:port/videos",
        "s3://hidden@store.lan/videos",
        "s3://store.lan/videos?colour=red",
        "s3://store.lan/videos?scheme=ftp",
        "s3://store.lan/videos?style=none",
        "s3://store.lan/videos?region=a%20b",
        "s3://store.lan/videos?links=https://x/y;script-src",
        "s3://[x/videos",
    ],
)
def test_a_bucket_that_cannot_be_is_named(url: str) -> None:
    with pytest.raises(WrongSettings, match="VIDEOHUB_S3_URL") as caught:
        made(s3_url=url)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("seconds", ["-1", "soon", "604801"])
def test_links_last_as_long_as_can_be_signed(seconds: str) -> None:
    with pytest.raises(WrongSettings, match="VIDEOHUB_S3_LINK_SECONDS"):
        made(s3_link_seconds=seconds)
