import { type Act, draftEntry, type EntryDraft } from '../audit/index.ts';
import type { ContentField } from './content-field.ts';
import type { ContentAuthorization, ContentSession } from './content-session.ts';
import type { RequestedValue } from './lease-reader.ts';

/** An entry of the request: what was done, and whose request it was. */
export const contentEntry = (terms: ContentAuthorization, act: Act): EntryDraft =>
	draftEntry(terms, { lease: terms.decision.allowed ? terms.decision.lease : null, ...act });

/** Everything the request has opened, withheld and failed to open, in as few entries as say it exactly. */
export function entriesOf(access: ContentSession): EntryDraft[] {
	const { authorization } = access;
	const firm = authorization.decision.allowed ? authorization.decision.firm : null;
	const uses = [...access.keyUses.values()];
	const opened = openedTogether(access.opened).map(({ fields, records }) => {
		const classes = new Set<string>(fields.map((field) => field.class));
		const keys = uses.filter((use) => classes.has(use.class));
		return contentEntry(authorization, {
			action: 'content.open',
			firm,
			coordinates: coordinatesOf(fields),
			records,
			keys,
		});
	});
	const read = openedTogether(access.readPlain).map(({ fields, records }) =>
		contentEntry(authorization, { action: 'content.read', firm, coordinates: coordinatesOf(fields), records }),
	);
	const withheld = [...access.withheld].flatMap(([ofFirm, fields]) =>
		[...Map.groupBy(fields.values(), ({ reason }) => reason)].map(([reason, ofReason]) =>
			contentEntry(authorization, {
				action: 'content.deny',
				decision: 'DENIED',
				firm: ofFirm,
				coordinates: ofReason.map(({ coordinate }) => coordinate),
				counts: Object.fromEntries(ofReason.map(({ coordinate, count }) => [coordinate, count])),
				reason,
			}),
		),
	);
	return [...opened, ...read, ...withheld, ...failuresIn(access), ...refusalEntries(access), ...access.pending];
}

/** What was to be opened and is not. */
export function failuresIn({ authorization, failed }: ContentSession): EntryDraft[] {
	const firm = authorization.decision.allowed ? authorization.decision.firm : null;
	return (['CIPHERTEXT_INVALID', 'KEY_UNAVAILABLE'] as const).flatMap((reason) =>
		[...failed[reason]].map(([{ coordinate }, records]) =>
			contentEntry(authorization, {
				action: 'content.fail',
				decision: 'FAILED',
				firm,
				coordinates: [coordinate],
				records,
				reason,
			}),
		),
	);
}

/** That the lease refused the request. */
export function refusalEntries({ authorization, refusal }: ContentSession): EntryDraft[] {
	if (refusal?.code !== 'LEASE_NOT_ACTIVE' && refusal?.code !== 'LEASE_SCOPE') return [];
	const firm = authorization.decision.allowed ? authorization.decision.firm : null;
	return [contentEntry(authorization, { action: 'request.deny', decision: 'DENIED', firm, reason: refusal.code })];
}

/** What is about to be read under a lease. */
export const intentOf = (terms: ContentAuthorization, values: readonly RequestedValue[]): EntryDraft =>
	contentEntry(terms, {
		action: 'lease.use',
		firm: terms.decision.allowed ? terms.decision.firm : null,
		coordinates: values.map(({ field }) => field.coordinate),
		records: values.map(({ row }) => row.id),
	});

const coordinatesOf = (fields: readonly ContentField[]) => fields.map(({ coordinate }) => coordinate);

interface OpenedTogether {
	readonly fields: readonly ContentField[];
	readonly records: readonly string[];
}

/** Groups the rows that had the same fields opened: a page is one group, a page with some nulls a few. */
function openedTogether(opened: ContentSession['opened']): OpenedTogether[] {
	const fields = [...opened];
	const [first] = fields;
	if (first && fields.every(([, rows]) => sameRows(rows, first[1])))
		return [{ fields: fields.map(([field]) => field), records: first[1] }];

	const fieldsOf = new Map<string, Set<ContentField>>();
	for (const [field, rows] of fields)
		for (const row of rows) {
			const known = fieldsOf.get(row);
			if (known) known.add(field);
			else fieldsOf.set(row, new Set([field]));
		}
	const groups = Map.groupBy(fieldsOf, ([, of]) => coordinatesOf([...of]).join());
	return [...groups.values()].map((group) => ({
		fields: [...(group[0]?.[1] ?? [])],
		records: group.map(([row]) => row),
	}));
}

const sameRows = (a: readonly string[], b: readonly string[]) =>
	a === b || (a.length === b.length && a.every((row, index) => row === b[index]));
