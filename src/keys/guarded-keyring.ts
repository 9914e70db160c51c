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
 * Checks the arguments and the answers of any keyring: the arguments because an adapter may trust its caller, the answers because Firmseal
 * does not trust an adapter. Refuses an answer that it cannot check. Throws INTERNAL for invalid arguments of Firmseal's own code
 * (BAD_USER_INPUT for a key name and for the days of a deletion), otherwise KeyUnavailableError. Drops the text of a foreign error, which
 * may contain anything.
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
			// A copy, so that an adapter can neither change nor keep the caller's bytes.
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

/** An answer on which the check itself throws counts as no answer. */
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
