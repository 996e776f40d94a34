-- The forms of the edition that the recipient wishes to have with the mail, by name, with blanks between them.
ALTER TABLE deliveries ADD COLUMN forms TEXT NOT NULL DEFAULT '';
