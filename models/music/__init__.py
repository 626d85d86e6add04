"""Music: what it is like, which piece comes after which, and the pieces Heed composes itself."""
