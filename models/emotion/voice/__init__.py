"""What a voice suggests its speaker feels: whisper's first layers, a learned head, and the right to say nothing."""
