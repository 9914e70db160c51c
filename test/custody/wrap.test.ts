import { beforeAll, describe, expect, it } from 'vitest';
import {
	commitToDataKey,
	type DeviceKeys,
	deriveRecordKeyBytes,
	generateDataKey,
	importDataKey,
	openRecordWrap,
	openWrap,
	parseRecordWrap,
	parseWrap,
	sealRecordWrap,
	sealWrap,
	signAs,
	verifyRecordWrapSignature,
	verifyWrapSignature,
} from '../../src/custody/index.ts';
import { encodeContext } from '../../src/envelope/index.ts';
import {
	codeOf,
	FIRM,
	flipped,
	HEAD,
	OTHER_FIRM,
	OTHER_ROW,
	ROW,
	randomBytes,
	respelled,
	someDevice,
	toBase64,
} from './some.ts';

const PLACE = { firm: FIRM, class: 'NOTE', version: 3 };
const LEASE = `${OTHER_ROW}/${HEAD}`;

let alice: DeviceKeys;
let bob: DeviceKeys;
let eve: DeviceKeys;
const dataKey = generateDataKey();
let commitment: Uint8Array;
let wrap: string;
let recordKey: Uint8Array;
let recordWrap: string;

beforeAll(async () => {
	[alice, bob, eve] = await Promise.all([someDevice(), someDevice(), someDevice()]);
	commitment = await commitToDataKey(dataKey, PLACE);
	wrap = await sealWrap({ ...PLACE, head: HEAD, recipient: bob.publicKeys, wrapper: alice, dataKey });
	const record = { firm: FIRM, class: 'NOTE', table: 'notes', row: ROW, generation: 4 };
	recordKey = await deriveRecordKeyBytes(await importDataKey(dataKey), record);
	recordWrap = await sealRecordWrap({
		...record,
		version: 3,
		head: HEAD,
		purpose: 'LEASE',
		under: LEASE,
		recipient: bob.publicKeys,
		wrapper: alice,
		recordKey,
	});
});

const open = (changed: object = {}, of = {}) =>
	openWrap({
		wrap: { ...parseWrap(wrap), ...changed },
		firm: FIRM,
		recipient: bob,
		wrapperSigning: alice.publicKeys.signing,
		commitment,
		...of,
	});

const openRecord = (changed: object = {}, of = {}) =>
	openRecordWrap({
		wrap: { ...parseRecordWrap(recordWrap), ...changed },
		recipient: bob,
		wrapperSigning: alice.publicKeys.signing,
		...of,
	});

/** What eve makes of the wrap if she signs it again herself, and the log is said to have her key. */
const signedByEve = async (of: object) =>
	parseWrap(
		await sealWrap({ ...PLACE, head: HEAD, recipient: bob.publicKeys, wrapper: eve, dataKey: randomBytes(32), ...of }),
	);

describe('a wrap of a data key', () => {
	it('opens for its device', async () => {
		expect(await open()).toEqual(dataKey);
	});

	it('opens for no other device, firm, class, version, head or wrapper', async () => {
		const changes = [
			{ class: 'MATTER' },
			{ version: 4 },
			{ head: 'cd'.repeat(32) },
			{ wrapper: eve.id },
			{ recipient: alice.id },
		];
		for (const change of changes) expect(await codeOf(() => open(change))).toBe('CIPHERTEXT_INVALID');
		expect(await codeOf(() => open({}, { firm: OTHER_FIRM }))).toBe('CIPHERTEXT_INVALID');
		expect(await codeOf(() => open({}, { recipient: eve }))).toBe('CIPHERTEXT_INVALID');
		expect(await codeOf(() => open({ recipient: eve.id }, { recipient: eve }))).toBe('CIPHERTEXT_INVALID');
		expect(await codeOf(() => open({}, { wrapperSigning: eve.publicKeys.signing }))).toBe('CIPHERTEXT_INVALID');
	});

	it('is bound to its place by the encryption too, not only by the signature', async () => {
		const { sealed } = parseWrap(wrap);
		// Eve is entitled and signs: what alice sealed for another place does not open in hers.
		const attempts = [{ class: 'MATTER' }, { version: 4 }, { head: 'cd'.repeat(32) }];
		for (const attempt of attempts) {
			const own = await signedByEve(attempt);
			const moved = await sealAgain(own, sealed, eve);
			const of = { wrapperSigning: eve.publicKeys.signing };
			expect(await codeOf(() => open(moved, of))).toBe('CIPHERTEXT_INVALID');
		}
	});

	it('with a key of the wrapper is refused, because it has not the commitment of the log', async () => {
		const own = await signedByEve({});
		const attempt = () => open(own, { wrapperSigning: eve.publicKeys.signing });
		expect(await codeOf(attempt)).toBe('CIPHERTEXT_INVALID');
	});

	it('does not open after a change of any single bit', async () => {
		const { sealed, signature } = parseWrap(wrap);
		for (const bit of [0, 255, 256, 400, 639]) {
			const changed = { sealed: respelled(sealed, (bytes) => flipped(bytes, bit)) };
			expect(await codeOf(() => open(changed))).toBe('CIPHERTEXT_INVALID');
			// Signed again, so that HPKE has to find it.
			const again = await sealAgain(await signedByEve({}), changed.sealed, eve);
			const attempt = () => open(again, { wrapperSigning: eve.publicKeys.signing });
			expect(await codeOf(attempt)).toBe('CIPHERTEXT_INVALID');
		}
		const changed = { signature: respelled(signature, (bytes) => flipped(bytes, 9)) };
		expect(await codeOf(() => open(changed))).toBe('CIPHERTEXT_INVALID');
	});

	it('shows a server, which cannot open it, who signed it and for which firm', async () => {
		const { signing } = alice.publicKeys;
		expect(await verifyWrapSignature(parseWrap(wrap), FIRM, signing)).toBe(true);
		expect(await verifyWrapSignature(parseWrap(wrap), OTHER_FIRM, signing)).toBe(false);
		expect(await verifyWrapSignature(parseWrap(wrap), FIRM, eve.publicKeys.signing)).toBe(false);
		expect(await verifyRecordWrapSignature(parseRecordWrap(recordWrap), signing)).toBe(true);
		const moved = { ...parseRecordWrap(recordWrap), firm: OTHER_FIRM };
		expect(await verifyRecordWrapSignature(moved, signing)).toBe(false);
	});

	it('is not made for an exchange key of small order', async () => {
		const recipient = { ...bob.publicKeys, exchange: new Uint8Array(32) };
		const attempt = () => sealWrap({ ...PLACE, head: HEAD, recipient, wrapper: alice, dataKey });
		expect(await codeOf(attempt)).toBe('RangeError');
	});

	it('is read only in its canonical form', async () => {
		for (const text of malformed(wrap)) expect(await codeOf(() => parseWrap(text))).toBe('BAD_USER_INPUT');
		for (const text of [wrap.replace('"version":3', '"version":0'), wrap.replace('"v":1', '"v":2'), recordWrap]) {
			expect(await codeOf(() => parseWrap(text))).toBe('BAD_USER_INPUT');
		}
	});
});

describe('a wrap of a record key', () => {
	it('opens for its device', async () => {
		expect(await openRecord()).toEqual(recordKey);
	});

	it('opens for nothing else', async () => {
		const changes = [
			{ class: 'MATTER' },
			{ table: 'matters' },
			{ row: OTHER_ROW },
			{ firm: OTHER_FIRM },
			{ version: 4 },
			{ generation: 5 },
			{ purpose: 'SHARE' },
			{ under: `${ROW}/${HEAD}` },
			{ head: 'cd'.repeat(32) },
			{ wrapper: eve.id },
			{ recipient: alice.id },
			{ commitment: respelled(parseRecordWrap(recordWrap).commitment, (bytes) => flipped(bytes, 3)) },
		];
		for (const change of changes) expect(await codeOf(() => openRecord(change))).toBe('CIPHERTEXT_INVALID');
		expect(await codeOf(() => openRecord({}, { recipient: eve }))).toBe('CIPHERTEXT_INVALID');
	});

	it('is read only in its canonical form, with what its purpose stands under', async () => {
		const others = [
			...malformed(recordWrap),
			recordWrap.replace(LEASE, OTHER_ROW),
			recordWrap.replace('"LEASE"', '"SHARE"'),
			recordWrap.replace('"LEASE"', '"OTHER"'),
			recordWrap.replace('"generation":4', '"generation":-1'),
			wrap,
		];
		for (const text of others) expect(await codeOf(() => parseRecordWrap(text))).toBe('BAD_USER_INPUT');
	});
});

function malformed(text: string): string[] {
	return [
		`${text}\n`,
		text.replace('{', '{ '),
		text.replace('{', '{"a":null,'),
		text.replace(/"v":1,/, ''),
		text.replace('"v":1', '"v":1.0'),
		text.replace('"v":1,', '"v":2,"v":1,'),
		text.replace('==","', '","'),
		text.slice(0, 20),
		'[]',
		'',
	];
}

/** The wrap with other sealed bytes, signed by its wrapper again. */
async function sealAgain(own: ReturnType<typeof parseWrap>, sealed: string, wrapper: DeviceKeys) {
	const parts = [FIRM, own.class, String(own.version), own.recipient, own.wrapper, own.head, sealed];
	const message = encodeContext(['firmseal/custody-wrap-sig/v1', ...parts]);
	return { ...own, sealed, signature: toBase64(await signAs(wrapper, message)) };
}
