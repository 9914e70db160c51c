import { getNullableType, isListType } from 'graphql';
import type { Place } from './input-positions.ts';

type Values = Readonly<Record<string, unknown>>;

/** What an approver would not see, or would see elsewhere. */
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

const isOfRequest = ({ call }: Place): boolean => call.field.name === 'requestBreakGlass';

/** What a request for a lease refuses besides what the schema says of each place; nothing for any other place. */
export function badOfRequest(place: Place): Values {
	const { path } = place;
	if (!isOfRequest(place)) return {};
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
			...Object.fromEntries(
				HIDDEN.map((hidden) => [`hides ${JSON.stringify(hidden)}`, `${'x'.repeat(30)}${hidden}yes`]),
			),
		},
		coordinates: { 'of another class': ['Note.title'], 'of metadata': ['Document.name'] },
		'coordinates.0': { unknown: 'Document.secrets', 'no field': 'Document' },
	};
	return values[name] ?? {};
}

/** The same of lists: an empty one says nothing, and nothing is named twice. */
export const badListOfRequest = (place: Place, [first]: readonly unknown[]): Values =>
	isOfRequest(place) ? { 'an empty list': [], 'one twice': [first, first] } : {};

/** The last values that a request takes; null: the place is no such, or has none but those of its type. */
export function acceptedOfRequest(place: Place): readonly unknown[] | null {
	if (!isOfRequest(place)) return null;
	if (place.path.at(-1) === 'reason')
		return [
			'x'.repeat(30),
			`${'x'.repeat(15)}${'😀'.repeat(1985)}`,
			`  ${'é'.repeat(30)}\n`,
			`${'x'.repeat(30)}\n\nשלום 👨‍👩‍👧`,
		];
	return isListType(getNullableType(place.type)) ? [] : null;
}
