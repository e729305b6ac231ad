"""What single commands of editors and operators do."""
