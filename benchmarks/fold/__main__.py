"""Runs one host of the fold in this process until it is terminated or its parent is gone."""

from __future__ import annotations

import sys

import msgspec

from benchmarks import fold

fold.load(sys.argv[1]).run(msgspec.json.decode(sys.argv[2], type=fold.FoldJob))
