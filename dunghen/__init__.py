"""The composition: settings, command line and supervision put the rooms together."""
