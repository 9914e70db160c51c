import canonicalize from 'canonicalize';

/** The text of a leaf: in its form, whether or not it says what an entry of its action does. What is given counts, and nothing is by default. */
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
