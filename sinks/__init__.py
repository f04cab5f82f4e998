"""From the topics to ClickHouse, and from alerts to the people who must know."""
