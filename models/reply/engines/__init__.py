"""Everything that can write a candidate, one file each."""
