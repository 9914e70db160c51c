import { hash } from 'node:crypto';
import { type DocumentNode, Kind, print, visit } from 'graphql';

const hashes = new WeakMap<DocumentNode, string>();

/**
 * SHA-256, in hex, of a document with every literal blanked: which query it was, without what a client wrote into it.
 * Kept for as long as Apollo keeps the parsed document.
 */
export function deriveDocumentHash(document: DocumentNode): string {
	let known = hashes.get(document);
	if (known === undefined) {
		known = hash('sha256', print(withoutLiterals(document)));
		hashes.set(document, known);
	}
	return known;
}

const withoutLiterals = (document: DocumentNode): DocumentNode =>
	visit(document, {
		OperationDefinition: ({ name: _, ...node }) => node,
		StringValue: () => ({ kind: Kind.STRING, value: '' }),
		IntValue: () => ({ kind: Kind.INT, value: '0' }),
		FloatValue: () => ({ kind: Kind.FLOAT, value: '0' }),
		ListValue: () => ({ kind: Kind.LIST, values: [] }),
		ObjectValue: () => ({ kind: Kind.OBJECT, fields: [] }),
	});
