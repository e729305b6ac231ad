"""Between asker and office: the mail's words, its identity, its tokens. Pure."""
