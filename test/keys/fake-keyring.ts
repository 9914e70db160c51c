import { randomBytes } from 'node:crypto';
import { type KeyContext, type Keyring, KeyUnavailableError } from '../../src/keys/index.ts';

/**
 * A key service whose secrets a test can see. A wrapped key is a number and random bytes; the service remembers the data key of each.
 */
export function createFakeKeyring() {
	const wrappedKeys = new Map<string, { context: KeyContext; dataKey: Buffer }>();
	/** The buffers that it has returned. */
	const handedOut: Uint8Array[] = [];
	/** The buffers that it was given, one for each wrap. */
	const given: Uint8Array[] = [];
	const calls = { unwrap: 0, generateDataKey: 0 };
	let trouble: Error | undefined;
	let pause: Promise<void> = Promise.resolve();
	let requests = 0;
	let isOwn = false;

	const never = (): never => {
		throw new Error('not in this test');
	};
	async function answer(dataKey: Buffer) {
		await pause;
		if (trouble) throw trouble;
		const plaintext = Uint8Array.from(dataKey);
		handedOut.push(plaintext);
		requests++;
		return { plaintext, keyId: 'key-1', requestId: `request-${requests}` };
	}

	const keyring: Keyring = {
		async generateDataKey(context) {
			calls.generateDataKey++;
			const dataKey = randomBytes(32);
			const wrapped = randomBytes(48);
			const generated = { ...(await answer(dataKey)), wrapped };
			wrappedKeys.set(wrapped.toString('hex'), { context, dataKey });
			return generated;
		},
		async unwrap(context, wrapped) {
			calls.unwrap++;
			const found = wrappedKeys.get(Buffer.from(wrapped).toString('hex'));
			if (!found || found.context.firm !== context.firm || found.context.class !== context.class) {
				throw new KeyUnavailableError('REFUSED', 'wrong context');
			}
			return answer(found.dataKey);
		},
		async wrap(context, plaintext) {
			given.push(plaintext);
			const dataKey = Buffer.from(plaintext);
			await pause;
			if (trouble) throw trouble;
			const wrapped = randomBytes(48);
			wrappedKeys.set(wrapped.toString('hex'), { context, dataKey });
			requests++;
			return { wrapped, keyId: 'key-1', requestId: `request-${requests}` };
		},
		async describeKey(firm) {
			return { firm, keyId: 'key-1', state: 'ENABLED', version: 1, isOwn, createdAt: new Date(0) };
		},
		createKey: never,
		rewrap: never,
		rotateKey: never,
		disableKey: never,
		enableKey: never,
		scheduleDeletion: never,
		cancelDeletion: never,
		inspectOwnKey: never,
		setNextKey: never,
		rewrapToNext: never,
		switchKey: never,
		releaseKey: never,
		createGrant: never,
		revokeGrant: never,
		listGrants: never,
		check: never,
	};
	return {
		keyring,
		handedOut,
		given,
		calls,
		/** Every later call fails with this error. Undefined lets calls succeed again. */
		fail: (error?: Error) => {
			trouble = error;
		},
		/** From now on all firms have their own keys. */
		bring: () => {
			isOwn = true;
		},
		/** Calls wait until the returned function is called. */
		hold: (): (() => void) => {
			const { promise, resolve } = Promise.withResolvers<void>();
			pause = promise;
			return resolve;
		},
	};
}
