"""From what is to be said to words on a screen: sentences, formats, composing, rendering. Pure."""
