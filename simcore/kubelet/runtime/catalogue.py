"""The images that the simulation knows, as data. An image that isn't here runs and listens on its declared ports."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True)
class Image:
    """What an image does without a command, and what it brings."""

    size_bytes: int
    listens: tuple[int, ...] = ()
    log: tuple[str, ...] = ()
    """Printed when it starts."""
    ends_after_ms: int | None = None
    """When its default process ends; None: it is a server."""
    binaries: tuple[str, ...] = ()
    """Commands that mean the image's own server."""
    takes_args: bool = False
    """It has no entrypoint, so `args` alone are a command line."""
    closed: bool = False
    """It holds nothing but the usual tools: any other command is not found."""
    has_shell: bool = True
    pages: str = ""
    """The folder that its web server shows; empty: it has none, or answers every path alike."""
    home: tuple[str, ...] = ()
    """The page that the image brings."""
    echo: str = ""
    """What its web server says to everybody, with {host} for its host's name."""
    script: tuple[str, ...] = ()
    """The command line that is its own program, for the shell to follow."""
    works: bool = False
    """It is no server: in a Job's pod its default process comes to an end."""
    stop_ms: int | None = 0
    stop_code: int = 0


def _base(size_mb: float) -> Image:
    """A distribution: a shell and the usual tools. Without a command it stays, as if it had a terminal."""
    return Image(int(size_mb * MB), takes_args=True, closed=True, works=True)


CATALOGUE: dict[str, Image] = {
    "busybox": _base(2.2),
    "alpine": _base(3.6),
    "debian": _base(48.5),
    "ubuntu": _base(29.8),
    "pause": Image(320_000, binaries=("/pause", "pause"), has_shell=False, closed=True),
    "hello-world": Image(
        16_000, ends_after_ms=0, has_shell=False, closed=True,
        log=("", "Hello from Docker!", "This message shows that your installation appears to be working correctly."),
    ),
    "nginx": Image(
        72 * MB, (80,), pages="/usr/share/nginx/html", stop_ms=40,
        home=("<!DOCTYPE html>", "<html>", "<head>", "<title>Welcome to nginx!</title>", "</head>", "<body>",
              "<h1>Welcome to nginx!</h1>", "</body>", "</html>"),
        binaries=("nginx", "nginx-debug", "/docker-entrypoint.sh"),
        log=(
            "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
            "/docker-entrypoint.sh: Configuration complete; ready for start up",
            "nginx: using the \"epoll\" event method",
            "nginx: start worker processes",
        ),
    ),
    "httpd": Image(
        59 * MB, (80,), pages="/usr/local/apache2/htdocs", home=("<html><body><h1>It works!</h1></body></html>",),
        binaries=("httpd", "httpd-foreground"), stop_ms=40,
        log=("[mpm_event:notice] Apache/2.4 (Unix) configured -- resuming normal operations",
             "[core:notice] Command line: 'httpd -D FOREGROUND'"),
    ),
    "redis": Image(
        45 * MB, (6379,), binaries=("redis-server", "docker-entrypoint.sh"), stop_ms=60,
        log=("* Redis is starting", "* Running mode=standalone, port=6379.", "* Ready to accept connections tcp"),
    ),
    "memcached": Image(32 * MB, (11211,), binaries=("memcached",), stop_ms=10),
    "postgres": Image(
        162 * MB, (5432,), binaries=("postgres", "docker-entrypoint.sh"), stop_ms=200,
        log=("PostgreSQL init process complete; ready for start up.",
             'LOG:  listening on IPv4 address "0.0.0.0", port 5432',
             "LOG:  database system is ready to accept connections"),
    ),
    "mysql": Image(
        233 * MB, (3306, 33060), binaries=("mysqld", "docker-entrypoint.sh"), stop_ms=1500,
        log=("[Entrypoint]: MySQL Docker Process Manager starting", "mysqld: ready for connections. port: 3306"),
    ),
    "mongo": Image(281 * MB, (27017,), binaries=("mongod", "docker-entrypoint.sh"), stop_ms=300,
                   log=('{"s":"I","c":"NETWORK","msg":"Waiting for connections","attr":{"port":27017}}',)),
    "etcd": Image(60 * MB, (2379, 2380, 2381), binaries=("etcd",), stop_ms=200,
                  log=('{"level":"info","msg":"ready to serve client requests"}',)),
    "kube-apiserver": Image(30 * MB, (6443,), binaries=("kube-apiserver",), stop_ms=500, has_shell=False,
                            log=('"Serving securely on [::]:6443"',)),
    "kube-controller-manager": Image(23 * MB, (10257,), binaries=("kube-controller-manager",), has_shell=False,
                                     log=('"Serving securely on 127.0.0.1:10257"',
                                          '"Attempting to acquire leader lease kube-system/kube-controller-manager"',
                                          '"Successfully acquired lease kube-system/kube-controller-manager"')),
    "kube-scheduler": Image(18 * MB, (10259,), binaries=("kube-scheduler",), has_shell=False,
                            log=('"Serving securely on 127.0.0.1:10259"',
                                 '"Attempting to acquire leader lease kube-system/kube-scheduler"',
                                 '"Successfully acquired lease kube-system/kube-scheduler"')),
    "kube-proxy": Image(26 * MB, (10249, 10256), binaries=("/usr/local/bin/kube-proxy",), has_shell=False,
                        log=('"Using iptables Proxier"', '"Starting service config controller"')),
    "coredns": Image(23 * MB, (53, 8080, 8181, 9153), has_shell=False,
                     log=(".:53", "CoreDNS-1.13.1", "linux/amd64, go1.25.2")),
    "agnhost": Image(52 * MB, binaries=("/agnhost", "agnhost"), log=("Paused",)),
    "nonewprivs": Image(3 * MB, script=("sh", "-c", "echo Effective uid: $(id -u)")),
    "hello-app": Image(11 * MB, (8080,), log=("Server listening on port 8080",),
                       echo="Hello, world!\nVersion: 1.0.0\nHostname: {host}"),
    "whoami": Image(3 * MB, (80,), log=("Starting up on port 80",), echo="Hostname: {host}"),
    "echoserver": Image(45 * MB, (8080,), echo="Hostname: {host}"),
    "http-echo": Image(4 * MB, (5678,), echo="hello-world"),
    "stress": Image(4 * MB, binaries=("stress",), takes_args=True, log=("stress: info: dispatching hogs",)),
    "jessie-dnsutils": _base(70), "dnsutils": _base(70), "curl": _base(8), "toolbox": _base(30),
}  # fmt: skip

TYPICAL_BYTES = 70 * MB
"""A pull's latency in the profile is meant for an image of this size."""

TOOLS = frozenset(
    """
    arch awk base64 basename cat chmod chown clear cp cut date dd df dirname dmesg du env expr file find free getent
    grep gunzip gzip head hostname id ifconfig ip kill ln ls md5sum mkdir mktemp mv nc netstat nice nohup nslookup od
    ping printenv ps pwd readlink realpath rm rmdir route sed seq sha256sum sort stat stty su sync tail tar tee telnet
    time timeout top touch tr traceroute tty uname uniq unzip uptime vi watch wc wget which whoami xargs yes
    """.split()  # noqa: SIM905 - a list of words reads better so
)
"""Names that exist in every image with a shell. Those that the shell doesn't simulate do nothing and succeed."""
