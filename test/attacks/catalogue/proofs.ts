import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Entry } from '../../../src/audit/index.ts';
import { claimsOf } from '../scene.ts';
import type { Evidence, Layer } from './attack.ts';
import type { AttackAnswer, Stage } from './stage.ts';
import { IDENTIFIES } from './statements.ts';

const SECURITY = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');

export const codesOf = ({ errors }: AttackAnswer): string[] => errors.map(({ extensions }) => extensions.code);
const readingOf = ({ statements }: AttackAnswer) => statements.filter((text) => !IDENTIFIES.test(text));
const writesOf = (told: AttackAnswer) => readingOf(told).filter((text) => /^\s*(insert|update|delete)/i.test(text));

/** Asserts that the answer is only the refusal: no data, no content, one code, no row read or written. */
function refused(stage: Stage, told: AttackAnswer, codes: readonly string[]): void {
	expect(codes).toContain(codesOf(told)[0]);
	expect(new Set(codesOf(told)).size).toBe(1);
	for (const value of Object.values(told.data ?? {})) expect(value).toBeNull();
	expect(told.text).not.toContain(stage.ours.marker);
	expect(told.text).not.toContain(stage.theirs.marker);
	expect(readingOf(told)).toEqual([]);
}

const subjectOf = ({ token }: AttackAnswer) => claimsOf(token ?? '').sub;
/** An error about an argument names the argument or the variable. */
const NAMES_ARGUMENT = /^(The argument |Variable "\$|This cursor |A text must )/;

const summary = ({ action, decision, reason }: Entry) => [action, decision, reason];

type Proof = (stage: Stage, told: AttackAnswer, entries: readonly Entry[]) => void;

/** What each answer must show for its layer. */
const ANSWERS: Readonly<Partial<Record<Layer, Proof>>> = {
	HTTP(stage, told, entries) {
		refused(stage, told, ['BAD_USER_INPUT', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE']);
		expect(told.data).toBeUndefined();
		expect(told.errors[0]?.message).not.toMatch(NAMES_ARGUMENT);
		expect(told.status).toBeGreaterThanOrEqual(400);
		expect(told.status).toBeLessThan(500);
		expect(entries).toEqual([]);
	},
	identity(stage, told, entries) {
		refused(stage, told, ['UNAUTHENTICATED', 'FORBIDDEN']);
		const [code] = codesOf(told);
		expect(told.status).toBe(code === 'FORBIDDEN' ? 403 : 401);
		expect(entries.map(summary)).toEqual(code === 'FORBIDDEN' ? [['request.deny', 'DENIED', 'FORBIDDEN']] : []);
		for (const { coordinates, actor } of entries) expect([coordinates, actor.user]).toEqual([[], subjectOf(told)]);
	},
	proof(stage, told, entries) {
		refused(stage, told, ['FORBIDDEN']);
		expect(told.status).toBe(403);
		expect(entries.map(summary)).toEqual([['rights.refuse', 'DENIED', 'FORBIDDEN']]);
		const user = entries[0]?.actor.user;
		expect([entries[0]?.records, entries[0]?.coordinates]).toEqual([[user], []]);
		const lines = stage.api.lines.map((line) => JSON.parse(line));
		const requestId = told.headers.get('x-request-id');
		expect(lines).toContainEqual(expect.objectContaining({ level: 50, user, requestId }));
	},
	rights(stage, told, entries) {
		if (told.errors.length === 0) {
			expect(new Set(Object.values(told.data))).toEqual(new Set([null]));
			expect([readingOf(told), entries]).toEqual([[], []]);
			return;
		}
		refused(stage, told, ['FORBIDDEN']);
		expect(entries.map(summary)).toEqual([['request.deny', 'DENIED', 'FORBIDDEN']]);
		expect(entries[0]?.coordinates).toEqual([expect.stringMatching(/^(Query|Mutation)\.[a-z]/)]);
		expect(entries[0]?.actor.user).toBe(subjectOf(told));
	},
	schema(stage, told, entries) {
		refused(stage, told, ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']);
		expect(entries).toEqual([]);
	},
	arguments(stage, told, entries) {
		refused(stage, told, ['BAD_USER_INPUT']);
		expect(told.errors[0]?.message).toMatch(NAMES_ARGUMENT);
		expect(entries).toEqual([]);
	},
	limits(stage, told, entries) {
		refused(stage, told, ['TOO_EXPENSIVE']);
		expect(entries).toEqual([]);
	},
	lease(_, told, entries) {
		expect([told.status, codesOf(told), told.data ?? null]).toEqual([403, ['LEASE_NOT_ACTIVE'], null]);
		expect(entries.map(summary)).toEqual([['request.deny', 'DENIED', 'LEASE_NOT_ACTIVE']]);
		expect(entries[0]?.actor.user).toBe(subjectOf(told));
		expect(readingOf(told)).toEqual([]);
	},
	'resolver lock'(stage, told, entries) {
		expect(told.errors).toEqual([]);
		expect(told.text).not.toContain(stage.ours.marker);
		expect(told.text).not.toContain(stage.theirs.marker);
		const [reason, ...others] = new Set(told.sealed.map((each) => each.reason));
		expect([reason, others]).toEqual([expect.stringMatching(/^(NO_LEASE|CLASS|COORDINATE|RECORD)$/), []]);
		expect(entries.map(summary)).toEqual([['content.deny', 'DENIED', reason]]);
		for (const column of stage.contentColumns) expect(readingOf(told).join()).not.toContain(`"${column}"`);
	},
	'database lock'(_, told, entries) {
		expect(told.errors).toEqual([]);
		expect(readingOf(told).length).toBeGreaterThan(0);
		expect(writesOf(told)).toEqual([]);
		for (const { action } of entries) expect(action).not.toMatch(/^content/);
	},
	'key lock'(stage, told, entries) {
		expect(new Set(codesOf(told))).toEqual(new Set(['KEY_UNAVAILABLE']));
		expect(told.text).not.toContain(stage.ours.marker);
		const isReading = Object.values(told.data ?? {}).some((value) => value !== null);
		const failures = entries.filter(({ action }) => action === 'content.fail');
		if (isReading) expect(failures.map(({ reason }) => reason)).toContain('KEY_UNAVAILABLE');
		for (const { action } of entries) expect(action).not.toMatch(/^content\.(open|create|update|delete)$/);
	},
	envelope(stage, told, entries) {
		expect(new Set(codesOf(told))).toEqual(new Set(['CIPHERTEXT_INVALID']));
		for (const { path = [] } of told.errors) expect(valueAt(told.data, path)).toBeNull();
		expect(entries.map(summary)).toContainEqual(['content.fail', 'FAILED', 'CIPHERTEXT_INVALID']);
		const failed = entries.filter(({ action }) => action === 'content.fail');
		const fields = failed.flatMap(({ coordinates }) => coordinates.map((coordinate) => coordinate.split('.')[1]));
		expect(new Set(fields)).toEqual(new Set(told.errors.map(({ path }) => path?.at(-1))));
		const id = told.headers.get('x-request-id');
		const lines = stage.api.lines.filter((line) => line.includes(`"${id}"`)).map((line) => JSON.parse(line));
		expect(lines).toContainEqual(expect.objectContaining({ level: 50, code: 'CIPHERTEXT_INVALID' }));
	},
	'answer memory'(stage, told, entries) {
		expect([codesOf(told), told.status, told.data]).toEqual([['RATE_LIMITED'], 429, null]);
		expect(told.headers.get('retry-after')).toBe('5');
		expect(told.text).not.toContain(stage.ours.marker);
		expect(entries.map(summary)).toEqual([['content.open', 'ALLOWED', null]]);
	},
	writes(stage, told, entries) {
		// If the role forbids it, `rights` refuses before any row is read.
		const ofPerson = readingOf(told).length > 0 ? ['FORBIDDEN'] : [];
		expect(['NOT_FOUND', 'CONFLICT', 'RATE_LIMITED', ...ofPerson]).toContain(codesOf(told)[0]);
		expect(told.errors).toHaveLength(1);
		// The error comes from the mutation, not from the server before it.
		expect(told.errors[0]?.path).toBeDefined();
		expect(told.text).not.toContain(stage.theirs.marker);
		for (const { decision } of entries) expect(decision).not.toBe('ALLOWED');
	},
	'error format'(stage, told) {
		expect(told.errors.length).toBeGreaterThan(0);
		for (const error of told.errors) {
			expect(['extensions', 'locations', 'message', 'path']).toEqual(expect.arrayContaining(Object.keys(error)));
			expect(['code', 'requestId']).toEqual(expect.arrayContaining(Object.keys(error.extensions)));
		}
		expect(told.text).not.toContain(stage.ours.marker);
		expect(told.text).not.toMatch(/node_modules|\.ts:|at async|select |insert |SQLSTATE|constraint|relation|pg_/i);
	},
};

const STATES: Readonly<Partial<Record<Layer, RegExp>>> = {
	'database lock': /^42501$/,
	'audit log': /^42501$/,
	'database rule': /^23\d\d[0-9A-Z]$/,
};

const anyOf = (...sentences: readonly RegExp[]) => RegExp(`^(?:${sentences.map(({ source }) => source).join('|')})$`);

const REFUSALS: Readonly<Partial<Record<Layer, RegExp>>> = {
	start: anyOf(
		/Production refuses the Node option --[a-z-]+, which (?:writes|opens) [^:]+: remove it from the command line and from NODE_OPTIONS\./,
		/Production refuses [A-Z_]+ in its environment, which [^:]*loads? [^:]+: remove it\./,
		/Production refuses the database login of another process: remove [A-Z_]+ from this process\./,
		/Check failed: [^:]+\. \+ \w+ begins with \w+ \(ALTER ROLE .+ takes it away\)\. Run .+\./,
		/No response gate is in place.+: add .+\./,
		/The server's schema did not go through .+: give the server .+\./,
		/\S+@\S* is no reference\./,
	),
	'second approval': anyOf(
		/CONFLICT: The hash does not match the request above: nothing was done\..*/,
		/CONFLICT: The request hash is not the hash of the request that the API shows\. Do not agree to it, .+/,
		/FORBIDDEN: .+/,
	),
	'migrated value': /^CIPHERTEXT_INVALID: The stored pickle is refused because /,
};

/** Checks that the evidence of an attack proves the layer that it names. */
export async function assertLayerAnswered(stage: Stage, layer: Layer, evidence: Evidence): Promise<void> {
	const { answers = [], states = [], values = [], keyring = [], refusals = [], admitted } = evidence;
	const shown = [answers, states, values, keyring, refusals, admitted === undefined ? [] : [admitted]];
	expect(shown.flat().length).toBeGreaterThan(0);
	for (const told of answers) {
		expect(told.headers.get('cache-control')).toBe('no-store');
		ANSWERS[layer]?.(stage, told, await stage.entriesOf(told));
	}
	for (const state of states) expect(state).toMatch(STATES[layer] ?? /^$/);
	for (const value of values) {
		expect(layer).toBe('envelope');
		expect(Buffer.from(value).subarray(0, 2).toString('hex')).toBe('f501');
	}
	for (const reason of keyring) expect([layer, reason]).toEqual(['key lock', 'REFUSED']);
	for (const refusal of refusals) expect(refusal).toMatch(REFUSALS[layer] ?? /^$/);
	expect(admitted !== undefined).toBe(layer === 'none');
	if (admitted !== undefined) expect(SECURITY).toContain(admitted);
}

/** Checks that no answer and no row of SQL gave content to a caller who may not read it. */
export function assertNoLeak(stage: Stage): void {
	const { north, harbour, ours, theirs } = stage;
	const mayKnow = [
		[ours.marker, [north.owner, north.member, north.client]],
		[theirs.marker, [harbour.owner, harbour.member]],
	] as const;
	for (const { token, isUnderLease, text } of stage.takeDisclosed())
		for (const [marker, tokens] of mayKnow) {
			// All leases here are the operator's, on north.
			const isLent = isUnderLease && token === stage.operator && marker === ours.marker;
			if (!isLent && !tokens.includes(token as never)) expect(text).not.toContain(marker);
		}
}

const valueAt = (data: unknown, path: readonly unknown[]): unknown =>
	path.reduce((inner, key) => (inner as Record<string, unknown> | null)?.[key as string], data);
