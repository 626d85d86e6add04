"""What a face suggests somebody feels: a small network, the face's movements, and the right to say nothing."""
