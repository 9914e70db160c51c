/** Somebody else's encryption of one text, as its package has it. */
export interface FieldPeer {
	readonly name: string;
	/** What is stored of a text, of whatever kind the package makes it. */
	encrypt(text: string): unknown;
	decrypt(stored: unknown): unknown;
}
