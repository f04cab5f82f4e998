"""Whose setting counts: what figures rest on, then the user's, then our defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.config import ApiConfig
from broker.errors import BrokerError
from broker.faust_login import faust_options
from broker.kafka import Kafka
from broker.settings import DURABLE, OURS_ALONE, READING, client_settings, plain_login
from sinks.config import NotifierConfig, SinkConfig
from streams.config import WorkerConfig


def test_the_user_tunes_what_is_ours_by_default_only() -> None:
    user = {"linger.ms": 5, "ssl.ca.location": "/ca.pem"}
    found = client_settings("k:1", user, {"linger.ms": 20, "fetch.wait.max.ms": 50})
    assert found == {
        "linger.ms": 5,
        "fetch.wait.max.ms": 50,
        "ssl.ca.location": "/ca.pem",
        "bootstrap.servers": "k:1",
    }


@pytest.mark.parametrize("name", sorted({*DURABLE, *READING}))
def test_what_the_figures_rest_on_is_nobody_elses(name: str) -> None:
    ours = {**DURABLE, **READING}
    assert client_settings("k:1", {name: "theirs"}, ours)[name] == ours[name]


def test_another_name_of_a_setting_is_no_way_around() -> None:
    found = client_settings("k:1", dict.fromkeys(OURS_ALONE, "theirs"), {"acks": "all"})
    assert found == {"acks": "all", "bootstrap.servers": "k:1"}


def test_all_clients_log_in_alike() -> None:
    user = plain_login("worker", "hunter2")
    rdkafka = Kafka("k:1", user).settings({}, None)
    assert user.items() <= rdkafka.items()
    options = faust_options("k:1", user)
    credentials = options["broker_credentials"]
    assert options["broker"] == "kafka://k:1"
    assert (credentials.username, credentials.password) == ("worker", "hunter2")
    assert credentials.protocol.value == rdkafka["security.protocol"]
    assert credentials.mechanism.value == rdkafka["sasl.mechanism"]


def test_a_broker_that_asks_nothing_is_told_nothing() -> None:
    assert faust_options("k:1", None) == {"broker": "kafka://k:1"}


@pytest.mark.parametrize(
    ("user", "named"),
    [
        ({"security.protocol": "smoke"}, "smoke"),
        ({"security.protocol": "sasl_ssl", "sasl.mechanism": "OAUTHBEARER"}, "OAUTHBEARER"),
    ],
)
def test_what_faust_cannot_do_is_said(user: dict[str, str], named: str) -> None:
    with pytest.raises(BrokerError, match=named):
        faust_options("k:1", user)


LOGIN = plain_login("worker", "hunter2")


@pytest.mark.parametrize(
    "holder",
    [
        Kafka("k:1", LOGIN),
        ApiConfig("k:1", "line", "live", 1, kafka=LOGIN),
        SinkConfig("k:1", "line", LOGIN),
        NotifierConfig("k:1", "line", "live", "", kafka=LOGIN),
        WorkerConfig("k:1", "line", 1, Path(), client=LOGIN),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_a_password_is_not_shown(holder: object) -> None:
    assert "k:1" in repr(holder)
    assert "hunter2" not in repr(holder)
