import canonicalize from 'canonicalize';
import {
	commitToDataKey,
	commitToJoining,
	type DeviceKeys,
	deriveMessageKey,
	deriveRecordKey,
	deriveRecordKeyBytes,
	deriveRecoverySeed,
	devicePrfInput,
	encodeDeviceFile,
	encodeStatement,
	generateRecoveryCode,
	hasCommitment,
	importDataKey,
	importDevice,
	importFileKey,
	importRecordKey,
	isRefusedExchange,
	isRefusedSigning,
	joiningCode,
	makeStatement,
	openDeviceFile,
	openRecordField,
	openRecordFile,
	openRecordWrap,
	openWrap,
	parseDeviceFile,
	parseRecordWrap,
	parseStamp,
	parseStatement,
	parseWrap,
	prepareRecord,
	readRecoveryCode,
	safetyNumber,
	sealDeviceFile,
	sealRecordField,
	sealRecordFile,
	signStamp,
	stampHash,
	verifyStampSignature,
	verifyStatement,
} from '../../src/custody/index.ts';
import type { ValueType } from '../../src/envelope/index.ts';
import { fromBase64, fromHex, toBase64, toHex } from './some.ts';
import type {
	CustodyVectors,
	DeviceVector,
	EnvelopeVector,
	FileVector,
	RecordKeyVector,
	SectionOf,
	VectorSection,
} from './vector-shape.ts';

type Check<V> = (vector: V, all: CustodyVectors) => Promise<void>;

/** Throws unless both are the same value; bytes are compared as hexadecimal. */
function same(made: unknown, expected: unknown): void {
	const [one, other] = [written(made), written(expected)];
	if (one !== other) throw new Error(`made ${one.slice(0, 200)}, expected ${other.slice(0, 200)}`);
}

const written = (value: unknown): string => canonicalize(value instanceof Uint8Array ? toHex(value) : value) ?? '';

/** Throws unless the attempt is refused by an error of the formats. */
async function refused(attempt: () => Promise<unknown>): Promise<void> {
	const code = await attempt().then(
		() => 'opened',
		(error: unknown) => (error as { code?: string }).code ?? String(error),
	);
	if (code !== 'CIPHERTEXT_INVALID' && code !== 'BAD_USER_INPUT') throw new Error(`not refused: ${code}`);
}

const deviceOf = ({ exchangePrivate, signingPrivate }: Pick<DeviceVector, 'exchangePrivate' | 'signingPrivate'>) =>
	importDevice({ exchange: fromHex(exchangePrivate), signing: fromHex(signingPrivate) });

/** A device that the vectors do not list, of a portal client or an operator, has the id that its wrap names. */
async function recipientOf({ devices }: CustodyVectors, exchangePrivate: string, named?: string): Promise<DeviceKeys> {
	const device = devices.find((each) => each.exchangePrivate === exchangePrivate);
	if (device !== undefined) return deviceOf(device);
	if (named === undefined) throw new Error('The recipient is no device of the vectors.');
	return { ...(await deviceOf({ exchangePrivate, signingPrivate: exchangePrivate })), id: named };
}

async function checkDevice(vector: DeviceVector): Promise<void> {
	const device = await deviceOf(vector);
	const { exchange, signing } = device.publicKeys;
	same([device.id, toHex(exchange), toHex(signing)], [vector.id, vector.exchangePublic, vector.signingPublic]);
	same(encodeStatement(await makeStatement(device, vector.kind, vector)), vector.statement);
	same((await verifyStatement(parseStatement(vector.statement), vector)).id, vector.id);
}

async function checkRecordKey(vector: RecordKeyVector): Promise<void> {
	const dataKey = await importDataKey(fromHex(vector.dataKey));
	same(await deriveRecordKeyBytes(dataKey, vector), vector.recordKey);
	const record = await deriveRecordKey(dataKey, vector);
	same(record.commitment, vector.commitment);
	for (const { id, messageKey } of vector.messages) {
		const [derived, expected] = [await deriveMessageKey(record, id), await importRecordKey(fromHex(messageKey))];
		same(toHex(derived.commitment), toHex(expected.commitment));
	}
}

const typeOf = ({ scalar, list }: EnvelopeVector['type']) => (list ? `[${scalar}]` : scalar) as ValueType;
const preparedOf = async (vector: Omit<EnvelopeVector, 'nonce' | 'pad' | 'value'>) =>
	prepareRecord(await importRecordKey(fromHex(vector.recordKey)), vector);

async function checkEnvelope(vector: EnvelopeVector): Promise<void> {
	const record = await preparedOf(vector);
	const { column, value, pad } = vector;
	const field = { column, type: typeOf(vector.type), value, pad, nonce: fromHex(vector.nonce) };
	same(await sealRecordField(record, field), vector.envelope);
	same(await openRecordField(record, { ...field, envelope: fromHex(vector.envelope) }), value);
}

async function checkFile(vector: FileVector): Promise<void> {
	const place = { firm: vector.firm, document: vector.documentId, version: vector.versionId };
	const key = await importFileKey(fromHex(vector.recordKey));
	const file = { key, place, version: vector.version, generation: vector.generation };
	const plaintext = Uint8Array.from({ length: vector.plaintextPattern.length }, (_, at) => at % 251);
	const object = await sealRecordFile(file, plaintext, fromHex(vector.salt));
	if (vector.object !== undefined) same(object, vector.object);
	else same(new Uint8Array(await crypto.subtle.digest('SHA-256', object)), vector.sha256);
	same(await openRecordFile(file, object), toHex(plaintext));
}

const CHECKS: { readonly [S in VectorSection]: Check<SectionOf<S>> } = {
	devices: checkDevice,
	dataKeys: async (vector) => {
		same(toBase64(await commitToDataKey(fromHex(vector.key), vector)), vector.commitment);
		same(await hasCommitment(fromHex(vector.key), vector, fromBase64(vector.commitment)), true);
	},
	wraps: async ({ wrap: text, firm, dataKey, ...vector }, all) => {
		const [wrap, recipient] = [parseWrap(text), await recipientOf(all, vector.recipientExchangePrivate)];
		const commitment = await commitToDataKey(fromHex(dataKey), { ...wrap, firm });
		const wrapperSigning = fromHex(vector.wrapperSigningPublic);
		same(await openWrap({ wrap, firm, recipient, wrapperSigning, commitment }), dataKey);
	},
	refusedWraps: async ({ wrap, firm, commitment, ...vector }, all) => {
		const recipient = await recipientOf(all, vector.recipientExchangePrivate);
		const wrapperSigning = fromHex(vector.wrapperSigningPublic);
		const of = { firm, recipient, wrapperSigning, commitment: fromBase64(commitment) };
		await refused(async () => openWrap({ wrap: parseWrap(wrap), ...of }));
	},
	recordWraps: async ({ wrap, recordKey, ...vector }, all) => {
		const parsed = parseRecordWrap(wrap);
		const recipient = await recipientOf(all, vector.recipientExchangePrivate, parsed.recipient);
		const wrapperSigning = fromHex(vector.wrapperSigningPublic);
		same(await openRecordWrap({ wrap: parsed, recipient, wrapperSigning }), recordKey);
	},
	recordKeys: checkRecordKey,
	envelopes: checkEnvelope,
	refusedEnvelopes: (vector) =>
		refused(async () => {
			const { column, envelope } = vector;
			const field = { column, type: typeOf(vector.type), envelope: fromHex(envelope) };
			return openRecordField(await preparedOf(vector), field);
		}),
	documents: checkFile,
	stamps: async (vector, { devices }) => {
		const stamp = parseStamp(vector.stamp);
		same(await verifyStampSignature(stamp, fromHex(vector.signingPublic)), true);
		same(await stampHash(vector.stamp), vector.hash);
		const device = devices.find(({ id }) => id === stamp.device);
		if (device !== undefined) same(await signStamp(stamp, await deviceOf(device)), vector.stamp);
	},
	refusedStamps: ({ stamp, signingPublic }) =>
		refused(async () => {
			const code = (await verifyStampSignature(parseStamp(stamp), fromHex(signingPublic)))
				? 'opened'
				: 'BAD_USER_INPUT';
			throw Object.assign(new Error('The signature was looked at.'), { code });
		}),
	joining: async (vector) => {
		const [challenge, reveal] = [fromBase64(vector.challenge), fromBase64(vector.reveal)];
		same(await commitToJoining(vector, reveal), vector.commitment);
		same(await joiningCode({ ...vector, challenge, reveal }), vector.code);
	},
	safetyNumbers: async (vector) => same(await safetyNumber(vector), vector.number),
	recoveryCodes: async ({ code, firm, person, ...vector }) => {
		same(await generateRecoveryCode(fromHex(vector.randomBits)), code);
		const seed = await deriveRecoverySeed(await readRecoveryCode(code), firm, person);
		same([toHex(seed.exchange), toHex(seed.signing)], [vector.exchangePrivate, vector.signingPrivate]);
		same((await importDevice(seed)).id, vector.deviceId);
	},
	refusedRecoveryCodes: ({ code }) => refused(() => readRecoveryCode(code)),
	deviceFiles: async (vector) => {
		same(await devicePrfInput(vector), vector.prfInput);
		const plaintext = await openDeviceFile(fromHex(vector.file), fromHex(vector.prfOutput), vector);
		same(new TextDecoder().decode(plaintext), vector.json);
		const again = encodeDeviceFile(parseDeviceFile(plaintext));
		const file = await sealDeviceFile(again, fromHex(vector.prfOutput), vector, fromHex(vector.nonce));
		same(file, vector.file);
	},
};

/**
 * Checks test/vectors/custody-v1.json in any engine, except the key logs. Returns the names of the checks that passed. Throws Error with
 * the name of the first that does not.
 */
export async function checkVectors(vectors: CustodyVectors): Promise<string[]> {
	const passed: string[] = [];
	for (const section of Object.keys(CHECKS) as VectorSection[]) {
		passed.push(...(await checkSection(section, CHECKS[section] as Check<unknown>, vectors)));
	}
	for (const [kind, isRefused] of [
		['exchange', isRefusedExchange],
		['signing', isRefusedSigning],
	] as const) {
		for (const key of vectors.refusedKeys[kind]) {
			same([key, isRefused(fromHex(key))], [key, true]);
			passed.push(`refused ${kind} key ${key}`);
		}
	}
	return passed;
}

async function checkSection(section: VectorSection, check: Check<unknown>, all: CustodyVectors): Promise<string[]> {
	const passed: string[] = [];
	for (const [at, vector] of all[section].entries()) {
		const name = `${section} ${at}${'why' in vector ? `: ${vector.why}` : ''}`;
		try {
			await check(vector, all);
		} catch (error) {
			throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
		}
		passed.push(name);
	}
	return passed;
}
