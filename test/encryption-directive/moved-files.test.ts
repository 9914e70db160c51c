import { GraphQLString } from 'graphql';
import { expect, it } from 'vitest';
import { movedColumnsFit } from '../../src/encryption-directive/rules/moved-columns-fit.ts';
import type { Survey } from '../../src/encryption-directive/survey.ts';

/** The violations of a column that takes over another. */
function violationsOf(coordinate: string, type = 'text', format: 'text' | 'fernet' = 'text'): string[] {
	const columns = [{ table: 'document_versions', from: { column: 'plain', format, type } }];
	const survey = { sealedFields: [{ coordinate, field: { type: GraphQLString }, columns }] };
	return [...movedColumnsFit(survey as unknown as Survey)];
}

it('files are moved by the column with the location of their versions, which must be text', () => {
	expect(violationsOf('DocumentVersion.objectKey')).toEqual([]);
	expect(violationsOf('DocumentVersion.objectKey', 'character varying')).toEqual([]);
	expect(violationsOf('DocumentVersion.objectKey', 'bytea', 'fernet')).toEqual([expect.stringContaining('is a text')]);
	expect(violationsOf('DocumentVersion.objectKey', 'jsonb')).toEqual([expect.stringContaining('is a text')]);
});

it.each([
	'Document.bucket',
	'Document.objectKey',
	'Document.sha256',
	'DocumentVersion.bucket',
	'DocumentVersion.sha256',
])('%s moves with its file, and cannot be declared on its own', (coordinate) => {
	expect(violationsOf(coordinate)).toEqual([expect.stringContaining('declare it on DocumentVersion.objectKey')]);
});
