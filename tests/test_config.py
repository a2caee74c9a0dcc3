"""Settings: names and defaults that users know, and refusals that name the setting."""

import pytest

from modelsweb.config import ALIASES, Config, ConfigError, from_environment, reference


def test_the_names_and_defaults_that_users_know() -> None:
    config = from_environment({})
    assert config == Config()
    assert config.web.prefix == "/models"
    assert config.web.secure_cookies is True
    assert config.web.csrf_samesite == "Strict"
    assert config.auth.is_disabled is False
    assert config.auth.userid_header == "kubeflow-userid"
    assert config.auth.userid_prefix == ""


def test_settings_are_read() -> None:
    environment = {"APP_PREFIX": "kserve/", "APP_DISABLE_AUTH": "TRUE", "MODELSWEB_WEB_PORT": "8080"}
    config = from_environment(environment)
    assert (config.web.prefix, config.auth.is_disabled, config.web.port) == ("/kserve", True, 8080)


def test_the_links_of_a_service_called_modelsweb_are_no_settings() -> None:
    links = {
        "MODELSWEB_SERVICE_HOST": "10.0.0.1",
        "MODELSWEB_SERVICE_PORT_HTTP": "80",
        "MODELSWEB_PORT": "tcp://10.0.0.1:80",
        "MODELSWEB_PORT_80_TCP_ADDR": "10.0.0.1",
    }
    assert from_environment(links) == Config()


def test_the_root_is_no_prefix() -> None:
    assert from_environment({"APP_PREFIX": "/"}).web.prefix == ""


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"MODELSWEB_WEB_SIZES": "M=4/16Gi,L=8"}, "MODELSWEB_WEB_SIZES must be like M=4/16Gi"),
        ({"APP_DISABLE_AUTH": "1"}, "APP_DISABLE_AUTH must be True or False"),
        ({"MODELSWEB_WEB_PORT": "http"}, "MODELSWEB_WEB_PORT must be a number"),
        ({"MODELSWEB_AUTH_CACHE_SECONDS": "-1"}, "must not be negative"),
        ({"CSRF_SAMESITE": "strict"}, "CSRF_SAMESITE must be one of Strict, Lax, None"),
        ({"MODELSWEB_WEB_PROT": "1"}, "MODELSWEB_WEB_PROT is no setting"),
        ({"MODELSWEB_AUTH_CACHE_SECONDS": "inf"}, "must not be negative or infinite"),
        ({"MODELSWEB_AUTH_CACHE_SECONDS": "nan"}, "must not be negative or infinite"),
        ({"MODELSWEB_WEB_PORT": "99999"}, "must be a port"),
    ],
)
def test_what_is_wrong_is_named(environment: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        from_environment(environment)


def test_settings_by_their_former_names_work_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    config = from_environment({"MODELSWEB_WEB_MOST_STREAMS": "7"})
    assert config.web.max_streams == 7
    assert "MODELSWEB_WEB_MAX_STREAMS" in caplog.text
    with pytest.raises(ConfigError, match="both are set"):
        from_environment({"MODELSWEB_WEB_MOST_STREAMS": "7", "MODELSWEB_WEB_MAX_STREAMS": "8"})


def test_every_former_name_leads_to_a_setting() -> None:
    assert all(f"`{name}`" in reference() for name in ALIASES.values())
