"""Static files of the wall and the pages: no Python, no build step."""
