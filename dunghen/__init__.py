"""The composition: settings, command line and supervision put the rooms together.

Each package does one job; loose here stands only what composes: the command line (``cli``), the
rooms' configuration from the settings (``wiring``), and which ClickHouse there is (``clickhouse``).
"""
