import { fc } from '@fast-check/vitest';
import { execute, type GraphQLObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { EncryptedField, ValueOpener } from '../../src/encryption-directive/index.ts';
import { SetupError } from '../../src/errors.ts';
import { scale } from '../support/scale.ts';
import { type Access, buildSchema, column, directiveWith } from './workspace.ts';

const usually = <T>(value: T, ...others: T[]) =>
	fc.oneof({ weight: 40, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.constantFrom(value, ...others) });

const field = fc.record({
	mark: fc.oneof(
		{
			weight: 30,
			arbitrary: fc.constantFrom('@metadata', '@encrypted(class: NOTE)', '@encrypted(class: NOTE, pad: 32)'),
		},
		{ weight: 1, arbitrary: fc.constantFrom('', '@encrypted(class: BILLING)', '@metadata @encrypted(class: NOTE)') },
	),
	type: usually('String', 'String!', '[String]', '[[String!]]', 'Other', 'ID', 'JSON'),
	column: usually(true, false),
	args: usually('', '(part: Int)'),
	extended: fc.boolean(),
});

const plan = fc.record({
	owned: usually(true, false),
	titled: fc.boolean(),
	filter: usually(-1, 0, 1, 2),
	fields: fc.array(field, { minLength: 1, maxLength: 5 }),
});

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;
const isEncrypted = ({ mark }: { mark: string }) => mark.includes('@encrypted');

function written({ owned, titled, filter, fields }: Plan) {
	const line = (index: number) => `f${index}x${fields[index]?.args}: ${fields[index]?.type} ${fields[index]?.mark}\n`;
	const lines = fields.map((own, index) => ({ ...own, line: line(index) }));
	const interfaces = [...(owned ? ['FirmOwned'] : []), ...(titled ? ['Titled'] : [])].join(' & ');
	const sdl = `
		type Query { thing: Thing }
		type Other implements Node { id: ID! }
		interface Titled { f0x: ${fields[0]?.type} @encrypted(class: NOTE) }
		type Thing ${interfaces && `implements ${interfaces}`} {
			id: ID! @metadata
			firmId: ID! @metadata
			${titled || !lines[0]?.extended ? line(0) : ''}
			${lines
				.slice(1)
				.flatMap((own) => (own.extended ? [] : [own.line]))
				.join('')}
		}
		${lines.flatMap((own, index) => (own.extended && !(titled && index === 0) ? [`extend type Thing { ${own.line} }`] : [])).join('\n')}
		input ThingFilter { id: ID ${fields[filter] ? `f${filter}x: String` : ''} }`;
	const columns = fields.flatMap((own, index) =>
		isEncrypted(own) && own.column ? [column(`Thing.f${index}x`, `things.f${index}x`)] : [],
	);
	return { sdl, columns };
}

describe('any schema', () => {
	it('either does not start, or resolves each marked field through the wrapper only', () => {
		let started = 0;
		let refused = 0;
		fc.assert(
			fc.property(plan, (drawn) => {
				const asked: EncryptedField[] = [];
				const content: ValueOpener<Access> = {
					openValue(_access, own) {
						asked.push(own);
						return null;
					},
				};
				const { sdl, columns } = written(drawn);
				const { transformer, registryOf } = directiveWith(content, columns);
				const given = buildSchema(sdl);
				let schema: typeof given;
				try {
					schema = transformer(given);
				} catch (error) {
					expect(error).toBeInstanceOf(SetupError);
					refused += 1;
					return;
				}
				started += 1;
				const marked = drawn.fields.flatMap((own, index) => (isEncrypted(own) ? [`Thing.f${index}x`] : []));
				expect(
					registryOf(schema)
						.fields.map(({ coordinate }) => coordinate)
						.sort(),
				).toEqual(marked.sort());
				expect(drawn.owned || marked.length === 0).toBe(true);

				const names = Object.keys((schema.getType('Thing') as GraphQLObjectType).getFields()).filter(
					(name) => name.startsWith('f') && drawn.fields[Number(name[1])]?.type !== 'Other',
				);
				const thing: Record<string, unknown> = { id: 't', firmId: 'f' };
				for (const coordinate of marked) thing[coordinate.slice('Thing.'.length)] = new Uint8Array([0xf5]);
				// Each field alone: a null in a non-null field would also remove the fields beside it.
				for (const name of names) {
					const document = parse(`{ thing { id${name}: ${name} id } }`);
					void execute({ schema, document, rootValue: { thing }, contextValue: 'DENIED' });
				}
				expect(asked.map(({ coordinate }) => coordinate).sort()).toEqual(marked);
			}),
			{ numRuns: scale(300) },
		);
		expect(started).toBeGreaterThan(scale(50));
		expect(refused).toBeGreaterThan(scale(50));
	});
});
