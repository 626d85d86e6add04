"""Pictures and the faces in them: decoded, found, measured; nothing here knows whose they are."""
