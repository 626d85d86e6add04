"""The catalogue: pieces come in, are kept, looked for, and taken away. The programs behind `heed music …`."""
