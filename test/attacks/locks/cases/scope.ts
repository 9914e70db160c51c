import type { Wish } from '../../../leases/stage.ts';
import { type LockArea, readCase } from '../case.ts';
import { LOCKS, type Lock } from '../removals.ts';
import type { LockStage } from '../stage.ts';

interface Narrow {
	readonly attack: string;
	/** The reason in `extensions.sealed`. */
	readonly reason: 'NO_LEASE' | 'CLASS' | 'COORDINATE' | 'RECORD';
	readonly gates: readonly Lock[];
	/** The scope of the lease. */
	wish(stage: LockStage): Wish;
	query(stage: LockStage): string;
	/** The text after the marker in the targeted value. */
	readonly text: string;
	/** True if the content belongs to the other firm. */
	readonly isForeign?: boolean;
	readonly isBeside?: boolean;
}

/** An active lease, and a document that asks for more than it covers. */
const beyond = ({ attack, reason, gates, wish, query, text, isForeign = false, isBeside = false }: Narrow) =>
	readCase({
		attack,
		expected: `Null and ${reason}, on record${isBeside ? '; the covered value is answered' : ''}`,
		gates,
		async prepare(stage) {
			const lease = await stage.active(wish(stage));
			const request = { query: query(stage), lease };
			return {
				firm: isForeign ? stage.other.id : stage.firm.id,
				target: `${(isForeign ? stage.theirs : stage.ours).marker} ${text}`,
				sealed: reason,
				isBeside,
				send: () => stage.send(request),
			};
		},
	});

const notes = () => ({ classes: ['NOTE'] as const });
const ofFirm = { reason: 'NO_LEASE', gates: LOCKS, wish: notes, isForeign: true, text: 'title' } as const;
const ofClass = { reason: 'CLASS', gates: LOCKS, wish: notes } as const;
/** Only these two locks know fields. */
const ofCoordinate = {
	reason: 'COORDINATE',
	gates: ['resolver', 'database functions'],
	wish: () => ({ coordinates: ['Note.title'] }),
	text: 'note',
} as const;
/** The database knows records, and the keyring doesn't. */
const ofRecord = { reason: 'RECORD', gates: ['resolver', 'database functions', 'row policies'] } as const;
/** The scope of a lease for another record than the note. */
const another = (stage: LockStage) => ({ records: [stage.ours.ids.client] });

export const scope: LockArea = {
	title: 'Content that an active lease does not cover',
	cases: [
		beyond({
			...ofFirm,
			attack: 'A note of another firm by its id',
			query: ({ theirs }) => `{ note(id: "${theirs.ids.note}") { title } }`,
		}),
		beyond({
			...ofFirm,
			attack: 'A note of another firm by `node` and a fragment on an interface',
			query: ({ theirs }) =>
				`query { node(id: "${theirs.ids.note}") { ...F } } fragment F on FirmOwned { ... on Note { title } }`,
		}),
		beyond({
			...ofFirm,
			attack: 'The notes of another firm as a list',
			query: ({ other }) => `{ notes(firmId: "${other.id}") { edges { node { title } } } }`,
		}),
		beyond({
			...ofFirm,
			attack: 'A note of another firm next to a covered note, both titles under the same alias',
			query: ({ ours, theirs }) =>
				`{ a: note(id: "${ours.ids.note}") { mine: title } b: note(id: "${theirs.ids.note}") { mine: title } }`,
			isBeside: true,
		}),
		beyond({
			...ofClass,
			attack: 'A message, under a lease for notes',
			query: ({ ours }) => `{ message(id: "${ours.ids.message}") { body } }`,
			text: 'message',
		}),
		beyond({
			...ofClass,
			attack: 'An invoice by `node` and an inline fragment, under a lease for notes',
			query: ({ ours }) => `{ node(id: "${ours.ids.invoice}") { ... on Invoice { memo } } }`,
			text: 'invoice',
		}),
		beyond({
			...ofClass,
			attack: 'A message next to a note, under the alias of the covered field (`title: body`)',
			wish: () => ({ coordinates: ['Note.title'] }),
			query: ({ ours }) =>
				`{ note(id: "${ours.ids.note}") { title } message(id: "${ours.ids.message}") { title: body } }`,
			text: 'message',
			isBeside: true,
		}),
		beyond({
			...ofClass,
			attack: 'The comments of a document (another class), nested in the covered document',
			wish: () => ({ classes: ['DOCUMENT'] }),
			query: ({ ours }) => `{ document(id: "${ours.ids.document}") { description comments { nodes { text } } } }`,
			text: 'comment',
			isBeside: true,
		}),
		beyond({
			...ofClass,
			attack: 'The messages of a thread, three levels deep, under a lease for documents and billing',
			wish: () => ({ classes: ['DOCUMENT', 'BILLING'] }),
			query: ({ firm }) => `{ threads(firmId: "${firm.id}") { nodes { messages { edges { node { subject } } } } } }`,
			text: 'subject',
		}),
		beyond({
			...ofCoordinate,
			attack: 'The body of a note, under a lease for titles',
			query: ({ ours }) => `{ note(id: "${ours.ids.note}") { body } }`,
		}),
		beyond({
			...ofCoordinate,
			attack: 'The body under the alias `title`',
			query: ({ ours }) => `{ note(id: "${ours.ids.note}") { title: body } }`,
		}),
		beyond({
			...ofCoordinate,
			attack: 'The body by `node` and nested fragments, next to the title',
			query: ({ ours }) => `query { node(id: "${ours.ids.note}") { ...A } }
				fragment A on Node { ... on Note { title ...B } } fragment B on Note { text: body }`,
			isBeside: true,
		}),
		beyond({
			...ofCoordinate,
			attack: 'The body of every note in the list',
			query: ({ firm }) => `{ notes(firmId: "${firm.id}") { nodes { body } } }`,
		}),
		beyond({
			...ofCoordinate,
			attack: 'The body with @include and @skip, twice under two aliases',
			query: ({ ours }) =>
				`{ note(id: "${ours.ids.note}") { a: body @include(if: true) b: body @skip(if: false) __typename @skip(if: true) } }`,
		}),
		beyond({
			...ofCoordinate,
			attack: 'The description of an invoice line, nested, under a lease for the memo',
			wish: () => ({ classes: ['BILLING'], coordinates: ['Invoice.memo'] }),
			query: ({ ours }) => `{ invoice(id: "${ours.ids.invoice}") { lineItems { description } } }`,
			text: 'item',
		}),
		beyond({
			...ofRecord,
			attack: 'A note by its id, under a lease for another record',
			wish: another,
			query: ({ ours }) => `{ note(id: "${ours.ids.note}") { title } }`,
			text: 'title',
		}),
		beyond({
			...ofRecord,
			attack: 'A note in the list, under a lease for another record',
			wish: another,
			query: ({ firm }) => `{ notes(firmId: "${firm.id}") { nodes { id title } } }`,
			text: 'title',
		}),
		beyond({
			...ofRecord,
			attack: 'A note, under a lease whose record is a note of another firm',
			wish: (stage) => ({ records: [stage.theirs.ids.note] }),
			query: ({ ours }) => `{ node(id: "${ours.ids.note}") { ... on Note { body } } }`,
			text: 'note',
		}),
		beyond({
			...ofRecord,
			attack: 'The lines of the covered invoice: each line is a record of its own',
			wish: (stage) => ({ classes: ['BILLING'], records: [stage.ours.ids.invoice] }),
			query: ({ ours }) => `{ invoice(id: "${ours.ids.invoice}") { memo lineItems { description } } }`,
			text: 'item',
			isBeside: true,
		}),
		beyond({
			...ofRecord,
			attack: 'The versions of the covered document',
			wish: (stage) => ({ classes: ['DOCUMENT'], records: [stage.ours.ids.document] }),
			query: ({ ours }) => `{ document(id: "${ours.ids.document}") { versions { changeSummary } } }`,
			text: 'version',
		}),
	],
};
