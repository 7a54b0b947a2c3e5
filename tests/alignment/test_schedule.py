"""What is printed for each scheduler is what that scheduler's own validator takes, and nothing foreign is overwritten."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import kubernetes_validate
import pytest
from cronsim import CronSim
from ruamel.yaml import YAML

from alignment.weekly.scheduling import DAYS, When
from tests.alignment.exported import STRATEGY, Command, execute

TOKEN = "a-token-that-nobody-may-see"
SETTINGS = """\
time_zone: Europe/Berlin
trackers:
  - {name: jira, kind: jira-cloud, base_url: "https://acme.atlassian.net", email: reports@acme.example}
  - {name: linear, kind: linear}
"""
NAMES = ("ALIGNMENT_TOKEN_JIRA", "ALIGNMENT_TOKEN_LINEAR")
ODD = "R&D reports 100% 'weekly' $HOME"


@pytest.fixture(params=["reports", ODD], ids=["plain", "odd"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings for two live trackers; its name may hold all that shells and schedulers take for their own."""
    made = tmp_path / str(request.param)
    made.mkdir()
    (made / "alignment.yaml").write_text(SETTINGS, encoding="utf-8")
    (made / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    program = made / "bin" / "alignment"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$PWD" "$ALIGNMENT_TOKEN_JIRA" "$@"\nexit ${FAIL:-0}\n', encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.chdir(made)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(made / "config"))
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", TOKEN)
    monkeypatch.setattr(sys, "argv", [str(program)])
    return made


@pytest.fixture
def alignment(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *args: execute(capsys, *args)


def printed(alignment: Command, *args: str) -> str:
    said = alignment("schedule", *args)
    assert said.code == 0 and said.err == "" and TOKEN not in said.out
    return said.out


def yaml_of(text: str) -> list[Any]:
    return list(YAML(typ="safe").load_all(text))


def test_which_there_are(alignment: Command) -> None:
    lines = printed(alignment).splitlines()
    assert [line.split()[2] for line in lines] == ["cron", "systemd", "github", "gitlab", "kubernetes"]


# ---------------------------------------------------------------- when


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Asia/Tokyo"]
)
def test_cron_and_utc_mean_the_hour_that_was_asked_for(zone: str) -> None:
    """Over a year: cron in its zone at that hour of that day; in UTC never earlier, and an hour later at most."""
    when = When(DAYS.index("monday"), 7, 30, zone)
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    local = CronSim(when.fields, start)
    in_utc = CronSim(when.in_utc(2026).fields, start.astimezone(UTC))
    late = set()
    for _ in range(52):
        meant = next(local)
        assert (meant.weekday(), meant.hour, meant.minute) == (0, 7, 30)
        late.add(next(in_utc) - meant.astimezone(UTC))
    assert late <= {timedelta(0), timedelta(hours=1)} and timedelta(0) in late


def test_sunday_and_every_day() -> None:
    assert When(6, 23, 5, "UTC").fields == "5 23 * * 0" and When(None, 6, 0, "UTC").fields == "0 6 * * *"
    assert When(6, 23, 5, "UTC").calendar == "Sun *-*-* 23:05:00 UTC"


# ---------------------------------------------------------------- cron


def line_of(crontab: str) -> tuple[str, str]:
    """The five fields and the command as cron hands it to the shell."""
    (line,) = [x for x in crontab.splitlines() if x and not x.startswith("#") and "=" not in x.split()[0]]
    *fields, command = line.split(" ", 5)
    return " ".join(fields), command.replace(r"\%", "%")


def sh(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, env=given, check=False)


def test_the_line_of_cron_runs_where_it_should_with_the_secrets_of_the_file(alignment: Command, folder: Path) -> None:
    text = printed(alignment, "cron", "--day", "tuesday", "--at", "06:30")
    fields, command = line_of(text)
    assert fields == "30 6 * * 2" and "CRON_TZ=Europe/Berlin\n" in text
    secrets = folder / "config" / "alignment" / "environment"
    for given, token in ((False, ""), (True, "it's $5 & more")):
        if given:
            secrets.parent.mkdir(parents=True)
            secrets.write_text("ALIGNMENT_TOKEN_JIRA='it'\\''s $5 & more'\n", encoding="utf-8")
        done = sh(command)
        assert (done.returncode, done.stdout + done.stderr) == (0, ""), "cron would send mail of a run that went well"
        log = (folder / "alignment-run.log").read_text(encoding="utf-8").splitlines()
        assert log[-5:] == [str(folder), token, "run", "--settings", str(folder / "alignment.yaml")]
    failed = sh(command, FAIL="4")
    assert failed.returncode and "alignment.yaml" in failed.stdout


CRONTAB = """\
#!/bin/sh
if [ "$1" = -l ]; then
  if [ -e "$TAB" ]; then cat "$TAB"; else echo "no crontab for you" >&2; exit 1; fi
else cat > "$TAB"; fi
"""


@pytest.fixture
def crontab(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for crontab(1) that keeps its table in a file."""
    standing_in(folder / "bin" / "crontab", CRONTAB)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("TAB", str(folder / "table"))
    return folder / "table"


def standing_in(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def test_installed_in_the_crontab_once_and_nothing_else_is_touched(
    alignment: Command, folder: Path, crontab: Path
) -> None:
    assert "Added in your crontab" in printed(alignment, "cron", "--install")
    own = crontab.read_text(encoding="utf-8")
    crontab.write_text(f"MAILTO=me\n1 2 * * * mine\n{own}3 4 * * * mine too", encoding="utf-8")
    assert "Changed in your crontab" in printed(alignment, "cron", "--install", "--at", "09:15")
    lines = crontab.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["MAILTO=me", "1 2 * * * mine", "3 4 * * * mine too"]
    assert sum("alignment run for" in line for line in lines) == 2 and any(
        line.startswith("15 9 * * 1 ") for line in lines
    )
    secrets = folder / "config" / "alignment" / "environment"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert secrets.read_text(encoding="utf-8").splitlines()[1:] == [f"# {name}=''" for name in NAMES]


def test_what_was_installed_is_taken_out_of_the_crontab_and_nothing_else(alignment: Command, crontab: Path) -> None:
    printed(alignment, "cron", "--install")
    own = crontab.read_text(encoding="utf-8")
    crontab.write_text(f"MAILTO=me\n{own}3 4 * * * mine too\n", encoding="utf-8")
    said = printed(alignment, "cron", "--remove")
    assert crontab.read_text(encoding="utf-8") == "MAILTO=me\n3 4 * * * mine too\n" and "secrets stays" in said
    again = alignment("schedule", "cron", "--remove")
    assert again.code == 1 and "holds no schedule" in again.err
    assert crontab.read_text(encoding="utf-8") == "MAILTO=me\n3 4 * * * mine too\n"
    for args in (("cron", "--install", "--remove"), ("github", "--remove"), ("--remove",)):
        assert alignment("schedule", *args).code == (0 if args == ("--remove",) else 2)


def test_a_torn_block_and_a_missing_crontab_are_said(
    alignment: Command, folder: Path, crontab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed(alignment, "cron", "--install")
    torn = "\n".join(crontab.read_text(encoding="utf-8").splitlines()[:-1]) + "\n"
    crontab.write_text(torn, encoding="utf-8")
    said = alignment("schedule", "cron", "--install")
    assert said.code == 1 and "crontab -e" in said.err and crontab.read_text(encoding="utf-8") == torn
    monkeypatch.setenv("PATH", str(folder))
    assert "There is no crontab on this machine." in alignment("schedule", "cron", "--install").err


# ---------------------------------------------------------------- systemd


def units(alignment: Command, folder: Path, *args: str) -> list[Path]:
    """Both units as files."""
    _, service, timer = printed(alignment, "systemd", *args).split("# ~/.config/systemd/user/")
    made = []
    for part in (service, timer):
        name, _, text = part.partition("\n")
        made.append(folder / name)
        made[-1].write_text(text, encoding="utf-8")
    return made


def analyze(*args: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here")
    return subprocess.run([program, *args], capture_output=True, text=True, check=False)


def test_systemd_takes_the_units(alignment: Command, folder: Path) -> None:
    made = units(alignment, folder)
    done = analyze("verify", "--man=no", *map(str, made))
    assert (done.returncode, done.stderr) == (0, "")
    made[0].write_text(made[0].read_text(encoding="utf-8").replace("Type=oneshot", "Type=onceshot"), encoding="utf-8")
    assert "service type" in analyze("verify", "--man=no", *map(str, made)).stderr


@pytest.mark.parametrize("day", [*DAYS, ""])
def test_systemd_takes_the_time(day: str) -> None:
    when = When(DAYS.index(day) if day else None, 7, 30, "America/New_York")
    done = analyze("calendar", when.calendar)
    assert done.returncode == 0 and f"Normalized form: {when.calendar}" in done.stdout


def test_installed_for_systemd_and_what_is_foreign_or_edited_stays(
    alignment: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing_in(folder / "bin" / "systemctl", '#!/bin/sh\necho "$@" >> "$CALLS"\n')
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(folder / "calls"))
    assert "Started alignment.timer" in printed(alignment, "systemd", "--install")
    calls = (folder / "calls").read_text(encoding="utf-8").splitlines()
    assert calls == ["--user daemon-reload", "--user enable --now alignment.timer"]
    service = folder / "config" / "systemd" / "user" / "alignment.service"
    assert TOKEN not in service.read_text(encoding="utf-8")
    printed(alignment, "systemd", "--install", "--at", "08:00")  # its own, unedited: written anew
    assert "08:00:00 Europe/Berlin" in service.with_suffix(".timer").read_text(encoding="utf-8")
    for text, why in (
        (service.read_text(encoding="utf-8") + "Nice=19\n", "was edited since"),
        ("[Service]\nExecStart=/bin/true\n", "was not written by this program"),
    ):
        service.write_text(text, encoding="utf-8")
        said = alignment("schedule", "systemd", "--install")
        assert said.code == 1 and why in said.err and service.read_text(encoding="utf-8") == text
    (folder / "other.yaml").write_text(SETTINGS, encoding="utf-8")
    service.unlink()
    assert "other settings" in alignment("schedule", "systemd", "--install", "--settings", "other.yaml").err


def test_systemd_units_are_taken_out_unless_they_were_edited(
    alignment: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing_in(folder / "bin" / "systemctl", '#!/bin/sh\necho "$@" >> "$CALLS"\n')
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(folder / "calls"))
    nothing = alignment("schedule", "systemd", "--remove")
    assert nothing.code == 1 and "There is no alignment.timer of yours" in nothing.err
    printed(alignment, "systemd", "--install")
    units = folder / "config" / "systemd" / "user"
    timer = units / "alignment.timer"
    text = timer.read_text(encoding="utf-8")
    timer.write_text(text + "# mine\n", encoding="utf-8")
    edited = alignment("schedule", "systemd", "--remove")
    assert edited.code == 1 and "was edited since" in edited.err and len([*units.iterdir()]) == 2
    timer.write_text(text, encoding="utf-8")
    (folder / "alignment.yaml").unlink()  # one that no longer runs may have lost its settings
    assert "Took out" in printed(alignment, "systemd", "--remove") and [*units.iterdir()] == []
    calls = (folder / "calls").read_text(encoding="utf-8").splitlines()
    assert calls[-2:] == ["--user disable --now alignment.timer", "--user daemon-reload"]


def test_without_a_session_the_units_are_there_and_what_to_run_is_said(
    alignment: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing_in(folder / "bin" / "systemctl", "#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    secrets = folder / "config" / "alignment" / "environment"
    secrets.parent.mkdir(parents=True)
    secrets.write_text("ALIGNMENT_TOKEN_JIRA=mine\n", encoding="utf-8")
    secrets.chmod(0o644)
    said = printed(alignment, "systemd", "--install")
    assert "systemctl --user daemon-reload && systemctl --user enable --now alignment.timer" in said
    assert f"chmod 600 {secrets}" in said and secrets.read_text(encoding="utf-8") == "ALIGNMENT_TOKEN_JIRA=mine\n"


# ---------------------------------------------------------------- pipelines and clusters


def schema_finds(schema: str, path: Path) -> str:
    """What the published JSON Schema says against a file; empty for nothing."""
    call = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_github_takes_the_workflow(alignment: Command, folder: Path) -> None:
    path = folder / "workflow.yml"
    for args in ((), ("--every", "week", "--package", "git+https://git.acme.example/alignment?a=b c")):
        text = printed(alignment, "github", *args)
        path.write_text(text, encoding="utf-8")
        assert schema_finds("vendor.github-workflows", path) == ""
    (workflow,) = yaml_of(text)
    assert workflow[True if True in workflow else "on"]["schedule"] == [
        {"cron": "0 7 * * 1", "timezone": "Europe/Berlin"}
    ]
    steps = workflow["jobs"]["run"]["steps"]
    run = next(step for step in steps if step.get("run", "").startswith("alignment run"))
    assert run["env"] == {name: f"${{{{ secrets.{name} }}}}" for name in NAMES}
    assert [s["with"]["path"].split() for s in steps if "cache" in s.get("uses", "")] == [
        ["alignment.duckdb", "alignment.duckdb.wal", "alignment.key"]
    ] * 2
    path.write_text(text.replace("runs-on:", "run-on:"), encoding="utf-8")
    assert schema_finds("vendor.github-workflows", path)


def test_gitlab_takes_the_job(alignment: Command, folder: Path) -> None:
    path = folder / "job.yml"
    text = printed(alignment, "gitlab", "--name", "weekly")
    path.write_text(text, encoding="utf-8")
    assert schema_finds("vendor.gitlab-ci", path) == ""
    assert all(name in text for name in NAMES)
    (job,) = yaml_of(text)
    assert job["weekly-run"]["script"][-1] == "alignment run --log json --settings alignment.yaml"
    path.write_text(text.replace("script:", "scripts:"), encoding="utf-8")
    assert schema_finds("vendor.gitlab-ci", path)


def test_a_folder_inside_a_checkout(alignment: Command, folder: Path) -> None:
    (folder.parent / ".git").mkdir()
    (workflow,) = yaml_of(printed(alignment, "github"))
    job = workflow["jobs"]["run"]
    assert job["defaults"]["run"]["working-directory"] == folder.name
    assert job["steps"][2]["with"]["path"].splitlines()[0] == f"{folder.name}/alignment.duckdb"
    (gitlab,) = yaml_of(printed(alignment, "gitlab"))
    assert gitlab["alignment-run"]["script"][0] == f"cd {shlex.quote(folder.name)}"


@pytest.mark.parametrize("strategy", ["file", "folder"])
def test_kubernetes_takes_the_job(alignment: Command, folder: Path, strategy: str) -> None:
    if strategy == "folder":
        (folder / "strategy").mkdir()
        (folder / "strategy.yaml").rename(folder / "strategy" / "2026.yaml")
        (folder / "alignment.yaml").write_text(f"{SETTINGS}strategy: strategy\n", encoding="utf-8")
    disk, job = yaml_of(printed(alignment, "kubernetes", "--name", "acme", "--image", "registry.acme.example/a:1"))
    for document in (disk, job):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
    spec = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert job["spec"]["timeZone"] == "Europe/Berlin" and container["envFrom"] == [{"secretRef": {"name": "acme"}}]
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec["volumes"]}
    assert ("strategy" in mounted) == (strategy == "folder")
    del job["spec"]["schedule"]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(job, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("folder", ["reports"], indirect=True)
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("github", "--install"), "--install is for cron and systemd"),
        (("systemd", "--out", "a"), "--out writes one file"),
        (("cron", "--at", "25:00"), "no time of day"),
        (("cron", "--name", "Weekly report"), "cannot be the name"),
        (("systemd", "--settings", "missing.yaml"), "no settings at missing.yaml"),
    ],
)
def test_what_cannot_be_is_said(alignment: Command, args: tuple[str, ...], words: str) -> None:
    said = alignment("schedule", *args)
    assert said.code in (1, 2) and words in said.err and said.out == ""


@pytest.mark.parametrize("folder", ["reports"], indirect=True)
def test_a_file_that_is_there_is_not_overwritten(alignment: Command, folder: Path) -> None:
    assert "Wrote a/b.yml" in printed(alignment, "github", "--out", "a/b.yml")
    before = (folder / "a" / "b.yml").read_text(encoding="utf-8")
    said = alignment("schedule", "gitlab", "--out", "a/b.yml")
    assert said.code == 1 and "b.yml is there already" in said.err
    assert (folder / "a" / "b.yml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize("folder", ["reports"], indirect=True)
def test_a_store_outside_of_what_is_kept_is_refused(alignment: Command, folder: Path) -> None:
    (folder / "alignment.yaml").write_text(f"{SETTINGS}store: ../elsewhere.duckdb\n", encoding="utf-8")
    said = alignment("schedule", "kubernetes")
    assert said.code == 1 and "store of the settings lies outside" in said.err


@pytest.mark.parametrize("folder", ["reports"], indirect=True)
def test_the_secrets_of_those_who_get_the_report_are_named_too(alignment: Command, folder: Path) -> None:
    (folder / "alignment.yaml").write_text(
        f"{SETTINGS}deliver:\n  - {{name: channel, kind: slack}}\n  - {{name: bucket, kind: s3, bucket: acme}}\n"
        "  - {name: heads, kind: email, to: [h@acme.example], from: r@acme.example, host: smtp.acme.example, user: robot}\n"
        "  - {name: share, kind: folder, path: shared}\n",
        encoding="utf-8",
    )
    (workflow,) = yaml_of(printed(alignment, "github"))
    steps = workflow["jobs"]["run"]["steps"]
    given = next(step["env"] for step in steps if "env" in step)
    more = ("ALIGNMENT_WEBHOOK_CHANNEL", "ALIGNMENT_PASSWORD_HEADS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    assert list(given) == [*NAMES, *more]
