import { FirmsealError, SetupError } from '../../errors.ts';
import { assertKeyRight, assertKeyringRight, type Keyring, type KeyringPrincipal } from '../../keys/index.ts';
import { CurrentKeys, type LocalKeyringParts } from './current-keys.ts';
import { createDataKeyCalls } from './data-keys.ts';
import { generateFirmKeys, generateNextVersion, toWrappingKey } from './firm-keys.ts';
import { FirmStore } from './firm-store.ts';
import { createGrants } from './grants.ts';
import { firmsOf, openRootKeys } from './keyring-directory.ts';
import { assertEnabled, deletionCancelled, disabled, enabled, pendingDeletion } from './life-cycle.ts';

export interface LocalKeyringOptions {
	readonly directory: string;
	/** 32 bytes; may be overwritten once the keyring is open. */
	readonly rootKey: Uint8Array;
	readonly principal: KeyringPrincipal;
	/** Decides when a deletion is due; the system's clock unless given. */
	readonly clock?: () => Date;
}

/**
 * Opens a keyring made by initLocalKeyring(). Throws SetupError, and changes nothing, if the keyring is missing, damaged, readable by
 * other users, or belongs to another root key.
 */
export async function openLocalKeyring(options: LocalKeyringOptions): Promise<Keyring> {
	const { directory, principal, clock = () => new Date() } = options;
	const root = await openRootKeys(options);
	const store = new FirmStore(firmsOf(directory), root);
	await assertWhole(store);
	return createLocalKeyring({ root, keys: new CurrentKeys(store, clock), principal });
}

const createLocalKeyring = (parts: LocalKeyringParts): Keyring => ({
	...createWrappingKeys(parts),
	...createDataKeyCalls(parts),
	...createGrants(parts),
	...refuseOwnKeys(parts),
	check: () => parts.keys.check(),
});

type WrappingKeys = Pick<
	Keyring,
	'createKey' | 'describeKey' | 'rotateKey' | 'disableKey' | 'enableKey' | 'scheduleDeletion' | 'cancelDeletion'
>;

function createWrappingKeys({ root, keys, principal }: LocalKeyringParts): WrappingKeys {
	return {
		async createKey(firm, own) {
			assertKeyringRight(principal, 'createKey');
			if (own !== undefined) throw ownKeysUnsupportedError();
			return toWrappingKey(firm, await keys.findOrCreate(firm, () => generateFirmKeys(root, firm, keys.now())));
		},
		async describeKey(firm) {
			assertKeyringRight(principal, 'describeKey');
			const found = await keys.find(firm);
			return found && toWrappingKey(firm, found);
		},
		async rotateKey(firm) {
			assertKeyringRight(principal, 'rotateKey');
			const rotated = await keys.change(firm, (before) => {
				assertEnabled(before);
				return generateNextVersion(root, firm, before);
			});
			return toWrappingKey(firm, rotated);
		},
		async disableKey(firm) {
			assertKeyringRight(principal, 'disableKey');
			return toWrappingKey(firm, await keys.change(firm, disabled));
		},
		async enableKey(firm) {
			assertKeyringRight(principal, 'enableKey');
			return toWrappingKey(firm, await keys.change(firm, enabled));
		},
		async scheduleDeletion(firm, days) {
			assertKeyringRight(principal, 'scheduleDeletion');
			return toWrappingKey(firm, await keys.change(firm, (before) => pendingDeletion(before, days, keys.now())));
		},
		async cancelDeletion(firm) {
			assertKeyringRight(principal, 'cancelDeletion');
			return toWrappingKey(firm, await keys.change(firm, deletionCancelled));
		},
	};
}

type OwnKeys = Pick<Keyring, 'inspectOwnKey' | 'setNextKey' | 'rewrapToNext' | 'switchKey' | 'releaseKey'>;

/** Firms can't bring keys to this keyring. */
function refuseOwnKeys({ principal }: LocalKeyringParts): OwnKeys {
	return {
		async inspectOwnKey() {
			assertKeyringRight(principal, 'inspectOwnKey');
			throw ownKeysUnsupportedError();
		},
		async setNextKey(_firm, own) {
			assertKeyringRight(principal, 'setNextKey');
			throw own === null ? noOwnKeyError() : ownKeysUnsupportedError();
		},
		async rewrapToNext(context) {
			assertKeyRight(principal, 'rewrapToNext', context, () => false);
			throw noOwnKeyError();
		},
		async switchKey() {
			assertKeyringRight(principal, 'switchKey');
			throw noOwnKeyError();
		},
		async releaseKey() {
			assertKeyringRight(principal, 'releaseKey');
			throw noOwnKeyError();
		},
	};
}

const ownKeysUnsupportedError = () =>
	new FirmsealError('BAD_USER_INPUT', 'The local keyring makes all keys itself: a firm cannot bring its own.');

const noOwnKeyError = () =>
	new FirmsealError('CONFLICT', 'The firm has not brought a key: the local keyring made the one in use.');

/** Throws SetupError if the file of any firm does not verify. */
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
