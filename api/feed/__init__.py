"""The websocket feed of the walls: channels, connections, snapshots and deltas."""
