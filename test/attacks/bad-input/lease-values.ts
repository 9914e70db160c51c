import { getNullableType, isListType } from 'graphql';
import type { Position } from './input-positions.ts';

type Values = Readonly<Record<string, unknown>>;

/** Characters that an approver can't see, or that move other text. */
const HIDDEN = [
	'\u202e',
	'\u2066',
	'\u200f',
	'\u200b',
	'\ufeff',
	'\u00ad',
	'\u2028',
	'\t',
	'\r',
	'\x1b[2J',
	'\u{e0041}',
	'\u3164',
];

const hiding = (visible: string): Values =>
	Object.fromEntries(HIDDEN.map((hidden) => [`hides ${JSON.stringify(hidden)}`, `${visible}${hidden}yes`]));

/** The reason of an approval or a denial, which may be left out. */
const isReasonOfDecision = ({ call, path }: Position): boolean =>
	['approveBreakGlass', 'denyBreakGlass'].includes(call.field.name) && path.at(-1) === 'reason';

const isOfRequest = ({ call }: Position): boolean => call.field.name === 'requestBreakGlass';

/** Values that requests and decisions refuse beyond the limits in the schema. Empty for other positions. */
export function badOfRequest(position: Position): Values {
	const { path } = position;
	if (isReasonOfDecision(position))
		return { empty: '', blank: ' '.repeat(8), long: 'é'.repeat(2001), unseen: '\u200b', ...hiding('x') };
	if (!isOfRequest(position)) return {};
	const short = 'x'.repeat(29);
	const name = path.slice(1).join('.');
	const values: Readonly<Record<string, Values>> = {
		reason: {
			empty: '',
			blank: ' '.repeat(100),
			short,
			'short in blanks': `\n${short}    `,
			long: 'é'.repeat(2001),
			unseen: '\u200b'.repeat(40),
			...hiding('x'.repeat(30)),
		},
		coordinates: { 'of another class': ['Note.title'], 'of metadata': ['Document.name'] },
		'coordinates.0': { unknown: 'Document.secrets', 'no field': 'Document' },
	};
	return values[name] ?? {};
}

/** The same for lists: an empty list, and one with a duplicate. */
export const badListOfRequest = (position: Position, [first]: readonly unknown[]): Values =>
	isOfRequest(position) ? { 'an empty list': [], 'one twice': [first, first] } : {};

/** Values at the limits that requests and decisions accept. Null if the position has no rule beyond its type. */
export function acceptedOfRequest(position: Position): readonly unknown[] | null {
	if (isReasonOfDecision(position)) return ['x', `${'x'.repeat(15)}${'😀'.repeat(1985)}`];
	if (!isOfRequest(position)) return null;
	if (position.path.at(-1) === 'reason')
		return [
			'x'.repeat(30),
			`${'x'.repeat(15)}${'😀'.repeat(1985)}`,
			`  ${'é'.repeat(30)}\n`,
			`${'x'.repeat(30)}\n\nשלום 👨‍👩‍👧`,
		];
	return isListType(getNullableType(position.type)) ? [] : null;
}
