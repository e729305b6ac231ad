"""The model that turns texts into vectors: its file, its graph for onnxruntime, its tokens, and where it comes from."""
