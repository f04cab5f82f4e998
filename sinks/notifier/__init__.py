"""From topic alerts to the people who must act: mail, signed webhook, and what apprise reaches."""
