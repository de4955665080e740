"""The Redis that we start ourselves."""

from pathlib import Path

import pytest
import redis

from scripts import preflight, redis_server
from scripts.trouble import Trouble
from tests.kit.redis_process import RedisProcess


def test_it_keeps_every_acknowledged_write_through_kill_9(own_redis: RedisProcess) -> None:
    client = redis.Redis.from_url(own_redis.url)
    for number in range(200):
        client.set(f"key-{number}", number)
    own_redis.kill()
    own_redis.start()
    assert [client.get(f"key-{number}") for number in range(200)] == [str(n).encode() for n in range(200)]


def test_it_refuses_writes_rather_than_evict_when_full(own_redis: RedisProcess) -> None:
    assert redis.Redis.from_url(own_redis.url).config_get("maxmemory-policy") == {
        "maxmemory-policy": "noeviction"
    }


def test_it_listens_on_no_tcp_port(own_redis: RedisProcess) -> None:
    assert redis.Redis.from_url(own_redis.url).config_get("port") == {"port": "0"}


def test_a_data_dir_with_a_long_path_gets_its_socket_in_the_temporary_folder(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 30)
    assert len(str(redis_server.socket_path(folder))) < 100
    assert redis_server.socket_path(folder) == redis_server.socket_path(folder)
    assert redis_server.socket_path(Path("/srv/lab")) == Path("/srv/lab/redis.sock")


def test_a_redis_left_behind_by_a_killed_start_is_ended(own_redis: RedisProcess) -> None:
    preflight.end_orphaned_redis(own_redis.folder)
    assert not redis_server.answers(own_redis.socket)


def test_an_unreachable_redis_url_is_said_in_one_line_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(Trouble) as caught:
        preflight.check_redis(f"unix://user:secret@{tmp_path}/none.sock?db=0")
    text = str(caught.value)
    assert text.startswith("Redis at unix://***@/")
    assert text.endswith("start it, or unset REDIS_URL to use the built-in one.")
    assert "secret" not in text
    assert "\n" not in text


def test_a_redis_url_of_another_scheme_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Trouble) as caught:
        preflight.check_redis("http://localhost:6379")
    assert str(caught.value).startswith("REDIS_URL=http://localhost:6379 is not a Redis address:")


def test_a_redis_that_can_lose_writes_gets_a_warning(
    own_redis: RedisProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    preflight.check_redis(own_redis.url)
    assert capsys.readouterr().out == ""
    redis.Redis.from_url(own_redis.url).config_set("appendfsync", "everysec")
    preflight.check_redis(own_redis.url)
    assert "may lose writes it has acknowledged" in capsys.readouterr().out
