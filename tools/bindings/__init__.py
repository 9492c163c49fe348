"""What tools/gen_bindings is made of: a reader of the public headers, and one writer for each thing derived from them."""
