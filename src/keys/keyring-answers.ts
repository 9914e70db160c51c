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
const LONGEST_ID = 2048;
/** AWS KMS gives no longer ones. */
const LONGEST_TOKEN = 8192;

/** The answer with nothing but what the port names, for an adapter may have left more in it. */
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

/** Of this key, which is not in it. */
export function checkedWrapOf(plaintext: Uint8Array, answer: WrappedKey): WrappedKey {
	const checked = checkedWrappedKey(answer);
	assertAnswer(!contains(checked.wrapped, plaintext), checked.requestId);
	return checked;
}

/** Checks the key in the clear, then the rest; one that doesn't pass is overwritten, since no one else will. */
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

/** `expected`: the parts of the grant that were asked for. */
export function checkedGrant(
	expected: { name?: string; firm: string } & Partial<KeyContext>,
	answer: KeyGrant,
): KeyGrant {
	const { name, firm, class: keyClass, createdAt, token } = answer;
	assertAnswer(firm === expected.firm && isGrantName(name) && isKeyClass(keyClass) && isDate(createdAt));
	assertAnswer(expected.name === undefined || name === expected.name);
	assertAnswer(expected.class === undefined || keyClass === expected.class);
	assertAnswer(token === undefined || (typeof token === 'string' && token.length > 0 && token.length <= LONGEST_TOKEN));
	return { name, firm, class: keyClass, createdAt, ...(token !== undefined && { token }) };
}

function contains(wrapped: Uint8Array, plaintext: Uint8Array): boolean {
	return Buffer.from(wrapped).includes(Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length));
}

function isId(id: unknown): boolean {
	return typeof id === 'string' && id.length > 0 && id.length <= LONGEST_ID;
}

function isDate(date: unknown): boolean {
	return date instanceof Date && !Number.isNaN(date.getTime());
}

function assertAnswer(holds: boolean, requestId?: string): void {
	if (holds) return;
	const message = 'The key service gave an answer that cannot be right; it was not used.';
	throw new KeyUnavailableError('REFUSED', message, requestId);
}
