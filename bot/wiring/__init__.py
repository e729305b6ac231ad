"""From the settings to objects."""
