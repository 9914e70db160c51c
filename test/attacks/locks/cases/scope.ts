import type { Wish } from '../../../leases/stage.ts';
import { type LockArea, readCase } from '../case.ts';
import { LOCKS, type Lock } from '../removals.ts';
import type { LockStage } from '../stage.ts';

interface Narrow {
	readonly attack: string;
	/** What `extensions.sealed` says. */
	readonly reason: 'NO_LEASE' | 'CLASS' | 'COORDINATE' | 'RECORD';
	readonly gates: readonly Lock[];
	/** What the lease covers. */
	wish(stage: LockStage): Wish;
	query(stage: LockStage): string;
	/** What follows the marker in the text that it is after. */
	readonly text: string;
	/** Of the other firm. */
	readonly isForeign?: boolean;
	readonly isBeside?: boolean;
}

/** An active lease, and a document that asks for more than it covers. */
const beyond = ({ attack, reason, gates, wish, query, text, isForeign = false, isBeside = false }: Narrow) =>
	readCase({
		attack,
		expected: `Null and ${reason}, on record${isBeside ? '; what is covered is served' : ''}`,
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
/** Which fields, nobody but these two knows. */
const ofCoordinate = {
	reason: 'COORDINATE',
	gates: ['resolver', 'database functions'],
	wish: () => ({ coordinates: ['Note.title'] }),
	text: 'note',
} as const;
/** The database knows records, the keyring doesn't. */
const ofRecord = { reason: 'RECORD', gates: ['resolver', 'database functions', 'row policies'] } as const;
/** A record that is not the note. */
const another = (stage: LockStage) => ({ records: [stage.ours.ids.client] });

export const scope: LockArea = {
	title: 'Under an active lease, what it does not cover',
	cases: [
		beyond({
			...ofFirm,
			attack: 'A note of another firm by its id',
			query: ({ theirs }) => `{ note(id: "${theirs.ids.note}") { title } }`,
		}),
		beyond({
			...ofFirm,
			attack: 'A note of another firm by `node` and a fragment',
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
			attack: 'A note of another firm beside one that is covered, both under the same alias',
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
			attack: 'A message beside a note, under the name of what the lease covers (`title: body`)',
			wish: () => ({ coordinates: ['Note.title'] }),
			query: ({ ours }) =>
				`{ note(id: "${ours.ids.note}") { title } message(id: "${ours.ids.message}") { title: body } }`,
			text: 'message',
			isBeside: true,
		}),
		beyond({
			...ofClass,
			attack: 'What was said about a document (another class), nested in the document that the lease covers',
			wish: () => ({ classes: ['DOCUMENT'] }),
			query: ({ ours }) => `{ document(id: "${ours.ids.document}") { description comments { nodes { text } } } }`,
			text: 'comment',
			isBeside: true,
		}),
		beyond({
			...ofClass,
			attack: 'The messages of a thread, three levels deep, under a lease for documents and bills',
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
			attack: 'The body by `node` and fragments within fragments, beside the title',
			query: ({ ours }) => `query { node(id: "${ours.ids.note}") { ...A } }
				fragment A on Node { ... on Note { title ...B } } fragment B on Note { text: body }`,
			isBeside: true,
		}),
		beyond({
			...ofCoordinate,
			attack: 'The body of every note of the list',
			query: ({ firm }) => `{ notes(firmId: "${firm.id}") { nodes { body } } }`,
		}),
		beyond({
			...ofCoordinate,
			attack: 'The body behind @include and @skip, asked for twice under two names',
			query: ({ ours }) =>
				`{ note(id: "${ours.ids.note}") { a: body @include(if: true) b: body @skip(if: false) __typename @skip(if: true) } }`,
		}),
		beyond({
			...ofCoordinate,
			attack: 'The quantity of a line of an invoice, nested, under a lease for the memo',
			wish: () => ({ classes: ['BILLING'], coordinates: ['Invoice.memo'] }),
			query: ({ ours }) => `{ invoice(id: "${ours.ids.invoice}") { lineItems { description } } }`,
			text: 'item',
		}),
		beyond({
			...ofRecord,
			attack: 'Another note than the lease is for, by its id',
			wish: another,
			query: ({ ours }) => `{ note(id: "${ours.ids.note}") { title } }`,
			text: 'title',
		}),
		beyond({
			...ofRecord,
			attack: 'Another note than the lease is for, in the list',
			wish: another,
			query: ({ firm }) => `{ notes(firmId: "${firm.id}") { nodes { id title } } }`,
			text: 'title',
		}),
		beyond({
			...ofRecord,
			attack: 'A note that the lease is not for, under the id of a note of another firm that it names',
			wish: (stage) => ({ records: [stage.theirs.ids.note] }),
			query: ({ ours }) => `{ node(id: "${ours.ids.note}") { ... on Note { body } } }`,
			text: 'note',
		}),
		beyond({
			...ofRecord,
			attack: 'The lines of the invoice that the lease is for: each is a record of its own',
			wish: (stage) => ({ classes: ['BILLING'], records: [stage.ours.ids.invoice] }),
			query: ({ ours }) => `{ invoice(id: "${ours.ids.invoice}") { memo lineItems { description } } }`,
			text: 'item',
			isBeside: true,
		}),
		beyond({
			...ofRecord,
			attack: 'The versions of the document that the lease is for',
			wish: (stage) => ({ classes: ['DOCUMENT'], records: [stage.ours.ids.document] }),
			query: ({ ours }) => `{ document(id: "${ours.ids.document}") { versions { changeSummary } } }`,
			text: 'version',
		}),
	],
};
