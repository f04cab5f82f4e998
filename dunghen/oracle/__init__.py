"""The oracle of ``dunghen verify``: recounts the log and compares with everything that was made
from it. It never repairs."""
