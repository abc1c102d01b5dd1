"""The arguments that several verbs take, with the help that the command line shows for each."""

from typing import Annotated

from dagger import DefaultPath, Directory, Doc, Ignore, Name, Secret

from ci.environments import Env

UNTRACKED = [
    "**/.mypy_cache",
    "**/.pytest_cache",
    "**/.venv",
    "**/*.egg-info",
    "**/__pycache__",
    ".env",
    "ci/sdk",
    "reports",
]

Source = Annotated[
    Directory,
    DefaultPath("/"),
    Ignore([".git", *UNTRACKED]),
    Doc("The repository's files"),
]
History = Annotated[
    Directory,
    DefaultPath("/"),
    Ignore(["**", "!.git"]),
    Doc("The repository's .git, which says what commit the files are"),
]
Branch = Annotated[str | None, Doc("Branch of the sources; the one that is checked out")]
# Stands without a default of None: the engine takes no null for an enum's.
MaybeEnv = Annotated[Env | None, Doc("Environment; the one that the branch feeds")]
Kubeconfig = Annotated[Secret, Doc("Kubeconfig of the cluster, such as file://$HOME/.kube/config")]
Address = Annotated[str, Name("registry"), Doc("Where to push, such as ghcr.io/owner/name")]
Username = Annotated[str | None, Doc("User of the registry's token")]
Token = Annotated[Secret | None, Doc("Token or password for the registry, such as env://TOKEN")]
Timeout = Annotated[str, Doc("Time that the rollout may take, such as 5m")]
Force = Annotated[str, Doc("Reason why prod takes what stage does not run; it is reported")]
Number = Annotated[int | None, Name("revision"), Doc("Number of the release")]
FailOn = Annotated[str, Doc("Severities that block, such as HIGH,CRITICAL, or none")]
IgnoreFile = Annotated[str, Doc("File of the repository with the findings that do not count")]
DbRepository = Annotated[str | None, Doc("Vulnerability database to use instead of Trivy's own")]
DbMaxAge = Annotated[str, Doc("Age past which the database blocks, such as 48h, or any")]
Gateway = Annotated[str, Doc("Address of the gateway, such as 10.0.0.1:30080; looked up if empty")]
