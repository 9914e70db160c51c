import type { CustodyOfClass, OpenedRecord, Opener, RecordToOpen, RowToSeal } from '../../src/client/index.ts';
import { FirmsealError } from '../../src/errors.ts';

/** What a marker stands for. It is no encryption: tests look for the value in what was sent only after `conceal`. */
interface Marked {
	readonly type: string;
	readonly id: string;
	readonly field: string;
	readonly value: unknown;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const decode = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64').toString('utf8'));

/** The envelope of a value; null for null. */
export const conceal = ({ value, ...place }: Marked): string | null =>
	value === null ? null : encode({ ...place, value });

export const stampOf = (type: string, id: string): string => JSON.stringify({ type, id });

export interface MarkerOpener extends Opener {
	/** Changes while a test runs. */
	readonly custodies: Record<string, CustodyOfClass>;
	/** What was asked for. */
	readonly opened: (readonly RecordToOpen[])[];
	readonly sealed: (readonly RowToSeal[])[];
}

/** An opener whose envelopes anyone can read, and which is as strict about places as the real one. */
export function markerOpener(custodies: Record<string, CustodyOfClass>): MarkerOpener {
	const opened: (readonly RecordToOpen[])[] = [];
	const sealed: (readonly RowToSeal[])[] = [];
	return {
		custodies,
		opened,
		sealed,
		ready: async () => {},
		confirm: async () => {},
		custody: (name) => custodies[name] ?? 'PLATFORM',
		open: async (records) => {
			opened.push(structuredClone(records));
			return records.map(openRecord);
		},
		seal: async (rows) => {
			sealed.push(structuredClone(rows));
			return rows.map(({ type, id, values }) => ({
				stamp: stampOf(type, id),
				fields: Object.entries(values).map(([name, value]) => ({
					name,
					envelope: conceal({ type, id, field: name, value }),
				})),
			}));
		},
	};
}

function openRecord({ type, id, stamp, fields, requestedId }: RecordToOpen): OpenedRecord {
	const isOwn = stamp === stampOf(type, id) && (requestedId === null || requestedId === id);
	return {
		isAuthorInactive: false,
		fields: fields.map(({ name, envelope }) => {
			if (!isOwn) return { name, why: 'This is another record.' };
			if (envelope === null) return { name, value: null };
			const marked = readMarker(envelope);
			const isHere = marked?.type === type && marked.id === id && marked.field === name;
			return isHere ? { name, value: marked.value } : { name, why: 'This value does not open.' };
		}),
	};
}

function readMarker(envelope: string): Marked | null {
	try {
		return decode(envelope) as Marked;
	} catch {
		return null;
	}
}

/** An opener that has no keys. */
export const lockedOpener = (): Opener => ({
	...markerOpener({}),
	ready: async () => {
		throw new FirmsealError('FORBIDDEN', 'The device is locked: unlock it.');
	},
});
