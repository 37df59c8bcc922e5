"""The checks before a server starts name the setting or flag that cannot be used."""

import socket

import pytest

from dashboard.cli.port_check import check_listening, check_one_process
from dashboard.core.errors import SettingsError
from tests.ui.conftest import free_port


def test_check_listening_leaves_a_free_port_free() -> None:
    port = free_port()
    for _ in range(2):
        check_listening("127.0.0.1", port)


def test_check_listening_names_a_taken_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError) as refusal:
            check_listening("127.0.0.1", port)
    assert str(refusal.value) == (
        f"RELAIS_PORT={port} (or --port): another program is already listening "
        "at 127.0.0.1; give another port"
    )


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("203.0.113.5", "this machine does not have that address"),
        ("a..b", "no host has that name"),
    ],
)
def test_check_listening_names_an_address_of_another_machine(address: str, why: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        check_listening(address, free_port())
    assert str(refusal.value) == (
        f"RELAIS_ADDRESS={address!r} (or --address): {why}; give localhost, "
        "0.0.0.0 for all addresses of this machine, or one of them"
    )


@pytest.mark.parametrize("arguments", [[], ["dashboard", "--num-procs", "1", "--port=5007"]])
def test_check_one_process_accepts_one(arguments: list[str]) -> None:
    check_one_process(arguments)


@pytest.mark.parametrize("words", [["--num-procs", "2"], ["--num-procs=2"], ["--num-p", "2"]])
def test_check_one_process_refuses_several(words: list[str]) -> None:
    with pytest.raises(SettingsError, match=r"^--num-procs 2: Relais runs in one process"):
        check_one_process(["dashboard", *words, "--port", "5007"])
