"""What people and machines read: REST, the live feed of the walls, plain pages, health, metrics."""
