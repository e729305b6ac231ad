"""What editors and office staff see in a browser: pages behind a sign-in, each with the permission it needs."""
