"""A real nginx in front of the app: the proxy that names the user, and the gateway with its path."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.processes import free_port
from tests.waiting import LIMIT, wait_until

PREFIX = "/models"
CONFIG = """
daemon off; worker_processes 1; pid FOLDER/nginx.pid; error_log FOLDER/error.log;
events {}
http {
  access_log off;
  client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
  upstream app { UPSTREAM }
  server {
    listen 127.0.0.1:PORT TLS;
    CERTIFICATE
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header kubeflow-userid USER;
    proxy_set_header kubeflow-groups "";
    location = PREFIX { BARE proxy_pass http://app; }
    location PREFIX/ { proxy_pass http://appTARGET; }
    location / { return 404; }
  }
}
"""


@dataclass(frozen=True)
class Way:
    """How nginx leads to the app."""

    is_stripped: bool
    is_tls: bool

    def __str__(self) -> str:
        return f"{'stripped' if self.is_stripped else 'kept'}-{'tls' if self.is_tls else 'plain'}"


WAYS = [Way(stripped, tls) for stripped in (False, True) for tls in (False, True)]


@contextmanager
def nginx(folder: Path, *apps: str, way: Way, user: str = "alice@example.com") -> Iterator[str]:
    """A running nginx; the address of the apps behind it, which are asked in turn."""
    port, scheme = free_port(), "https" if way.is_tls else "http"
    certificate = ""
    if way.is_tls:
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ]
        command += ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
        subprocess.run(command, check=True, capture_output=True, timeout=LIMIT)
        certificate = f"ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;"
    text = CONFIG
    for key, value in (
        ("FOLDER", str(folder)),
        ("CERTIFICATE", certificate),
        ("PORT", str(port)),
        ("TLS", "ssl" if way.is_tls else ""),
        ("BARE", "rewrite ^ / break;" if way.is_stripped else ""),
        ("PREFIX", PREFIX),
        ("USER", user),
        ("TARGET", "/" if way.is_stripped else ""),
        ("UPSTREAM", " ".join(f"server 127.0.0.1:{app.rpartition(':')[2]};" for app in apps)),
    ):
        text = text.replace(key, value)
    (folder / "nginx.conf").write_text(text)
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    assert program, "nginx is missing; tests/browser/setup.sh installs it"
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        wait_until(lambda: _is_up(process, folder))
        yield f"{scheme}://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=LIMIT)


def _is_up(process: "subprocess.Popen[bytes]", folder: Path) -> bool:
    assert process.poll() is None, (folder / "error.log").read_text()
    return (folder / "nginx.pid").exists()
