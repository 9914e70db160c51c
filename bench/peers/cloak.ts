/** Field encryption as users of prisma-field-encryption have it: AES-256-GCM, stored as text. */
export interface Cloak {
	/** As text, for another process. */
	readonly key: string;
	encrypt(text: string): Promise<string>;
	decrypt(stored: string): Promise<string>;
}

/** Not a literal: TypeScript would resolve the package, which `npm ci` of the project does not install. */
const PACKAGE: string = '@47ng/cloak';

/** Generates a key unless one is given, and parses the key once, which is the package's faster way. */
export async function openCloak(given?: string): Promise<Cloak> {
	const { generateKey, parseKey, encryptString, decryptString } = await import(PACKAGE);
	const key = given ?? generateKey();
	const parsed = await parseKey(key);
	return {
		key,
		encrypt: (text) => encryptString(text, parsed),
		decrypt: (stored) => decryptString(stored, parsed),
	};
}
