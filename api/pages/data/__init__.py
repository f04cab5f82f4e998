"""Page /data: is what is shown complete, fresh and right, and what stands behind each number."""
