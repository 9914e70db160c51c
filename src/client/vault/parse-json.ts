/** The value in the JSON of `bytes`, which the vault has written. Throws an error of the engine for other bytes. */
export const parseJson = (bytes: Uint8Array): unknown =>
	JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
