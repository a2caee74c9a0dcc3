"""The command line: what to run, and exit codes for what goes wrong."""

import argparse
import io
import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from modelsweb import __version__, config
from modelsweb.errors import ModelswebError
from modelsweb.kinds import KINDS
from modelsweb.manifests import document as manifest
from modelsweb.objects.rbac import cluster_role, namespace_roles, user_roles
from modelsweb.text import one_line


def run(arguments: Sequence[str]) -> int:
    """Runs a command; 0 on success, 1 where it failed, 2 where it was called wrongly."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if isinstance(
        sys.stdout, io.TextIOWrapper
    ):  # into a pipe it would wait for a full buffer: `modelsweb demo | tee log`
        sys.stdout.reconfigure(line_buffering=True)
    try:
        settings = config.from_environment()
        _log(settings, logging.DEBUG if options.verbose else logging.INFO)
        return int(options.command(settings, options) or 0)
    except ModelswebError as error:
        print(f"modelsweb: {error.message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


class JsonFormatter(logging.Formatter):
    """A log line as one JSON object; an audit line with its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (audit := getattr(record, "audit", None)) is not None:
            fields["audit"] = audit
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return one_line(json.dumps(fields, ensure_ascii=False))


class LineFormatter(logging.Formatter):
    """A log line that no user's text can break or forge; only the trace of a bug has more lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line."""
        return one_line(super().formatMessage(record))


def _log(settings: config.Config, level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    if settings.web.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="modelsweb", description="The web app in which ML engineers run their KServe models."
    )
    parser.add_argument("--version", action="version", version=f"modelsweb {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="log more")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    serve = commands.add_parser(
        "serve", help="serve the app for a cluster: the one it runs in, else a kubeconfig's"
    )
    serve.add_argument("--kubeconfig", help="kubeconfig file; default: KUBECONFIG, else ~/.kube/config")
    serve.add_argument("--context", help="context of the kubeconfig; default: its current one")
    serve.add_argument("--port", type=int, help="port to listen on")
    serve.set_defaults(command=_serve)

    demo = commands.add_parser("demo", help="serve the app for a demo cluster that lives in this process")
    demo.add_argument("--port", type=int, help="port of the app (default: 5000)")
    demo.add_argument("--cluster-port", type=int, default=0, help="port of the demo cluster (default: any)")
    demo.add_argument("--kubeconfig", type=Path, help="write a kubeconfig for the demo cluster to this file")
    demo.add_argument("--empty", action="store_true", help="start without model services")
    demo.set_defaults(command=_demo)
    rbac = commands.add_parser("rbac", help="print the ClusterRole that the app's account needs")
    rbac.add_argument("--tokens", action="store_true", help="with the review of bearer tokens")
    rbac.add_argument("--users", action="store_true", help="print the roles to give to users instead")
    rbac.add_argument(
        "--namespaces",
        help="for an app confined by ALLOWED_NAMESPACES: print Roles in these instead, separated by commas",
    )
    rbac.add_argument(
        "--account-namespace", default="kserve", help="where the app's account is (default: kserve)"
    )
    rbac.set_defaults(command=_rbac)
    judge = commands.add_parser(
        "judge", help="say what is so in what `kubectl get … -o yaml` printed, without a cluster"
    )
    judge.add_argument("files", nargs="+", metavar="FILE", help="a file, a folder, or - for standard input")
    judge.add_argument(
        "--at", default="", metavar="TIME", help="judge at this time; default: the newest in the input"
    )
    judge.add_argument(
        "--json", action="store_true", help="print JSON; docs/reference/judge.md has its fields"
    )
    judge.add_argument("--language", choices=("en", "zh-Hans"), default="en", help="of the sentences")
    judge.set_defaults(command=_judge)
    return parser


def _rbac(settings: config.Config, options: argparse.Namespace) -> None:
    if options.users:
        found = user_roles(KINDS)
    elif options.namespaces:
        names = config.names(options.namespaces)
        found = namespace_roles(KINDS, names, account=options.account_namespace, tokens=options.tokens)
    else:
        found = [cluster_role(KINDS, tokens=options.tokens)]
    print("---\n".join(manifest.dump(role) for role in found), end="")


def _judge(settings: config.Config, options: argparse.Namespace) -> int:
    from modelsweb import judge
    from modelsweb.web.site import Language

    return judge.run(options.files, at=options.at, as_json=options.json, language=Language(options.language))


def _serve(settings: config.Config, options: argparse.Namespace) -> None:
    import uvloop

    from modelsweb import wiring

    settings = wiring.overridden(
        settings, port=options.port, kubeconfig=options.kubeconfig, context=options.context
    )
    uvloop.run(wiring.serve(settings))


def _demo(settings: config.Config, options: argparse.Namespace) -> None:
    import uvloop

    from modelsweb import wiring

    uvloop.run(
        wiring.demo(
            wiring.overridden(wiring.demo_config(settings), port=options.port),
            cluster_port=options.cluster_port,
            kubeconfig=options.kubeconfig,
            with_services=not options.empty,
            announce=print,
        )
    )
