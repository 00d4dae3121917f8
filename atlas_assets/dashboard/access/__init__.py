"""Who may see what: users and their log-in, the guard in front of every page, the log of what was seen."""
