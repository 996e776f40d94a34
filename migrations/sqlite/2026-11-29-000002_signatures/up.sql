-- Who vouches for an edition: an Ed25519 signature of its manifest, and the public key to check it with, in base64.
ALTER TABLE editions ADD COLUMN signature TEXT;
ALTER TABLE editions ADD COLUMN signed_by TEXT;
