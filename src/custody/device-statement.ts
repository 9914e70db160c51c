import { encodeContext } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { fromBase64, toBase64 } from './bytes.ts';
import { type DeviceKeys, type DevicePublicKeys, deviceIdOf, signAs } from './device.ts';
import { exactJson, readExactJson } from './exact-json.ts';
import { base64Of, oneOf, type Shape, shapeOf } from './shape.ts';
import { isRefusedExchange, isRefusedSigning, PUBLIC_KEY_LENGTH, SIGNATURE_LENGTH, verifyBytes } from './signature.ts';

export type DeviceKind = 'DEVICE' | 'RECOVERY';

/** What a device says about itself. FORMAT.md section 2. */
export interface DeviceStatement {
	/** Base64 of 32 bytes. */
	readonly exchange: string;
	readonly kind: DeviceKind;
	/** Base64 of 64 bytes. */
	readonly signature: string;
	/** Base64 of 32 bytes. */
	readonly signing: string;
}

/** What a statement is bound to. */
export interface StatementPlace {
	readonly firm: string;
	/** Hash of entry 0 of the log in which the statement stands, 64 hexadecimal digits; in entry 0 itself, 64 zeros. */
	readonly genesis: string;
	/** Id of the user. */
	readonly person: string;
}

export interface StatedDevice {
	/** 64 hexadecimal digits. */
	readonly id: string;
	readonly kind: DeviceKind;
	readonly publicKeys: DevicePublicKeys;
}

export const statementShape: Shape<DeviceStatement> = shapeOf({
	exchange: base64Of(PUBLIC_KEY_LENGTH),
	kind: oneOf('DEVICE', 'RECOVERY'),
	signature: base64Of(SIGNATURE_LENGTH),
	signing: base64Of(PUBLIC_KEY_LENGTH),
});

export async function makeStatement(
	device: DeviceKeys,
	kind: DeviceKind,
	place: StatementPlace,
): Promise<DeviceStatement> {
	const exchange = toBase64(device.publicKeys.exchange);
	const signing = toBase64(device.publicKeys.signing);
	const signature = await signAs(device, messageOf({ exchange, kind, signing }, place));
	return { exchange, kind, signature: toBase64(signature), signing };
}

/** Canonical JSON. */
export const encodeStatement = ({ exchange, kind, signature, signing }: DeviceStatement): string =>
	exactJson({ exchange, kind, signature, signing });

/** Throws BAD_USER_INPUT unless `text` is canonical JSON of a statement. The signature is not verified. */
export function parseStatement(text: string): DeviceStatement {
	const statement = readExactJson(text, statementShape);
	if (statement === null) {
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A device statement is not canonical JSON of its format: make it with the library.',
		);
	}
	return statement;
}

/**
 * The device of a statement, which may be any value. Throws BAD_USER_INPUT if the statement has another form, contains a key that every
 * reader refuses, or is not signed by its own device for exactly this firm, log and person.
 */
export async function verifyStatement(statement: unknown, place: StatementPlace): Promise<StatedDevice> {
	const device = statementShape(statement) ? await deviceOf(statement, place) : null;
	if (device === null) {
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A device statement is not signed by its device for this firm, key log and person: make a new one on the device.',
		);
	}
	return device;
}

async function deviceOf(statement: DeviceStatement, place: StatementPlace): Promise<StatedDevice | null> {
	const [exchange, signing, signature] = [statement.exchange, statement.signing, statement.signature].map(
		(text) => fromBase64(text) as Uint8Array,
	) as [Uint8Array, Uint8Array, Uint8Array];
	if (isRefusedExchange(exchange) || isRefusedSigning(signing)) return null;
	if (!(await verifyBytes(signing, messageOf(statement, place), signature))) return null;
	const publicKeys = { exchange, signing };
	return { id: await deviceIdOf(publicKeys), kind: statement.kind, publicKeys };
}

function messageOf(
	{ kind, exchange, signing }: Omit<DeviceStatement, 'signature'>,
	{ firm, genesis, person }: StatementPlace,
): Uint8Array {
	return encodeContext(['firmseal/device/v1', firm, genesis, person, kind, exchange, signing]);
}
