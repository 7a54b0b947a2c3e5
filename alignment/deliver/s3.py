"""A digest is put into a bucket of Amazon S3 or of a server that speaks its protocol, by boto3, with the usual credentials."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from typing import Any

from alignment.deliver.delivering import Digest, NotDelivered
from alignment.deliver.folder import files
from alignment.deliver.targets import Target
from alignment.deliver.unreached import bundle, unreached
from connectors.connector import Retry

TYPES = {".html": "text/html; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".csv": "text/csv; charset=utf-8"}
PASSING = ("SlowDown", "RequestTimeout", "ServiceUnavailable", "InternalError", "ThrottlingException", "Throttling")
WRONG_KEYS = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired")
GRANT = "Check the credentials (AWS_ACCESS_KEY_ID …), and that they may write there"


def prepared(target: Target, digest: Digest, secret: str) -> Callable[[], str]:
    """Every attempt puts every file again: the same name holds the same report."""
    client = _client(target)
    found = [(f"{target.prefix}{name}", file) for name, file in files(digest.files)]

    def attempt() -> str:
        for key, file in found:
            kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            _asked(target, lambda k=key, f=file, t=kind: client.put_object(  # type: ignore[misc]
                Bucket=target.bucket, Key=k, Body=f.read_bytes(), ContentType=t))  # fmt: skip
        return f"put {len(found)} {'file' if len(found) == 1 else 'files'} into {target.bucket}/{target.prefix}"

    return attempt


def proven(target: Target, secret: str) -> str:
    """Asks for the bucket. Whether it may be written to shows with the first report."""
    client = _client(target)
    _asked(target, lambda: client.head_bucket(Bucket=target.bucket))
    return f"the bucket {target.bucket} is there, and these credentials see it"


def _client(target: Target) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise NotDelivered(
            "The package boto3 is not installed. Install it beside the program: pipx inject alignment-analyzer boto3"
        ) from None
    from botocore.exceptions import BotoCoreError

    once = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60)
    try:
        return boto3.session.Session().client(
            "s3", endpoint_url=target.endpoint_url, region_name=target.region or None, verify=bundle(target.ca_bundle),
            config=once,
        )  # fmt: skip
    except (BotoCoreError, ValueError) as error:
        raise NotDelivered(
            f"{target.name} cannot be set up ({type(error).__name__}). Check region and endpoint_url."
        ) from None


def _asked(target: Target, request: Callable[[], Any]) -> None:
    from botocore import exceptions as aws

    try:
        request()
    except OSError as error:
        raise NotDelivered(f"The report cannot be read ({error.strerror}). Write it again.") from None
    except (aws.NoCredentialsError, aws.PartialCredentialsError):
        raise NotDelivered(
            "There are no credentials for S3. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile."
        ) from None
    except aws.ClientError as error:
        raise _explained(error, target) from None
    except (aws.ConnectionError, aws.HTTPClientError) as error:
        raise unreached(error, _host(target)) from None
    except aws.BotoCoreError as error:
        raise NotDelivered(
            f"{target.bucket} cannot be asked ({type(error).__name__}). Check region and endpoint_url."
        ) from None


def _explained(error: Any, target: Target) -> Exception:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if status >= 500 or status == 429 or code in PASSING:
        return Retry(f"{_host(target)} cannot take files now ({code or status}).")
    if code in ("NoSuchBucket", "404") or status == 404:
        return NotDelivered(f"There is no bucket {target.bucket} at {_host(target)}. Check bucket and endpoint_url.")
    if code in WRONG_KEYS:
        return NotDelivered(f"{_host(target)} does not accept the credentials ({code}). {GRANT}.")
    if status in (401, 403):
        return NotDelivered(f"{_host(target)} does not let us into the bucket {target.bucket} ({code}). {GRANT}.")
    if status in (301, 307, 400):
        return NotDelivered(f"The bucket {target.bucket} is in another region ({code}). Correct region.")
    return NotDelivered(f"{_host(target)} refuses ({code or status}). Check bucket, region and endpoint_url.")


def _host(target: Target) -> str:
    return (target.endpoint_url or "Amazon S3").partition("://")[2] or "Amazon S3"
