"""From topic alerts to machines: signed webhook, and what apprise reaches."""
