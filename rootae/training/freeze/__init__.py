"""What was trained as whole numbers, tables and ONNX."""
