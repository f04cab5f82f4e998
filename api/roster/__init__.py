"""Who is away, who stands in, and how people want to be told."""
