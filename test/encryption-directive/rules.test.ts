import { describe, expect, it } from 'vitest';
import { readRegistry } from '../../src/encryption-directive/index.ts';
import { startUpRules } from '../../src/encryption-directive/rules/index.ts';
import { surveySchema } from '../../src/encryption-directive/survey.ts';
import { SetupError } from '../../src/errors.ts';
import { BROKEN, LOCK, replace } from './broken-schemas.ts';
import { buildSchema, COLUMNS, column, WORKSPACE } from './workspace.ts';

describe('the start-up rules', () => {
	it('accept a valid schema, with and without a lock', () => {
		const schema = buildSchema(WORKSPACE);
		expect(readRegistry(schema, { columns: COLUMNS, lock: LOCK }).fields).toHaveLength(5);
		expect(readRegistry(schema, { columns: COLUMNS }).fields).toHaveLength(5);
	});

	it.each(Object.entries(BROKEN))('refuse %s', (_name, { sdl = WORKSPACE, columns = COLUMNS, lock, says }) => {
		const read = () => readRegistry(buildSchema(sdl), { columns, lock });
		expect(read).toThrow(SetupError);
		const [coordinate, fix] = says;
		expect(read).toThrow(expect.objectContaining({ message: expect.stringMatching(sentence(coordinate, fix)) }));
	});

	it('are each broken by at least one of these schemas', () => {
		const surveys = Object.values(BROKEN).map(({ sdl = WORKSPACE, columns = COLUMNS, lock }) =>
			surveySchema(buildSchema(sdl), { columns, lock }),
		);
		const unbroken = startUpRules.filter((rule) => surveys.every((survey) => [...rule(survey)].length === 0));
		expect(unbroken.map((rule) => rule.name)).toEqual([]);
	});

	it('are reported together, in their own order, one sentence per line', () => {
		const sdl = [replace('pad: 256', 'pad: 0'), 'extend type Note { stray: String }'];
		expect(() => readRegistry(buildSchema(sdl), { columns: COLUMNS.slice(0, -1) })).toThrow(
			/^Note\.stray has no mark[^\n]+\.\nNote\.body has the pad 0[^\n]+\.\nMemo\.mood is @encrypted but has no sealed[^\n]+\.$/,
		);
	});

	it('say one sentence of a field with a column that lost its mark', () => {
		const sdl = replace('@encrypted(class: NOTE, pad: 256)', '');
		expect(() => readRegistry(buildSchema(sdl), { columns: COLUMNS, lock: LOCK })).toThrow(
			/^Note\.body has no mark[^\n]+\.$/,
		);
	});

	it('allow a connection or payload that is firm-owned and marked like any other type', () => {
		const marked = 'id: ID! @metadata firmId: ID! @metadata amount: Int @metadata';
		expect(
			readRegistry(buildSchema([WORKSPACE, `type TaxPayload implements FirmOwned { ${marked} }`]), { columns: COLUMNS })
				.fields,
		).toHaveLength(5);
	});

	it('allow two types on one column', () => {
		const fields = 'id: ID! @metadata firmId: ID! @metadata title: String @encrypted(class: NOTE)';
		const sdl = [WORKSPACE, `type Jotting implements FirmOwned { ${fields} }`];
		expect(
			readRegistry(buildSchema(sdl), { columns: [...COLUMNS, column('Jotting.title', 'notes.title')] }).fields,
		).toHaveLength(6);
	});

	it('run after the rules of GraphQL itself', () => {
		expect(() =>
			readRegistry(buildSchema('type Query { a: Int } type Note implements Node { x: Int }'), { columns: [] }),
		).toThrow(SetupError);
	});
});

function sentence(...parts: readonly string[]): RegExp {
	const escaped = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	return new RegExp(`^[^\\n]*${escaped.join('[^\\n]*')}[^\\n]*\\.$`, 'm');
}
