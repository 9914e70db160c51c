import {
	type BundleCase,
	filled,
	HONEST,
	honestLog,
	KEY,
	LINES,
	leaves,
	NEW_VKEY,
	ORIGIN,
	ofInstallation,
	otherRoot,
	rootNoteOf,
	STOLEN_KEY,
	signedBundle,
	signedByStranger,
	stolenAfterRotation,
	VKEY,
	withFooter,
	withHeader,
	withIndex,
	withLines,
	withNote,
	withProof,
	withRootNote,
} from './bundle-cases.ts';
import { signerOf } from './note-signer.ts';
import { bundleOf, canonical, FIRM, leafOf, NO_FIRM, noteOf, OTHER_FIRM, originOf, ROOT } from './write-log.ts';

/** Bundles that each verifier must refuse, by the change to the log. */
const bytes = (text: string) => Buffer.from(text, 'latin1');
const spliced = (...change: [start: number, count: number, ...lines: string[]]) =>
	withLines((lines) => {
		lines.splice(...change);
		return lines;
	});
const [first, second, third] = LINES.slice(1) as [string, string, string];
const footer = LINES.at(-1) as string;
const fourth = LINES[4] as string;
const resized = (size: number, ...change: [start: number, count: number, ...lines: string[]]) =>
	spliced(...change).replace('"size":7', `"size":${size}`);
const replaced = (from: string | RegExp, to: string) => HONEST.replace(from, to);
const invalidUtf8 = (at: number) =>
	Uint8Array.from([...Buffer.from(HONEST)].map((byte, n) => (n === at ? 0xff : byte)));
/** A correctly signed tree with one leaf that no tree may have. */
const evil = (leaf: string) => signedBundle([leafOf(FIRM, 1), leaf, leafOf(FIRM, 9)]);
const changed = (changes: Readonly<Record<string, unknown>>) => evil(leafOf(FIRM, 2, changes));
const without = (key: string) => {
	const { [key]: _, ...rest } = JSON.parse(leafOf(FIRM, 2)) as Record<string, unknown>;
	return evil(canonical(rest));
};
const note = honestLog().footer(FIRM).checkpoint;
const rootNote = honestLog().rootNote();
const flipped = (base64: string) => {
	const raw = Buffer.from(base64, 'base64');
	raw[5] = (raw[5] as number) ^ 4;
	return raw.toString('base64');
};
const since = (old: string): Pick<BundleCase, 'bundle' | 'since'> => ({ bundle: HONEST, since: old });

const FILES: Readonly<Record<string, string | Uint8Array>> = {
	// Leaves, changed without the key.
	'a leaf is added at the end': spliced(8, 0, leafOf(FIRM, 20)),
	'a leaf is added at the end, and the size raised': resized(8, 8, 0, leafOf(FIRM, 20)),
	'a leaf is added at the beginning, and the size raised': resized(8, 1, 0, leafOf(FIRM, 1)),
	'a leaf is missing': spliced(3, 1),
	'a leaf is missing, and the size lowered': resized(6, 3, 1),
	'the last leaf is missing, and the size lowered': resized(6, 7, 1),
	'all leaves are missing': resized(0, 1, 7),
	'two leaves are swapped': spliced(1, 2, second, first),
	'three leaves take turns': spliced(1, 3, third, first, second),
	'two leaves of two boots are swapped': resized(7, 3, 2, fourth, third),
	'a leaf is there twice': spliced(2, 1, first),
	'a leaf is there twice, and the size raised': resized(8, 2, 0, first),
	'a leaf is edited': replaced('FORBIDDEN', 'PERMITTED'),
	'one bit of a leaf is another': replaced('"decision":"DENIED"', '"decision":"DENIEE"'),
	'a leaf has a space': replaced('{"action"', '{ "action"'),
	'a leaf is cut in two lines': replaced('"action":"', '"action":\n"'),
	'an empty line is between two leaves': spliced(3, 0, ''),
	'a leaf has the entry of another firm': spliced(2, 1, leafOf(OTHER_FIRM, 2)),
	// Leaves, signed with the key.
	'the entries of two firms are swapped': signedBundle(leaves(3).map((leaf) => leaf.replace(FIRM, OTHER_FIRM))),
	'one entry is of another firm': changed({ firm: OTHER_FIRM }),
	'one entry is of no firm': changed({ firm: null }),
	'one entry is of the firm that is none': changed({ firm: NO_FIRM }),
	'one entry has no firm': without('firm'),
	'one entry has no boot': without('boot'),
	'one entry has no sequence': without('sequence'),
	'one entry has no time': without('at'),
	'an entry is signed twice': evil(leafOf(FIRM, 1)),
	'the sequence falls': signedBundle([leafOf(FIRM, 2), leafOf(FIRM, 1)]),
	'the sequence stands still': signedBundle([leafOf(FIRM, 2), leafOf(FIRM, 2, { action: 'other' })]),
	'the sequence is 0': changed({ sequence: 0 }),
	'the sequence is a text': changed({ sequence: '2' }),
	'the sequence is a fraction': changed({ sequence: 1.5 }),
	'the sequence is 2^53': changed({ sequence: 2 ** 53 }),
	'the boot is not a UUID': changed({ boot: '__proto__' }),
	'the boot is an array': changed({ boot: ['5a1e0f6c-2b7d-4c3e-9f10-a2b3c4d5e6f7'] }),
	'the time is a number': changed({ at: 5 }),
	'the time is an array': changed({ at: ['2026-11-24T15:00:00.000Z'] }),
	'the time has an order for the terminal': changed({ at: '2026-11-24T15:00:00.000Z\u001b[2J' }),
	'the firm is there twice': evil(leafOf(FIRM, 2).replace('"firm":', `"firm":"${OTHER_FIRM}","firm":`)),
	'the keys have another order': evil(leafOf(FIRM, 2).replace(/"action":"[^"]*",(.*)}$/, '$1,"action":"x"}')),
	'a letter is escaped that need not be': evil(leafOf(FIRM, 2).replace('FORBIDDEN', '\\u0046ORBIDDEN')),
	'a text has a lone surrogate': evil(leafOf(FIRM, 2).replace('FORBIDDEN', '\\ud800')),
	'a key has a lone surrogate': evil(leafOf(FIRM, 2).replace('"v"', '"v\\ud800"')),
	'a number is written at length': evil(leafOf(FIRM, 2).replace('"sequence":2', '"sequence":2.0')),
	'a leaf ends in a space': evil(`${leafOf(FIRM, 2)} `),
	'a leaf has a raw ANSI order': evil(leafOf(FIRM, 2, { reason: 'RED' }).replace('RED', '\u001b[31m')),
	'a leaf has a C1 control character': changed({ reason: '\u009b31m' }),
	'a leaf has DEL': changed({ reason: '\u007f' }),
	'a leaf has a letter beyond ASCII': changed({ reason: 'é' }),
	'a leaf has a tab between its keys': evil(leafOf(FIRM, 2).replace(',', ',\t')),
	'a leaf has a NUL': evil(`${leafOf(FIRM, 2)}\0`),
	'a leaf is of 65,537 bytes': signedBundle([filled(65_537)]),
	'a leaf is of a megabyte': signedBundle([filled(1_000_000)]),
	'a leaf is nested 30,000 deep': evil(
		leafOf(FIRM, 2, { reason: 'DEEP' }).replace('"DEEP"', `${'['.repeat(30_000)}${']'.repeat(30_000)}`),
	),
	'a leaf is an array': evil(`[${leafOf(FIRM, 2)}]`),
	'a leaf is null': evil('null'),
	'a leaf is a number': evil('5'),
	'a leaf is a text': evil('"{}"'),
	'a leaf is an empty object': evil('{}'),
	'a leaf is empty': evil(''),
	'a leaf is not JSON': evil('not JSON'),
	"an entry of a firm is in the installation's log": signedBundle([leafOf(FIRM, 1)], null),
	"an entry without a firm is in the installation's log": signedBundle([leafOf(null, 1, { firm: undefined })], null),
	"an entry of firm 0 is in the installation's log": signedBundle([leafOf(null, 1, { firm: 0 })], null),
	"an entry of an empty firm is in the installation's log": signedBundle([leafOf(null, 1, { firm: '' })], null),
	// The header.
	'the size is too large by one': withHeader({ size: 8 }),
	'the size is too small by one': withHeader({ size: 6 }),
	'the size is 0': withHeader({ size: 0 }),
	'the size is negative': withHeader({ size: -1 }),
	'the size is a fraction': withHeader({ size: 6.5 }),
	'the size is a text': withHeader({ size: '7' }),
	'the size is null': withHeader({ size: null }),
	'the size is 2^53': withHeader({ size: 2 ** 53 }),
	'the origin is that of another firm': withHeader({ origin: originOf(OTHER_FIRM) }),
	"the origin is the installation's": withHeader({ origin: originOf(null) }),
	'the origin is the root tree': withHeader({ origin: ROOT }),
	'the origin is of another installation': withHeader({ origin: `other.example/firmseal/${FIRM}` }),
	'the origin has capitals': withHeader({ origin: ORIGIN.toUpperCase() }),
	'the origin is an array': withHeader({ origin: [ORIGIN] }),
	'the origin is null': withHeader({ origin: null }),
	'the format is another': withHeader({ format: 'firmseal-audit-anchor' }),
	'the version is another': withHeader({ v: 2 }),
	'the version is a text': withHeader({ v: '1' }),
	'the header has a key more': withHeader({ more: null }),
	'the header has a key less': withLines(([, ...rest]) => [
		canonical({ format: 'firmseal-audit-bundle', origin: ORIGIN, size: 7 }),
		...rest,
	]),
	'the header has a space': replaced('{"format":', '{"format": '),
	'the header has its keys in another order': replaced(/\{"format":("[^"]*"),(.*)\}/, '{$2,"format":$1}'),
	'the header is missing': spliced(0, 1),
	'the header is there twice': spliced(0, 0, LINES[0] as string),
	'the header is of a megabyte': withHeader({ more: 'x'.repeat(1_000_000) }),
	'the header is null': spliced(0, 1, 'null'),
	// The footer.
	'the footer is missing': spliced(8, 1),
	'the footer is there twice': spliced(8, 0, footer),
	'an empty line is after the footer': `${HONEST}\n`,
	'a byte is after the footer': `${HONEST}x`,
	'a second bundle is after the footer': HONEST + HONEST,
	'the last newline is missing': HONEST.slice(0, -1),
	'the footer has a key more': withFooter((footer) => ({ ...footer, more: 1 })),
	'the footer has no checkpoint': withFooter(({ root }) => ({ root })),
	'the footer has no root': withFooter(({ checkpoint }) => ({ checkpoint })),
	'the root is null': withFooter(({ checkpoint }) => ({ checkpoint, root: null })),
	'the root has a key more': withFooter(({ checkpoint, root }) => ({ checkpoint, root: { ...root, more: 1 } })),
	'the footer is of a megabyte': withNote(`${'x'.repeat(1_000_000)}\n${note}`),
	'the footer is a text': spliced(8, 1, '"footer"'),
	'the checkpoint is null': withNote(null),
	'the checkpoint is an array': withNote([note]),
	'the root checkpoint is null': withRootNote(null),
	// Checkpoints.
	'the root is that of other entries': withNote(otherRoot),
	'the checkpoint has the right root and another size': withNote(
		signedText(note.slice(0, note.indexOf('\n\n') + 1).replace('\n7\n', '\n8\n')),
	),
	'the checkpoint is an older one': withNote(noteOf(ORIGIN, LINES.slice(1, 6), KEY)),
	'the checkpoint is by another key': withNote(noteOf(ORIGIN, LINES.slice(1, 8), STOLEN_KEY)),
	'everything is by another key': signedByStranger,
	'the checkpoint is not signed': withNote(note.slice(0, note.indexOf('\n\n') + 2)),
	'the signature is changed': withNote(note.replace(/ (\S+)\n$/, (_, base64: string) => ` ${flipped(base64)}\n`)),
	'the signature is not canonical base64': withNote(note.replace(/=\n$/, '==\n')),
	'the text of the checkpoint is changed': withNote(note.replace('\n7\n', '\n07\n')),
	'the checkpoint is of another firm': withNote(noteOf(originOf(OTHER_FIRM), LINES.slice(1, 8), KEY)),
	'the checkpoint is that of the root': withNote(rootNote),
	'the checkpoint has a line of carriage return': withNote(note.replaceAll('\n', '\r\n')),
	'the checkpoint has an ANSI order': withNote(note.replace('\n\n', '\n\u001b[2J\n\n')),
	'the checkpoint has a lone surrogate': withNote(note.replace('\n\n', '\nLONE\n\n')).replace('LONE', '\\ud800'),
	'the checkpoint has another signature that is wrong': withNote(`${note}${noteOf(ORIGIN, [], KEY).split('\n\n')[1]}`),
	'the checkpoint is not a leaf of the root tree': withRootNote(rootNoteOf('a', 'b', 'c', 'd', 'e', 'f')),
	'the root checkpoint is by another key': withRootNote(honestLog().rootNote(STOLEN_KEY)),
	"the root checkpoint is the firm's": withRootNote(note),
	'the root checkpoint is signed under the name of the firm': withRootNote(noteOf(ORIGIN, honestLog().root, KEY)),
	'the root checkpoint is of an installation that looks alike': withRootNote(
		noteOf('vault.example.org/firmseal', honestLog().root, KEY),
	),
	'the root checkpoint has another size': withRootNote(noteOf(ROOT, honestLog().root.slice(0, -1), KEY)),
	'the root checkpoint is empty': withRootNote(rootNoteOf()),
	'the checkpoint has a further line, which looks like the verifier’s own': withFurtherLine(
		'entries     9, from the first day to the last',
	),
	'the checkpoint has a further line, which a shell would run': withFurtherLine('touch RUN #'),
	'the root checkpoint has a further line': withRootNote(signedText(furthered(rootNote, 'touch RUN #'), ROOT)),
	// The proof.
	'the proof has a hash more': withProof((proof) => [...proof, proof[0]]),
	'the proof has a hash more at its beginning': withProof((proof) => [proof[0], ...proof]),
	'the proof has a hash less': withProof((proof) => proof.slice(1)),
	'the proof has a hash less at its end': withProof((proof) => proof.slice(0, -1)),
	'the proof is empty': withProof(() => []),
	'two hashes of the proof are swapped': withProof(([one, two, ...rest]) => [two, one, ...rest]),
	'a bit of the proof is another': withProof(([one, ...rest]) => [flipped(one as string), ...rest]),
	'a hash of the proof is of 31 bytes': withProof(([, ...rest]) => [Buffer.alloc(31).toString('base64'), ...rest]),
	'a hash of the proof is base64url': withProof(([one, ...rest]) => [one?.slice(0, -1), ...rest]),
	'a hash of the proof is null': withProof(([, ...rest]) => [null, ...rest]),
	'a hash of the proof is an array': withProof(([one, ...rest]) => [[one], ...rest]),
	'the proof is a text': withProof((proof) => proof.join()),
	'the proof is null': withProof(() => null),
	'the index is one more': withIndex((index) => index + 1),
	'the index is one less': withIndex((index) => index - 1),
	'the index is the size of the root tree': withIndex(() => honestLog().root.length),
	'the index is negative': withIndex((index) => -index),
	'the index is a fraction': withIndex((index) => index + 0.5),
	'the index is a text': withIndex(String),
	// Bytes.
	'the file is empty': '',
	'the file is a newline': '\n',
	'the file is its header': `${LINES[0]}\n`,
	'every line ends in CRLF': HONEST.replaceAll('\n', '\r\n'),
	'one line ends in CRLF': replaced('\n', '\r\n'),
	'the leaves end in CRLF': withLines((lines) => lines.map((line, at) => (at > 0 && at < 8 ? `${line}\r` : line))),
	'the file begins with a byte order mark': `\ufeff${HONEST}`,
	'a leaf begins with a byte order mark': replaced(/\n/, '\n\ufeff'),
	'the footer begins with a byte order mark': spliced(8, 1, `\ufeff${footer}`),
	'the file is UTF-16': Buffer.from(HONEST, 'utf16le'),
	'the header is not UTF-8': invalidUtf8(12),
	'a leaf is not UTF-8': invalidUtf8(Buffer.from(HONEST).indexOf('FORBIDDEN')),
	'the footer is not UTF-8': invalidUtf8(Buffer.from(HONEST).lastIndexOf('vault')),
	'the footer has its em dash in Latin-1': bytes(HONEST.replaceAll('—', '\u0097')),
	'the file is a megabyte without a newline': 'x'.repeat(1_000_000),
	'a line of a megabyte is among the leaves': spliced(3, 0, 'x'.repeat(1_000_000)),
	'the file is cut in the middle of a leaf, with a newline': `${HONEST.slice(0, 900)}\n`,
};

export const ATTACKS: readonly BundleCase[] = [
	...Object.entries(FILES).map(([name, bundle]) => ({
		name,
		bundle,
		vkeys: [name.includes("installation's log") ? honestLog().vkey(originOf(null)) : VKEY],
	})),
	{ name: 'the old key is stolen after a rotation', bundle: stolenAfterRotation(), vkeys: [NEW_VKEY] },
	{ name: 'the key is that of another firm', bundle: HONEST, vkeys: [honestLog().vkey(originOf(OTHER_FIRM))] },
	{ name: 'one of two keys is that of another firm', bundle: HONEST, vkeys: [VKEY, honestLog().vkey(originOf(null))] },
	{ name: 'it is a bundle of the root tree', bundle: rootBundle(), vkeys: [honestLog().vkey(ROOT)] },
	...[';touch,RUN;', 'vault\u202e.example', 'Vault.example', '.vault.example', 'é.example'].map((name) => ({
		name: `the installation has the name ${JSON.stringify(name)}`,
		...ofInstallation(name),
	})),
	{ name: 'the key is that of the root tree', bundle: HONEST, vkeys: [honestLog().vkey(ROOT)] },
	...[
		{ name: 'a fork: two roots of one size', ...since(otherRoot) },
		{ name: 'a fork: two roots of a smaller size', ...since(noteOf(ORIGIN, leaves(3, 100), KEY)) },
		{ name: 'a fork: another root of nothing', ...since(signedText(`${ORIGIN}\n0\n${rootNote.split('\n')[2]}\n`)) },
		{ name: 'the log is shorter than it was', ...since(noteOf(ORIGIN, leaves(8), KEY)) },
		{ name: 'the old checkpoint is of another firm', ...since(noteOf(originOf(OTHER_FIRM), LINES.slice(1, 4), KEY)) },
		{ name: 'the old checkpoint is of the root tree', ...since(rootNote) },
		{ name: 'the old checkpoint is by another key', ...since(noteOf(ORIGIN, LINES.slice(1, 4), STOLEN_KEY)) },
		{ name: 'the old checkpoint is cut', ...since(note.slice(0, -9)) },
		{ name: 'the old checkpoint is empty', ...since('') },
		{
			name: 'the old checkpoint has a further line',
			...since(signedText(furthered(noteOf(ORIGIN, LINES.slice(1, 4), KEY), 'touch RUN #'))),
		},
	].map((attack) => ({ ...attack, vkeys: [VKEY] })),
];

function signedText(text: string, origin: string = ORIGIN): string {
	return `${text}\n${signerOf(origin, KEY).line(text)}`;
}

/** The text of a note with an additional line. */
function furthered(of: string, line: string): string {
	return `${of.slice(0, of.indexOf('\n\n') + 1)}${line}\n`;
}

/** Valid, except for a line that the owner of the key added to the checkpoint. */
function withFurtherLine(line: string): string {
	const log = honestLog();
	log.put(FIRM, signedText(furthered(note, line)));
	return log.bundle(FIRM);
}

/** Valid, except that its tree has no firm. */
function rootBundle(): string {
	const log = honestLog();
	const checkpoint = log.rootNote();
	log.root.push(checkpoint);
	const proof = honestLog().footer(FIRM).root.proof;
	const root = { checkpoint: log.rootNote(), index: log.root.length - 1, proof };
	const header = { format: 'firmseal-audit-bundle', origin: ROOT, size: 1, v: 1 };
	return bundleOf(header, [leafOf(null, 1)], { checkpoint, root });
}
