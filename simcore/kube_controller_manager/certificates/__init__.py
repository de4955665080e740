"""Approves, signs and clears away CertificateSigningRequests."""
