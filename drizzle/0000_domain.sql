-- The shape of ciphertext (src/envelope/FORMAT.md "Database shape"): plaintext in a sealed column is error 23514.
CREATE DOMAIN "sealed" AS bytea
	CHECK (octet_length(value) BETWEEN 39 AND 2097152 AND substring(value from 1 for 2) = '\xf501');
