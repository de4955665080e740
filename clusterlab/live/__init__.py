"""The live picture of a cluster in the browser: rows, frames, websockets."""
