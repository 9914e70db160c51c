import {
	type GeneratedKey,
	isRequestId,
	type KeyContext,
	type KeyGrant,
	KeyUnavailableError,
	type UnwrappedKey,
	type WrappedKey,
	type WrappingKey,
	type WrappingKeyState,
} from './keyring.ts';
import { isDataKey, isGrantName, isKeyClass, isWrapped } from './keyring-inputs.ts';

const STATES: ReadonlySet<WrappingKeyState> = new Set(['ENABLED', 'DISABLED', 'PENDING_DELETION', 'DESTROYED']);
const MAX_ID_LENGTH = 2048;
/** The limit of AWS KMS. */
const MAX_TOKEN_LENGTH = 8192;

/** The answer with only the properties of the port, because an adapter may have added others. */
export function checkedWrappingKey(firm: string, answer: WrappingKey): WrappingKey {
	const { keyId, state, version, isOwn, createdAt, deletionAt } = answer;
	assertAnswer(
		answer.firm === firm && typeof isOwn === 'boolean' && isId(keyId) && STATES.has(state) && isDate(createdAt),
	);
	assertAnswer(Number.isSafeInteger(version) && version >= 1);
	assertAnswer(state === 'PENDING_DELETION' ? isDate(deletionAt) : deletionAt === undefined);
	return {
		firm,
		keyId,
		state,
		version,
		isOwn,
		createdAt,
		...(deletionAt && { deletionAt }),
	};
}

export function checkedGeneratedKey(answer: GeneratedKey): GeneratedKey {
	return clearedUnlessRight(answer, ({ plaintext }) => {
		return { ...checkedWrapOf(plaintext, answer), plaintext };
	});
}

export function checkedUnwrappedKey(answer: UnwrappedKey): UnwrappedKey {
	return clearedUnlessRight(answer, ({ plaintext, keyId, requestId }) => ({ plaintext, keyId, requestId }));
}

export function checkedWrappedKey({ wrapped, keyId, requestId }: WrappedKey): WrappedKey {
	assertAnswer(isWrapped(wrapped) && isId(keyId) && isRequestId(requestId), requestId);
	return { wrapped, keyId, requestId };
}

/** Also checks that the wrapped key does not contain the plaintext key. */
export function checkedWrapOf(plaintext: Uint8Array, answer: WrappedKey): WrappedKey {
	const checked = checkedWrappedKey(answer);
	assertAnswer(!contains(checked.wrapped, plaintext), checked.requestId);
	return checked;
}

/** Checks the plaintext key, then the rest. Overwrites a key that does not pass, because the caller does not get it. */
function clearedUnlessRight<Checked>(answer: UnwrappedKey, rest: (answer: UnwrappedKey) => Checked): Checked {
	const { plaintext, requestId } = answer;
	try {
		assertAnswer(isDataKey(plaintext), requestId);
		assertAnswer(isId(answer.keyId) && isRequestId(requestId), requestId);
		return rest(answer);
	} catch (error) {
		if (plaintext instanceof Uint8Array) plaintext.fill(0);
		throw error;
	}
}

/** `expected` has the requested parts of the grant. */
export function checkedGrant(
	expected: { name?: string; firm: string } & Partial<KeyContext>,
	answer: KeyGrant,
): KeyGrant {
	const { name, firm, class: keyClass, createdAt, token } = answer;
	assertAnswer(firm === expected.firm && isGrantName(name) && isKeyClass(keyClass) && isDate(createdAt));
	assertAnswer(expected.name === undefined || name === expected.name);
	assertAnswer(expected.class === undefined || keyClass === expected.class);
	assertAnswer(
		token === undefined || (typeof token === 'string' && token.length > 0 && token.length <= MAX_TOKEN_LENGTH),
	);
	return { name, firm, class: keyClass, createdAt, ...(token !== undefined && { token }) };
}

function contains(wrapped: Uint8Array, plaintext: Uint8Array): boolean {
	return Buffer.from(wrapped).includes(Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length));
}

function isId(id: unknown): boolean {
	return typeof id === 'string' && id.length > 0 && id.length <= MAX_ID_LENGTH;
}

function isDate(date: unknown): boolean {
	return date instanceof Date && !Number.isNaN(date.getTime());
}

function assertAnswer(holds: boolean, requestId?: string): void {
	if (holds) return;
	const message = 'The key service gave an invalid answer, which was not used.';
	throw new KeyUnavailableError('REFUSED', message, requestId);
}
