/** Milliseconds for which the API lets a request wait (src/leases/README.md). */
const WAITS = 24 * 3_600_000;

/** When a request lapses, unless everyone required has approved it and its requester has activated it. */
export const lapsesAt = ({ requestedAt }: { readonly requestedAt: string }): string =>
	new Date(Date.parse(requestedAt) + WAITS).toISOString();
