-- The shape of ciphertext (src/envelope/FORMAT.md "Database shape"): plaintext in a sealed column is error 23514.
CREATE DOMAIN "sealed" AS bytea
	CHECK (octet_length(value) BETWEEN 39 AND 2097152 AND substring(value from 1 for 2) = '\xf501');
--> statement-breakpoint
-- A time that every reader can write down: no infinity, and years of four digits, as ISO 8601 and JavaScript's Date have them.
CREATE DOMAIN "moment" AS timestamp (3) with time zone
	CHECK (value >= '0001-01-01 00:00:00+00' AND value < '10000-01-01 00:00:00+00');
