import { FirmsealError, SetupError } from '../errors.ts';
import { type Keyring, KeyUnavailableError, type WrappingKey } from './keyring.ts';
import {
	checkedGeneratedKey,
	checkedGrant,
	checkedUnwrappedKey,
	checkedWrapOf,
	checkedWrappedKey,
	checkedWrappingKey,
} from './keyring-answers.ts';
import {
	assertContext,
	assertDays,
	assertFirm,
	assertGrantName,
	assertKeyName,
	assertPlaintext,
	assertWrappedInput,
} from './keyring-inputs.ts';

/**
 * Puts a check around any keyring: on what goes in, since an adapter may trust its caller, and on what comes out, since
 * no one should have to trust an adapter. What can't be checked is refused. Throws INTERNAL for arguments that no
 * caller of ours should make (BAD_USER_INPUT for the days of a deletion), KeyUnavailableError otherwise; of an error that
 * isn't ours the text is dropped, for no one knows what it holds.
 */
export function guardKeyring(keyring: Keyring): Keyring {
	return {
		...guardedWrappingKeys(keyring),
		...guardedOwnKeys(keyring),
		...guardedDataKeys(keyring),
		...guardedGrants(keyring),
		async check() {
			await asked(() => keyring.check(), nothing);
		},
	};
}

type WrappingKeys = Pick<
	Keyring,
	'createKey' | 'describeKey' | 'rotateKey' | 'disableKey' | 'enableKey' | 'scheduleDeletion' | 'cancelDeletion'
>;

function guardedWrappingKeys(keyring: Keyring): WrappingKeys {
	return {
		async createKey(firm, own) {
			if (own !== undefined) assertKeyName(own);
			return askedWrappingKey(firm, () => keyring.createKey(firm, own));
		},
		async describeKey(firm) {
			assertFirm(firm);
			return asked(
				() => keyring.describeKey(firm),
				(answer) => (answer === null ? null : checkedWrappingKey(firm, answer)),
			);
		},
		rotateKey: (firm) => askedWrappingKey(firm, () => keyring.rotateKey(firm)),
		disableKey: (firm) => askedWrappingKey(firm, () => keyring.disableKey(firm)),
		enableKey: (firm) => askedWrappingKey(firm, () => keyring.enableKey(firm)),
		async scheduleDeletion(firm, days) {
			assertDays(days);
			return askedWrappingKey(firm, () => keyring.scheduleDeletion(firm, days));
		},
		cancelDeletion: (firm) => askedWrappingKey(firm, () => keyring.cancelDeletion(firm)),
	};
}

type OwnKeys = Pick<Keyring, 'inspectOwnKey' | 'setNextKey' | 'rewrapToNext' | 'switchKey' | 'releaseKey'>;

function guardedOwnKeys(keyring: Keyring): OwnKeys {
	return {
		async inspectOwnKey(firm, own) {
			assertKeyName(own);
			return askedWrappingKey(firm, () => keyring.inspectOwnKey(firm, own));
		},
		async setNextKey(firm, own) {
			if (own !== null) assertKeyName(own);
			return askedWrappingKey(firm, () => keyring.setNextKey(firm, own));
		},
		async rewrapToNext(context, wrapped) {
			assertContext(context);
			assertWrappedInput(wrapped);
			return asked(() => keyring.rewrapToNext(context, wrapped), checkedWrappedKey);
		},
		async switchKey(firm, keyId) {
			assertKeyName(keyId);
			return askedWrappingKey(firm, () => keyring.switchKey(firm, keyId));
		},
		async releaseKey(firm, side, days) {
			assertFirm(firm);
			assertDays(days);
			await asked(() => keyring.releaseKey(firm, side, days), nothing);
		},
	};
}

function guardedDataKeys(keyring: Keyring): Pick<Keyring, 'generateDataKey' | 'unwrap' | 'rewrap' | 'wrap'> {
	return {
		async generateDataKey(context) {
			assertContext(context);
			return asked(() => keyring.generateDataKey(context), checkedGeneratedKey);
		},
		async unwrap(context, wrapped, tokens) {
			assertContext(context);
			assertWrappedInput(wrapped);
			return asked(() => keyring.unwrap(context, wrapped, tokens), checkedUnwrappedKey);
		},
		async rewrap(context, wrapped) {
			assertContext(context);
			assertWrappedInput(wrapped);
			return asked(() => keyring.rewrap(context, wrapped), checkedWrappedKey);
		},
		async wrap(context, plaintext) {
			assertContext(context);
			assertPlaintext(plaintext);
			// An adapter can neither change the caller's bytes nor keep them.
			const lent = Uint8Array.from(plaintext);
			try {
				return await asked(
					() => keyring.wrap(context, lent),
					(answer) => checkedWrapOf(plaintext, answer),
				);
			} finally {
				lent.fill(0);
			}
		},
	};
}

function guardedGrants(keyring: Keyring): Pick<Keyring, 'createGrant' | 'revokeGrant' | 'listGrants'> {
	return {
		async createGrant(grant) {
			assertContext(grant);
			assertGrantName(grant.name);
			return asked(
				() => keyring.createGrant(grant),
				(answer) => checkedGrant(grant, answer),
			);
		},
		async revokeGrant(grant) {
			assertFirm(grant.firm);
			assertGrantName(grant.name);
			await asked(() => keyring.revokeGrant(grant), nothing);
		},
		async listGrants(firm) {
			assertFirm(firm);
			return asked(
				() => keyring.listGrants(firm),
				(grants) => grants.map((grant) => checkedGrant({ firm }, grant)),
			);
		},
	};
}

async function askedWrappingKey(firm: string, ask: () => Promise<WrappingKey>): Promise<WrappingKey> {
	assertFirm(firm);
	return asked(ask, (answer) => checkedWrappingKey(firm, answer));
}

const nothing = () => undefined;

/** An answer so wrong that the check itself breaks is as good as none. */
async function asked<Answer, Checked>(
	ask: () => Promise<Answer>,
	checked: (answer: Answer) => Checked,
): Promise<Checked> {
	try {
		return checked(await ask());
	} catch (error) {
		if (error instanceof FirmsealError || error instanceof SetupError) throw error;
		throw new KeyUnavailableError('AWAY', 'The key service does not answer; try again later.');
	}
}
