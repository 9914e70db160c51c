import { fixedKey, signerOf } from './note-signer.ts';
import {
	bundleOf,
	canonical,
	FIRM,
	type Footer,
	fileOf,
	leafOf,
	NO_FIRM,
	noteOf,
	originOf,
	ROOT,
	TestLog,
} from './write-log.ts';

/** A bundle and the other inputs of a verifier. */
export interface BundleCase {
	readonly name: string;
	readonly bundle: string | Uint8Array;
	readonly vkeys: readonly string[];
	/** A note that the firm has kept. */
	readonly since?: string;
}

export const ORIGIN = originOf(FIRM);
export const [KEY, NEW_KEY, STOLEN_KEY] = [fixedKey(1), fixedKey(2), fixedKey(3)];
export const VKEY = new TestLog(KEY).vkey(ORIGIN);

/** The log of one firm with these leaves, which are signed unchecked. */
export function signedBundle(leaves: readonly string[], firm: string | null = FIRM): string {
	const log = new TestLog(KEY);
	log.leaves(firm).push(...leaves);
	log.publish(firm);
	log.heartbeat();
	return log.bundle(firm);
}

export const leaves = (count: number, from = 1): string[] =>
	Array.from({ length: count }, (_, at) => leafOf(FIRM, from + at));

/** A log of two firms, in which this firm's tree was published twice. */
export function honestLog(): TestLog {
	const log = new TestLog(KEY);
	log.append(FIRM, 5);
	log.publish(FIRM);
	log.append(null, 2);
	log.publish(null);
	log.heartbeat();
	log.append(FIRM, 2);
	log.publish(FIRM);
	log.heartbeat();
	return log;
}

export const HONEST = honestLog().bundle(FIRM);
export const LINES: readonly string[] = HONEST.split('\n').slice(0, -1);

/** The bundle of honestLog() with its lines changed, of which 0 is the header, 1 to 7 are leaves and 8 is the footer. */
export function withLines(change: (lines: string[]) => readonly string[]): string {
	return fileOf(change([...LINES]));
}

export function withHeader(changes: Readonly<Record<string, unknown>>): string {
	return withLines(([header, ...rest]) => [canonical({ ...JSON.parse(header as string), ...changes }), ...rest]);
}

export function withFooter(change: (footer: Footer) => unknown): string {
	return withLines((lines) => [...lines.slice(0, -1), canonical(change(JSON.parse(lines.at(-1) as string)))]);
}

function withRoot(change: (root: Footer['root']) => object): string {
	return withFooter(({ root, ...rest }) => ({ ...rest, root: { ...root, ...change(root) } }));
}

export const withProof = (change: (proof: string[]) => unknown) =>
	withRoot(({ proof }) => ({ proof: change([...proof]) }));
export const withIndex = (change: (index: number) => unknown) => withRoot(({ index }) => ({ index: change(index) }));
export const withRootNote = (checkpoint: unknown) => withRoot(() => ({ checkpoint }));
export const withNote = (checkpoint: unknown) => withFooter((footer) => ({ ...footer, checkpoint }));

/** Every line of the log of `count` entries signed by `key`, with the root note by `rootKeys`. */
function signedBy(key: TestLog['key'], log = new TestLog(key)): string {
	log.append(FIRM, 3);
	log.publish(FIRM);
	return log.bundle(FIRM);
}

function rotated(): TestLog {
	const log = honestLog();
	log.rotate(NEW_KEY);
	log.append(FIRM);
	log.publish(FIRM);
	return log;
}

const NEW_VKEY = new TestLog(NEW_KEY).vkey(ORIGIN);
const withWitness = (note: string) =>
	`${note}${noteOf(ORIGIN, [], STOLEN_KEY).split('\n').at(-2)?.replace(FIRM, 'w')}\n`;
const interleaved = [1, 2, 3, 4, 5].map((sequence, at) =>
	leafOf(FIRM, sequence, {
		boot: `00000000-0000-4000-8000-00000000000${at % 2}`,
		sequence: 10 - at + 2 * (at - (at % 2)),
	}),
);
const filled = (bytes: number) => {
	const empty = leafOf(FIRM, 1, { coordinates: [''] });
	return leafOf(FIRM, 1, { coordinates: ['x'.repeat(bytes - empty.length)] });
};

/** The log of an installation with this name, valid otherwise. */
export function ofInstallation(installation: string): Pick<BundleCase, 'bundle' | 'vkeys'> {
	const origin = `${installation}/firmseal/${FIRM}`;
	const checkpoint = noteOf(origin, leaves(2), KEY);
	const root = { checkpoint: noteOf(`${installation}/firmseal`, [checkpoint], KEY), index: 0, proof: [] };
	const header = { format: 'firmseal-audit-bundle', origin, size: 2, v: 1 };
	return { bundle: bundleOf(header, leaves(2), { checkpoint, root }), vkeys: [signerOf(origin, KEY).vkey] };
}

export const ACCEPTED: readonly BundleCase[] = [
	{ name: 'the honest log', bundle: HONEST, vkeys: [VKEY] },
	{ name: 'a log without entries', bundle: signedBundle([]), vkeys: [VKEY] },
	{ name: 'a log of one entry', bundle: signedBundle(leaves(1)), vkeys: [VKEY] },
	{ name: 'a log of 130 entries', bundle: signedBundle(leaves(130)), vkeys: [VKEY] },
	{ name: 'gaps in a sequence', bundle: signedBundle([leafOf(FIRM, 3), leafOf(FIRM, 9)]), vkeys: [VKEY] },
	{ name: 'two boots in turns', bundle: signedBundle(interleaved), vkeys: [VKEY] },
	{ name: 'the largest leaf', bundle: signedBundle([filled(65_536)]), vkeys: [VKEY] },
	{ name: 'an entry of a version to come', bundle: signedBundle([leafOf(FIRM, 1, { v: 9, more: {} })]), vkeys: [VKEY] },
	{
		name: "the installation's own log",
		bundle: honestLog().bundle(null),
		vkeys: [new TestLog(KEY).vkey(originOf(null))],
	},
	{ name: 'the same key twice', bundle: HONEST, vkeys: [VKEY, VKEY] },
	{ name: 'a key that has not signed yet', bundle: HONEST, vkeys: [VKEY, NEW_VKEY] },
	{ name: 'the new key after a rotation', bundle: rotated().bundle(FIRM), vkeys: [NEW_VKEY] },
	{ name: 'both keys after a rotation', bundle: rotated().bundle(FIRM), vkeys: [VKEY, NEW_VKEY] },
	{
		name: 'the old key, as long as it signs as well',
		bundle: bundleOf(
			{ format: 'firmseal-audit-bundle', origin: ORIGIN, size: 8, v: 1 },
			rotated().leaves(FIRM),
			rotated().footer(FIRM, rotated().rootNote(NEW_KEY, KEY)),
		),
		vkeys: [VKEY],
	},
	{ name: 'a firm note before and a root note after a rotation', bundle: quietFirm(), vkeys: [VKEY, NEW_VKEY] },
	...[0, 1, 4, 5, 6, 7].map((size) => ({
		name: `an old checkpoint of ${size} entries`,
		bundle: HONEST,
		vkeys: [VKEY],
		since: noteOf(ORIGIN, LINES.slice(1, 1 + size), KEY),
	})),
	{
		name: 'an old checkpoint from before the rotation',
		bundle: rotated().bundle(FIRM),
		vkeys: [NEW_VKEY, VKEY],
		since: withWitness(noteOf(ORIGIN, LINES.slice(1, 6), KEY)),
	},
	{
		name: "the installation's own log, with what it does with its keys",
		bundle: signedBundle([leafOf(null, 1), leafOf(null, 2, { firm: NO_FIRM }), leafOf(null, 3)], null),
		vkeys: [new TestLog(KEY).vkey(originOf(null))],
	},
];

/** The log continued after 5 entries under a key that its server names, and that no earlier key has signed for. */
function continuedUnder(key: TestLog['key']): string {
	const log = new TestLog(key);
	log.append(FIRM, 5);
	log.leaves(FIRM).push(leafOf(FIRM, 99, { action: 'request.allow-nothing' }));
	log.publish(FIRM);
	log.heartbeat();
	return log.bundle(FIRM);
}

/** Later than the checkpoint that both keys have signed. */
function longRotated(): string {
	const log = rotated();
	log.append(FIRM);
	log.publish(FIRM);
	return log.bundle(FIRM);
}

const SINCE = noteOf(ORIGIN, LINES.slice(1, 6), KEY);
export const STOLEN_VKEY = new TestLog(STOLEN_KEY).vkey(ORIGIN);
/** Valid, except that no key that signed the old checkpoint has signed the new one: neither key proves the other. */
export const KEY_CHANGES: readonly BundleCase[] = [
	{
		name: 'a log that goes on under a key of its server',
		bundle: continuedUnder(STOLEN_KEY),
		vkeys: [STOLEN_VKEY, VKEY],
		since: SINCE,
	},
	{ name: 'a rotation, once the old key signs no more', bundle: longRotated(), vkeys: [NEW_VKEY, VKEY], since: SINCE },
	{
		name: 'a log that goes back to the old key',
		bundle: HONEST,
		vkeys: [NEW_VKEY, VKEY],
		since: noteOf(ORIGIN, LINES.slice(1, 6), NEW_KEY),
	},
];

/** No entry of the firm since the rotation: only the old key has signed its note. */
function quietFirm(): string {
	const log = honestLog();
	log.rotate(NEW_KEY);
	log.heartbeat();
	return log.bundle(FIRM);
}

/** The old key, if stolen, continues the log as if it were still in force. */
export function stolenAfterRotation(): string {
	const log = honestLog();
	log.append(FIRM);
	log.publish(FIRM);
	return log.bundle(FIRM);
}

export const signedByStranger = signedBy(STOLEN_KEY);
export const otherRoot = noteOf(ORIGIN, leaves(7, 100), KEY);
export const rootNoteOf = (...texts: readonly string[]) => noteOf(ROOT, texts, KEY);
export { filled, NEW_VKEY };
