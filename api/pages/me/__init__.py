"""Page /me: leave, deputies and ways to be told, of oneself and of one's people."""
