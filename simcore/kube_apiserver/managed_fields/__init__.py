"""Who manages which fields of an object, and server-side apply."""
