#!/usr/bin/env node
/**
 * Verifies the audit log of one firm, offline: the file has every entry up to a signed checkpoint, in order, and no entry was
 * changed, removed or added. The checkpoint is also a leaf of the root tree, which covers all firms.
 *
 *     node verify-audit-log.mjs BUNDLE --vkey-file FILE [--since OLD_CHECKPOINT_FILE] [--keep FILE]
 *
 * BUNDLE       the file that the firm has downloaded
 * --vkey-file  a file with the verifier key, from another source than the bundle; one key in each line if there are several.
 *              Keys may also follow BUNDLE as arguments, but never let a shell split a file into such arguments.
 * --since      a checkpoint that the firm has kept: the file must begin with exactly the entries of that checkpoint, and
 *              one of its keys must have signed the new checkpoint
 * --keep       writes the new checkpoint into FILE, for the next --since. If FILE exists, it also counts as a --since.
 *              Keep FILE where the platform cannot change it.
 *
 * Exits with 0 if everything is right, with 1 and a message if something is wrong, and with 2 after a wrong call. It needs
 * only Node.js 18.3 or newer, and shares no code with the program that writes the log. The formats are in FORMAT.md.
 */
import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto';
import fs from 'node:fs';
import { parseArgs } from 'node:util';

/** The log or a file is wrong. */
class Wrong extends Error {}
/** The call is wrong. */
class Usage extends Error {}
const USAGE = 'node verify-audit-log.mjs BUNDLE --vkey-file FILE [--since OLD_CHECKPOINT_FILE] [--keep FILE]';

function assert(condition, sentence) {
	if (!condition) throw new Wrong(sentence);
}

/** Text that is safe for a terminal: characters that are invisible or change the direction are written such as \u{202e}. */
const HIDDEN = /[^\P{C}\n]|[\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const shown = (text) => text.replace(HIDDEN, (hidden) => `\\u{${hidden.codePointAt(0).toString(16)}}`);

// ---- The tree: RFC 6962 ------------------------------------------------------------------------------------------

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const [LEAF, NODE] = [Buffer.from([0]), Buffer.from([1])];

/** Keeps one hash for each complete subtree, the largest first: for 13 leaves one of 8, one of 4 and one of 1. */
class Tree {
	size = 0;
	#subtrees = [];

	add(leaf) {
		let hash = sha256(LEAF, leaf);
		// Joins two subtrees of the same size as long as there are two.
		for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) hash = sha256(NODE, this.#subtrees.pop(), hash);
		this.#subtrees.push(hash);
		this.size += 1;
	}

	root() {
		if (this.size === 0) return sha256();
		return this.#subtrees.reduceRight((right, left) => sha256(NODE, left, right));
	}
}

/** The root to which `proof` leads from the leaf at `index` in a tree of `size` leaves. */
function rootFromProof(leaf, index, size, proof) {
	let [hash, node, last] = [sha256(LEAF, leaf), index, size - 1];
	for (const sibling of proof) {
		assert(last > 0, 'The proof of the checkpoint in the root tree is too long.');
		// The last node of a level, if it has no neighbour, moves up unchanged.
		while (node === last && node % 2 === 0) [node, last] = [node / 2, last / 2];
		hash = node % 2 === 1 ? sha256(NODE, sibling, hash) : sha256(NODE, hash, sibling);
		[node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
	}
	assert(last === 0, 'The proof of the checkpoint in the root tree is too short.');
	return hash;
}

// ---- Keys and signed checkpoints: C2SP signed-note and tlog-checkpoint ---------------------------------------------

/** The bytes of a base64 text, or null if the text is not in canonical form. */
function fromBase64(text) {
	const bytes = Buffer.from(text, 'base64');
	return bytes.toString('base64') === text ? bytes : null;
}

/** The name of the tree that a key belongs to, and the 32 bytes of the key. */
function parseVkey(vkey, at) {
	const [name, id, base64, ...more] = vkey.split('+');
	// The base64 of the key may contain a "+".
	const bytes = fromBase64([base64 ?? '', ...more].join('+'));
	const isKey = /^[^\s+]+$/u.test(name) && bytes?.length === 33 && bytes[0] === 1;
	if (!isKey || keyId(name, bytes.subarray(1)).toString('hex') !== id) throw new Usage(`VKEY ${at + 1} is malformed.`);
	return { name, publicKey: bytes.subarray(1) };
}

/** The first four bytes of SHA-256(name || newline || type 1 || key): a key has another id under the name of each tree. */
const keyId = (name, publicKey) => sha256(`${name}\n\x01`, publicKey).subarray(0, 4);

function signatureIsRight(text, signature, publicKey) {
	const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
	const key = createPublicKey({ key: jwk, format: 'jwk' });
	return signature.length === 64 && verify(null, Buffer.from(text), key, signature);
}

/**
 * Reads the checkpoint of the tree named `origin` from a signed note: a text of three lines, an empty line, signatures.
 * One of `publicKeys` must have signed it, and each signature that names one of them must verify. `signed` has only these
 * signatures. Those of others, such as witnesses, are ignored: neither shown nor kept.
 */
function openCheckpoint(note, origin, publicKeys, what = `The checkpoint of ${origin}`) {
	const blank = note.lastIndexOf('\n\n');
	const isNote = blank > 0 && note.endsWith('\n') && Buffer.byteLength(note) <= 1_000_000;
	assert(isNote && !/[^\P{Cc}\n]/u.test(note), `${what} is not a signed note.`);
	const text = note.slice(0, blank + 1);
	const lines = note.slice(blank + 2, -1).split('\n');
	assert(lines.length <= 100, `${what} has more than 100 signatures.`);
	const signed = [];
	for (const line of lines) {
		const [, name, base64] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? [];
		const bytes = base64 === undefined ? null : fromBase64(base64);
		assert(bytes !== null && bytes.length > 4, `${what} has a signature that is malformed.`);
		const isId = (publicKey) => keyId(origin, publicKey).equals(bytes.subarray(0, 4));
		const signers = name === origin ? publicKeys.filter(isId) : [];
		const areRight = signers.every((publicKey) => signatureIsRight(text, bytes.subarray(4), publicKey));
		assert(areRight, `${what} has a signature that does not verify.`);
		if (signers.length > 0) signed.push({ line, signers });
	}
	assert(signed.length > 0, `${what} is not signed by the key that was given.`);
	const [, name, size, base64] = /^(.+)\n(0|[1-9][0-9]*)\n(.+)\n$/.exec(text) ?? [];
	const root = fromBase64(base64 ?? '');
	assert(Number.isSafeInteger(Number(size)) && root?.length === 32, `${what} is malformed.`);
	assert(name === origin, `${what} belongs to another tree than ${origin}.`);
	return { size: Number(size), root, text, signed };
}

// ---- The file: lines of canonical JSON -----------------------------------------------------------------------------

const MAX_LINE = 262_144;
const AGAIN = 'A program has changed the bundle: download it again, and verify it unchanged.';
/** The lines of a file as bytes, without their newlines. Each line must end with one. Holds at most one line in memory. */
async function* linesOf(path) {
	let [begun, number] = [Buffer.alloc(0), 0];
	for await (const chunk of fs.createReadStream(path, { highWaterMark: 1 << 16 })) {
		let rest = begun.length === 0 ? chunk : Buffer.concat([begun, chunk]);
		for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
			number += 1;
			assert(end <= MAX_LINE, `Line ${number} is too long.`);
			yield rest.subarray(0, end);
			rest = rest.subarray(end + 1);
		}
		assert(rest.length <= MAX_LINE, `Line ${number + 1} is too long.`);
		begun = rest;
	}
	assert(begun.length === 0, `The file is cut in line ${number + 1}.`);
}

/** RFC 8785: no spaces, sorted keys. Two readers could read other JSON in two ways. */
function canonical(value, depth = 0) {
	assert(depth <= 16, 'A line is nested too deep.');
	assert(typeof value !== 'string' || !/\p{Cs}/u.test(value), 'A line has a lone surrogate.');
	if (value === null || typeof value !== 'object') return JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join()}]`;
	const members = Object.keys(value).sort();
	return `{${members.map((key) => `${canonical(key)}:${canonical(value[key], depth + 1)}`).join()}}`;
}

function parseLine(text, number) {
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		throw new Wrong(`Line ${number} is not JSON.`);
	}
	assert(text.startsWith('{') && canonical(value) === text, `Line ${number} is not an object in canonical JSON.`);
	return value;
}

function decode(bytes, what) {
	const text = bytes.toString();
	assert(Buffer.from(text).equals(bytes), `${what} is not UTF-8.`);
	return text;
}

const keysOf = (object) => String(Object.keys(object ?? {}).sort());
const FIRM_ORIGIN = /^([a-z0-9][a-z0-9.-]{0,99}\/firmseal)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const NO_FIRM = '00000000-0000-0000-0000-000000000000'; // In the installation's own log, as is null.
const BOOT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The first line: the name of the log, and the number of entries. */
function readHeader(bytes, keys) {
	assert(!/^(\xef\xbb\xbf|\xff\xfe)/.test(bytes.toString('latin1')), `Line 1 begins with a byte order mark. ${AGAIN}`);
	assert(bytes.at(-1) !== 13, `Line 1 ends with a carriage return. ${AGAIN}`);
	const header = parseLine(decode(bytes, 'Line 1'), 1);
	const { format, origin, size, v } = header;
	const isBundle = keysOf(header) === 'format,origin,size,v' && format === 'firmseal-audit-bundle';
	assert(isBundle, 'The file is not an audit bundle.');
	assert(v === 1, 'The bundle has a version that this program does not know.');
	assert(Number.isSafeInteger(size) && size >= 0, 'The size in line 1 is not a number of entries.');
	const [, root, id] = FIRM_ORIGIN.exec(origin) ?? [];
	assert(root !== undefined, 'The origin in line 1 is not that of the log of a firm.');
	assert(!keys.some(({ name }) => name !== origin), 'The bundle belongs to another log than a given key.');
	return { origin, root, size, firm: id === NO_FIRM ? null : id };
}

/** An entry: of this firm, with a higher number than the previous entry of the same run of a process ("boot") and plane. */
function readEntry(bytes, number, firm, sequences) {
	assert(bytes.length <= 65_536, `The entry in line ${number} is too long.`);
	const text = bytes.toString('latin1');
	assert(/^[\x20-\x7e]*$/.test(text), `Line ${number} has a byte that is not printable ASCII.`);
	const { firm: own, boot, plane, sequence, at } = parseLine(text, number);
	assert(own === firm || (firm === null && own === NO_FIRM), `The entry in line ${number} belongs to another firm.`);
	assert(typeof boot === 'string' && BOOT.test(boot), `The entry in line ${number} has no boot.`);
	assert(typeof plane === 'string' && /^[a-z-]{1,32}$/.test(plane), `The entry in line ${number} has no plane.`);
	const isNext = Number.isSafeInteger(sequence) && sequence > (sequences.get(`${plane} ${boot}`) ?? 0);
	assert(isNext, `The entry in line ${number} is not numbered above the one before it.`);
	assert(typeof at === 'string' && TIME.test(at), `The entry in line ${number} has no time.`);
	sequences.set(`${plane} ${boot}`, sequence);
	return at;
}

/** The last line: the signed checkpoint of this tree, and the proof that the root tree has it as a leaf. */
function readFooter(bytes, number, { origin, root }, tree, publicKeys) {
	const footer = parseLine(decode(bytes, `Line ${number}`), number);
	const { checkpoint: note, root: above } = footer;
	const isFooter = keysOf(footer) === 'checkpoint,root' && keysOf(above) === 'checkpoint,index,proof';
	const hasNotes = typeof note === 'string' && typeof above?.checkpoint === 'string';
	assert(isFooter && hasNotes && Array.isArray(above.proof), `Line ${number} is not the footer of the bundle.`);
	const checkpoint = openCheckpoint(note, origin, publicKeys);
	assert(checkpoint.size === tree.size, 'The checkpoint covers another number of entries than the file has.');
	assert(checkpoint.root.equals(tree.root()), 'The entries are not those that the checkpoint covers.');
	const rootCheckpoint = openCheckpoint(above.checkpoint, root, publicKeys);
	const { index, proof } = above;
	assert(Number.isSafeInteger(index) && index >= 0 && index < rootCheckpoint.size, 'The index of the proof is wrong.');
	const hashes = proof.map((hash) => (typeof hash === 'string' ? fromBase64(hash) : null));
	assert(!hashes.some((hash) => hash?.length !== 32), 'The proof is not a list of hashes.');
	const proven = rootFromProof(Buffer.from(note), index, rootCheckpoint.size, hashes);
	assert(proven.equals(rootCheckpoint.root), 'The root tree does not have the checkpoint as a leaf.');
	return checkpoint;
}

const KEY_CHANGED = 'The key of the log was changed: no key that has signed the old checkpoint has signed the new one.';
const LEARN_KEY =
	'Get the new key from another source than the server of the log; then give only that key, without --since, and --keep another file.';
/**
 * The note to keep, with only the signatures of keys that signed all of `olds` too. Any other key may come from the server of
 * the log, and its signature under a true note proves nothing, because anyone can add one.
 */
function noteOf({ text, signed }, olds) {
	const isKnown = (key) => olds.every((old) => old.signed.some(({ signers }) => signers.includes(key)));
	const lines = signed.filter(({ signers }) => signers.some(isKnown)).map(({ line }) => `${line}\n`);
	const begins = `Its first ${olds[0]?.size} entries are those of the old checkpoint.`;
	assert(lines.length > 0, `${KEY_CHANGED} ${begins} ${LEARN_KEY}`);
	return `${text}\n${lines.join('')}`;
}

// ---- All together --------------------------------------------------------------------------------------------------

async function verifyBundle(path, keys, oldNotes) {
	const [tree, sequences, publicKeys] = [new Tree(), new Map(), keys.map(({ publicKey }) => publicKey)];
	let [number, header, olds, first, last, newest, flaw, other, others] = [0, null, [], null, null, null, null, null, 0];
	for await (const line of linesOf(path)) {
		number += 1;
		assert(newest === null, `The file goes on after its last line, number ${number - 1}.`);
		assert(line.length > 0, `Line ${number} is empty. ${AGAIN}`);
		if (header === null) {
			header = readHeader(line, keys);
			olds = oldNotes.map(([text, what]) => openCheckpoint(text, header.origin, publicKeys, what));
			assert(!olds.some(({ size }) => size > header.size), 'The log has fewer entries than the old checkpoint.');
		} else if (tree.size < header.size) {
			try {
				last = readEntry(line, number, header.firm, sequences);
				first ??= last;
			} catch (error) {
				// The tree contains the entry all the same. The error is reported after the rest is verified.
				if (!(error instanceof Wrong)) throw error;
				if (flaw === null) flaw = error.message;
				else [others, other] = [others + 1, other ?? number];
			}
			tree.add(line);
		} else newest = readFooter(line, number, header, tree, publicKeys);
		const isSame = olds.every((old) => tree.size !== old.size || tree.root().equals(old.root));
		assert(isSame, 'The log was changed: it does not begin with the entries of the old checkpoint.');
	}
	assert(newest !== null, `The file ends after line ${number}, before it is complete.`);
	if (others > 0)
		flaw += ` ${others === 1 ? 'One more entry is wrong,' : `${others} more entries are wrong, the first`} in line ${other}.`;
	const note = noteOf(newest, olds);
	return { origin: header.origin, size: tree.size, root: tree.root(), first, last, note, old: olds[0], flaw };
}

const CHANGED = 'The file of --keep was changed while this run verified the log, and is not replaced: run it again.';
/**
 * Writes the note to a temporary file that only its owner can read, and renames it to `path` once it is on the disk. `old` is
 * the earlier content of `path`, or null if there was none. If another run has changed the file since, it is not replaced, and
 * this throws. Returns '' on success, or why the note could not be written.
 */
async function keepNote(path, note, old) {
	const beside = `${path}.${randomUUID()}`;
	try {
		const file = fs.openSync(beside, 'wx', 0o600);
		fs.writeFileSync(file, note);
		fs.fsyncSync(file);
		fs.closeSync(file);
		// A new file can be created by one run only: by a link, or on a disk without links by creating an empty file first.
		const isRenamed = old !== null || (await fs.promises.link(beside, path).catch(() => true));
		if (old !== null) assert(Buffer.from(old).equals(fs.readFileSync(path)), CHANGED);
		else if (isRenamed) fs.closeSync(fs.openSync(path, 'wx', 0o600));
		if (isRenamed) fs.renameSync(beside, path);
		return '';
	} catch (error) {
		assert(!(error instanceof Wrong) && error.code !== 'EEXIST', CHANGED);
		return `The checkpoint is not kept: ${error.message}.`;
	} finally {
		fs.rmSync(beside, { force: true });
	}
}

async function main() {
	const file = { type: 'string', multiple: true };
	const options = { since: file, keep: file, 'vkey-file': file };
	const { values, positionals } = parseArgs({ options, allowPositionals: true });
	for (const [name, [path, other]] of Object.entries(values))
		if (!path || other !== undefined) throw new Usage(`--${name} is given ${path ? 'twice' : 'no name of a file'}.`);
	const { since: [since] = [], keep: [keep] = [], 'vkey-file': [vkeyFile] = [] } = values;
	const [bundle, ...vkeys] = positionals;
	const folder = [bundle, vkeyFile, since, keep].find((path) => path && fs.existsSync(`${path}/.`));
	if (folder !== undefined) throw new Usage(`${folder} is a directory: name a file.`);
	if (vkeyFile) vkeys.push(...decode(fs.readFileSync(vkeyFile), 'The file of keys').replace(/\n$/, '').split('\n'));
	if (bundle === undefined || vkeys.length === 0) throw new Usage('A BUNDLE and a VKEY are needed.');
	const isThere = keep !== undefined && fs.lstatSync(keep, { throwIfNoEntry: false }) !== undefined;
	const place = isThere ? fs.realpathSync(keep) : keep;
	const olds = since === undefined ? [] : [[since, 'The old checkpoint']];
	if (isThere) olds.push([place, 'The file of --keep, which exists and is not replaced,']);
	const notes = olds.map(([path, what]) => [decode(fs.readFileSync(path), what), what]);
	const { origin, size, root, first, last, note, old, flaw } = await verifyBundle(bundle, vkeys.map(parseVkey), notes);
	const unkept = keep === undefined ? '' : await keepNote(place, note, isThere ? notes.at(-1)[0] : null);
	assert(flaw === null, `${flaw} All else is complete and unchanged. ${unkept}`.trim());
	const out = [`The log of ${origin} is complete and unchanged.`];
	out.push(`entries     ${size}${size > 0 ? `, from ${first} to ${last}` : ''}`);
	out.push(`root        ${root.toString('base64')}`);
	if (old) out.push(`since       it begins with the ${old.size} entries of the old checkpoint`);
	out.push(`checkpoint  ${keep && !unkept ? `written into ${keep}` : `to keep, with --keep FILE:\n\n${note}`}`);
	process.stdout.write(`${shown(out.join('\n')).trimEnd()}\n`);
	assert(!unkept, unkept);
}

try {
	await main();
} catch (error) {
	// Also a file that cannot be read, or an unknown option.
	const isUsage = error instanceof Usage || error?.syscall !== undefined || error?.code?.startsWith?.('ERR_PARSE_ARGS');
	const told = isUsage || error instanceof Wrong ? error.message : `This program has a bug: ${error?.stack}`;
	process.stderr.write(`${shown(told)}\n${isUsage ? `${USAGE}\n` : ''}`);
	process.exitCode = isUsage ? 2 : 1;
}
