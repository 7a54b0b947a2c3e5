"""``python -m alignment`` is the command."""

from alignment.cli import main

main()
