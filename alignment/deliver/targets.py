"""One entry of ``deliver:`` in the settings: an address, a channel, a folder or a bucket that gets each report."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from alignment.setting_values import Mailbox, Mailboxes, Place, Url
from analyzer.located_yaml import Placed
from analyzer.plain_words import keys, wrong
from analyzer.written import Filled, Slug

Kind = Literal["email", "slack", "teams", "folder", "s3"]
NEEDS = {"email": ("to", "from", "host"), "slack": (), "teams": (), "folder": ("path",), "s3": ("bucket",)}
KNOWS = {
    "email": ("port", "security", "user", "attach", "ca_bundle"),
    "slack": ("ca_bundle",),
    "teams": ("ca_bundle",),
    "folder": (),
    "s3": ("prefix", "endpoint_url", "region", "ca_bundle"),
}
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Target(Placed):
    """Where reports are sent. Secrets come from the environment or the keyring: see docs/delivery.md."""

    name: Slug = Field(description="Short name; messages and the variable of its secret use it.", examples=["leaders"])
    kind: Kind = Field(description="How it is sent.", examples=["email"])
    to: Mailboxes | None = Field(None, description="email: who gets it.", examples=[["heads@company.com"]])
    sender: Mailbox | None = Field(
        None, validation_alias="from", description="email: whom it comes from.", examples=["alignment@company.com"]
    )
    host: Filled | None = Field(None, description="email: the mail server.", examples=["smtp.company.com"])
    port: Annotated[int, Field(strict=True, ge=1, le=65_535)] | None = Field(
        None, description="email: its port (587 for starttls, 465 for tls, 25 for none).", examples=[587]
    )
    security: Literal["starttls", "tls", "none"] | None = Field(
        None,
        description="email: how the connection is kept private (tls at port 465, else starttls). none sends no password.",
        examples=["starttls"],
    )
    user: str = Field(
        "", description="email: the name it logs in with, if the server asks for one.", examples=["robot"]
    )
    attach: bool = Field(False, description="email: attach the HTML report.", examples=[True])
    path: Place | None = Field(
        None, description="folder: an existing folder; files are copied into it.", examples=["/srv/reports"]
    )
    bucket: Filled | None = Field(None, description="s3: the bucket.", examples=["company-reports"])
    prefix: str = Field(
        "", description="s3: what the names of files in the bucket begin with.", examples=["alignment/"]
    )
    endpoint_url: Url | None = Field(
        None, description="s3: the server, if it is not Amazon's.", examples=["https://s3.company.com"]
    )
    region: str = Field("", description="s3: the region, if the environment does not say.", examples=["eu-central-1"])
    ca_bundle: Place | None = Field(None, description="Your own certificate authorities (PEM).", examples=["ca.pem"])

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        fields = {str(field.validation_alias or name): name for name, field in type(self).model_fields.items()}
        known = keys(type(self))
        for key in NEEDS[self.kind]:
            if not getattr(self, fields[key]):
                example = (known[key].examples or [""])[0]
                shown = f"[{example[0]}]" if isinstance(example, list) else example
                raise wrong(f"is of kind {self.kind} and has no '{key}'", f"Add e.g. {key}: {shown}")
        allowed = {"name", "kind", *NEEDS[self.kind], *KNOWS[self.kind]}
        for key, name in fields.items():
            if name in self.model_fields_set and key not in allowed:
                raise wrong(f"is of kind {self.kind}, which has no '{key}'", "Delete it, or correct the kind")
        if self.user and self.privacy == "none":
            raise wrong("would send its password in the open", "Write security: starttls or tls, or delete user")
        return self

    @property
    def privacy(self) -> Literal["starttls", "tls", "none"]:
        return self.security or ("tls" if self.port == PORTS["tls"] else "starttls")

    @property
    def at_port(self) -> int:
        return self.port or PORTS[self.privacy]
