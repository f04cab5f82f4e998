"""What brings events in: payloads of one-stop systems, event logs, a simulator, and the ticker."""
