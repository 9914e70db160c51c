import {
	type GraphQLInputObjectType,
	type GraphQLInputType,
	type GraphQLNamedInputType,
	getNamedType,
	getNullableType,
	isEnumType,
	isInputObjectType,
	isListType,
	isNonNullType,
	isObjectType,
} from 'graphql';
import { v7 as uuidv7 } from 'uuid';
import { isPage, type Position, schema } from './input-positions.ts';
import { badListOfRequest, badOfRequest } from './lease-values.ts';
import { MARKER, malformedIds, notDecimals, notInts, notTimes } from './malformed-values.ts';
import { isConditional } from './valid-values.ts';

export interface Bad {
	readonly what: string;
	readonly value: unknown;
	readonly code: 'BAD_USER_INPUT' | 'CONFLICT' | 'TOO_EXPENSIVE';
}

const bad = (values: Readonly<Record<string, unknown>>, code: Bad['code'] = 'BAD_USER_INPUT'): Bad[] =>
	Object.entries(values).map(([what, value]) => ({ what, value, code }));

const OBJECT = { [`${MARKER}_key`]: MARKER };

/** Values that a position must refuse, independent of the stored rows. `valid` is a value that it accepts. */
export function badValuesOf(position: Position, valid: unknown): Bad[] {
	const { type, limit, mustBeGiven } = position;
	const nullable = getNullableType(type);
	return [
		...(mustBeGiven ? bad({ missing: undefined }) : []),
		...(takesNull(position) ? [] : bad({ null: null })),
		...(isListType(nullable)
			? ofList(nullable.ofType, limit.items, valid)
			: ofNamed(getNamedType(type), position, valid)),
		...bad(isListType(nullable) ? badListOfRequest(position, valid as readonly unknown[]) : {}),
		...bad(badOfRequest(position)),
	];
}

/** Whether null is valid: it means an omitted value or, in an update, the removal of a nullable value. */
export function takesNull(position: Position): boolean {
	const { type, within, call, path } = position;
	if (isNonNullType(type) || within?.isOneOf) return false;
	if (isConditional(call) && path.at(-1) === 'clientId') return false;
	const [, changed] = /^update(\w+)$/.exec(call.field.name) ?? [];
	const changedType = schema.getType(changed ?? '');
	if (path.length !== 2 || !isObjectType(changedType)) return true;
	const name = String(path.at(-1));
	const field = changedType.getFields()[name] ?? changedType.getFields()[name.replace(/Id$/, '')];
	return !field || !isNonNullType(field.type);
}

function ofList(item: GraphQLInputType, items: number | undefined, valid: unknown): Bad[] {
	const [first] = valid as readonly unknown[];
	return [
		...bad({ 'a text': MARKER, 'a number': 5, 'a list of lists': [[first]] }),
		...(isNonNullType(item) ? bad({ 'null in a list': [first, null] }) : []),
		...(items === undefined ? [] : bad({ 'too many': Array.from({ length: items + 1 }, () => first) })),
	];
}

function ofNamed(type: GraphQLNamedInputType, position: Position, valid: unknown): Bad[] {
	if (isInputObjectType(type)) return ofObject(type, valid);
	const kinds = {
		true: true,
		'a list': [MARKER, MARKER],
		'an object': OBJECT,
		'an empty list': [],
		'an empty object': {},
	};
	if (isEnumType(type))
		return bad({
			...kinds,
			'a number': 5,
			empty: '',
			unknown: MARKER,
			small: String(valid).toLowerCase(),
			inherited: 'constructor',
			proto: '__proto__',
		});
	switch (type.name) {
		case 'ID':
			return bad({ ...kinds, ...ofId(position.limit.nil) });
		case 'Int':
			return [...bad({ ...kinds, ...notInts }), ...ofRange(position)];
		case 'Float':
			return [
				...bad({ ...kinds, text: MARKER, NaN: 'NaN', ...(position.limit.whole && notWhole) }),
				...ofRange(position),
			];
		case 'Boolean':
			return bad({ text: 'true', 'a number': 1, 'a list': [true], 'an object': OBJECT });
		case 'Decimal':
			return bad({ ...kinds, ...notDecimals, ...against(position, ['01', '1'.repeat(16), '0.12345', '-']) });
		case 'DateTime':
			return bad({ ...kinds, ...notTimes });
		case 'String':
			return bad({ ...kinds, 'a number': 5, 'a fraction': 1.5, ...ofText(position, String(valid)) });
		default:
			return [];
	}
}

const notWhole = { 'a fraction': 1.5, 'beyond 2^53': 2 ** 53, 'beyond reason': 1e300 };

/** Some positions accept the nil UUID, which means no firm. */
function ofId(mayBeNil = false) {
	const { nil, ...others } = malformedIds();
	return mayBeNil ? others : { ...others, nil };
}

function ofObject(type: GraphQLInputObjectType, valid: unknown): Bad[] {
	const fields = valid as Readonly<Record<string, unknown>>;
	const other = Object.keys(type.getFields()).find((name) => !(name in fields)) ?? '';
	return bad({
		'a text': MARKER,
		'a number': 5,
		true: true,
		'an empty list': [],
		'a list': [valid, valid],
		'an unknown key': { ...fields, noSuchField: MARKER },
		...(type.isOneOf && {
			'no key': {},
			'two keys': { ...fields, [other]: uuidv7() },
			'a second key, null': { ...fields, [other]: null },
		}),
	});
}

function ofRange(position: Position): Bad[] {
	const { limit, path } = position;
	if (isPage(position.call) && ['first', 'last'].includes(String(path[0])))
		return [
			...bad({ zero: 0, negative: -1, least: -2_147_483_648 }),
			...bad({ 'one too many': 1_001, most: 2_147_483_647 }, 'TOO_EXPENSIVE'),
		];
	return bad({
		...(limit.min !== undefined && { 'below the least': limit.min - 1, least: -2_147_483_648 }),
		...(limit.max !== undefined && { 'above the most': limit.max + 1, most: 2_147_483_647 }),
	});
}

function ofText(position: Position, valid: string): Readonly<Record<string, unknown>> {
	const { bytes, line } = position.limit;
	const isCursor = bytes === undefined && line === undefined && position.limit.pattern === undefined;
	return {
		NUL: `${valid}${MARKER}\0`,
		'a lone surrogate': `${valid}${MARKER}\ud800`,
		'surrogates the wrong way round': `${MARKER}\udc00\ud800`,
		...(bytes !== undefined && { 'one byte too long': `${MARKER}${textOfBytes(bytes + 1 - MARKER.length)}` }),
		...(line !== undefined && {
			empty: '',
			'two lines': `${valid}\n${MARKER}`,
			'a control character': `${valid}\u0007${MARKER}`,
			'a direction': `${valid}\u202e${MARKER}`,
			'another line, and what shows nothing': `${valid}\u2028${MARKER}\u3164`,
			'blanks alone': '\u00a0 ',
			'one character too long': longText(position, valid, line + 1),
		}),
		...against(position, [
			'',
			' ',
			'é',
			'\n',
			`${valid}\n`,
			`\n${valid}`,
			valid.repeat(300),
			`'; drop table ${MARKER}; --`,
		]),
		...(isCursor && { empty: '', text: MARKER, huge: Buffer.from(MARKER.repeat(80_000)).toString('base64url') }),
	};
}

/** Those of the texts that don't match the position's pattern. */
function against({ limit: { pattern } }: Position, texts: readonly string[]): Readonly<Record<string, unknown>> {
	if (pattern === undefined) return {};
	const broken = texts.filter((text) => !new RegExp(pattern, 'u').test(text));
	return Object.fromEntries(broken.map((text, index) => [`another form, ${index + 1}`, text]));
}

/** Text of exactly `bytes` bytes, in fewer characters. */
export const textOfBytes = (bytes: number): string => 'é'.repeat(Math.floor(bytes / 2)) + 'x'.repeat(bytes % 2);

/** Text of `characters` characters. Most take four bytes and two UTF-16 units, unless the pattern forbids it. */
export const longText = ({ limit: { pattern } }: Position, valid: string, characters: number): string =>
	(pattern === undefined ? '😀' : 'a').repeat(characters - valid.length) + valid;
