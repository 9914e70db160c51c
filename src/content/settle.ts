import type { EntryDraft } from '../audit/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ContentField } from './content-field.ts';
import type { ContentEvents, ContentFailure } from './content-parts.ts';
import { type ContentSession, contentEntry, type Withheld } from './content-session.ts';

export async function settle(session: ContentSession): Promise<void> {
	session.end();
	const { onOutcome } = session.parts;
	if (onOutcome) reportCounts(session, onOutcome);
	await reportAndRecord(session, entriesOf(session));
	if (session.refusal) throw session.refusal;
	// Once for the whole answer, even if the request read many batches.
	if (session.intents.length > 0) await session.leaseReader?.confirmRecorded(session.intents);
	await confirmLease(session);
	if (session.isOverspent)
		throw new FirmsealError(
			'TOO_EXPENSIVE',
			'The answer would hold more than 64 MiB of content: ask for fewer records or fields.',
		);
}

export const recordRemaining = (session: ContentSession): Promise<void> =>
	reportAndRecord(session, failuresIn(session));

export const withheld = (session: ContentSession): readonly Withheld[] =>
	[...session.withheld.values()].flatMap((fields) =>
		[...fields].map(([{ coordinate }, { reason, rows }]) => ({ coordinate, reason, count: rows.size })),
	);

/** Reports failures and makes the entries durable. Does not report or record anything twice. */
async function reportAndRecord(session: ContentSession, entries: readonly EntryDraft[]): Promise<void> {
	const { onOutcome, onFailure, audit } = session.parts;
	if (onOutcome) reportFailures(session, onOutcome);
	if (onFailure) for (const failure of failuresOf(session)) onFailure(failure);
	if (entries.length > 0) await audit.append(entries);
	session.clearFailures();
}

/** Checks again that the lease is active, right before the answer is sent. */
async function confirmLease(session: ContentSession): Promise<void> {
	try {
		await session.leaseReader?.confirmActive();
	} catch (error) {
		session.refusal = error instanceof FirmsealError ? error : null;
		const refused = refusalEntries(session);
		if (refused.length > 0) await session.parts.audit.append(refused);
		throw error;
	}
}

/** Everything that the request opened, withheld and failed to open, in as few exact entries as possible. */
function entriesOf(session: ContentSession): EntryDraft[] {
	const { authorization } = session;
	const firm = authorization.decision.allowed ? authorization.decision.firm : null;
	const uses = [...session.keyUses.values()];
	const opened = openedTogether(session.opened).map(({ fields, records }) => {
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
	const read = openedTogether(session.readPlain).map(({ fields, records }) =>
		contentEntry(authorization, { action: 'content.read', firm, coordinates: coordinatesOf(fields), records }),
	);
	const released = openedTogether(session.released).map(({ fields, records }) =>
		contentEntry(authorization, { action: 'content.release', firm, coordinates: coordinatesOf(fields), records }),
	);
	const withheld = [...session.withheld].flatMap(([ofFirm, fields]) =>
		[...Map.groupBy(fields, ([, { reason }]) => reason)].flatMap(([reason, ofReason]) =>
			// The platform has no key, so nothing was refused.
			reason === 'FIRM_CUSTODY'
				? []
				: contentEntry(authorization, {
						action: 'content.deny',
						decision: 'DENIED',
						firm: ofFirm,
						coordinates: ofReason.map(([{ coordinate }]) => coordinate),
						counts: Object.fromEntries(ofReason.map(([{ coordinate }, { rows }]) => [coordinate, rows.size])),
						reason,
					}),
		),
	);
	return [
		...opened,
		...read,
		...released,
		...withheld,
		...failuresIn(session),
		...refusalEntries(session),
		...session.pending,
	];
}

function failuresIn({ authorization, failed }: ContentSession): EntryDraft[] {
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

function refusalEntries({ authorization, refusal }: ContentSession): EntryDraft[] {
	if (refusal?.code !== 'LEASE_NOT_ACTIVE' && refusal?.code !== 'LEASE_SCOPE') return [];
	const firm = authorization.decision.allowed ? authorization.decision.firm : null;
	return [contentEntry(authorization, { action: 'request.deny', decision: 'DENIED', firm, reason: refusal.code })];
}

const coordinatesOf = (fields: readonly ContentField[]) => fields.map(({ coordinate }) => coordinate);

interface OpenedTogether {
	readonly fields: readonly ContentField[];
	readonly records: readonly string[];
}

/** Groups rows in which the same fields were opened: a page is one group, or a few if some of its values are null. */
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

function reportCounts(session: ContentSession, report: NonNullable<ContentEvents['onOutcome']>): void {
	for (const [{ class: of }, rows] of [...session.opened, ...session.readPlain]) report('opened', of, rows.length);
	for (const fields of session.withheld.values())
		for (const [{ class: of }, { rows, reason }] of fields)
			if (reason !== 'FIRM_CUSTODY') report('denied', of, rows.size);
}

function reportFailures(session: ContentSession, report: NonNullable<ContentEvents['onOutcome']>): void {
	for (const fields of Object.values(session.failed))
		for (const [{ class: of }, rows] of fields) report('failed', of, rows.length);
}

function failuresOf({ failed, authorization: { decision, request } }: ContentSession): ContentFailure[] {
	if (!decision.allowed) return [];
	return (['CIPHERTEXT_INVALID', 'KEY_UNAVAILABLE'] as const).flatMap((code) => {
		const count = [...failed[code].values()].reduce((sum, rows) => sum + rows.length, 0);
		return count > 0 ? [{ code, firm: decision.firm, requestId: request, count }] : [];
	});
}
