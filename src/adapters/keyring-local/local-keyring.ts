import { randomBytes, randomUUID } from 'node:crypto';
import { FirmsealError, SetupError } from '../../errors.ts';
import {
	assertKeyRight,
	assertKeyringRight,
	type KeyContext,
	type Keyring,
	type KeyringPrincipal,
	KeyUnavailableError,
	type WrappingKey,
} from '../../keys/index.ts';
import { type FirmKeys, generateFirmKeys, generateNextVersion, toWrappingKey } from './firm-keys.ts';
import { createFirmStore, type FirmStore } from './firm-store.ts';
import { grantsOf, isGranted, withGrant, withoutGrant } from './grants.ts';
import { firmsOf, openInstallation } from './installation.ts';
import {
	applyDueDeletion,
	assertEnabled,
	deletionCancelled,
	disabled,
	enabled,
	isDue,
	pendingDeletion,
} from './life-cycle.ts';
import type { RootKeys } from './root-keys.ts';
import { unwrap, wrap } from './wrap.ts';

const DATA_KEY_LENGTH = 32;

export interface LocalKeyringOptions {
	readonly directory: string;
	/** 32 bytes; may be overwritten once the keyring is open. */
	readonly rootKey: Uint8Array;
	readonly principal: KeyringPrincipal;
	/** For the date of a deletion; the system's clock unless given. */
	readonly clock?: () => Date;
}

/**
 * Opens a keyring made by initLocalKeyring. Throws SetupError when it is missing, damaged, readable by others, or of another
 * root key, and changes nothing then.
 */
export async function openLocalKeyring(options: LocalKeyringOptions): Promise<Keyring> {
	const { directory, principal, clock = () => new Date() } = options;
	const root = await openInstallation(options);
	const store = createFirmStore(firmsOf(directory), root);
	await assertWhole(store);
	return createLocalKeyring({ root, store, principal, clock });
}

interface Parts {
	readonly root: RootKeys;
	readonly store: FirmStore;
	readonly principal: KeyringPrincipal;
	readonly clock: () => Date;
}

function createLocalKeyring({ root, store, principal, clock }: Parts): Keyring {
	/** What the file holds now, a deletion that is due carried out. */
	async function read(firm: string): Promise<FirmKeys | null> {
		const keys = await store.read(firm);
		return keys && isDue(keys, clock()) ? change(firm, (due) => due) : keys;
	}

	function change(firm: string, next: (keys: FirmKeys) => FirmKeys): Promise<FirmKeys> {
		return store.change(firm, (keys) => {
			const before = existing(keys);
			return next(applyDueDeletion(before, clock()));
		});
	}

	async function changeKey(firm: string, next: (keys: FirmKeys) => FirmKeys): Promise<WrappingKey> {
		return toWrappingKey(firm, await change(firm, next));
	}

	/** Read anew each time: a key or a grant that is gone is gone for the next call, in every process. */
	async function usable(context: KeyContext, act: 'generateDataKey' | 'unwrap' | 'rewrap' | 'wrap') {
		assertKeyringRight(principal, act);
		const keys = existing(await read(context.firm));
		assertEnabled(keys);
		assertKeyRight(principal, act, context, () => isGranted(keys, context.class));
		return { keys, keyId: keys.keyId, requestId: randomUUID() };
	}

	return {
		async createKey(firm, own) {
			assertKeyringRight(principal, 'createKey');
			if (own !== undefined) throw ownKeysUnsupported();
			const made = await store.change(firm, (keys) =>
				keys ? applyDueDeletion(keys, clock()) : generateFirmKeys(root, firm, clock()),
			);
			return toWrappingKey(firm, made);
		},
		async describeKey(firm) {
			assertKeyringRight(principal, 'describeKey');
			const keys = await read(firm);
			return keys && toWrappingKey(firm, keys);
		},
		async generateDataKey(context) {
			const { keys, ...answer } = await usable(context, 'generateDataKey');
			const plaintext = randomBytes(DATA_KEY_LENGTH);
			try {
				return { ...answer, plaintext, wrapped: wrap(root, keys, context, plaintext) };
			} catch (error) {
				plaintext.fill(0);
				throw error;
			}
		},
		async unwrap(context, wrapped) {
			const { keys, ...answer } = await usable(context, 'unwrap');
			return { ...answer, plaintext: unwrap(root, keys, context, wrapped) };
		},
		async rewrap(context, wrapped) {
			const { keys, ...answer } = await usable(context, 'rewrap');
			const plaintext = unwrap(root, keys, context, wrapped);
			try {
				return { ...answer, wrapped: wrap(root, keys, context, plaintext) };
			} finally {
				plaintext.fill(0);
			}
		},
		async wrap(context, plaintext) {
			const { keys, ...answer } = await usable(context, 'wrap');
			return { ...answer, wrapped: wrap(root, keys, context, plaintext) };
		},
		async rotateKey(firm) {
			assertKeyringRight(principal, 'rotateKey');
			return changeKey(firm, (keys) => {
				assertEnabled(keys);
				return generateNextVersion(root, firm, keys);
			});
		},
		async disableKey(firm) {
			assertKeyringRight(principal, 'disableKey');
			return changeKey(firm, disabled);
		},
		async enableKey(firm) {
			assertKeyringRight(principal, 'enableKey');
			return changeKey(firm, enabled);
		},
		async scheduleDeletion(firm, days) {
			assertKeyringRight(principal, 'scheduleDeletion');
			return changeKey(firm, (keys) => pendingDeletion(keys, days, clock()));
		},
		async cancelDeletion(firm) {
			assertKeyringRight(principal, 'cancelDeletion');
			return changeKey(firm, deletionCancelled);
		},
		async inspectOwnKey() {
			assertKeyringRight(principal, 'inspectOwnKey');
			throw ownKeysUnsupported();
		},
		async setNextKey(_firm, own) {
			assertKeyringRight(principal, 'setNextKey');
			throw own === null ? noOwnKey() : ownKeysUnsupported();
		},
		async rewrapToNext(context) {
			assertKeyRight(principal, 'rewrapToNext', context, () => false);
			throw noOwnKey();
		},
		async switchKey() {
			assertKeyringRight(principal, 'switchKey');
			throw noOwnKey();
		},
		async releaseKey() {
			assertKeyringRight(principal, 'releaseKey');
			throw noOwnKey();
		},
		async createGrant(grant) {
			assertKeyringRight(principal, 'createGrant');
			const keys = await change(grant.firm, (before) => {
				assertEnabled(before);
				return withGrant(before, grant, clock());
			});
			const made = grantsOf(grant.firm, keys).find(({ name }) => name === grant.name);
			if (made) return made;
			throw new KeyUnavailableError('AWAY', 'The grant was written and is not there: check the key files.');
		},
		async revokeGrant({ firm, name }) {
			assertKeyringRight(principal, 'revokeGrant');
			await store.change(firm, (keys) => keys && withoutGrant(applyDueDeletion(keys, clock()), name));
		},
		async listGrants(firm) {
			assertKeyringRight(principal, 'listGrants');
			const keys = await read(firm);
			return keys ? grantsOf(firm, keys) : [];
		},
		async check() {
			await store.firms();
		},
	};
}

function existing(keys: FirmKeys | null): FirmKeys {
	if (keys) return keys;
	throw new KeyUnavailableError('REFUSED', 'This firm has no wrapping key: make it with createKey.');
}

const ownKeysUnsupported = () =>
	new FirmsealError('BAD_USER_INPUT', 'The local keyring makes its own keys: a firm can bring none.');

const noOwnKey = () =>
	new FirmsealError('CONFLICT', 'The firm has brought no key: the local keyring has made its own.');

/** Throws SetupError when a firm's file does not verify. */
async function assertWhole(store: FirmStore): Promise<void> {
	for (const firm of await store.firms()) {
		try {
			await store.verify(firm);
		} catch (error) {
			throw new SetupError(`The key file of firm ${firm} is damaged or cannot be read: restore it from a backup.`, {
				cause: Object(error).cause,
			});
		}
	}
}
