"""The rendered configuration is valid for every nginx at hand, with any set of services."""

import subprocess
from pathlib import Path

import pytest

from concord.catalogue import SERVICES
from concord.gateway import Gateway, render, write


@pytest.mark.parametrize("installed", [(), ("propagation",), SERVICES], ids=["none", "one", "all"])
def test_nginx_accepts_it(nginx: Path, tmp_path: Path, installed: tuple[str, ...]) -> None:
    upstreams = {name: f"unix:{tmp_path}/{name}.sock" for name in installed}
    write(Gateway(listen="127.0.0.1:8080", upstreams=upstreams, stream="127.0.0.1:8001"), tmp_path)
    command = [str(nginx), "-e", "stderr", "-p", f"{tmp_path}/", "-c", "nginx.conf", "-t"]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert "warn" not in answer.stderr


def test_nothing_is_left_unfilled() -> None:
    for name, text in render(Gateway(listen="127.0.0.1:8080", upstreams={"sync": "127.0.0.1:1"})).items():
        assert "%{" not in text, name


def test_an_unchanged_configuration_is_not_written_again(tmp_path: Path) -> None:
    gateway = Gateway(listen="127.0.0.1:8080")
    assert write(gateway, tmp_path)
    assert not write(gateway, tmp_path)
    assert write(Gateway(listen="127.0.0.1:8081"), tmp_path)


def test_services_errors_are_never_intercepted() -> None:
    assert not any("proxy_intercept_errors on" in text for text in render(Gateway(listen="1")).values())
