"""The arguments that several verbs take, each described once."""

from typing import Annotated

from dagger import Doc, File, Name, Secret

from ci.records.report import Format
from ci.scan.gate import Effect

# Where a verb gives an enum, a secret or a file no default of None, it is optional all the same:
# the engine takes no null for an enum, and for the others prefers it to what `.env` says.
Branch = Annotated[str | None, Doc("Branch of the sources (default: the one that is checked out)")]
Env = Annotated[str, Doc("Environment of [tool.ci] in pyproject.toml, such as dev")]
MaybeEnv = Annotated[
    str | None, Name("env"), Doc("Environment (default: the one that the branch feeds)")
]
OneEnv = Annotated[str | None, Name("env"), Doc("The only environment to show (default: all)")]
FromEnv = Annotated[str, Doc("Environment that runs and verified the image")]
ToEnv = Annotated[str, Doc("Environment that is to run it")]
Kubeconfig = Annotated[Secret, Doc("Kubeconfig of the cluster, such as file://$HOME/.kube/config")]
FromKubeconfig = Annotated[Secret | None, Doc("Kubeconfig of the first environment")]
Pushed = Annotated[
    str | None, Name("image"), Doc("Image to deploy, by digest, instead of building one")
]
Plan = Annotated[File | None, Doc("Plan of 'plan-saved': deploy exactly that, or nothing")]
Runs = Annotated[
    str | None, Name("image"), Doc("Image, by digest (default: the one that the environment runs)")
]
Version = Annotated[str | None, Doc("Version for the label (default: the commit)")]
Upgrade = Annotated[bool, Doc("Take the newest versions that fit")]
Address = Annotated[str, Name("registry"), Doc("Where to push, such as ghcr.io/owner/name")]
Username = Annotated[str | None, Doc("User of the registry's token")]
Token = Annotated[Secret | None, Doc("Token or password for the registry, such as env://TOKEN")]
RegistryCa = Annotated[
    File | None, Doc("Certificate of the registry's authority, in PEM, beside the system's")
]
Timeout = Annotated[
    str, Doc("Time for the rollout: a pod may wait half of it for a node, a tenth for a Secret")
]
Settle = Annotated[str, Doc("Time for which pods must have been ready, such as 15s")]
Trying = Annotated[
    str, Name("canary"), Doc("Share of requests that judge the release first, such as 10%, or none")
]
Watch = Annotated[str, Doc("Time for which they judge it, from the first request on")]
Baking = Annotated[
    str, Name("bake"), Doc("Time for which all requests judge it after the rollout, such as 60s")
]
Force = Annotated[
    str, Doc("Reason to take an image that promoted-from does not run; it is reported")
]
AllowOlder = Annotated[str, Doc("Reason to put an older commit over a newer one; it is reported")]
Run = Annotated[str, Doc("Run of CI that calls, such as its address; 'report --run' finds it")]
Shown = Annotated[Format, Name("format"), Doc("text, markdown or json")]
Number = Annotated[int | None, Name("revision"), Doc("Number of the release")]
FailOn = Annotated[str, Doc("Severities that block, such as HIGH,CRITICAL, or none")]
Unfixed = Annotated[Effect, Doc("What becomes of findings that no version corrects yet")]
UnsupportedSystem = Annotated[
    Effect, Doc("What becomes of an image in whose system nothing can be found")
]
IgnoreFile = Annotated[str, Doc("File of the repository with the findings that do not count")]
DbRepository = Annotated[str | None, Doc("Vulnerability database to use instead of Trivy's own")]
SignKey = Annotated[Secret | None, Doc("Private key of cosign to sign the image with")]
SignPassword = Annotated[Secret | None, Doc("Password of --sign-key")]
OidcUrl = Annotated[str | None, Doc("To sign without a key: ACTIONS_ID_TOKEN_REQUEST_URL")]
OidcToken = Annotated[
    Secret | None, Doc("Token for --oidc-url: env://ACTIONS_ID_TOKEN_REQUEST_TOKEN")
]
VerifyKey = Annotated[File | None, Doc("Public key that the image must be signed with")]
VerifyIdentity = Annotated[str | None, Doc("Workflow that must have signed it, without a key")]
VerifyIssuer = Annotated[str, Doc("Who vouches for --verify-identity")]
Variables = Annotated[File | None, Doc("File with OpenTofu's variables (default: sample values)")]
DbMaxAge = Annotated[str, Doc("Age past which the database blocks, such as 48h, or any")]
Gateway = Annotated[
    str, Doc("Address of the gateway, such as 10.0.0.1:30080 (default: what it says of itself)")
]
GatewayCa = Annotated[
    File | None, Doc("Certificate of the gateway's authority, in PEM (default: the system's)")
]
