import { z } from 'zod';
import { ACTIONS, type Action, type ActionRule, VARIABLE_KEYS } from './actions.ts';
import { type Decision, LEASE_REASONS, PLANES, ROLES } from './entry.ts';

/**
 * Limits of one entry, which together keep every leaf within 64 KiB: 1,000 records take 25,000 bytes, 128 coordinates 16,640, 128 keys
 * 20,992, everything else less than 1,000.
 */
export const MAX_RECORDS = 1000;
const MAX_COORDINATES = 128;
const MAX_KEYS = 128;

const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const uuid7 = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const coordinate = z.string().regex(/^[_A-Za-z][_0-9A-Za-z]{0,62}\.[_A-Za-z][_0-9A-Za-z]{0,62}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const record = z.string().regex(/^[A-Za-z0-9_-]{21}[AQgw]$/);
const positiveUint32 = z.int().min(1).max(0xffff_ffff);

const distinct = (items: readonly unknown[]) => new Set(items).size === items.length;

const keyUse = z
	.strictObject({
		class: z.string().regex(/^[A-Z][A-Z0-9_]{0,31}$/),
		version: positiveUint32,
		source: z.enum(['CACHE', 'KEYRING']),
		requestId: z
			.string()
			.regex(/^[0-9A-Za-z-]{1,64}$/)
			.nullable(),
	})
	.refine((use) => use.source === 'KEYRING' || use.requestId === null);

const actor = z
	.strictObject({
		kind: z.enum(['firm', 'operator', 'system']),
		user: uuid.nullable(),
		roles: z.array(z.enum(ROLES)).max(ROLES.length).refine(distinct),
		account: z
			.string()
			.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/)
			.optional(),
	})
	.refine((who) => (who.kind === 'system' ? who.roles.length === 0 : who.user !== null && who.account === undefined));

/**
 * The JSON value of a leaf, as in FORMAT.md. Strict: the schema refuses unknown keys and has no free text, so that no content can get into
 * the log.
 */
export const leafSchema = z
	.strictObject({
		v: z.union([z.literal(1), z.literal(2), z.literal(3)]),
		id: uuid7,
		boot: uuid,
		sequence: z.int().min(1),
		at: z.iso.datetime({ precision: 3 }),
		action: z.enum(Object.keys(ACTIONS) as Action[]),
		decision: z.enum(['ALLOWED', 'DENIED', 'FAILED']),
		firm: uuid.nullable(),
		actor,
		plane: z.enum(PLANES),
		request: uuid.nullable(),
		lease: uuid.nullable(),
		document: sha256.nullable(),
		coordinates: z.array(coordinate).max(MAX_COORDINATES).refine(distinct),
		records: z.array(record).max(MAX_RECORDS).refine(distinct),
		counts: z.record(coordinate, positiveUint32).exactOptional(),
		hash: sha256.exactOptional(),
		bytes: z.int().min(0).exactOptional(),
		keys: z.array(keyUse).max(MAX_KEYS),
		reason: z.string().nullable(),
	})
	.superRefine((leaf, issues) => {
		for (const key of brokenRules(leaf)) issues.addIssue({ code: 'custom', path: [key] });
	});

export type Leaf = z.output<typeof leafSchema>;

/** The keys that break the rule of the entry's action. */
function* brokenRules(leaf: Leaf): Generator<string> {
	const rule: ActionRule = ACTIONS[leaf.action];
	const reasons: readonly (string | null)[] | undefined = rule.outcomes[leaf.decision as Decision];
	if (reasons === undefined) yield 'decision';
	else if (!reasons.includes(leaf.reason)) yield 'reason';
	for (const key of VARIABLE_KEYS) {
		const isGiven = hasValue(leaf[key]);
		if (isGiven ? !rule.required.includes(key) && !rule.optional.includes(key) : rule.required.includes(key)) yield key;
	}
	if (leaf.v !== leafVersionOf(leaf)) yield 'v';
	if (leaf.counts !== undefined && !countsCover(leaf.counts, leaf.coordinates)) yield 'counts';
}

const NEWER_REASONS: ReadonlySet<unknown> = new Set(LEASE_REASONS);

/** The oldest version that can express the entry (FORMAT.md "Version 2", "Version 3"). */
export function leafVersionOf({ bytes, hash, plane, reason }: VersionedKeys): 1 | 2 | 3 {
	if (bytes !== undefined) return 3;
	return hash !== undefined || plane === 'broker' || NEWER_REASONS.has(reason) ? 2 : 1;
}

type VersionedKeys = Pick<Leaf, 'plane' | 'reason'> & { readonly bytes?: number; readonly hash?: string };

function hasValue(value: unknown): boolean {
	return Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined;
}

function countsCover(counts: Readonly<Record<string, number>>, coordinates: readonly string[]): boolean {
	return Object.keys(counts).length === coordinates.length && coordinates.every((name) => Object.hasOwn(counts, name));
}
