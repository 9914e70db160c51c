import { MAX_LEAF_BYTES } from '../../audit/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';
import { type ApiData, type CallApi, invalidApiAnswer } from '../call/index.ts';
import { currentIo } from '../io.ts';

/** Leaves of one question: as many as the API answers, unless they are long. */
const MOST = 1_000;

/** Milliseconds between two questions while there were too many, and how often it is asked again: longer than a minute. */
const PAUSE = 5_000;
const REPEATS = 15;

interface Leaf {
	readonly index: number;
	readonly leaf: string;
}

/** Leaves of a tree, from `from` up to and without `end`, a page at a time. @throws FirmsealError AUDIT_UNAVAILABLE where one is missing */
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

/** Whoever asks for a large log asks more often than is answered in a minute. */
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
			`The leaf ${index} of the log is none that Firmseal writes, and fits in no bundle: ask whoever runs it to verify the log.`,
		);
	return leaf;
}

const missingLeafError = (index: number) =>
	new FirmsealError(
		'AUDIT_UNAVAILABLE',
		`The leaf ${index} of the log is missing, which was signed: ask whoever runs it to verify the log.`,
	);
