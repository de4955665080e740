"""Who asks: impersonation and service account tokens. The front knows the users of share links."""
