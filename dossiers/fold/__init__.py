"""The heart: facts become a course, a course at an instant a state with alerts."""
