"""What may be a person's number, in any text."""

from __future__ import annotations

import re

# An identity number, or a telephone number however it is grouped.
NUMBER = re.compile(r"\d{9,}|(?<!\d)0\d{2,3}[\s.\-]\d{3}[\s.\-]?\d{3,4}")
