import { devicePrfInput } from '../../custody/index.ts';
import type { StoredDevice } from '../vault/index.ts';
import { refusal } from './page-refusal.ts';
import type { WorkerVault } from './worker-vault.ts';

/** What of a passkey is used here. */
interface Passkey {
	readonly rawId: ArrayBuffer;
	getClientExtensionResults(): { readonly prf?: { readonly results?: { readonly first?: unknown } } };
}

/** `navigator.credentials`. */
interface Passkeys {
	create(options: { readonly publicKey: object }): Promise<unknown>;
	get(options: { readonly publicKey: object }): Promise<unknown>;
}

/** EdDSA, ES256 and RS256. No signature of a passkey is checked: only its PRF is used. */
const ALGORITHMS = [-8, -7, -257];
const PRF_LENGTH = 32;

/** For whom a device is made. */
export interface PasskeyDevice {
	readonly name: string;
	readonly firm: string;
	readonly person: string;
	/** What the browser's dialog and the list of passkeys call it, such as the person's address. */
	readonly label: string;
}

/**
 * Makes a passkey for this host, which always verifies its user, and a device that it locks. Rejects with VaultRefusal: `passkey-none` if
 * the passkey has no PRF, so that a passphrase must lock the device, `passkey-refused` if the person made none, or a reason of create().
 */
export async function createWithPasskey(
	vault: WorkerVault,
	{ label, ...wanted }: PasskeyDevice,
): Promise<StoredDevice> {
	const prf = await prfOf(wanted);
	const passkey = await asked((passkeys) =>
		passkeys.create({
			publicKey: {
				rp: { id: location.hostname, name: 'Firmseal' },
				user: { id: random(), name: label, displayName: label },
				challenge: random(),
				pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
				// Its id is kept with the device, without which it is of no use.
				authenticatorSelection: { residentKey: 'discouraged', userVerification: 'required' },
				extensions: { prf },
			},
		}),
	);
	const credential = new Uint8Array(passkey.rawId);
	// Many passkeys give the output only when they are used.
	const secret = secretOf(passkey) ?? (await secretBy(credential, prf));
	const made = vault.create({ ...wanted, unlock: { prf: secret }, credential: toBase64Url(credential) });
	// The message to the worker has its copy already.
	secret.fill(0);
	return made;
}

/** Unlocks a device of createWithPasskey(). Rejects as that does, or with a reason of unlock(). */
export async function unlockWithPasskey(
	vault: WorkerVault,
	{ name, firm, person, credential }: StoredDevice,
): ReturnType<WorkerVault['unlock']> {
	if (credential === undefined) throw refusal('passkey-none');
	const secret = await secretBy(fromBase64Url(credential), await prfOf({ firm, person }));
	const unlocked = vault.unlock({ name, unlock: { prf: secret } });
	secret.fill(0);
	return unlocked;
}

async function secretBy(id: Uint8Array, prf: object): Promise<Uint8Array> {
	const passkey = await asked((passkeys) =>
		passkeys.get({
			publicKey: {
				rpId: location.hostname,
				challenge: random(),
				allowCredentials: [{ type: 'public-key', id }],
				userVerification: 'required',
				extensions: { prf },
			},
		}),
	);
	const secret = secretOf(passkey);
	if (secret === null) throw refusal('passkey-none');
	return secret;
}

async function asked(ask: (passkeys: Passkeys) => Promise<unknown>): Promise<Passkey> {
	const { credentials } = globalThis.navigator as { readonly credentials?: Passkeys };
	if (credentials === undefined) throw refusal('passkey-none');
	try {
		return (await ask(credentials)) as Passkey;
	} catch (error) {
		// Any other name means that passkeys do not work here at all.
		throw refusal((error as Error).name === 'NotAllowedError' ? 'passkey-refused' : 'passkey-none');
	}
}

/** The engine's own bytes, for the caller to overwrite; null without a PRF. */
function secretOf(passkey: Passkey): Uint8Array | null {
	const first = passkey.getClientExtensionResults().prf?.results?.first;
	return first instanceof ArrayBuffer && first.byteLength === PRF_LENGTH ? new Uint8Array(first) : null;
}

const prfOf = async (place: Pick<StoredDevice, 'firm' | 'person'>): Promise<object> => ({
	eval: { first: await devicePrfInput(place) },
});

declare const location: { readonly hostname: string };

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

const toBase64Url = (bytes: Uint8Array): string =>
	btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');

const fromBase64Url = (text: string): Uint8Array =>
	Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
