"""Run the embedded Kafka alone: ``python -m infra.kafka FOLDER``, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from infra.kafka.broker import EmbeddedKafka
from infra.kafka.errors import EmbeddedKafkaError
from infra.kafka.jars import classpath
from infra.kafka.login import CLIENT, password_file
from infra.kafka.training import make_cache


def main() -> int:
    """Parse the arguments, run the broker, return the exit code."""
    given = os.umask(0o077)  # its log is for this user only
    parser = argparse.ArgumentParser(prog="python -m infra.kafka", description=__doc__)
    parser.add_argument("folder", nargs="?", default=".state", type=Path, help="state folder")
    parser.add_argument("--fetch", action="store_true", help="only get ready for a first start")
    options = parser.parse_args()
    try:
        if options.fetch:
            os.umask(given)  # part of the installation, which several users may share
            classpath(progress=print)
            make_cache(progress=print)
            return 0
        # Both ways to end the program run the clean stop below.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with EmbeddedKafka(options.folder, progress=print) as broker:
            print(
                f"Kafka listens on {broker.bootstrap}; its log is {broker.log_file}. Clients log "
                f"in as {CLIENT} with the password in {password_file(options.folder)}.",
                flush=True,
            )
            return broker.wait()
    except KeyboardInterrupt:
        return 0
    except EmbeddedKafkaError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
