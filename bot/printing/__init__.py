"""What is printed: postcards, signs and the report, as PDF by typst; charts and tables."""
