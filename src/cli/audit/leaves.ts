import { MAX_LEAF_BYTES } from '../../audit/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';
import { type ApiData, type CallApi, invalidApiAnswer } from '../call/index.ts';
import { currentIo } from '../io.ts';

/** Leaves of one request: the most that the API answers. Pages of long leaves are smaller. */
const MOST = 1_000;

/** Milliseconds between retries of a rate-limited request, and their number: together longer than the minute that the limit counts. */
const PAUSE = 5_000;
const REPEATS = 15;

interface Leaf {
	readonly index: number;
	readonly leaf: string;
}

/** The leaves of a tree from index `from` up to but not including `end`, a page at a time. @throws FirmsealError AUDIT_UNAVAILABLE if one is missing */
export async function* leavesOf(
	ask: CallApi,
	firmId: string,
	{ from, end, signal }: { readonly from: number; readonly end: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly string[]> {
	let most = MOST;
	for (let next = from; next < end; ) {
		const first = Math.min(most, end - next);
		const answer = await patiently(() => ask('audit-leaves', { firmId, fromIndex: next, first }), signal).catch(
			(error: unknown) => {
				if (isTooMuch(error) && first > 1) return null;
				throw error;
			},
		);
		if (answer === null) {
			most = Math.ceil(first / 2);
			continue;
		}
		const { auditEntries } = answer;
		const { nodes } = (auditEntries ?? {}) as { readonly nodes?: readonly Leaf[] };
		if (!Array.isArray(nodes)) throw invalidApiAnswer();
		if (nodes.length === 0) throw missingLeafError(next);
		for (const [at, node] of (nodes as readonly Leaf[]).entries())
			if (node?.index !== next + at) throw missingLeafError(next + at);
		yield (nodes as readonly Leaf[]).map(lineOf);
		next += nodes.length;
	}
}

const isTooMuch = (error: unknown): boolean => error instanceof FirmsealError && error.code === 'TOO_EXPENSIVE';

/** A large log needs more requests than the API answers in a minute, so this retries while it is rate-limited. */
async function patiently(ask: () => Promise<ApiData>, signal: AbortSignal): Promise<ApiData> {
	for (let left = REPEATS; ; left--) {
		if (signal.aborted) throw new SetupError('Interrupted.');
		try {
			return await ask();
		} catch (error) {
			if (!(error instanceof FirmsealError) || error.code !== 'RATE_LIMITED' || left === 0) throw error;
			await currentIo().clock.sleep(PAUSE, signal);
		}
	}
}

function lineOf({ index, leaf }: Leaf): string {
	if (typeof leaf !== 'string') throw invalidApiAnswer();
	if (leaf.includes('\n') || Buffer.byteLength(leaf) > MAX_LEAF_BYTES)
		throw new FirmsealError(
			'AUDIT_UNAVAILABLE',
			`Leaf ${index} of the log is not one that Firmseal writes, and does not fit in a bundle: ask the operator of the API to verify the log.`,
		);
	return leaf;
}

const missingLeafError = (index: number) =>
	new FirmsealError(
		'AUDIT_UNAVAILABLE',
		`Leaf ${index} of the log is missing, although it was signed: ask the operator of the API to verify the log.`,
	);
