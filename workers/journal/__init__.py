"""The database: tables, one file of queries per noun, encryption of what people said, and its erasing."""
