/** What is used of @47ng/cloak. Written down here: the package, and so its types, come with the first run of the benchmarks. */
interface CloakPackage {
	generateKey(): string;
	parseKey(key: string): Promise<ParsedKey>;
	encryptString(text: string, key: ParsedKey): Promise<string>;
	decryptString(stored: string, key: ParsedKey): Promise<string>;
}

interface ParsedKey {
	readonly fingerprint: string;
}

/** Encryption per field as adopters of prisma-field-encryption have it: AES-256-GCM, stored as text. */
export interface Cloak {
	/** As text, for another process. */
	readonly key: string;
	encrypt(text: string): Promise<string>;
	decrypt(stored: string): Promise<string>;
}

/** Not a literal, or the compiler would look for the package where only `npm ci` of the project has run. */
const PACKAGE: string = '@47ng/cloak';

/** With a new key if none is given. It is parsed once, which is the faster way that the package has. */
export async function openCloak(given?: string): Promise<Cloak> {
	const { generateKey, parseKey, encryptString, decryptString }: CloakPackage = await import(PACKAGE);
	const key = given ?? generateKey();
	const parsed = await parseKey(key);
	return {
		key,
		encrypt: (text) => encryptString(text, parsed),
		decrypt: (stored) => decryptString(stored, parsed),
	};
}
