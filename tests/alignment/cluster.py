"""A real Spark cluster on loopback: a master and two workers, each a process of its own, as their standalone mode starts them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

WORKERS = 2
MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"
HOST = "127.0.0.1"


def java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else shutil.which("java")


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of its master, once both workers have registered; what they write goes into ``folder``."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    address = f"spark://{HOST}:{port}"
    with ExitStack() as running:
        running.enter_context(
            _process(folder, "master", MASTER, "--host", HOST, "--port", str(port), "--webui-port", "0")
        )
        _wait(folder / "master.log", "I have been elected leader")
        for n in range(WORKERS):
            own = folder / f"worker-{n}"
            options = ("--host", HOST, "--cores", "1", "--memory", "1g", "--webui-port", "0", "--work-dir", str(own))
            running.enter_context(_process(folder, f"worker-{n}", WORKER, *options, address))
        _wait(folder / "master.log", "Registering worker", WORKERS)
        yield address


@contextmanager
def _process(folder: Path, name: str, main: str, *options: str) -> Iterator[None]:
    import pyspark

    jars = Path(pyspark.__file__).parent / "jars"
    command = [str(java()), "-Xmx512m", "-cp", f"{jars}/*", main, *options]
    environment = {**os.environ, "SPARK_LOCAL_IP": HOST, "SPARK_HOME": str(jars.parent), "SPARK_SCALA_VERSION": "2.13"}
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def _wait(log: Path, said: str, times: int = 1) -> None:
    for _ in range(600):
        if log.exists() and log.read_text(errors="replace").count(said) >= times:
            return
        time.sleep(0.1)
    raise AssertionError(f"{log.name} never said {said!r}: {log.read_text(errors='replace')[-2000:]}")
