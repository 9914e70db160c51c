import canonicalize from 'canonicalize';

/** The canonical text of a leaf with the given keys. It may lack keys that its action needs, and an undefined key is omitted. */
export const leafText = (given: Readonly<Record<string, unknown>>): string =>
	canonicalize({
		actor: { kind: 'system', roles: [], user: null },
		at: '2026-11-28T12:00:00.000Z',
		coordinates: [],
		decision: 'ALLOWED',
		document: null,
		firm: null,
		keys: [],
		lease: null,
		reason: null,
		records: [],
		request: null,
		v: 1,
		...given,
	}) as string;
