import { encodeContext } from '../envelope/index.ts';

const GROUPS = 12;
const GROUP_BYTES = 5;
const MODULUS = 100_000;

export interface SafetyNumberParts {
	readonly firm: string;
	readonly genesis: string;
	/** Those of the newest entry about people or devices. FORMAT.md section 11. */
	readonly seq: number;
	readonly head: string;
	/** Ids of two users, in any order. */
	readonly people: readonly [string, string];
}

/** 60 decimal digits in groups of five, which two people compare. Equal numbers mean the same people, devices and history. */
export async function safetyNumber({ firm, genesis, seq, head, people }: SafetyNumberParts): Promise<string> {
	// Ids are ASCII, in which UTF-16 has the order of UTF-8.
	const [first, second] = people[0] <= people[1] ? people : [people[1], people[0]];
	const context = encodeContext(['firmseal/safety-number/v1', firm, genesis, String(seq), head, first, second]);
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-512', context));
	return Array.from({ length: GROUPS }, (_, at) => groupAt(hash, at * GROUP_BYTES)).join(' ');
}

function groupAt(hash: Uint8Array, start: number): string {
	const value = hash.subarray(start, start + GROUP_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
	return String(value % MODULUS).padStart(5, '0');
}
