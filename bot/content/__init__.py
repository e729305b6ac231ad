"""The knowledge: its model, its YAML with line numbers, loading and checking. Pure: texts in, values out."""
