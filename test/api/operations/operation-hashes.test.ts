import { type DocumentNode, Kind, parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema, registerOperations } from '../../../src/api/index.ts';
import { readOperationFiles } from '../../../src/api/operations/operation-files.ts';
import * as documents from '../../../web/kit/api/operator.generated.ts';
import { OPERATION_HASHES } from '../../../web/kit/api/operator-hashes.generated.ts';

const files = readOperationFiles();
const operations = registerOperations(createSchema().schema, files);
const documentsByName: Readonly<Record<string, unknown>> = documents;

const nameOf = ({ definitions: [operation] }: DocumentNode) =>
	operation?.kind === Kind.OPERATION_DEFINITION ? operation.name?.value : undefined;

/** The document's text with its fragments in the order of their names. */
function printSorted({ definitions: [operation, ...fragments] }: DocumentNode): string {
	const texts = fragments.map((fragment) => print(fragment)).sort();
	return [operation ? print(operation) : '', ...texts].join('\n');
}

describe('the console finds', () => {
	it('the hash of each registered operation, and of nothing else', () => {
		expect(Object.keys(OPERATION_HASHES)).toEqual(files.map(({ text }) => nameOf(parse(text))));
	});

	it.each(Object.entries(OPERATION_HASHES))(
		'%s by its hash, and types it by the text that the server runs',
		(name, sha256Hash) => {
			const text = operations.find({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
			expect(text).not.toBeNull();
			const registered = parse(text ?? '');
			expect(nameOf(registered)).toBe(name);
			expect(printSorted(documentsByName[`${name}Document`] as DocumentNode)).toBe(printSorted(registered));
		},
	);
});
