"""What every simulated component stands on: virtual time, seeded randomness, timestamps and causes."""
