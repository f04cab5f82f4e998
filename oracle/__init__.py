"""The witness: every figure counted again from the raw events, in plain batch code and in SQL, and
compared with what the stream and ClickHouse hold (``dunghen verify``). It never repairs."""
