"""PersistentVolumes and their claims: who gets which, and when they may go."""
